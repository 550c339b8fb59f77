"""A station's computer in a browser: added by the ward's administrator and enrolled with its code."""

from __future__ import annotations

from tests.browser.visitor import Visitor
from tests.e2e.api import sign_in
from tests.e2e.drafts import SLUG, WARD

#: Screens of a station: a desk monitor, an old square one.
KIOSK = (1280, 1024)


def new_code(url: str, kind: str = "kiosk", **more: str) -> str:
    """An enrolment code for a new device of the ward's first station."""
    administrator = sign_in(url, f"quantri.{SLUG}")
    station = administrator.get(f"/wards/{WARD}/stations")["stations"][0]
    body = {"kind": kind, "station_id": station["id"], "name": "Máy 3", **more}
    code: str = administrator.post(f"/wards/{WARD}/devices", body)["code"]
    return code


def enrol(visitor: Visitor) -> None:
    """Makes the visitor's browser a station's computer."""
    code = new_code(visitor.url)
    visitor.go("/kiosk/ghi-danh")
    visitor.page.get_by_label("Phường của điểm hỗ trợ").select_option(SLUG)
    visitor.fill({"/code": code})
    visitor.press("Ghi danh")
    assert visitor.heading == "Làm việc hộ tịch tại đây"
