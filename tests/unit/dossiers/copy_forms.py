"""A copy of a birth certificate as a father asks for it, and small changes to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from tests.unit.dossiers.worlds import CATALOGUE, Filing, changed

TODAY = date(2020, 10, 6)
FORM: dict[str, Any] = {
    "copy": {"kind": "birth"},
    "registered": {"place": "this-ward", "number": "41/2015", "date": "2015-09-28"},
    "requester": {
        "kind": "person",
        "relation": "parent",
        "full_name": "Phan Thanh Tùng",
        "residence": "27 Hoàng Diệu, phường Nam Dương, quận Hải Châu, thành phố Đà Nẵng",
        "phone": "0914 777 120",
        "identity_paper": "identity-card",
        "identity_number": "201456789",
        "identity_issued_on": "2012-04-11",
        "identity_issued_by": "Công an thành phố Đà Nẵng",
    },
    "subject": {"full_name": "Phan Gia Hân", "birth_date": "2015-09-12", "sex": "female"},
    "copies": {"count": 3},
    "declaration": {"truthful": True},
}
COPY = Filing(CATALOGUE.get("2.000635", TODAY), FORM, TODAY)

ORGANISATION = {
    "/requester/kind": "organisation",
    "/organisation/name": "Bảo hiểm xã hội quận Hải Châu",
    "/organisation/address": "76 Bạch Đằng, phường Hải Châu I, quận Hải Châu, thành phố Đà Nẵng",
    "/organisation/reason": "Giải quyết chế độ tử tuất cho thân nhân",
}
MARRIAGE = {
    "/copy/kind": "marriage",
    "/requester/relation": "self",
    "/subject/full_name": "Phan Thanh Tùng",
    "/subject/birth_date": "1985-02-17",
    "/subject/sex": "male",
    "/subject/spouse_name": "Huỳnh Thị Ngọc Ánh",
}
DEATH = {
    "/copy/kind": "death",
    "/requester/kind": "kin",
    "/requester/kinship": "child",
    "/subject/full_name": "Phan Văn Đức",
    "/subject/birth_date": "1948-01-09",
    "/subject/sex": "male",
}


def copy_form_of(spouse: Mapping[str, Any]) -> dict[str, Any]:
    """The copy of a marriage as a spouse of it asks for it (`spouse` as the form of the marriage has it)."""
    papers = ("full_name", "residence", "identity_paper", "identity_number", "identity_issued_on", "identity_issued_by")
    about = {
        "/copy/kind": "marriage",
        "/requester/relation": "self",
        "/subject/full_name": spouse["full_name"],
        "/subject/birth_date": spouse["birth_date"],
        "/subject/sex": None,
    }
    return changed(COPY.form, about | {f"/requester/{name}": spouse[name] for name in papers})
