"""The marital status in the book and on the paper, in the wordings of TT 04/2020 Đ33."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.dossiers.domain.entries import PEOPLE, entry_content
from services.dossiers.domain.entries.marital_status import statement
from services.dossiers.domain.people import Person
from services.dossiers.domain.register import Registration
from tests.unit.dossiers.marital_status_forms import (
    ADDRESS,
    ANNULLED,
    DIVORCED,
    DIVORCED_THEN,
    FOR_ANOTHER,
    FORMERLY,
    MARITAL_STATUS,
    MARRIED,
    MARRIED_THEN,
    OTHER_PURPOSE,
    PERIOD,
    TOGETHER,
    WIDOWED,
    WIDOWED_THEN,
)
from tests.unit.dossiers.worlds import changed, registration

REGISTRATION = registration("XNHN", 88, prepared_by="Phạm Văn Tâm")
HERE = (
    " tại 18 Lê Đình Dương, phường Nam Dương, quận Hải Châu, thành phố Đà Nẵng từ ngày 01/06/2013 đến ngày 11/08/2016"
)
NONE_THEN = f"không đăng ký kết hôn với ai trong thời gian cư trú{HERE}"
NOBODY = "hiện tại chưa đăng ký kết hôn với ai"
HUSBAND = (
    "đang có chồng là ông NGUYỄN HỮU THẮNG (Giấy chứng nhận kết hôn số 52/2016, "
    "do Ủy ban nhân dân phường Hòa Cường Bắc, quận Hải Châu, thành phố Đà Nẵng cấp ngày 12/08/2016)"
)
FIRST_HUSBAND = (
    "đang có chồng là ông PHAN VĂN QUÝ (Giấy chứng nhận kết hôn số 31/2012, "
    "do Ủy ban nhân dân phường Bình Hiên, quận Hải Châu, thành phố Đà Nẵng cấp ngày 17/04/2012) "
    f"trong thời gian cư trú{HERE}"
)
BY_JUDGMENT = (
    "đã ly hôn theo Quyết định ly hôn số 45/2019/QĐST-HNGĐ ngày 14/05/2019 "
    "của Tòa án nhân dân quận Hải Châu, thành phố Đà Nẵng"
)
BY_DEATH = (
    "chồng đã chết (Trích lục khai tử số 17/TLKT "
    "do Ủy ban nhân dân phường Bình Hiên, quận Hải Châu, thành phố Đà Nẵng cấp ngày 20/02/2018)"
)
ANNULMENT = (
    "đã đăng ký kết hôn, nhưng việc kết hôn đã bị hủy theo Quyết định số 03/2019/QĐST-HNGĐ ngày 02/07/2019 "
    "của Tòa án nhân dân quận Hải Châu, thành phố Đà Nẵng"
)
OF_FACT = {"/status/ended_marriage": "before-1987"}
UNMARRIED, AS_NOW, CHANGED = ({"/status/then": then} for then in ("unmarried", "as-now", "changed"))
LATER = {"/period/from": "2019-08-01", "/period/to": "2020-08-31"}
NONE_LATER = NONE_THEN.replace("01/06/2013", "01/08/2019").replace("11/08/2016", "31/08/2020")


def said(changes: dict[str, Any]) -> str:
    return statement(MARITAL_STATUS.filed(changes))


def content(changes: dict[str, Any] | None = None, registration: Registration = REGISTRATION) -> dict[str, Any]:
    return entry_content("marital-status", MARITAL_STATUS.filed(changes), registration)


@pytest.mark.parametrize(
    ("changes", "wording"),
    [
        ({"/status/now": "never"}, NOBODY),
        (OTHER_PURPOSE | MARRIED, f"hiện tại {HUSBAND}"),
        (OTHER_PURPOSE | TOGETHER, "hiện tại đang có chồng là ông NGUYỄN VĂN LAI"),
        (DIVORCED, f"đã đăng ký kết hôn, nhưng {BY_JUDGMENT}; {NOBODY}"),
        (DIVORCED | OF_FACT, f"đã có chồng, nhưng {BY_JUDGMENT}; {NOBODY}"),
        (WIDOWED, f"đã đăng ký kết hôn, nhưng {BY_DEATH}; {NOBODY}"),
        (WIDOWED | OF_FACT, f"đã có chồng, nhưng {BY_DEATH}; {NOBODY}"),
        (ANNULLED, f"{ANNULMENT}; {NOBODY}"),
    ],
)
def test_each_status_has_its_wording(changes: dict[str, Any], wording: str) -> None:
    """TT 04/2020 Đ33, word for word; an annulment has no wording there, and its decision is named."""
    assert said(changes) == f"{wording[0].upper()}{wording[1:]}."


@pytest.mark.parametrize(
    ("changes", "wording"),
    [
        ({"/status/now": "never"}, f"{NONE_THEN}; {NOBODY}"),
        (
            MARRIED | UNMARRIED,
            f"trong thời gian từ ngày 01/06/2013 đến ngày 11/08/2016 chưa đăng ký kết hôn với ai; hiện tại {HUSBAND}",
        ),
        (MARRIED | AS_NOW, f"hiện tại {HUSBAND}"),
        (MARRIED | MARRIED_THEN, f"{FIRST_HUSBAND}; hiện tại {HUSBAND}"),
        (TOGETHER | AS_NOW, "hiện tại đang có chồng là ông NGUYỄN VĂN LAI"),
        (DIVORCED | UNMARRIED, f"{NONE_THEN}; đã đăng ký kết hôn, nhưng {BY_JUDGMENT}; {NOBODY}"),
        (DIVORCED | MARRIED_THEN, f"{FIRST_HUSBAND}; đã đăng ký kết hôn, nhưng {BY_JUDGMENT}; {NOBODY}"),
        (
            DIVORCED | AS_NOW | LATER,
            f"đã đăng ký kết hôn, nhưng {BY_JUDGMENT}; {NONE_LATER}; {NOBODY}",
        ),
        (WIDOWED | UNMARRIED, f"{NONE_THEN}; đã đăng ký kết hôn, nhưng {BY_DEATH}; {NOBODY}"),
        (WIDOWED | AS_NOW | LATER, f"đã đăng ký kết hôn, nhưng {BY_DEATH}; {NONE_LATER}; {NOBODY}"),
        (WIDOWED | MARRIED_THEN, f"{FIRST_HUSBAND}; đã đăng ký kết hôn, nhưng {BY_DEATH}; {NOBODY}"),
        (ANNULLED | UNMARRIED, f"{NONE_THEN}; {ANNULMENT}; {NOBODY}"),
        (ANNULLED | AS_NOW | LATER, f"{ANNULMENT}; {NONE_LATER}; {NOBODY}"),
        ({"/status/now": "never", "/period/to": None}, f"{NONE_THEN[:-19]}đến nay; {NOBODY}"),
    ],
)
def test_a_period_has_the_status_of_that_time_and_then_the_present(changes: dict[str, Any], wording: str) -> None:
    """TT 04/2020 Đ33: who is divorced now was unmarried, married or divorced then, and only that is confirmed."""
    assert said(OTHER_PURPOSE | PERIOD | changes) == f"{wording[0].upper()}{wording[1:]}."


@pytest.mark.parametrize(
    ("changes", "wording"),
    [
        ({"/status/now": "never"}, NONE_THEN),
        (MARRIED | UNMARRIED, NONE_THEN),
        (DIVORCED | UNMARRIED, NONE_THEN),
        (WIDOWED | UNMARRIED, NONE_THEN),
        (ANNULLED | UNMARRIED, NONE_THEN),
        (DIVORCED | MARRIED_THEN, FIRST_HUSBAND),
        (MARRIED | AS_NOW, f"{HUSBAND} trong thời gian cư trú{HERE}"),
        (TOGETHER | AS_NOW, f"đang có chồng là ông NGUYỄN VĂN LAI trong thời gian cư trú{HERE}"),
        (WIDOWED | AS_NOW | LATER, f"đã đăng ký kết hôn, nhưng {BY_DEATH}; {NONE_LATER}"),
        (ANNULLED | AS_NOW | LATER, f"{ANNULMENT}; {NONE_LATER}"),
        (
            DIVORCED | AS_NOW | LATER,
            f"đã đăng ký kết hôn, nhưng {BY_JUDGMENT}; {NONE_LATER}",
        ),
    ],
)
@pytest.mark.parametrize("lives", ["formerly", "before-leaving"])
def test_a_former_ward_confirms_the_time_there_and_says_nothing_of_today(
    lives: str, changes: dict[str, Any], wording: str
) -> None:
    """TT 04/2020 Đ33.2."""
    assert said(FORMERLY | changes | {"/person/lives_here": lives}) == f"{wording[0].upper()}{wording[1:]}."


def test_nothing_is_proposed_that_the_answers_do_not_support() -> None:
    """TT 04/2020 Đ33: a time in which the status changed, or was not told; a former resident without a time."""
    assert said(OTHER_PURPOSE | PERIOD | DIVORCED | CHANGED) == ""
    assert said(OTHER_PURPOSE | PERIOD | DIVORCED) == ""
    for lives in ("permanent", "formerly"):  # a marriage that was annulled never made her a wife (Luật HNGĐ 2014 Đ12)
        assert said(FORMERLY | ANNULLED | MARRIED_THEN | {"/person/lives_here": lives}) == ""
    assert said(FORMERLY | {"/period/stated": False}) == ""


def test_the_time_between_two_marriages_has_the_status_of_that_time() -> None:
    """TT 04/2020 Đ33: divorced or widowed then, and not married again, with the paper of that end."""
    divorced = (
        "Đã đăng ký kết hôn, nhưng đã ly hôn theo Quyết định ly hôn số 12/2011/QĐST-HNGĐ ngày 10/03/2011 "
        f"của Tòa án nhân dân quận Sơn Trà, thành phố Đà Nẵng; {NONE_THEN}"
    )
    asks = OTHER_PURPOSE | PERIOD
    assert said(asks | MARRIED | DIVORCED_THEN) == f"{divorced}; hiện tại {HUSBAND}."
    twice = f"{divorced}; đã đăng ký kết hôn, nhưng {BY_JUDGMENT}; {NOBODY}."
    assert said(asks | DIVORCED | DIVORCED_THEN) == twice
    assert said(FORMERLY | MARRIED | DIVORCED_THEN) == f"{divorced}."
    widowed = (
        "Đã có chồng, nhưng chồng đã chết (Trích lục khai tử số 5/TLKT "
        f"do Ủy ban nhân dân phường Bình Hiên, quận Hải Châu, thành phố Đà Nẵng cấp ngày 10/03/2011); {NONE_THEN}."
    )
    of_fact = {"/status/then_ended_marriage": "before-1987"}
    assert said(FORMERLY | MARRIED | WIDOWED_THEN | of_fact) == widowed


def test_a_marriage_of_fact_then_names_no_certificate() -> None:
    """TT 04/2020 Đ33: together since before 3/1/1987."""
    gone = {f"/status/then_certificate_{name}": None for name in ("number", "date", "office")}
    assert said(FORMERLY | WIDOWED | MARRIED_THEN | gone) == (
        f"Đang có chồng là ông PHAN VĂN QUÝ trong thời gian cư trú{HERE}."
    )


def test_a_mans_spouse_is_his_wife() -> None:
    man = {"/person/sex": "male"}
    assert said(OTHER_PURPOSE | MARRIED | man).startswith("Hiện tại đang có vợ là bà NGUYỄN HỮU THẮNG")
    assert said(WIDOWED | OF_FACT | man).startswith("Đã có vợ, nhưng vợ đã chết")


def test_a_period_left_behind_on_a_page_no_longer_shown_is_not_stated() -> None:
    """Even where the caller forgets to take it away."""
    form = changed(MARITAL_STATUS.form, PERIOD | {"/period/stated": False})
    assert statement(form) == "Hiện tại chưa đăng ký kết hôn với ai."


def test_without_a_status_nothing_is_proposed() -> None:
    assert said({"/status/now": None}) == ""


def test_nobody_had_a_spouse_by_a_marriage_that_was_annulled() -> None:
    """Luật HNGĐ 2014 Đ12: nothing is proposed of the time before, and the officer writes."""
    assert said(OTHER_PURPOSE | PERIOD | DIVORCED | MARRIED_THEN)
    assert said(OTHER_PURPOSE | PERIOD | ANNULLED | MARRIED_THEN) == ""


def test_the_wording_leaves_out_what_the_form_does_not_say() -> None:
    gone = {f"/status/{name}": None for name in ("judgment_number", "judgment_date", "court")}
    assert "theo văn bản ly hôn; hiện tại" in said(DIVORCED | gone)
    gone = {f"/status/death_paper_{name}": None for name in ("number", "date", "office")}
    assert "(giấy tờ về việc chết)" in said(WIDOWED | gone)


@pytest.mark.parametrize(
    ("number", "paper"),
    [
        ("45/2019/QĐST-HNGĐ", "Quyết định ly hôn"),
        ("125/2018/QDST-HNGD", "Quyết định ly hôn"),
        ("08/2016/QĐPT-HNGĐ", "Quyết định ly hôn"),
        ("112/2018/HNGĐ-ST", "Bản án ly hôn"),
        ("7/2019/hngđ-pt", "Bản án ly hôn"),
        ("31/LHST", "Bản án ly hôn"),
        ("19/2010/LHPT", "Bản án ly hôn"),
        ("12/2009/CNTTTLH", "Quyết định ly hôn"),
        ("12/TLGCLH", "văn bản ly hôn"),
        ("45", "văn bản ly hôn"),
    ],
)
def test_a_divorce_is_by_the_judgment_or_the_decision_that_there_is(number: str, paper: str) -> None:
    """TT 04/2020 Đ33: the form's “Bản án/Quyết định” is for the office to choose from; the number tells which."""
    assert f"đã ly hôn theo {paper} số {number} ngày" in said(DIVORCED | {"/status/judgment_number": number})


