"""The rules of guided sessions: time, codes, and places that can carry no answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.accounts.adapters.wording import CONSENTS, TERMS, ConsentText
from services.accounts.domain.guidance import (
    PAGES,
    Because,
    Ending,
    GuidanceKind,
    OpenPoint,
    Place,
    State,
    Times,
    code_text,
    ending,
    is_field,
    make_code,
    read_code,
    refuse_subject,
    refuse_values,
    state,
)
from services.chassis.refusal import Kind, Refusal
from services.dossiers.catalogue import Catalogue
from services.dossiers.domain.procedures import Procedure
from services.dossiers.forms import leaves

NOW = datetime(2020, 10, 6, 2, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CATALOGUE = list(Catalogue.load())


# --- time


def test_a_session_waits_until_its_code_expires() -> None:
    times = Times(NOW)
    assert state(times, NOW - MINUTE) is State.WAITING
    assert (state(times, NOW), ending(times, NOW)) == (State.ENDED, Ending(NOW, Because.CODE_EXPIRED))


@pytest.mark.parametrize(
    ("ends", "duty", "wanted"),
    [
        (30, None, Ending(NOW + 30 * MINUTE, Because.TIME)),
        (30, 40, Ending(NOW + 30 * MINUTE, Because.TIME)),
        (30, 20, Ending(NOW + 20 * MINUTE, Because.DUTY_ENDED)),
    ],
)
def test_a_joined_session_ends_by_whichever_comes_first(ends: int, duty: int | None, wanted: Ending) -> None:
    over = None if duty is None else NOW + duty * MINUTE
    times = Times(NOW + MINUTE, NOW, NOW + ends * MINUTE, over)
    assert state(times, wanted.at - MINUTE) is State.OPEN
    assert ending(times, wanted.at) == ending(times, NOW + 90 * MINUTE) == wanted


def test_what_is_written_about_an_end_counts() -> None:
    written = Ending(NOW, Because.CITIZEN)
    assert ending(Times(NOW, NOW, NOW, NOW, written), NOW + 90 * MINUTE) == written


# --- codes


@given(st.integers(0, 999_999))
def test_a_code_is_read_however_it_is_grouped(number: int) -> None:
    code = f"{number:06}"
    assert read_code(f" {code[:3]} {code[3:]} ") == read_code(f"{code[:2]}.{code[2:4]}-{code[4:]}") == code


def test_codes_are_six_digits_and_of_one_station() -> None:
    codes = {make_code() for _ in range(200)}
    assert all(len(code) == 6 and code.isdigit() for code in codes)
    assert len(codes) > 190
    assert code_text("a", "482913") != code_text("b", "482913")


# --- places


def place_of(page: str, **more: object) -> Place:
    return Place(page=page, procedure="1.001193", procedure_version="2020-09-15", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("procedure", CATALOGUE, ids=lambda each: f"{each.code}/{each.version}")
def test_every_page_question_paper_and_harmless_check_of_a_procedure_can_be_shown(procedure: Procedure) -> None:
    fields = list(leaves(procedure.form))
    kinds = [document.kind for document in procedure.documents]
    checks = procedure.harmless.checks
    points = [OpenPoint(field, checks[0]) for field in fields] + [OpenPoint(f"documents/{kind}") for kind in kinds]
    points += [OpenPoint(fields[0], check) for check in checks]
    for page in procedure.pages:
        shown = Place("form", procedure.code, procedure.version, page.name, page.fields, points)
        refuse_values(shown)
        assert shown.subjects >= {*fields, *(f"documents/{kind}" for kind in kinds)}
        assert shown.dossier_page == f"form/{page.name}"
    for kind in kinds:
        refuse_values(place_of("documents", part=kind))
    for name in PAGES:
        refuse_values(Place(page=name))


#: What people type: names, days, numbers, addresses, sentences.
TYPED = st.one_of(
    st.sampled_from(
        [
            "Nguyễn Minh An", "Nguyen Minh An", "nguyen minh an", "Sáu", "048155001001", "201234567", "0905 201 101",
            "0905201101", "1955-03-08", "8/3/1955", "12 Lê Đình Dương", "tổ dân phố 3", "sau@example.vn", "true",
            "Kinh", "B1234567", "nam", "đã ly hôn", "482913",
        ]
    ),
    st.text(st.characters(categories=["Lu", "Nd", "Zs"]), min_size=1, max_size=40),
    st.text("àáâãèéêìíòóôõùúýăđĩũơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ", min_size=1, max_size=20),
    st.text("0123456789", min_size=1, max_size=20),
    st.text(min_size=61, max_size=400),
).filter(lambda text: text not in {"nam", "true"} and not text.startswith("/"))  # fmt: skip


#: Member of a place → a place that holds there what was typed.
MEMBERS: dict[str, Callable[[str], Place]] = {
    "page": lambda typed: Place(page=typed),
    "part": lambda typed: place_of("form", part=typed),
    "procedure": lambda typed: Place("form", procedure=typed),
    "procedure_version": lambda typed: Place("form", procedure_version=f"{typed} "),
    "fields": lambda typed: place_of("form", fields=(typed,)),
    "fields, inside": lambda typed: place_of("form", fields=(f"/child/full_name/{typed}",)),
    "open_points": lambda typed: place_of("form", open_points=(OpenPoint(typed),)),
    "open_points, paper": lambda typed: place_of("form", open_points=(OpenPoint(f"documents/{typed}"),)),
    "open_points, check": lambda typed: place_of("form", open_points=(OpenPoint("/child/full_name", typed),)),
}


@pytest.mark.parametrize("member", MEMBERS)
@given(typed=TYPED)
def test_no_member_of_a_place_takes_what_somebody_typed(member: str, typed: str) -> None:
    with pytest.raises(Refusal) as no:
        refuse_values(MEMBERS[member](typed))
    assert (no.value.kind, no.value.type) == (Kind.INVALID, "invalid-place")
    assert [fault.field for fault in no.value.fields] == [f"place/{member.partition(',')[0]}"]


@given(st.text(max_size=60))
def test_a_field_that_is_taken_is_made_of_names_alone(text: str) -> None:
    if is_field(text):
        assert set(text) <= set("abcdefghijklmnopqrstuvwxyz_/-")


def test_counts_are_bounded() -> None:
    for place in (
        place_of("form", fields=("/a",) * 61),
        place_of("form", open_points=(OpenPoint("/a"),) * 121),
        place_of("form", part="a" * 61),
        place_of("form", fields=("/a/b/c/d/e",)),
    ):
        with pytest.raises(Refusal):
            refuse_values(place)
    refuse_values(place_of("form", fields=("/a",) * 60, open_points=(OpenPoint("/a"),) * 120))


@given(st.sampled_from(list(GuidanceKind)), st.text(max_size=30))
def test_a_volunteer_sends_nothing_that_stands_in_no_list(kind: GuidanceKind, subject: str) -> None:
    shown = place_of("form", fields=("/child/full_name",))
    known = {
        GuidanceKind.POINT: {"/child/full_name"},
        GuidanceKind.PHRASE: {"p"},
        GuidanceKind.TERM: {"que-quan"},
        GuidanceKind.EXPLAINED: {"/child/full_name", "que-quan"},
    }[kind]
    for each in known:
        refuse_subject(kind, each, shown, ["p"], ["que-quan"])
    if subject not in known:
        with pytest.raises(Refusal):
            refuse_subject(kind, subject, shown, ["p"], ["que-quan"])


# --- texts


def test_terms_are_explained_in_one_to_three_plain_sentences() -> None:
    assert len(TERMS) >= 20
    for term in TERMS.values():
        sentences = [each for each in term.explanation.replace(". ", ".\n").split("\n") if each]
        assert 1 <= len(sentences) <= 3, term.key
        assert term.explanation.endswith("."), term.key
        assert is_field(f"documents/{term.key}"), "a key has the shape of a name"


def test_the_text_agreed_to_says_what_the_law_asks_for() -> None:
    """Purpose, kind of data, who answers for it, how long, rights, and how to withdraw (Luật 91/2025 Đ9)."""
    text = CONSENTS["guided-session"]
    whole = " ".join(line for part in text.parts for line in (part.heading, *part.lines))
    for said in (
        *("Để làm gì", "chỉ cho ông/bà cách tự điền", "Phường của điểm hỗ trợ này chịu trách nhiệm"),
        *("Tình nguyện viên thấy", "thủ tục nào", "còn thiếu hoặc ghi chưa đúng", "đã giải thích cho ông/bà"),
        *("Tình nguyện viên không thấy", "Tên, số giấy tờ, ngày sinh, địa chỉ", "hình ảnh màn hình", "Mã xác nhận"),
        *("Nhiều nhất 30 phút", "tên tình nguyện viên", "số phút và số trang", "xóa sau 12 tháng", "giữ cùng hồ sơ"),
        *(
            "tự quyết định",
            "Không đồng ý thì vẫn",
            "rút lại sự đồng ý bất cứ lúc nào",
            "xem những gì đã ghi và khiếu nại",
        ),
    ):
        assert said in whole, said


@pytest.mark.parametrize(
    ("today", "version"), [("2027-01-01", "2027-01-01"), ("2026-12-31", "2026-11-28"), ("2020-10-06", "2026-11-28")]
)
def test_a_text_is_in_force_from_its_day_on_and_till_then_the_one_before(today: str, version: str) -> None:
    first = ConsentText("guided-session", "2026-11-28", "Lời văn đầu tiên", ())
    newest = ConsentText("guided-session", "2027-01-01", "Lời văn mới", (), before=first)
    assert newest.in_force(date.fromisoformat(today)).version == version
