"""The tokens and credentials at a station open nothing in the running system: tried on real dossiers, path by path.

The table is tests/services/gateway/paths_at_a_station.txt. Before each request of the one who may make it, a second
volunteer, a computer, a scanner and a phone make the same request with what they hold. Pages are opened by them in
their own browsers.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from werkzeug.routing import MapAdapter

from gateway.api.document import path_of
from gateway.api.operations import api
from services.chassis.clock import SystemClock, today_in_vietnam
from tests.browser.guiding import VOLUNTEER, station
from tests.browser.scene import HOME, NOBODY, PAGES, PageKind, Scene, set_scene
from tests.e2e.api import PASSWORD, Api, Phone, accepted, sign, sign_in, staff_of
from tests.e2e.birth import HOSPITAL_PAPER, PROCEDURE, photograph, whole_form
from tests.e2e.drafts import APPLICANT, SLUG, WARD
from tests.services.gateway.test_who_gets_in import HOLDERS, OPEN, REFUSED, plain
from tests.unit.gateway.conftest import application

TODAY = today_in_vietnam(SystemClock()).isoformat()
TOMORROW = (today_in_vietnam(SystemClock()) + timedelta(days=1)).isoformat()
JPEG = {"Content-Type": "image/jpeg"}
OF_WARD = f"/wards/{WARD}"
#: Values of the scene's dossiers that nothing contains which somebody at a station may open.
VALUES = ("Lê Hoàng Phúc", "Lê Minh Khôi", "Phạm Thị Hạnh", "Lê Bảo An", APPLICANT)
#: Refused because of their body, for every sender.
OF_WHAT_IS_SENT = {
    ("POST", "/api/v1/me/authenticators/{authenticator}/removal"),
    ("POST", "/api/v1/me/recovery-codes"),
    ("POST", "/api/v1/sessions/authenticators"),
    ("POST", "/api/v1/sessions/authenticators/confirmation"),
    ("POST", "/api/v1/sessions/refresh"),
    ("POST", "/api/v1/sessions/second-factor"),
    ("POST", "/api/v1/wards/{ward}/device-sessions"),
}
REFUSALS = {"not-signed-in", "not-allowed", "no-ticket"}


@pytest.fixture(scope="module")
def adapter() -> MapAdapter:
    return application().url_map.bind("localhost")


def row(adapter: MapAdapter, method: str, path: str) -> tuple[str, str]:
    rule, _ = adapter.match(path.partition("?")[0], method=method, return_rule=True)
    return method, plain(rule)


class Station:
    """Everything that is held at a station, by somebody who has nothing to do with the session, capture or dossier."""

    def __init__(self, url: str) -> None:
        here = station(url)
        self.administrator = here.administrator
        name = f"thu{secrets.randbelow(10**9)}"
        body = {"full_name": "Trần Thị Thử", "username": name}
        self.password = here.administrator.post(f"{OF_WARD}/volunteers", body)["password"]
        self.login = f"{name}.{SLUG}"
        first = {"login": self.login, "password": self.password, "ward": WARD, "new_password": PASSWORD}
        Api(url).post("/sessions", first)
        self.password = PASSWORD
        self.kiosk, self.kiosk_id = self._enrolled(here.add("kiosk", "Máy thử"))
        self.scanner, self.scanner_id = self._enrolled(here.add("scanner", "Máy quét thử", kiosk_id=self.kiosk_id))
        citizen = sign_in(url, APPLICANT)
        other = citizen.post(f"{OF_WARD}/dossiers", {"procedure": PROCEDURE})["id"]
        asked = {"kind": HOSPITAL_PAPER, "source": "phone"}
        self.ticket = citizen.post(f"{OF_WARD}/dossiers/{other}/captures", asked)["ticket"]
        self.url = url

    def _enrolled(self, added: dict[str, Any]) -> tuple[str, str]:
        device = added["device"]
        body = {"code": added["code"], "kind": device["kind"]}
        return str(self.administrator.post(f"{OF_WARD}/enrolments", body)["credential"]), str(device["id"])

    def token(self, credential: str) -> str:
        return str(Api(self.url).post(f"{OF_WARD}/device-sessions", {"credential": credential})["token"])

    def headers(self, holder: str) -> dict[str, str]:
        held = {
            "volunteer": lambda: f"Bearer {sign_in(self.url, self.login, WARD, self.password).token}",
            "kiosk": lambda: f"Bearer {self.token(self.kiosk)}",
            "scanner": lambda: f"Bearer {self.token(self.scanner)}",
            "phone": lambda: f"Capture {self.ticket}",
        }
        return {"Authorization": held[holder]()}


@pytest.fixture(scope="module")
def held(url: str) -> Station:
    return Station(url)


# The API


class Tried:
    """The answer to each holder, before the permitted caller makes the request."""

    def __init__(self, held: Station, adapter: MapAdapter) -> None:
        self._adapter = adapter
        self._headers = {holder: held.headers(holder) for holder in HOLDERS}
        self.paths: set[tuple[str, str]] = set()
        self.different: list[str] = []

    def first(self, api: Api, method: str, path: str, options: dict[str, Any]) -> None:
        key = row(self._adapter, method, f"/api/v1{path}")
        for holder, cell in zip(HOLDERS, OPEN.get(key, REFUSED), strict=True):
            if cell == "refused":
                # If a request is refused before its body is read, the connection is closed.
                headers = options.get("headers", {}) | self._headers[holder] | {"Connection": "close"}
                answer = Api.send(api, method, path, token="", **(options | {"headers": headers}))
                problem = answer.json() if "problem" in answer.headers.get("Content-Type", "") else {}
                if answer.status_code not in (401, 403) or problem["type"].rpartition("/")[2] not in REFUSALS:
                    self.different.append(f"{holder}: {method} {path}: {answer.status_code} {answer.text[:300]}")
        self.paths.add(key)


class Person(Api):
    """Somebody whose requests are first made by everybody at a station."""

    def __init__(self, api: Api, url: str, tried: Tried) -> None:
        super().__init__(url, api.token)
        self._tried = tried

    def send(self, method: str, path: str, *, token: str | None = None, **options: Any) -> httpx.Response:
        self._tried.first(self, method, path, options)
        return accepted(super().send(method, path, token=token, **options))


def test_no_request_of_the_api_is_let_in_by_what_is_held_at_a_station(
    url: str, held: Station, adapter: MapAdapter
) -> None:
    tried = Tried(held, adapter)

    def person(login: str) -> Person:
        return Person(sign_in(url, login), url, tried)

    citizen, staff = person(APPLICANT), staff_of(url, WARD, SLUG)
    desk, officer, chairman = (Person(api, url, tried) for api in (staff.reception, staff.officer, staff.chairman))
    at_kiosk = {"X-Caunoi-Kiosk": held.token(held.kiosk)}
    of_guidance(citizen, person(VOLUNTEER), at_kiosk)
    of_drafts(url, citizen, desk, officer, chairman)
    of_devices(url, held, citizen, tried, at_kiosk)
    of_the_administrator(person(f"quantri.{SLUG}"), held)
    Person(Api(url, Api(url).post("/practice")["access_token"]), url, tried).get("/practice/messages")
    paths = {(each.method, path_of(each.rule)) for each in api.operations}
    wanted = {path for path in paths if "refused" in OPEN.get(path, REFUSED)}
    of_the_rest(url, tried, sorted(wanted - tried.paths - OF_WHAT_IS_SENT))
    assert tried.different == []
    assert wanted - tried.paths == OF_WHAT_IS_SENT


def of_guidance(citizen: Person, volunteer: Person, at_kiosk: dict[str, str]) -> None:
    sessions = f"{OF_WARD}/guided-sessions"
    version = citizen.get(f"{OF_WARD}/consent-text")["version"]
    place = {"page": "form", "procedure": PROCEDURE, "part": "child-name", "fields": ["/child/full_name"]}
    asked = citizen.post(sessions, {"text_version": version, "place": place}, headers=at_kiosk)
    id = asked["session"]["id"]
    citizen.get(f"{sessions}/own")
    volunteer.post(f"{sessions}/joining", {"code": asked["code"]})
    citizen.put(f"{sessions}/{id}/place", {"place": place})
    volunteer.get(sessions)
    volunteer.get(f"{sessions}/{id}")
    volunteer.post(f"{sessions}/{id}/guidance", {"kind": "point", "subject": "/child/full_name"})
    draft = citizen.post(f"{OF_WARD}/dossiers", {"procedure": PROCEDURE})["id"]
    citizen.post(f"{OF_WARD}/dossiers/{draft}/guided-sessions", {"station_ward": WARD, "session_id": id})
    volunteer.post(f"{sessions}/{id}/end")
    consent = citizen.get("/me/consents")["consents"][0]["id"]
    citizen.post(f"{OF_WARD}/consents/{consent}/withdrawal")


def of_drafts(url: str, citizen: Person, desk: Person, officer: Person, chairman: Person) -> None:
    for path in ("/me", "/me/dossiers", "/me/messages", "/me/access-log"):
        citizen.get(path)
    draft = f"{OF_WARD}/dossiers/{citizen.post(f'{OF_WARD}/dossiers', {'procedure': PROCEDURE})['id']}"
    citizen.put(f"{draft}/form", whole_form("Lê Thử Đi"))
    document = citizen.upload(draft, HOSPITAL_PAPER, "a.jpg", photograph(90)).json()["id"]
    citizen.send("GET", f"{draft}/documents/{document}")
    citizen.send("DELETE", f"{draft}/documents/{document}")
    of_captures(citizen, draft)
    other = citizen.post(f"{OF_WARD}/dossiers", {"procedure": PROCEDURE})["id"]
    citizen.send("DELETE", f"{OF_WARD}/dossiers/{other}")
    phone = Phone(url, APPLICANT)
    confirmation = citizen.post(f"{draft}/confirmations")["confirmation"]
    citizen.post(f"{draft}/submission", {"confirmation": confirmation, "otp": phone.next_code()})
    citizen.get(draft)
    citizen.get(f"{draft}/history")
    desk.get(f"{draft}/messages")
    desk.post(f"{draft}/assignment")
    desk.post(f"{draft}/acceptance")
    citizen.send("GET", f"{draft}/papers/receipt")
    items = [{"field": "/child/full_name", "text": "Xin ghi lại."}]
    officer.post(f"{draft}/supplement-request", {"items": items, "reason": "Còn một chỗ cần xem lại."})
    citizen.post(f"{draft}/supplement", {"form": whole_form("Lê Thử Lại")})
    officer.post(f"{draft}/approval", {"personal_identification_number": "048220000321"})
    chairman.post(f"{draft}/return", {"reason": "Xin xem lại họ tên mẹ"})
    officer.post(f"{draft}/approval", {"personal_identification_number": "048220000321"})
    entry = sign(chairman, draft)["register_entry"]["id"]
    for paper in desk.get(draft)["comparisons"]:
        desk.put(f"{draft}/comparisons/{paper['kind']}", {"agrees": True})
    for residence in desk.get(draft)["residences"]:
        found = {"field": residence["field"], "source": "population", "result": "as-declared"}
        desk.post(f"{draft}/residence-lookups", found)
    desk.post(f"{draft}/handover", {"recipient_name": "Phạm Thị Hạnh", "register_signed": True})
    registers = f"{OF_WARD}/registers/birth"
    officer.post(f"{registers}/searches", {"reason": "Đối chiếu hồ sơ"})
    officer.get(f"{registers}/entries/{entry}")
    officer.get(f"{OF_WARD}/books")


def of_captures(citizen: Person, draft: str) -> None:
    asked = {"kind": HOSPITAL_PAPER, "source": "scanner"}
    started = citizen.post(f"{draft}/captures", asked)
    ticket = {"Authorization": f"Capture {started['ticket']}"}
    capture = f"{draft}/captures/{started['capture']['id']}"
    citizen.send("GET", f"{OF_WARD}/captures/ticket", headers=ticket)
    for number in (1, 2):
        page: dict[str, Any] = {"content": photograph(40 * number), "headers": ticket | JPEG}
        citizen.send("PUT", f"{OF_WARD}/captures/pages/{number}", **page)
    citizen.post(f"{OF_WARD}/captures/end", {"fault": ""}, headers=ticket)
    first, second = (each["id"] for each in citizen.get(capture)["pages"])
    citizen.send("GET", f"{capture}/pages/{first}")
    citizen.post(f"{capture}/pages/{first}/turn")
    citizen.send("DELETE", f"{capture}/pages/{second}")
    citizen.post(f"{capture}/document")
    other = citizen.post(f"{draft}/captures", asked)["capture"]["id"]
    citizen.send("DELETE", f"{draft}/captures/{other}")


def of_devices(url: str, held: Station, citizen: Person, tried: Tried, at_kiosk: dict[str, str]) -> None:
    scanner = Person(Api(url, held.token(held.scanner)), url, tried)
    scanner.post(f"{OF_WARD}/scans/next")
    citizen.get(f"{OF_WARD}/scanners", headers=at_kiosk)
    scan = {"scanner_id": held.scanner_id, "ward": WARD, "ticket": "vé", "source": "flatbed"}
    citizen.post(f"{OF_WARD}/scans", scan, headers=at_kiosk)
    kiosk = Person(Api(url, held.token(held.kiosk)), url, tried)
    visit = kiosk.post(f"{OF_WARD}/visits")["token"]
    citizen.post(f"{OF_WARD}/visits/claim", {"token": visit}, headers=at_kiosk)
    kiosk.post(f"{OF_WARD}/kiosk-clearings")


def of_staff(admin: Person) -> None:
    admin.get("/me/authenticators")
    admin.post("/me/second-factor")
    staff = f"{OF_WARD}/administration/staff"
    about = {"full_name": "Trần Thị Thử", "title": "Công chức", "roles": ["receptionist"], "phone": "0905 300 300"}
    name = f"thu{secrets.randbelow(10**9)}"
    member = f"{staff}/{admin.post(staff, about | {'username': name})['member']['id']}"
    admin.get(staff)
    admin.get(member)
    admin.get(f"{member}/workload")
    admin.put(member, about | {"title": "Chuyên viên"})
    admin.post(f"{member}/link")
    admin.post(f"{member}/second-factor-reset", {"reason": "mất điện thoại"})
    admin.post(f"{member}/end")


def of_the_administrator(admin: Person, held: Station) -> None:
    body = {"name": f"Trạm {secrets.randbelow(10**9)}", "address": "Ở đây"}
    here = admin.post(f"{OF_WARD}/stations", body)["id"]
    admin.put(f"{OF_WARD}/stations/{here}", body | {"closed": False})
    admin.get(f"{OF_WARD}/administration/stations", params={"since": TODAY, "until": TOMORROW})
    hours = {"on": TOMORROW, "starts": "23:50", "ends": "23:58"}
    openings = f"{OF_WARD}/stations/{here}/openings"
    opening = admin.post(openings, hours)["id"]
    admin.put(f"{openings}/{opening}", hours | {"note": "Có cán bộ"})
    admin.get(f"{OF_WARD}/volunteers")
    of_staff(admin)
    name = f"thu{secrets.randbelow(10**9)}"
    added = admin.post(f"{OF_WARD}/volunteers", {"full_name": "Trần Thị Thử", "username": name})
    volunteer = added["volunteer"]["id"]
    admin.post(f"{OF_WARD}/volunteers/{volunteer}/password")
    duty = admin.post(f"{OF_WARD}/duties", {"opening_id": opening, "volunteer_id": volunteer})["id"]
    admin.get(f"{OF_WARD}/duties", params={"since": TODAY, "until": TOMORROW})
    admin.send("DELETE", f"{OF_WARD}/duties/{duty}")
    admin.post(f"{openings}/{opening}/cancellation", {"note": "Mất điện"})
    device = admin.post(f"{OF_WARD}/devices", {"kind": "kiosk", "station_id": here, "name": "Máy"})["device"]["id"]
    admin.get(f"{OF_WARD}/devices")
    admin.post(f"{OF_WARD}/devices/{device}/enrolment-code")
    admin.send("DELETE", f"{OF_WARD}/devices/{device}")
    admin.get(f"{OF_WARD}/phrases")
    phrase = admin.post(f"{OF_WARD}/phrases", {"text": "Xin thử câu này.", "position": 99})["id"]
    admin.get(f"{OF_WARD}/phrases/{phrase}")
    admin.put(f"{OF_WARD}/phrases/{phrase}", {"text": "Xin thử câu này.", "position": 98})
    admin.send("DELETE", f"{OF_WARD}/phrases/{phrase}")


def of_the_rest(url: str, tried: Tried, rest: Iterable[tuple[str, str]]) -> None:
    """Requests that did not fit into the story, with the examples of the API's document: nobody makes them afterwards.
    That the calls behind them succeed for who may make them is held by tests/services/dossiers/test_at_a_station.py.
    """
    document = Api(url).get("/openapi.json")
    for method, path in rest:
        operation = document["paths"][path][method.lower()]
        values: dict[str, dict[str, str]] = {"path": {}, "query": {}, "header": {}}
        for one in operation["parameters"]:
            if one.get("required"):
                schema = one["schema"]
                values[one["in"]][one["name"]] = str([*schema.get("examples", ()), *schema.get("enum", ()), uuid4()][0])
        body = operation.get("requestBody", {}).get("content", {}).get("application/json")
        example = document["components"]["examples"][next(iter(body["examples"]))]["value"] if body else None
        options = {"json": example, "params": values["query"], "headers": {"Idempotency-Key": uuid4().hex}}
        tried.first(Api(url), method, path.removeprefix("/api/v1").format(**values["path"]), options)


# The pages


class Browser(httpx.Client):
    """The browser of somebody at a station, without the pages' script."""

    def __init__(self, url: str) -> None:
        super().__init__(base_url=url, timeout=30)

    def fill(self, path: str, **fields: str) -> httpx.Response:
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.get(path).text)
        assert token
        answer = self.post(path, data={"csrf_token": token[1], **fields})
        assert answer.status_code == 303, answer.text
        return answer