@pytest.mark.parametrize(
    ("number", "office", "issued_on", "paper"),
    [
        ("17/TLKT", "Ủy ban nhân dân phường Bình Hiên", "2018-02-20", "Trích lục khai tử"),
        ("17", "Ủy ban nhân dân phường Bình Hiên", "2016-01-01", "Trích lục khai tử"),
        ("17", "Ủy ban nhân dân phường Bình Hiên", "2015-12-31", "Giấy chứng tử"),
        ("17/TLKT", "Ủy ban nhân dân phường Bình Hiên", None, "Trích lục khai tử"),
        ("17", "Ủy ban nhân dân phường Bình Hiên", None, "giấy tờ về việc chết"),
        ("02/2019/QĐST-DS", "Tòa án nhân dân quận Hải Châu", "2019-03-01", "Quyết định"),
        ("02/2019/DS-ST", "Tòa án nhân dân quận Hải Châu", "2019-03-01", "Bản án"),
    ],
)
def test_a_death_is_by_the_one_paper_that_there_is(number: str, office: str, issued_on: str | None, paper: str) -> None:
    """TT 04/2020 Đ33; extracts of deaths are given since the Luật Hộ tịch 2014, from 2016 on."""
    given = {"number": number, "office": office, "date": issued_on}
    changes = WIDOWED | {f"/status/death_paper_{part}": value for part, value in given.items()}
    assert f"đã chết ({paper} số {number} do {office} cấp" in said(changes)


