"""The content of the death register."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.chassis.capacity import Capacity
from services.dossiers.domain.canonical import canonical
from services.dossiers.domain.entries import PEOPLE, entry_content
from services.dossiers.domain.people import Person
from services.dossiers.domain.register import Registration, RegistrationKind
from services.dossiers.forms import asked
from tests.unit.dossiers.death_forms import AT_HOME_HERE, DEATH, DEATH_YEAR_ONLY, FORM, UNIDENTIFIED, YEAR_ONLY
from tests.unit.dossiers.worlds import changed, registration

REGISTRATION = registration(
    "KT",
    31,
    signer_name="Huỳnh Thị Mai",
    signer_title="Phó Chủ tịch",
    signer_capacity=Capacity.DEPUTY,
    prepared_by="Đỗ Tiến Dũng",
)


def content(changes: dict[str, Any] | None = None, registration: Registration = REGISTRATION) -> dict[str, Any]:
    return entry_content("death", asked(DEATH.procedure, changed(FORM, changes)), registration)


def test_an_entry_has_all_that_the_register_and_the_extract_have() -> None:
    """NĐ 123/2015 Đ4.2; names in capitals, dates in digits and words (TT 04/2020)."""
    assert content() == {
        "register": "death",
        "book": "01-TP/HT-2020-KT",
        "year": 2020,
        "number": 31,
        "registered_on": "2020-10-06",
        "place_of_registration": "Ủy ban nhân dân phường Nam Dương, quận Hải Châu, thành phố Đà Nẵng",
        "registration_kind": "on-time",
        "signer": {"full_name": "Huỳnh Thị Mai", "title": "Phó Chủ tịch", "capacity": "deputy"},
        "prepared_by": "Đỗ Tiến Dũng",
        "deceased": {
            "full_name": "NGUYỄN VĂN THÀNH",
            "birth_date": "1941-05-02",
            "birth_date_words": "Ngày hai, tháng năm, năm một nghìn chín trăm bốn mươi mốt",
            "sex": "Nam",
            "ethnicity": "Kinh",
            "nationality": "Việt Nam",
            "last_residence": "12 Lê Đình Dương, phường Nam Dương, quận Hải Châu, thành phố Đà Nẵng",
            "identity_paper": "Chứng minh nhân dân số 200123456, Công an thành phố Đà Nẵng cấp ngày 12/03/2009",
            "personal_identification_number": "",
        },
        "death": {
            "date": "2020-10-04",
            "at": "17 giờ 30 phút, ngày 04/10/2020",
            "at_words": "Mười bảy giờ ba mươi phút, ngày bốn, tháng mười, năm hai nghìn không trăm hai mươi",
            "place": "Bệnh viện Đà Nẵng, 124 Hải Phòng, phường Thạch Thang, quận Hải Châu, thành phố Đà Nẵng",
        },
        "cause_of_death": "Nhồi máu cơ tim",
        "age_class": "",
        "death_paper": {
            "kind": "Giấy báo tử của cơ sở y tế",
            "number": "112/GBT",
            "issued_on": "2020-10-04",
            "issued_by": "Bệnh viện Đà Nẵng",
        },
        "requester": {
            "full_name": "NGUYỄN VĂN BÌNH",
            "relation": "Con",
            "identity_paper": (
                "Căn cước công dân số 048068000123, Cục Cảnh sát ĐKQL cư trú và DLQG về dân cư cấp ngày 20/05/2018"
            ),
        },
        "notes": [],
    }


def test_the_cause_is_under_its_own_key_and_nowhere_else() -> None:
    """Restricted: the extract has no field for it, so printing or showing the extract cannot show it."""
    entry = content()
    assert entry.pop("cause_of_death") == "Nhồi máu cơ tim"
    assert "Nhồi máu" not in str(entry)


def test_an_unknown_hour_leaves_the_date_alone() -> None:
    death = content({"/death/time": None})["death"]
    assert (death["at"], death["at_words"]) == (
        "Ngày 04/10/2020",
        "Ngày bốn, tháng mười, năm hai nghìn không trăm hai mươi",
    )
    assert content({"/death/time": "7:05"})["death"]["at"] == "07 giờ 05 phút, ngày 04/10/2020"


def test_the_birth_may_be_a_year_alone() -> None:
    """NĐ 123/2015 Đ4.2."""
    deceased = content(YEAR_ONLY)["deceased"]
    assert (deceased["birth_date"], deceased["birth_date_words"]) == (
        "1941",
        "Năm một nghìn chín trăm bốn mươi mốt",
    )


@pytest.mark.parametrize(
    ("born", "age_class"),
    [
        ("2019-10-05", "under-1"),
        ("2019-10-04", "1-to-4"),
        ("2015-10-05", "1-to-4"),
        ("2015-10-04", ""),
        ("2020-10-04", "under-1"),
    ],
)
def test_deaths_of_children_are_counted_by_age(born: str, age_class: str) -> None:
    """The register ticks less than one year, and one to less than five."""
    assert content({"/deceased/birth_date": born})["age_class"] == age_class


@pytest.mark.parametrize(
    ("year", "age_class"), [(2020, "under-1"), (2019, ""), (2018, "1-to-4"), (2016, "1-to-4"), (2015, ""), (2014, "")]
)
def test_a_year_alone_tells_the_age_only_where_it_is_sure(year: int, age_class: str) -> None:
    assert content({**YEAR_ONLY, "/deceased/birth_year": year})["age_class"] == age_class


def test_the_paper_stays_blank_where_this_ward_would_have_issued_it() -> None:
    """NĐ 123/2015 Đ4.2; TT 04/2020 Đ13: blank, never a dash."""
    assert set(content(AT_HOME_HERE)["death_paper"].values()) == {""}


@pytest.mark.parametrize(
    ("circumstance", "kind"),
    [
        ("execution", "Giấy xác nhận việc thi hành án tử hình"),
        ("court", "Văn bản tuyên bố chết của Tòa án"),
        ("accident", "Văn bản của công an hoặc kết quả giám định pháp y"),
        ("elsewhere", "Giấy báo tử"),
        ("long-ago", "Giấy tờ chứng minh việc chết"),
    ],
)
def test_the_entry_says_what_proved_the_death(circumstance: str, kind: str) -> None:
    """NĐ 123/2015 Đ4.2."""
    assert content({"/death/circumstance": circumstance})["death_paper"]["kind"] == kind


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("03/2020/QĐST-DS", "Quyết định tuyên bố chết của Tòa án"),
        ("03/2020/DS-ST", "Bản án tuyên bố chết của Tòa án"),
        (None, "Văn bản tuyên bố chết của Tòa án"),
    ],
)
def test_a_declared_death_names_the_judgment_or_the_decision_that_there_is(number: str | None, kind: str) -> None:
    """NĐ 123/2015 Đ4.2c."""
    declared = {"/death/circumstance": "court", "/death_paper/number": number}
    assert content(declared)["death_paper"]["kind"] == kind


def test_a_death_long_ago_may_have_only_its_year() -> None:
    """TT 04/2020 Đ13, Đ29.9: day and month stay blank, and are not made up."""
    assert content(DEATH_YEAR_ONLY)["death"] == {
        "date": "1968",
        "at": "Năm 1968",
        "at_words": "Năm một nghìn chín trăm sáu mươi tám",
        "place": FORM["death"]["place"],
    }


def test_unknown_fields_of_an_unidentified_body_stay_blank() -> None:
    """NĐ 123/2015 Đ4.2d; TT 04/2020 Đ34.2: never a dash; the place is where it was found."""
    entry = content(UNIDENTIFIED)
    assert set(entry["deceased"].values()) == {""}
    assert entry["death"]["place"] == FORM["death"]["place"]
    assert entry["requester"]["relation"] == "Đại diện cơ quan"
    assert entry["death_paper"]["kind"] == "Văn bản của công an hoặc kết quả giám định pháp y"
    canonical(entry)


def test_unknown_fields_stay_blank() -> None:
    """TT 04/2020: never dashes."""
    lost = {"/deceased/has_identity_paper": False, "/deceased/ethnicity": None, "/death/cause": None}
    entry = content({**lost, "/deceased/lives_in": "unknown", "/deceased/last_residence": None})
    deceased = entry["deceased"]
    assert (deceased["identity_paper"], deceased["ethnicity"], deceased["last_residence"]) == ("", "", "")
    assert entry["cause_of_death"] == ""


def test_a_sex_that_is_not_determined_and_a_place_that_nobody_knows_stay_blank() -> None:
    """TT 04/2020 Đ29.9."""
    entry = content({"/death/circumstance": "court", "/deceased/sex": "undetermined", "/death/place": None})
    assert (entry["deceased"]["sex"], entry["death"]["place"]) == ("", "")
    canonical(entry)
    assert content({"/death/place": "Không rõ."})["death"]["place"] == "", "written in so many words"


def test_the_number_comes_from_the_national_database_else_from_the_form() -> None:
    typed = {"/deceased/personal_identification_number": "048 041 000 123"}
    assert content(typed)["deceased"]["personal_identification_number"] == "048041000123"
    given = replace(REGISTRATION, personal_identification_number="048041000999")
    assert content(typed, given)["deceased"]["personal_identification_number"] == "048041000999"
    assert PEOPLE["death"](changed(FORM, typed), given) == {
        "deceased": Person(
            "Nguyễn Văn Thành", date(1941, 5, 2), frozenset({"200123456", "048041000123", "048041000999"})
        )
    }


def test_a_person_known_by_the_year_of_birth_is_found_by_it() -> None:
    found = PEOPLE["death"](asked(DEATH.procedure, changed(FORM, YEAR_ONLY)), REGISTRATION)["deceased"]
    assert (found.birth_date, found.birth_year) == (None, 1941)


def test_a_late_registration_says_so() -> None:
    """Luật Hộ tịch 2014 Đ33."""
    assert DEATH.procedure.late is not None
    assert not DEATH.procedure.late.is_late(FORM, date(2020, 10, 19))
    assert DEATH.procedure.late.is_late(FORM, date(2020, 10, 20))
    assert content(registration=replace(REGISTRATION, kind=RegistrationKind.LATE))["registration_kind"] == "late"


def test_numbers_of_extracts_have_a_form_of_their_own() -> None:
    assert DEATH.procedure.register.number_form.format(number=31, year=2020) == "31/TLKT"


def test_a_death_without_a_date_is_not_registered() -> None:
    with pytest.raises(ValueError, match="without its date"):
        content({"/death/date": "chưa rõ"})


def test_an_entry_is_ready_for_its_digest() -> None:
    assert canonical(content())
    assert canonical(content(YEAR_ONLY))
