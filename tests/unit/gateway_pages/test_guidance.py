"""The guided session as the citizen sees it: consent, code, bar, the volunteer's words, the end."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from caunoi.accounts.v1 import guidance_pb2 as guidance_v1
from caunoi.dossiers.v1 import dossiers_pb2 as dossiers_v1
from flask import Flask
from google.protobuf.empty_pb2 import Empty

from gateway.pages import kiosk
from gateway.pages.guidance import place, wording
from gateway.pages.guidance.subjects import HERE
from gateway.sealer import STREAM_TICKETS, Sealer
from services.accounts.domain.guidance import PAGES, Because
from services.chassis.refusal import Kind, Refusal, conflict
from services.dossiers import forms as filled
from tests.conftest import NAM_DUONG
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.dossiers import FORM, a_draft, a_filed_dossier, a_full_draft
from tests.unit.gateway_pages.guidance import CODE, SESSION, TEXT, Guided, moment, sit_down
from tests.unit.gateway_pages.test_every_page import check
from tests.unit.gateway_pages.ward import TODAY, Ward

AWAY = Refusal(Kind.UNAVAILABLE, "temporarily-unavailable", "Chưa trả lời.")


@pytest.fixture
def guided(wards: FakeWards, ward: Ward) -> Guided:
    return Guided(wards)


def agree(browser: Browser, back: str = "/ho-so") -> None:
    browser.get(f"/huong-dan?ve={back}")
    page = browser.page
    browser.post("/huong-dan", key=page.hidden("key"), text_version=page.hidden("text_version"), ve=page.hidden("ve"))
    browser.follow()


def bar(browser: Browser) -> dict[str, str]:
    (found,) = browser.page.all("aside", id="guidance")
    return found


def test_a_station_computer_offers_guidance_on_every_page_and_another_browser_on_none(
    browser: Browser, ward: Ward, guided: Guided
) -> None:
    browser.sign_in()
    assert not browser.page.all("aside", id="guidance")
    browser.get("/huong-dan")
    assert browser.page.headings == ["Nhờ hướng dẫn ở điểm hỗ trợ"]
    check(browser)
    browser.client.post("/dang-xuat", data={"csrf_token": browser.page.hidden("csrf_token")})
    sit_down(browser)
    draft = a_draft(ward)
    for path in ("/ho-so", f"{draft}/to-khai", f"{draft}/kiem-tra", "/tai-khoan"):
        browser.get(path)
        assert browser.page.all("a", href=f"/huong-dan?ve={path}"), path
        check(browser)


def test_who_agrees_has_read_the_text_in_force_and_gets_a_code(browser: Browser, guided: Guided) -> None:
    sit_down(browser)
    browser.get("/huong-dan?ve=/ho-so")
    check(browser)
    assert "Câu còn thiếu." in browser.page.text
    assert "Bản ngày 28/11/2026" in browser.page.text
    agree(browser)
    check(browser)
    asked = next(one for one in guided.wards.asked if one.rpc == "RequestGuidedSession")
    assert (asked.ward, asked.request.text_version) == (NAM_DUONG, "2026-11-28")
    assert asked.idempotency_key
    assert " ".join(CODE) in browser.page.text
    browser.get("/ho-so")
    assert " ".join(CODE) in browser.page.text, "it survives another page"
    assert bar(browser)["data-state"] == "waiting"


def test_a_text_that_was_changed_is_read_again(browser: Browser, guided: Guided) -> None:
    sit_down(browser)
    guided.wards.answers("RequestGuidedSession", conflict("text-changed", "Nội dung đồng ý vừa được sửa. Xin đọc lại."))
    agree(browser)
    assert browser.page.headings == ["Nhờ tình nguyện viên hướng dẫn"]
    assert "vừa được sửa" in browser.page.text


#: Path, in a draft where it has no `/` → the page that is told, and its part: of what everybody is asked for.
PATHS = {
    "/": ("start", ""),
    "/phuong/nam-duong/thu-tuc/1.001193": ("procedure", ""),
    "to-khai": ("overview", ""),
    "to-khai/child-name": ("form", "child-name"),
    "to-khai/child-birth": ("form", "child-birth"),
    "giay-to/requester-identity": ("documents", "requester-identity"),
    "to-khai/mother": ("form", "birth-place"),
    "giay-to/birth-certificate-of-hospital": ("documents", "requester-identity"),
    "kiem-tra": ("check", ""),
    "/theo-doi": ("elsewhere", ""),
}


def walk(browser: Browser, guided: Guided, draft: str) -> dict[str, Any]:
    """What each of the pages tells."""
    told = {}
    for path in PATHS:
        browser.get(path if path.startswith("/") else f"{draft}/{path}")
        check(browser)
        assert bar(browser)["data-state"] == "open", "accounts takes the place"
        told[path] = guided.asked("ShowPlace")[-1]
    return told


def test_each_page_tells_where_it_is(browser: Browser, ward: Ward, guided: Guided) -> None:
    sit_down(browser)
    agree(browser)
    guided.state = "open"
    draft = a_full_draft(ward)
    (dossier,) = ward.dossiers
    for path, told in walk(browser, guided, draft).items():
        assert (told.session_id, (told.place.page, told.place.part)) == (SESSION, PATHS[path])
        of = ("", "") if path.startswith("/") else (dossier, NAM_DUONG)
        assert (told.dossier_id, told.dossier_ward) == of
    browser.get(f"{draft}/to-khai/requester")
    assert list(guided.asked("ShowPlace")[-1].place.fields) == ["/requester/full_name", "/here"], (
        "the one question that is shown"
    )


#: Differs from FORM in every answer that does not change what is asked.
OTHER: dict[str, dict[str, Any]] = {
    "requester": {
        "relation": "relative",
        "full_name": "Lê Văn Tám",
        "residence": "7 Trần Phú, phường Hải Châu I",
        "identity_paper": "identity-card",
        "identity_number": "201234567",
        "identity_issued_on": "2015-01-31",
        "identity_issued_by": "Công an tỉnh Quảng Nam",
    },
    "child": {
        "situation": "usual",
        "full_name": "Trần Hoa",
        "birth_date": "2020-08-01",
        "sex": "female",
        "birth_paper": "hospital",
        "ethnicity": "Hoa",
        "nationality": "foreign",
        "home_town": "Thành phố Huế",
    },
    "birth_place": {"kind": "facility", "facility": "Trạm y tế phường", "address": "3 Hùng Vương, Huế"},
    "mother": {
        "known": True,
        "full_name": "Lê Hoa",
        "birth_year": 1985,
        "ethnicity": "Hoa",
        "nationality": "stateless",
        "lives_in": "elsewhere",
        "residence": "3 Hùng Vương, Huế",
    },
    "father": {
        "known": True,
        "full_name": "Trần Nam",
        "birth_year": 1980,
        "ethnicity": "Tày",
        "nationality": "foreign",
        "lives_in": "abroad",
        "residence": "Viêng Chăn",
    },
    "parents": {"married": True, "married_before_birth": True},
    "copies": {"wanted": False},
    "declaration": {"truthful": False},
}


def test_people_who_differ_in_their_answers_are_told_of_alike_and_in_names_of_the_catalogue(
    browser: Browser, ward: Ward, guided: Guided
) -> None:
    sit_down(browser)
    agree(browser)
    guided.state = "open"
    draft = a_full_draft(ward)
    (dossier,) = ward.dossiers.values()
    procedure = ward.catalogue.get(dossier.procedure, TODAY)
    leaf_of = filled.leaves(procedure.form)
    conditions = [page.when for page in procedure.pages] + [paper.when for paper in procedure.documents]
    deciding = set().union(*conditions, *(leaf.get("x-when", ()) for leaf in leaf_of.values()))
    alike = {f"/{part}/{name}" for part in FORM for name in FORM[part] if FORM[part][name] == OTHER[part][name]}
    assert alike <= deciding, "all that can differ does"

    seen, asked = [], []
    for form in (FORM, OTHER):
        missing = {**form, "requester": {**form["requester"], "residence": ""}}
        ward.rpc_save_form(dossiers_v1.SaveFormRequest(dossier_id=dossier.id, form_json=json.dumps(missing)))
        asked.append(list(dossier.asked))
        seen.append(walk(browser, guided, draft))
    assert asked[0] == asked[1]
    assert seen[0] == seen[1]

    kinds = {each.kind for each in procedure.documents}
    fields = {*leaf_of, *(f"documents/{kind}" for kind in kinds)}
    for path, told in seen[0].items():
        place = told.place
        points = {(one.field, one.check) for one in place.open_points}
        assert points == (set() if path.startswith("/") else {("/requester/residence", "required")})
        assert place.page in PAGES
        assert place.part in {"", *kinds, *(each.name for each in procedure.pages)}
        assert set(place.fields) <= {*fields, HERE}
        assert points <= {(name, harmless) for name in fields for harmless in procedure.harmless.checks}
        assert (place.procedure, place.procedure_version) in {("", ""), (procedure.code, procedure.version)}


def test_every_side_knows_the_same_pages() -> None:
    """What a place may name, what the gateway tells, what the volunteer reads, and what the contract says."""
    contract = Path("proto/caunoi/accounts/v1/guidance.proto").read_text("utf-8")
    (listed,) = re.findall(r"// (.+)\n  string page = 1;", contract)
    of_a_view = {*place.PAGES.values(), "documents", "guidance", "elsewhere"}
    assert PAGES == of_a_view == wording.PLACES.keys() == set(re.findall("`(.+?)`", listed))
    assert place.RELOADED <= PAGES


def test_what_every_harmless_check_finds_has_its_words(ward: Ward) -> None:
    checks = {check for procedure in ward.catalogue for check in procedure.harmless.checks}
    assert {check for check in checks if wording.remark_of(check) == wording.remark_of("")} == set()


#: Procedure, the answer that decides what else is asked, and what leads to it.
BRANCHES = [
    ("1.001193", "/child/situation", {}),
    ("1.001193", "/father/known", {"child": {"situation": "usual"}, "mother": {"known": True}}),
    ("1.001193", "/mother/known", {"child": {"situation": "usual"}}),
    ("1.004873", "/status/now", {}),
    ("1.000656", "/death/circumstance", {"death_paper": {"have": True}}),
]


@pytest.mark.parametrize(("code", "pointer", "given"), BRANCHES)
def test_no_answer_changes_what_the_volunteer_is_told_on_a_page_of_everybody(
    browser: Browser, ward: Ward, guided: Guided, code: str, pointer: str, given: dict[str, Any]
) -> None:
    """A question that only a divorced, widowed or unmarried person is asked tells what was answered."""
    sit_down(browser)
    agree(browser)
    guided.state = "open"
    dossier = ward.rpc_create_draft(dossiers_v1.CreateDraftRequest(procedure=code))
    draft = f"/ho-so/nam-duong/{dossier.id}"
    section, name = pointer.strip("/").split("/")
    procedure = ward.catalogue.get(code, TODAY)
    leaf = procedure.form["properties"][section]["properties"][name]
    paper = next(each.kind for each in procedure.documents if not each.when)
    pages: dict[str, set[str]] = {}
    asked = set()
    for value in leaf.get("enum", (True, False)):
        ward.rpc_save_form(
            dossiers_v1.SaveFormRequest(
                dossier_id=dossier.id, form_json=json.dumps({**given, section: {**given.get(section, {}), name: value}})
            )
        )
        asked.add(tuple(one.field for one in ward.dossiers[dossier.id].findings))
        for path in ("to-khai", f"to-khai/{procedure.pages[0].name}", f"giay-to/{paper}", "kiem-tra"):
            browser.get(f"{draft}/{path}")
            place = guided.asked("ShowPlace")[-1].place
            assert place.open_points
            pages.setdefault(path, set()).add(str(place))
    assert len(asked) > 1, "the answer decides what else is asked for"
    assert {path: len(found) for path, found in pages.items()} == dict.fromkeys(pages, 1)


@pytest.mark.parametrize(
    ("path", "lit", "part", "before"),
    [
        ("to-khai/mother", "f-mother-full-name", "birth-place", "/birth_place/address"),
        (
            "giay-to/birth-certificate-of-hospital",
            "papers",
            "requester-identity",
            "documents/requester-identity",
        ),
    ],
)
def test_what_is_asked_because_of_an_answer_is_pointed_at_without_its_name(
    browser: Browser, ward: Ward, guided: Guided, path: str, lit: str, part: str, before: str
) -> None:
    sit_down(browser)
    agree(browser)
    draft = a_full_draft(ward)
    guided.state = "open"
    guided.point("/here")
    browser.get(f"{draft}/{path}")
    place = guided.asked("ShowPlace")[-1].place
    assert (place.part, list(place.fields), list(place.open_points)) == (part, [before, "/here"], [])
    assert bar(browser)["data-lit"] == "", "it was pointed at another page"
    fragment = bar(browser)["data-part"]
    guided.point("/here")
    for address in (fragment, f"{draft}/{path}"):
        browser.get(address)
        assert bar(browser)["data-lit"] == lit, "on its page, also after a reload"
    browser.get(f"{draft}/to-khai/father")
    assert bar(browser)["data-lit"] == ""


def test_a_question_that_few_are_asked_is_not_named_on_a_page_that_everybody_sees(
    browser: Browser, ward: Ward, guided: Guided, monkeypatch: pytest.MonkeyPatch
) -> None:
    few, told = "/requester/relation", filled.tellable
    monkeypatch.setattr(filled, "tellable", lambda procedure: [one for one in told(procedure) if one != few])
    sit_down(browser)
    agree(browser)
    browser.get(f"{a_full_draft(ward)}/to-khai/requester-relation")
    place = guided.asked("ShowPlace")[-1].place
    assert (place.part, list(place.fields)) == ("requester", ["/requester/full_name", "/here"]), "the next of everybody"


def test_unnamed_pages_are_counted_each(browser: Browser, ward: Ward, guided: Guided) -> None:
    sit_down(browser)
    agree(browser)
    draft = a_full_draft(ward)
    for page in ("mother", "father", "mother"):
        browser.get(f"{draft}/to-khai/{page}")
    counted = [one.dossier_page for one in guided.asked("ShowPlace")[-3:]]
    assert counted[0] == counted[2] != counted[1]
    assert all(len(one) == 64 for one in counted)


def test_only_what_a_harmless_check_finds_is_told(browser: Browser, ward: Ward, guided: Guided) -> None:
    sit_down(browser)
    agree(browser)
    draft = a_draft(ward)
    dossier = next(iter(ward.dossiers.values()))
    findings = [
        ("/child/full_name", "required", dossiers_v1.FINDING_KIND_STOPS, True),
        ("/requester/relation", "mother-is-unmarried", dossiers_v1.FINDING_KIND_STOPS, False),
        ("/mother/full_name", "required", dossiers_v1.FINDING_KIND_STOPS, True),
        ("/child/birth_date", "late-registration", dossiers_v1.FINDING_KIND_INFORMS, False),
    ]
    del dossier.findings[:]
    for name, check_name, kind, harmless in findings:
        dossier.findings.add(field=name, check=check_name, kind=kind, harmless=harmless, text="x")
    guided.wards.answers("GetDossier", dossier)
    browser.get(f"{draft}/to-khai")
    points = guided.asked("ShowPlace")[-1].place.open_points
    assert [(one.field, one.check) for one in points] == [("/child/full_name", "required")]


def test_a_session_is_noted_on_a_draft_once(browser: Browser, ward: Ward, guided: Guided) -> None:
    sit_down(browser)
    agree(browser)
    draft = a_draft(ward)
    for state in ("waiting", "open"):
        guided.state = state
        browser.get(f"{draft}/to-khai")
    (noted,) = guided.asked("NoteGuidedSession")
    assert (noted.dossier_id, noted.ward, noted.session_id) == (next(iter(ward.dossiers)), NAM_DUONG, SESSION)


def test_the_page_of_the_code_notes_the_session_too(browser: Browser, ward: Ward, guided: Guided) -> None:
    """Who asks for guidance at the last step has a volunteer for that step."""
    sit_down(browser)
    draft = a_full_draft(ward)
    (dossier,) = ward.dossiers
    agree(browser)
    with browser.client.session_transaction() as kept:
        kept["confirmation"] = {"dossier": dossier, "id": SESSION, "phone": "•••••••456"}
    browser.get(f"{draft}/ma-xac-nhan")
    told = guided.asked("ShowPlace")[-1]
    assert (told.place.page, told.dossier_id) == ("code", dossier)
    (noted,) = guided.asked("NoteGuidedSession")
    assert noted.dossier_id == dossier


def test_the_question_pointed_at_is_lit_on_its_page_and_linked_elsewhere(
    browser: Browser, ward: Ward, guided: Guided
) -> None:
    sit_down(browser)
    agree(browser)
    draft = a_draft(ward)
    guided.state = "open"
    guided.point("/child/full_name")
    browser.get(f"{draft}/to-khai/child-name")
    assert bar(browser)["data-lit"] == "f-child-full-name"
    assert "Tình nguyện viên chỉ vào câu" in browser.page.text
    assert browser.page.all("a", href="#f-child-full-name")
    browser.get(f"{draft}/to-khai")
    assert bar(browser)["data-lit"] == ""
    assert browser.page.all("a", href=f"{draft}/to-khai/child-name?cau=1")


def test_the_part_says_the_same_as_the_page_and_writes_no_cookie(browser: Browser, ward: Ward, guided: Guided) -> None:
    """A page that renewed the tokens at the same time must not lose them to a part with the old ones."""
    sit_down(browser)
    agree(browser)
    draft = a_draft(ward)
    guided.state = "open"
    browser.get(f"{draft}/to-khai/child-name")
    address = bar(browser)["data-part"]
    guided.point("/child/full_name")
    browser.get(address)
    assert "caunoi=" not in browser.response.headers.get("Set-Cookie", "")
    assert browser.response.headers["Cache-Control"] == "no-store"
    assert bar(browser)["data-lit"] == "f-child-full-name"
    assert "Phan Thị Chín" in browser.page.text


def test_the_same_question_pointed_at_again_is_lit_and_told_again(browser: Browser, ward: Ward, guided: Guided) -> None:
    sit_down(browser)
    agree(browser)
    draft = a_draft(ward)
    guided.state = "open"
    seen = []
    for _ in range(2):
        guided.point("/child/full_name")
        browser.get(f"{draft}/to-khai/child-name")
        seen.append([bar(browser)[f"data-{name}"] for name in ("lit", "pointed", "number")])
        assert browser.page.all("div", **{"class": "app-pointed"}), "without script too"
        assert browser.page.text.count("Tình nguyện viên chỉ vào câu này") == 1
        check(browser)
    assert seen == [["f-child-full-name", "1", "1"], ["f-child-full-name", "2", "2"]]


def test_what_was_pointed_at_is_named_and_linked_from_every_page(browser: Browser, ward: Ward, guided: Guided) -> None:
    """Also a question that the volunteer knows only as the one on the screen, and a paper."""
    sit_down(browser)
    agree(browser)
    draft = a_full_draft(ward)
    guided.state = "open"
    browser.get(f"{draft}/to-khai/mother?cau=2")
    guided.point("/here")
    browser.get(bar(browser)["data-part"])
    guided.point("/child/full_name")
    guided.point("documents/birth-certificate-of-hospital")
    for path in (f"{draft}/to-khai", "/ho-so", "/tai-khoan", "/huong-dan"):
        browser.get(path)
        part = bar(browser)["data-part"]
        for address in (path, part):
            browser.get(address)
            links = [one["href"] for one in browser.page.all("a") if one["href"].startswith(draft)]
            for href in (
                f"{draft}/to-khai/mother?cau=2",
                f"{draft}/to-khai/child-name?cau=1",
                f"{draft}/giay-to/birth-certificate-of-hospital",
            ):
                assert href in links, (address, links)
            for words in ("Họ, chữ đệm, tên của trẻ", "Giấy chứng sinh"):
                assert words in browser.page.text, address
            assert wording.A_QUESTION not in browser.page.text, address


def test_the_page_of_the_code_tells_by_itself_that_the_volunteer_has_come(browser: Browser, guided: Guided) -> None:
    sit_down(browser)
    agree(browser)
    assert guided.asked("ShowPlace")[-1].place.page == "guidance"
    assert '<noscript><meta http-equiv="refresh" content="5">' in browser.response.get_data(as_text=True)


def test_a_computers_token_that_has_ended_is_renewed_whatever_is_asked_of_the_station(
    browser: Browser, ward: Ward, guided: Guided
) -> None:
    refused = []

    def refuse_once(rpc: str) -> None:
        answer = guided.wards.scripts[rpc]

        def once(ward: str, request: object) -> Any:
            refused.append(rpc)
            guided.wards.scripts[rpc] = answer
            raise Refusal(Kind.UNAUTHENTICATED, "kiosk-token-expired", "Mã của máy đã hết hạn.")

        guided.wards.scripts[rpc] = once

    sit_down(browser)
    rpcs = ("GetConsentText", "RequestGuidedSession", "ShowPlace", "NoteGuidedSession", "GetOwnGuidedSession")
    for rpc in (*rpcs, "EndGuidedSession"):
        refuse_once(rpc)
    agree(browser)
    assert " ".join(CODE) in browser.page.text
    browser.get(f"{a_draft(ward)}/to-khai")
    assert len(guided.asked("NoteGuidedSession")) == 2
    assert browser.client.get(bar(browser)["data-part"]).status_code == 200
    browser.post("/huong-dan/dung", key=browser.page.hidden("key"), ve="/tai-khoan")
    assert refused == [*rpcs, "EndGuidedSession"]
    assert guided.state == "ended"


def test_the_consent_is_short_with_its_whole_text_behind_it(browser: Browser, guided: Guided) -> None:
    sit_down(browser)
    browser.get("/huong-dan?ve=/ho-so")
    for line in TEXT.in_short:
        assert line in browser.page.text
    (details,) = browser.page.all("details")
    assert "open" not in details
    assert "Câu còn thiếu." in browser.page.text
    agree(browser)
    guided.state = "open"
    browser.get("/huong-dan")
    assert "chỉ kết thúc buổi này" in browser.page.text
    assert browser.page.all("a", href="/toi/dong-y")


def test_a_streams_ticket_names_the_session_and_nothing_else(app: Flask, browser: Browser, guided: Guided) -> None:
    sit_down(browser)
    agree(browser)
    address = urlsplit(bar(browser)["data-stream"])
    assert address.path == "/streams/guidance"
    (ticket,) = parse_qs(address.query)["ticket"]
    opened = Sealer(app.extensions["settings"].cookie_key, STREAM_TICKETS).open(ticket, within=60)
    assert opened == {"ward": NAM_DUONG, "session": SESSION, "side": "citizen"}


@pytest.mark.parametrize("because", list(Because))
def test_each_end_has_its_words_for_a_minute(browser: Browser, guided: Guided, because: str) -> None:
    sit_down(browser)
    agree(browser)
    guided.end(because, seconds_ago=20)
    browser.get("/ho-so")
    assert wording.CITIZEN_ENDS[because] in browser.page.text
    assert wording.VOLUNTEER_ENDS[because] != wording.ENDED
    assert bar(browser)["data-stream"] == ""
    guided.end(because, seconds_ago=70)
    browser.get("/ho-so")
    assert wording.CITIZEN_ENDS[because] not in browser.page.text
    assert browser.page.all("a", href="/huong-dan?ve=/ho-so"), "guidance is offered again"
    asked = len(guided.asked("ShowPlace"))
    browser.get("/ho-so")
    assert len(guided.asked("ShowPlace")) == asked


def test_where_the_ward_is_silent_the_page_goes_on(browser: Browser, guided: Guided) -> None:
    sit_down(browser)
    agree(browser)
    guided.wards.answers("ShowPlace", AWAY)
    browser.get("/ho-so")
    assert browser.response.status_code == 200
    assert browser.page.headings == ["Hồ sơ của tôi"]
    assert "Chưa nối được với người hướng dẫn" in browser.page.text
    assert bar(browser)["data-part"], "the page goes on trying"


def test_the_citizen_stops_and_goes_on_where_they_were(browser: Browser, guided: Guided) -> None:
    sit_down(browser)
    agree(browser)
    guided.state = "open"
    browser.get("/tai-khoan")
    browser.post("/huong-dan/dung", key=browser.page.hidden("key"), ve="/tai-khoan")
    browser.follow()
    assert guided.state == "ended"
    assert "Đã dừng hướng dẫn" in browser.page.text
    assert browser.response.request.path == "/tai-khoan"


def test_signing_out_ends_the_session_as_that(browser: Browser, guided: Guided) -> None:
    sit_down(browser)
    agree(browser)
    browser.client.post("/kiosk/ket-thuc")
    (ended,) = guided.asked("EndGuidedSession")
    assert (ended.session_id, ended.because) == (SESSION, "signed-out")


def test_what_hangs_on_a_session_ends_however_the_person_is_signed_out(browser: Browser, guided: Guided) -> None:
    sit_down(browser)
    agree(browser)
    with browser.client.session_transaction() as kept:
        kept["capture"] = {"id": SESSION, "ticket": "t", "ward": NAM_DUONG}
    guided.wards.answers("EndCapture", Empty())
    guided.wards.answers("GetOwnAccount", Refusal(Kind.UNAUTHENTICATED, "unauthenticated", "Xin đăng nhập lại."))
    browser.get("/tai-khoan")
    (ended,) = guided.asked("EndGuidedSession")
    assert (ended.session_id, ended.because) == (SESSION, "signed-out")
    assert [one.ticket for one in guided.asked("EndCapture")] == ["t"]


def test_an_address_with_a_wrong_number_shows_the_part_all_the_same(
    browser: Browser, ward: Ward, guided: Guided
) -> None:
    sit_down(browser)
    agree(browser)
    draft = a_draft(ward)
    guided.state = "open"
    browser.get(f"{draft}/to-khai/child-name")
    guided.point("/here")
    browser.get("/huong-dan/phan?page=form&fields=/a&since=x")
    assert browser.response.status_code == 200


def test_without_script_only_pages_on_which_nothing_is_typed_come_by_themselves(
    browser: Browser, ward: Ward, guided: Guided
) -> None:
    sit_down(browser)
    agree(browser)
    guided.state = "open"
    draft = a_full_draft(ward)

    def reloads() -> bool:
        return '<noscript><meta http-equiv="refresh" content="5">' in browser.response.get_data(as_text=True)

    for path, expected in (
        (f"{draft}/to-khai", True),
        ("/phuong/nam-duong/thu-tuc/1.001193", True),
        (f"{draft}/to-khai/mother", False),
        (f"{draft}/kiem-tra", False),
        (f"{draft}/giay-to/birth-certificate-of-hospital", False),
    ):
        browser.get(path)
        assert reloads() is expected, path
    browser.get(f"{draft}/to-khai/child-name")
    assert "Lưu và xem lời hướng dẫn mới" in browser.response.get_data(as_text=True)


def test_words_are_looked_for_without_losing_what_was_typed(browser: Browser, ward: Ward, guided: Guided) -> None:
    sit_down(browser)
    agree(browser)
    guided.state = "open"
    draft = a_draft(ward)
    browser.get(f"{draft}/to-khai/child-name")
    page = browser.page
    browser.post(
        f"{draft}/to-khai/child-name",
        key=page.hidden("key"),
        version=page.hidden("version"),
        asked="child.full_name",
        guidance="yes",
        **{"child.full_name": "Nguyễn Minh"},
    )
    browser.follow()
    assert browser.response.request.path == f"{draft}/to-khai/child-name"
    assert browser.page.all("input", name="child.full_name")[0]["value"] == "Nguyễn Minh"
    assert not browser.page.all("div", **{"class": "govuk-error-summary"})


def test_guidance_is_refused_to_who_is_no_citizen(browser: Browser, guided: Guided) -> None:
    browser.sign_in("tinhnguyen.nam-duong")
    browser.get("/huong-dan")
    assert browser.response.status_code == 403


# Consents


def test_consents_are_listed_over_the_wards_and_withdrawn(browser: Browser, guided: Guided) -> None:
    consent = guidance_v1.Consent(
        id=SESSION,
        purpose="guided-session",
        text_version="2026-11-28",
        given_at=moment(-600),
        ward=NAM_DUONG,
        station_name="Trạm tổ 3",
    )

    def consents(ward: str, _: object) -> guidance_v1.ListOwnConsentsResponse:
        return guidance_v1.ListOwnConsentsResponse(consents=[consent] if ward == NAM_DUONG else [])

    guided.wards.answers("ListOwnConsents", consents)
    guided.wards.answers("WithdrawConsent", consent)
    guided.wards.down = {"20251"}
    browser.sign_in()
    browser.get("/toi/dong-y")
    check(browser)
    assert "Trạm tổ 3" in browser.page.text
    assert "Chưa nhận được trả lời của" in browser.page.text
    browser.post(f"/toi/dong-y/{NAM_DUONG}/{SESSION}/rut", key=browser.page.hidden("key"))
    browser.follow()
    (asked,) = guided.asked("WithdrawConsent")
    assert asked.id == SESSION
    consent.withdrawn_at.seconds = int(time.time())
    browser.get("/toi/dong-y")
    assert "Đã rút lại lúc" in browser.page.text
    assert not browser.page.all("form", action=f"/toi/dong-y/{NAM_DUONG}/{SESSION}/rut")
    browser.get("/tai-khoan")
    assert browser.page.all("a", href="/toi/dong-y")


def test_a_ward_at_fault_is_named_and_not_taken_for_one_without_consents(browser: Browser, guided: Guided) -> None:
    def consents(ward: str, _: object) -> guidance_v1.ListOwnConsentsResponse:
        if ward == "20251":
            raise Refusal(Kind.BROKEN, "internal", "Có lỗi.")
        return guidance_v1.ListOwnConsentsResponse()

    guided.wards.answers("ListOwnConsents", consents)
    browser.sign_in()
    browser.get("/toi/dong-y")
    assert "Chưa nhận được trả lời của" in browser.page.text
    assert "chưa đồng ý điều gì" not in browser.page.text


def test_a_filed_dossier_is_shown_with_the_bar(browser: Browser, ward: Ward, guided: Guided) -> None:
    sit_down(browser)
    agree(browser)
    guided.state = "open"
    where = a_filed_dossier(ward)
    browser.get(f"{where}/da-gui")
    check(browser)
    assert guided.asked("ShowPlace")[-1].place.page == "filed"
    assert not guided.asked("NoteGuidedSession"), "only drafts are noted"


def test_the_kiosk_cookie_alone_asks_for_nothing(browser: Browser, guided: Guided) -> None:
    browser.client.set_cookie(kiosk.COOKIE, f"{NAM_DUONG}.secret")
    browser.get("/huong-dan")
    assert browser.response.status_code == 303, "to the sign-in page"
    assert guided.asked("RequestGuidedSession") == []
