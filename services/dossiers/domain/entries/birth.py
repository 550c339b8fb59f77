"""The birth register."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.dossiers.domain.checking import day_of
from services.dossiers.domain.entries.writing import ethnicity, identity_paper, text
from services.dossiers.domain.people import NATIONALITY, SEX, Person
from services.dossiers.domain.pointers import value_at
from services.dossiers.domain.register import Registration
from services.dossiers.domain.words import date_in_words


def content(form: Mapping[str, Any], registration: Registration) -> dict[str, Any]:
    """The fields of the birth register and of the giấy khai sinh.

    A parent who is not recorded has only empty texts; a child without known parents has the place of birth as its home
    town (NĐ 123/2015 Đ14–15). A sex that is not determined stays blank (TT 04/2020 Đ29.9).
    """
    born = day_of(value_at(form, "/child/birth_date"))
    if born is None:
        raise ValueError("a birth cannot be registered without its date")
    situation = text(form, "/child/situation")
    with_parents = situation == "usual"
    place_of_birth = _place_of_birth(form)
    mother = _parent(form, "mother", recorded=with_parents)
    father = _parent(form, "father", recorded=with_parents)
    return {
        "parentage": _parentage(situation, bool(mother["full_name"]), bool(father["full_name"])),
        "child": {
            "full_name": text(form, "/child/full_name").upper(),
            "birth_date": born.isoformat(),
            "birth_date_words": date_in_words(born),
            "sex": SEX.get(text(form, "/child/sex"), ""),
            "ethnicity": ethnicity(form, "/child") if with_parents else "",
            # A child who was found here, or has no known parents, is Vietnamese (NĐ 123/2015 Đ14).
            "nationality": NATIONALITY.get(text(form, "/child/nationality") or "vietnamese", ""),
            "place_of_birth": place_of_birth,
            "home_town": text(form, "/child/home_town") if with_parents else place_of_birth,
            "personal_identification_number": registration.personal_identification_number,
        },
        "mother": mother,
        "father": father,
        "requester": {
            "full_name": text(form, "/requester/full_name").upper(),
            "relation": _RELATION.get(text(form, "/requester/relation"), ""),
            "identity_paper": identity_paper(form, "/requester"),
        },
        "notes": [_NOTE[situation]] if situation in _NOTE else [],
    }


def people(form: Mapping[str, Any], registration: Registration) -> dict[str, Person]:
    """The child; the register holds only names and years of the parents."""
    numbers = frozenset(filter(None, [registration.personal_identification_number]))
    return {"child": Person(text(form, "/child/full_name"), day_of(value_at(form, "/child/birth_date")), numbers)}


_RELATION = {
    "father": "Cha",
    "mother": "Mẹ",
    "grandparent": "Ông hoặc bà",
    "relative": "Người thân",
    "carer": "Người nuôi dưỡng",
    "authorised": "Người được ủy quyền",
}
# Remarks of the register itself (NĐ 123/2015 Đ14, Đ15).
_NOTE = {"abandoned": "Trẻ bị bỏ rơi", "parents-unknown": "Trẻ chưa xác định được cha, mẹ"}
_PARENT_FIELDS = ("full_name", "birth_year", "ethnicity", "nationality", "residence")


def _parent(form: Mapping[str, Any], parent: str, *, recorded: bool) -> dict[str, str]:
    if not recorded or value_at(form, f"/{parent}/known") is not True:
        return dict.fromkeys(_PARENT_FIELDS, "")
    year = value_at(form, f"/{parent}/birth_year")
    return {
        "full_name": text(form, f"/{parent}/full_name").upper(),
        "birth_year": str(year) if isinstance(year, int) else "",
        "ethnicity": ethnicity(form, f"/{parent}"),
        "nationality": NATIONALITY.get(text(form, f"/{parent}/nationality"), ""),
        # TT 04/2020 Đ10.2 says so for people who are registered with papers; here it is applied by analogy.
        "residence": "Đã chết" if text(form, f"/{parent}/lives_in") == "dead" else text(form, f"/{parent}/residence"),
    }


def _place_of_birth(form: Mapping[str, Any]) -> str:
    facility = text(form, "/birth_place/facility") if text(form, "/birth_place/kind") == "facility" else ""
    return ", ".join(part for part in (facility, text(form, "/birth_place/address")) if part)


def _parentage(situation: str, mother: bool, father: bool) -> str:
    """The Ministry's nksLoaiKhaiSinh in words: which parents are recorded, or that the child was abandoned."""
    if situation == "abandoned":
        return "abandoned"
    if mother and father:
        return "both"
    if mother:
        return "father-unknown"
    return "mother-unknown" if father else "both-unknown"