def test_an_entry_for_a_marriage_names_the_intended_spouse_and_is_one_copy() -> None:
    """TT 04/2020 Đ12: họ tên, ngày sinh, quốc tịch, giấy tờ; the place of the marriage; exactly one."""
    entry = content()
    common = {"register", "book", "year", "number", "registered_on", "place_of_registration"}
    common |= {"registration_kind", "signer", "prepared_by"}
    assert {name: value for name, value in entry.items() if name not in common} == {
        "person": {
            "full_name": "TRẦN THỊ MỸ DUYÊN",
            "birth_date": "1994-03-21",
            "birth_date_words": "Ngày hai mươi mốt, tháng ba, năm một nghìn chín trăm chín mươi bốn",
            "sex": "Nữ",
            "birth_place": "Phường Hải Châu II, quận Hải Châu, thành phố Đà Nẵng",
            "ethnicity": "Kinh",
            "nationality": "Việt Nam",
            "identity_paper": "Căn cước công dân số 048194000321, Công an thành phố Đà Nẵng cấp ngày 20/05/2018",
            "residence": ADDRESS,
        },
        "requester": {"full_name": "TRẦN THỊ MỸ DUYÊN", "relation": "Bản thân"},
        "period": {"place": "", "from": "", "to": ""},
        "status": "Hiện tại chưa đăng ký kết hôn với ai.",
        "for_marriage": True,
        "purpose": "Đăng ký kết hôn",
        "intended_spouse": {
            "full_name": "LÊ QUANG HUY",
            "birth_date": "1992-11-05",
            "nationality": "Việt Nam",
            "identity_paper": "Căn cước công dân số 048092000654, Công an thành phố Đà Nẵng cấp ngày 20/05/2018",
        },
        "marriage_place": "Ủy ban nhân dân phường Thạch Thang, quận Hải Châu, thành phố Đà Nẵng",
        "copies": 1,
        "notes": [],
    }


