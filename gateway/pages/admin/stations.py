"""The ward's stations: added, changed, closed and opened again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from caunoi.accounts.v1.accounts_pb2 import Station
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway import rpcs
from gateway.pages import identity
from gateway.pages.admin import asked
from gateway.pages.admin.confirm import confirm
from gateway.pages.plain import TROUBLE, UNCHANGED, error_list, left_out, posted_texts, shown_fields
from gateway.pages.refusals import CHANGED_MEANWHILE, errors_from, is_stale
from gateway.questions import question, whole
from services.chassis.refusal import Refusal

pages = Blueprint("admin_stations", __name__)
pages.before_request(identity.require_admin)

STATION = (
    question("name", "Tên điểm hỗ trợ", hint="Người dân đọc tên này trên lịch, ví dụ Trạm hướng dẫn tổ 12."),
    question("venue", "Nơi đặt", hint="Ví dụ: Nhà văn hóa tổ 12.", optional=True),
    question("address", "Địa chỉ", hint="Số nhà, đường."),
    question("residential_group", "Tổ dân phố", optional=True),
    question("directions", "Đường đến", hint="Bằng lời, từ một nơi ai cũng biết.", widget="textarea", optional=True),
    question("step_free", "Lối vào", widget="radios", choices=(("yes", "Không có bậc thềm"), ("no", "Có bậc thềm"))),
    question("contact_name", "Người liên hệ", hint="Tên này hiện trên lịch cho mọi người xem.", optional=True),
    question("contact_phone", "Điện thoại liên hệ", widget="tel", optional=True),
    question("opening_hours", "Giờ thường mở, bằng lời", hint="Ví dụ: tối thứ Hai và thứ Năm.", optional=True),
)
_STEPS = {"yes": True, "no": False}


@pages.get("/quan-tri/diem-ho-tro")
def stations() -> ResponseReturnValue:
    found = sorted(asked.stations(), key=lambda one: one.closed)
    return render_template("admin/stations.html", ward=identity.own_ward(), stations=found)


@pages.route("/quan-tri/diem-ho-tro/them", methods=["GET", "POST"])
def add() -> ResponseReturnValue:
    if request.method == "GET":
        return _form(None, {}, {})
    return _save(None)


@pages.route("/quan-tri/diem-ho-tro/<uuid:id>", methods=["GET", "POST"])
def change(id: UUID) -> ResponseReturnValue:
    station = asked.by_id(asked.stations(), id)
    if request.method == "GET":
        return _form(station, _texts(station), {})
    return _save(station)


@pages.route("/quan-tri/diem-ho-tro/<uuid:id>/dong", methods=["GET", "POST"])
def close(id: UUID) -> ResponseReturnValue:
    station = asked.by_id(asked.stations(), id)

    def do(_: dict[str, str]) -> str:
        _close(station, closed=True)
        return f"Đã đóng {station.name}. Các buổi sắp tới đã hủy; lịch công khai ghi như vậy."

    return confirm(
        do,
        title="Đóng điểm hỗ trợ này?",
        text="Các buổi sắp tới của điểm này bị hủy, buổi hướng dẫn đang mở ở đó kết thúc; lịch công khai vẫn ghi những "
        "buổi đó là đã hủy. Sau này mở lại được, nhưng các buổi đã hủy không tự trở lại.",
        button="Đóng điểm hỗ trợ",
        back=url_for(".stations"),
        about={"Điểm hỗ trợ": station.name, "Địa chỉ": station.address},
    )


@pages.post("/quan-tri/diem-ho-tro/<uuid:id>/mo-lai")
def reopen(id: UUID) -> ResponseReturnValue:
    station = asked.by_id(asked.stations(), id)
    _close(station, closed=False)
    flash(f"Đã mở lại {station.name}. Các buổi đã hủy không tự trở lại; xin thêm buổi mới.")
    return redirect(url_for(".stations"), 303)


def _save(station: Station | None) -> ResponseReturnValue:
    typed = posted_texts(STATION, request.form)
    if empty := left_out(STATION, {**typed, "step_free": typed["step_free"] if typed["step_free"] in _STEPS else ""}):
        return _form(station, typed, empty)
    if station and typed == _texts(station):
        flash(UNCHANGED, TROUBLE)
        return redirect(url_for(".stations"), 303)
    fields: dict[str, Any] = typed | {"step_free": _STEPS[typed["step_free"]]}
    fields["expected_version"] = whole(request.form.get("version", ""))
    try:
        asked.change(asked.services(), rpcs.SAVE_STATION, station or Station(), **fields)
    except Refusal as refusal:
        if is_stale(refusal) and station:
            return _form(asked.by_id(asked.stations(), station.id), typed, {"": CHANGED_MEANWHILE}, status=412)
        return _form(station, typed, errors_from(refusal))
    flash("Đã lưu điểm hỗ trợ." if station else "Đã thêm điểm hỗ trợ. Bây giờ xin thêm các buổi mở cửa.")
    return redirect(url_for(".stations"), 303)


def _form(
    station: Station | None, typed: Mapping[str, str], errors: dict[str, str], status: int = 422
) -> ResponseReturnValue:
    """The form. If the save was refused as stale, it also shows what somebody else has saved meanwhile."""
    saved = _texts(station) if station and status == 412 else {}
    content = render_template(
        "admin/station.html",
        station=station,
        fields=shown_fields(STATION, typed, errors),
        summary=error_list(STATION, errors),
        saved=[
            (one.title, dict(one.choices).get(saved[one.name], saved[one.name]))
            for one in STATION
            if saved and saved[one.name] != typed.get(one.name, "")
        ],
    )
    return content, status if errors else 200


def _texts(station: Station) -> dict[str, str]:
    texts = {one.name: getattr(station, one.name) for one in STATION if one.name != "step_free"}
    return texts | {"step_free": "yes" if station.step_free else "no"}


def _close(station: Station, *, closed: bool) -> None:
    asked.change(asked.services(), rpcs.SAVE_STATION, station, closed=closed, expected_version=station.version)
