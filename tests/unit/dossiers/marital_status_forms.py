"""A confirmation of marital status as a woman asks for it who means to marry, and small changes to it."""

from __future__ import annotations

from datetime import date
from typing import Any

from services.dossiers.domain.findings import FindingKind
from services.dossiers.domain.people import Person
from tests.unit.dossiers.worlds import CATALOGUE, Filing

TODAY = date(2020, 10, 6)

ADDRESS = "45 Nguyễn Văn Linh, phường Nam Dương, quận Hải Châu, thành phố Đà Nẵng"
_IDENTITY = {
    "identity_paper": "citizen-card",
    "identity_issued_on": "2018-05-20",
    "identity_issued_by": "Công an thành phố Đà Nẵng",
}
FORM: dict[str, Any] = {
    "requester": {
        "for_self": True,
        "full_name": "Trần Thị Mỹ Duyên",
        "residence": ADDRESS,
        "phone": "0905 209 101",
        "identity_number": "048194000321",
        **_IDENTITY,
    },
    "person": {
        "full_name": "Trần Thị Mỹ Duyên",
        "birth_date": "1994-03-21",
        "sex": "female",
        "birth_place": "Phường Hải Châu II, quận Hải Châu, thành phố Đà Nẵng",
        "nationality": "vietnamese",
        "ethnicity": "Kinh",
        "lives_here": "permanent",
    },
    "purpose": {
        "marriage": True,
        "place_kind": "vietnam",
        "place": "Ủy ban nhân dân phường Thạch Thang, quận Hải Châu, thành phố Đà Nẵng",
    },
    "spouse": {
        "full_name": "Lê Quang Huy",
        "birth_date": "1992-11-05",
        "sex": "male",
        "nationality": "vietnamese",
        "identity_number": "048092000654",
        **_IDENTITY,
    },
    "period": {"stated": False},
    "status": {"now": "never"},
    "elsewhere": {"lived": False, "abroad": False},
    "earlier": {"issued": False},
    "declaration": {"truthful": True},
}
MARITAL_STATUS = Filing(CATALOGUE.get("1.004873", TODAY), FORM, TODAY)

# The questions if the paper is for another purpose than a marriage.
OTHER_PURPOSE = {"/purpose/marriage": False, "/purpose/text": "Làm thủ tục mua bán nhà đất", "/copies/count": 2}
# The questions about her if somebody else asks for her.
FOR_ANOTHER = {
    "/requester/for_self": False,
    "/requester/relation": "parent",
    "/requester/full_name": "Trần Văn Phúc",
    "/requester/identity_number": "048065000111",
    "/person/residence": ADDRESS,
    "/person/identity_number": "048194000321",
    **{f"/person/{name}": value for name, value in _IDENTITY.items()},
}
PERIOD = {
    "/period/stated": True,
    "/period/place": "18 Lê Đình Dương, phường Nam Dương, quận Hải Châu, thành phố Đà Nẵng",
    "/period/from": "2013-06-01",
    "/period/to": "2016-08-11",
}
MARRIED = {
    "/status/now": "married",
    "/status/spouse_name": "Nguyễn Hữu Thắng",
    "/status/certificate_number": "52/2016",
    "/status/certificate_date": "2016-08-12",
    "/status/certificate_office": "Ủy ban nhân dân phường Hòa Cường Bắc, quận Hải Châu, thành phố Đà Nẵng",
}
TOGETHER = {
    "/status/now": "spouses-before-1987",
    "/status/partner_name": "Nguyễn Văn Lai",
    "/status/together_since": 1984,
}
DIVORCED = {
    "/status/now": "divorced",
    "/status/ended_marriage": "registered",
    "/status/judgment_number": "45/2019/QĐST-HNGĐ",
    "/status/judgment_date": "2019-05-14",
    "/status/court": "Tòa án nhân dân quận Hải Châu, thành phố Đà Nẵng",
}
WIDOWED = {
    "/status/now": "widowed",
    "/status/ended_marriage": "registered",
    "/status/death_paper_number": "17/TLKT",
    "/status/death_paper_date": "2018-02-20",
    "/status/death_paper_office": "Ủy ban nhân dân phường Bình Hiên, quận Hải Châu, thành phố Đà Nẵng",
}
ANNULLED = {
    "/status/now": "annulled",
    "/status/judgment_number": "03/2019/QĐST-HNGĐ",
    "/status/judgment_date": "2019-07-02",
    "/status/court": "Tòa án nhân dân quận Hải Châu, thành phố Đà Nẵng",
}
# A marriage of the time before, which ended.
MARRIED_THEN = {
    "/status/then": "married",
    "/status/then_spouse_name": "Phan Văn Quý",
    "/status/then_certificate_number": "31/2012",
    "/status/then_certificate_date": "2012-04-17",
    "/status/then_certificate_office": "Ủy ban nhân dân phường Bình Hiên, quận Hải Châu, thành phố Đà Nẵng",
}
# The time between two marriages: an earlier one had ended, by a judgment or by death.
DIVORCED_THEN = {
    "/status/then": "divorced",
    "/status/then_ended_marriage": "registered",
    "/status/then_judgment_number": "12/2011/QĐST-HNGĐ",
    "/status/then_judgment_date": "2011-03-10",
    "/status/then_court": "Tòa án nhân dân quận Sơn Trà, thành phố Đà Nẵng",
}
WIDOWED_THEN = {
    "/status/then": "widowed",
    "/status/then_ended_marriage": "registered",
    "/status/then_death_paper_number": "5/TLKT",
    "/status/then_death_paper_date": "2011-03-10",
    "/status/then_death_paper_office": "Ủy ban nhân dân phường Bình Hiên, quận Hải Châu, thành phố Đà Nẵng",
}
# She moved away and asks the former ward for the time here.
_NOT_ASKED = {"/elsewhere/lived": None, "/elsewhere/abroad": None}
FORMERLY = OTHER_PURPOSE | PERIOD | {"/person/lives_here": "formerly"} | _NOT_ASKED
# The earlier paper, which was for a marriage, is lost.
LOST = {
    "/earlier/issued": True,
    "/earlier/returned": False,
    "/earlier/explanation": "Bị mất khi chuyển nhà tháng 3/2020",
    "/earlier/for_marriage": True,
    "/earlier/place": "Ủy ban nhân dân phường Thanh Bình, quận Hải Châu, thành phố Đà Nẵng",
}
# The marriage that ended was one of fact, from before 3/1/1987.
OF_FACT = {"/status/ended_marriage": "before-1987"}

# As a register may know her: by the number of her card, or only by name and date of birth.
BY_NUMBER = Person("Trần Thị Mỹ Duyên", date(1994, 3, 21), frozenset({"048194000321"}))
BY_NAME = Person("TRẦN THỊ MỸ DUYÊN", date(1994, 3, 21), frozenset({"201555666"}))
SOMEBODY = Person("Đỗ Thành Nam", date(1990, 1, 2))


def of(check: str, changes: dict[str, Any] | None = None, **more: Any) -> list[tuple[str, FindingKind, str]]:
    """Field, kind and article of each finding of a check."""
    findings = [each for each in MARITAL_STATUS.found(changes, **more) if each.check == check]
    assert all(each.text for each in findings)
    return [(each.field, each.kind, each.article) for each in findings]


def papers(mode: str, changes: dict[str, Any] | None = None) -> set[str]:
    """The papers that must be filed or shown (`file`, `present`) with the changed form."""
    return {kind for kind, how in MARITAL_STATUS.papers(changes).items() if how == mode}