@pytest.fixture(scope="module")
def browsers(url: str, held: Station) -> Iterator[dict[str, Browser]]:
    opened = {holder: Browser(url) for holder in HOLDERS}
    opened["volunteer"].fill("/dang-nhap", login=held.login, password=held.password)
    for holder, credential in (("kiosk", held.kiosk), ("scanner", held.scanner)):
        opened[holder].cookies.set("caunoi-kiosk", credential)
    opened["phone"].headers["Authorization"] = f"Capture {held.ticket}"
    yield opened
    for browser in opened.values():
        browser.close()


@pytest.fixture(scope="module")
def scene(url: str) -> Scene:
    made = set_scene(url)
    here, citizen = station(url), sign_in(url, APPLICANT)
    added = here.add("kiosk", "Máy của cảnh")
    credential = citizen.post(f"{OF_WARD}/enrolments", {"code": added["code"], "kind": "kiosk"})["credential"]
    token = citizen.post(f"{OF_WARD}/device-sessions", {"credential": credential})["token"]
    version = citizen.get(f"{OF_WARD}/consent-text")["version"]
    body = {"text_version": version, "place": {"page": "start"}}
    asked = citizen.post(f"{OF_WARD}/guided-sessions", body, headers={"X-Caunoi-Kiosk": token})
    sign_in(url, VOLUNTEER).post(f"{OF_WARD}/guided-sessions/joining", {"code": asked["code"]})
    made.session = asked["session"]["id"]
    return made


@pytest.mark.parametrize("page", [page for page in PAGES if page.at == HOME and page.who != NOBODY] + [
    page for page in PAGES if "{session}" in page.address
], ids=lambda page: page.name)  # fmt: skip
def test_no_page_of_somebody_opens_to_what_is_held_at_a_station(
    page: PageKind, scene: Scene, browsers: dict[str, Browser], adapter: MapAdapter
) -> None:
    path = page.path(scene)
    for holder, cell in zip(HOLDERS, OPEN.get(row(adapter, "GET", path), REFUSED), strict=True):
        answer = browsers[holder].get(path)
        assert [value for value in VALUES if value in answer.text] == [], holder
        to = answer.headers.get("Location", "")
        if cell == "refused":
            refused = answer.status_code == 403 or (
                answer.status_code == 303 and to.startswith(("/dang-nhap", "/kiosk"))
            )
            assert refused, (holder, answer.status_code, to)
        elif "{session}" in page.address:
            assert answer.status_code == 404, holder  # another volunteer's
        else:
            assert answer.status_code == 200, holder
