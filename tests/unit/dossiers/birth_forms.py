"""A birth registration as a grandfather files it, and small changes to it."""

from __future__ import annotations

from datetime import date
from typing import Any

from services.dossiers.domain.findings import Finding, FindingKind
from services.dossiers.forms import findings
from tests.unit.dossiers.worlds import CATALOGUE, changed

TODAY = date(2020, 10, 6)
BIRTH = CATALOGUE.get("1.001193", TODAY)

_FORM: dict[str, Any] = {
    "requester": {
        "relation": "grandparent",
        "full_name": "Nguyễn Văn Bình",
        "residence": "12 Lê Đình Dương, phường Nam Dương, quận Hải Châu, thành phố Đà Nẵng",
        "identity_paper": "citizen-card",
        "identity_number": "048055000123",
        "identity_issued_on": "2018-05-20",
        "identity_issued_by": "Công an thành phố Đà Nẵng",
    },
    "child": {
        "situation": "usual",
        "full_name": "Nguyễn Minh An",
        "birth_date": "2020-09-12",
        "sex": "female",
        "birth_paper": "hospital",
        "ethnicity": "Kinh",
        "nationality": "vietnamese",
        "home_town": "Xã Hòa Tiến, huyện Hòa Vang, thành phố Đà Nẵng",
    },
    "birth_place": {
        "kind": "facility",
        "facility": "Bệnh viện Phụ sản – Nhi Đà Nẵng",
        "address": "402 Lê Văn Hiến, phường Khuê Mỹ, quận Ngũ Hành Sơn, thành phố Đà Nẵng",
    },
    "mother": {
        "known": True,
        "full_name": "Trần Thị Lan",
        "birth_year": 1994,
        "ethnicity": "Kinh",
        "nationality": "vietnamese",
        "lives_in": "this-ward",
        "residence": "12 Lê Đình Dương, phường Nam Dương, quận Hải Châu, thành phố Đà Nẵng",
    },
    "father": {
        "known": True,
        "full_name": "Nguyễn Văn Hùng",
        "birth_year": 1992,
        "ethnicity": "Kinh",
        "nationality": "vietnamese",
        "lives_in": "this-ward",
        "residence": "12 Lê Đình Dương, phường Nam Dương, quận Hải Châu, thành phố Đà Nẵng",
    },
    "parents": {"married": True, "married_before_birth": True, "married_on": "2018-03-02"},
    "copies": {"wanted": False},
    "declaration": {"truthful": True},
}


def birth_form(changes: dict[str, Any] | None = None) -> dict[str, Any]:
    """The form, changed by pointer; None takes a field away."""
    return changed(_FORM, changes)


def found(
    changes: dict[str, Any] | None = None,
    *,
    documents: set[str] | None = None,
    today: date = TODAY,
) -> list[Finding]:
    """All findings on the changed form; every document is there unless told otherwise."""
    present = {each.kind for each in BIRTH.documents} if documents is None else documents
    return findings(BIRTH, birth_form(changes), present, today)


def brief(found: list[Finding]) -> set[tuple[str, str, FindingKind]]:
    """Field, check and kind of each."""
    return {(each.field, each.check, each.kind) for each in found}


def from_check(found: list[Finding], check: str) -> list[Finding]:
    return [each for each in found if each.check == check]


def one(check: str, changes: dict[str, Any], today: date = TODAY) -> tuple[str, FindingKind, str]:
    """Field, kind and article of the one finding of a check."""
    [finding] = from_check(found(changes, today=today), check)
    assert finding.text
    return finding.field, finding.kind, finding.article


def none(check: str, changes: dict[str, Any], today: date = TODAY) -> bool:
    return not from_check(found(changes, today=today), check)