def test_an_entry_for_anything_else_names_the_use_and_nobody_to_marry() -> None:
    """TT 04/2020 Đ12: as many copies as were asked for."""
    entry = content(OTHER_PURPOSE)
    assert (entry["for_marriage"], entry["purpose"], entry["copies"]) == (False, "Làm thủ tục mua bán nhà đất", 2)
    assert set(entry["intended_spouse"].values()) == {""}
    assert entry["marriage_place"] == ""


def test_what_the_officer_wrote_stands_instead_of_the_proposal() -> None:
    written = "Từ ngày 6/10/2018 đến nay chưa đăng ký kết hôn với ai."
    entry = content(registration=replace(REGISTRATION, statement=written))
    assert entry["status"] == written


def test_asked_for_by_another_the_paper_and_residence_are_the_persons_own() -> None:
    entry = content(FOR_ANOTHER)
    assert entry["requester"] == {"full_name": "TRẦN VĂN PHÚC", "relation": "Cha hoặc mẹ"}
    assert "048194000321" in entry["person"]["identity_paper"]
    assert entry["person"]["residence"] == ADDRESS


def test_the_period_is_kept_with_its_place() -> None:
    assert content(PERIOD)["period"] == {
        "place": PERIOD["/period/place"],
        "from": "2013-06-01",
        "to": "2016-08-11",
    }


