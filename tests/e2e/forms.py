"""Complete forms of every procedure as people fill them in today: those of the unit tests, with dates that fit."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta
from typing import Any

from services.chassis.clock import VIETNAM
from services.dossiers.adapters.calendar import VietnamCalendar
from tests.e2e.birth import whole_form
from tests.unit.dossiers.combined_birth_forms import COMBINED
from tests.unit.dossiers.copy_forms import COPY
from tests.unit.dossiers.death_forms import DEATH
from tests.unit.dossiers.marital_status_forms import MARITAL_STATUS
from tests.unit.dossiers.marriage_forms import MARRIAGE
from tests.unit.dossiers.worlds import changed

BIRTH, COMBINED_BIRTH, MARRY, DIE, CONFIRM, COPY_OUT = (
    "1.001193",
    "1.000689",
    "1.000894",
    "1.000656",
    "1.004873",
    "2.000635",
)
#: The seed's `drafts.APPLICANT`: a marriage is filed from the account of a party, a recognition from that of a parent.
WIFE = "Lê Thị Thanh Hằng"
POLICE = "Cục Cảnh sát quản lý hành chính về trật tự xã hội"


def ago(days: int) -> str:
    """The day that was this many days ago in Đà Nẵng."""
    return (datetime.now(VIETNAM).date() - timedelta(days=days)).isoformat()


def working_day(day: date) -> date:
    """The day itself, or else the next on which offices work."""
    calendar = VietnamCalendar.load()
    while not calendar.is_working_day(day):
        day += timedelta(days=1)
    return day


def nobodys_number(born: str, sex: str) -> str:
    """A number of a citizen card that no register has seen; it fits sex and year of birth."""
    year = date.fromisoformat(born).year
    digit = (year // 100 - 19) * 2 + (sex == "female")
    return f"048{digit}{year % 100:02d}{secrets.randbelow(1_000_000):06d}"


def late_birth() -> dict[str, Any]:
    """Born 75 days ago; with a copy."""
    born = date.fromisoformat(ago(75))
    return whole_form("Lê Hoài An", born) | {"copies": {"wanted": True, "count": 1}}


def combined_birth() -> dict[str, Any]:
    """The mother files; the father recognises the child."""
    return changed(
        COMBINED.form,
        {
            "/requester/relation": "mother",
            "/requester/full_name": WIFE,
            "/requester/identity_number": nobodys_number("1994-03-08", "female"),
            "/mother/full_name": WIFE,
            "/child/birth_date": ago(24),
            "/child/full_name": "Nguyễn Trần Gia Phúc",
        },
    )


def marriage() -> dict[str, Any]:
    """Both have citizen cards; he lives in Hòa Tiến and has the confirmation of his commune."""
    return changed(
        MARRIAGE.form,
        {
            "/wife/full_name": WIFE,
            "/wife/identity_number": nobodys_number("1996-03-08", "female"),
            "/husband/identity_paper": "citizen-card",
            "/husband/identity_number": nobodys_number("1994-11-20", "male"),
            "/husband/identity_issued_on": "2021-06-11",
            "/husband/identity_issued_by": POLICE,
            "/husband/marital_status_paper/issued_on": ago(20),
        },
    )


def death_of_husband(couple: dict[str, Any]) -> dict[str, Any]:
    """The husband of a couple (a form of `marriage`) died in hospital today, after a marriage of today; his wife wants
    three copies.
    """
    wife, husband = couple["wife"], couple["husband"]
    papers = ("identity_paper", "identity_number", "identity_issued_on", "identity_issued_by")
    known = ("full_name", "birth_date", "sex", "ethnicity", "nationality", *papers)
    return changed(
        DEATH.form,
        {
            "/requester/relation": "spouse",
            **{f"/requester/{name}": wife[name] for name in ("full_name", "residence", *papers)},
            **{f"/deceased/{name}": husband[name] for name in known},
            "/death/date": ago(0),
            "/death/time": None,
            "/death_paper/issued_on": ago(0),
        },
    )


def marital_status() -> dict[str, Any]:
    """She wants to marry, and was once registered in Hòa Cường Bắc, but has no paper from there."""
    return changed(
        MARITAL_STATUS.form,
        {
            "/requester/identity_number": nobodys_number("1994-03-21", "female"),
            "/spouse/identity_number": nobodys_number("1992-11-05", "male"),
            "/elsewhere/lived": True,
            "/elsewhere/places": "Phường Hòa Cường Bắc, quận Hải Châu, thành phố Đà Nẵng, từ 2014 đến 2019",
            "/elsewhere/proof": False,
        },
    )


def copy_of_marriage(couple: dict[str, Any], number: str) -> dict[str, Any]:
    """The wife of a couple asks for two copies of what was registered today under this number."""
    wife = couple["wife"]
    papers = ("identity_paper", "identity_number", "identity_issued_on", "identity_issued_by")
    return changed(
        COPY.form,
        {
            "/copy/kind": "marriage",
            "/registered/number": number,
            "/registered/date": ago(0),
            "/requester/relation": "self",
            **{f"/requester/{name}": wife[name] for name in ("full_name", "residence", *papers)},
            "/subject/full_name": wife["full_name"],
            "/subject/birth_date": wife["birth_date"],
            "/subject/sex": "female",
            "/subject/spouse_name": couple["husband"]["full_name"],
            "/copies/count": 2,
        },
    )