def test_foreigners_have_their_country_and_no_ethnicity() -> None:
    foreign = {
        "/person/nationality": "foreign",
        "/person/nationality_name": "Hàn Quốc",
        "/spouse/nationality": "stateless",
    }
    entry = content(foreign)
    assert (entry["person"]["nationality"], entry["person"]["ethnicity"]) == ("Hàn Quốc", "")
    assert entry["intended_spouse"]["nationality"] == "Không quốc tịch"


def test_the_entry_is_found_again_by_the_person_alone() -> None:
    person = Person("Trần Thị Mỹ Duyên", date(1994, 3, 21), frozenset({"048194000321"}))
    for changes in ({}, FOR_ANOTHER, OTHER_PURPOSE):
        assert PEOPLE["marital-status"](MARITAL_STATUS.filed(changes), REGISTRATION) == {"person": person}


def test_only_the_year_or_the_month_is_written_if_no_more_is_known() -> None:
    """TT 04/2020 Đ33."""
    year = {"/person/birth_date": None, "/person/birth_year": 1955, "/spouse/birth_date": None}
    entry = content(year | {"/spouse/birth_year": 1950, "/spouse/birth_month": 7})
    words = "Năm một nghìn chín trăm năm mươi lăm"
    assert (entry["person"]["birth_date"], entry["person"]["birth_date_words"]) == ("1955", words)
    assert entry["intended_spouse"]["birth_date"] == "1950-07"
    found = PEOPLE["marital-status"](MARITAL_STATUS.filed(year), REGISTRATION)["person"]
    assert (found.birth_date, found.birth_year) == (None, 1955)


def test_nothing_is_confirmed_without_a_date_of_birth() -> None:
    with pytest.raises(ValueError, match="year of birth"):
        content({"/person/birth_date": "chưa rõ"})
