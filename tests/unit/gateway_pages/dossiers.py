"""Dossiers that are in the ward when a test begins; `test_filing.py` makes one through all the pages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from caunoi.dossiers.v1 import dossiers_pb2 as dossiers_v1

from tests.unit.gateway_pages.ward import Ward

PHOTO = b"\xff\xd8\xff\xe0 a photograph"
#: Answers with which a usual birth can be filed.
FORM: dict[str, dict[str, Any]] = {
    "requester": {
        "relation": "grandparent",
        "full_name": "Trần Thị Bông",
        "residence": "12 Lê Đình Dương, phường Nam Dương, quận Hải Châu, thành phố Đà Nẵng",
        "identity_paper": "citizen-card",
        "identity_number": "048056000123",
        "identity_issued_on": "2018-05-20",
        "identity_issued_by": "Công an thành phố Đà Nẵng",
    },
    "child": {
        "situation": "usual",
        "full_name": "Nguyễn Minh An",
        "birth_date": "2020-09-12",
        "sex": "male",
        "birth_paper": "hospital",
        "ethnicity": "Kinh",
        "nationality": "vietnamese",
        "home_town": "Xã Hòa Tiến, huyện Hòa Vang, thành phố Đà Nẵng",
    },
    "birth_place": {"kind": "facility", "facility": "Bệnh viện Phụ sản – Nhi", "address": "402 Lê Văn Hiến, Đà Nẵng"},
    "mother": {
        "known": True,
        "full_name": "Trần Thị Lan",
        "birth_year": 1992,
        "ethnicity": "Kinh",
        "nationality": "vietnamese",
        "lives_in": "this-ward",
        "residence": "12 Lê Đình Dương, phường Nam Dương",
    },
    "father": {
        "known": True,
        "full_name": "Nguyễn Văn Minh",
        "birth_year": 1990,
        "ethnicity": "Kinh",
        "nationality": "vietnamese",
        "lives_in": "this-ward",
        "residence": "12 Lê Đình Dương, phường Nam Dương",
    },
    "parents": {"married": True, "married_before_birth": True, "married_on": "2018-03-02"},
    "copies": {"wanted": False},
    "declaration": {"truthful": True},
}


def a_draft(ward: Ward) -> str:
    """A birth registration that was just started; returns its address."""
    dossier = ward.rpc_create_draft(dossiers_v1.CreateDraftRequest(procedure="1.001193"))
    return f"/ho-so/nam-duong/{dossier.id}"


def a_full_draft(ward: Ward) -> str:
    """A draft with nothing missing; returns its address."""
    where = a_draft(ward)
    fill_in(ward)
    (id,) = ward.dossiers
    ward.rpc_add_document(
        dossiers_v1.AddDocumentRequest(
            dossier_id=id, kind="birth-certificate-of-hospital", filename="giấy chứng sinh.jpg", content=PHOTO
        )
    )
    return where


def a_filed_dossier(ward: Ward) -> str:
    """A dossier that waits for the desk; returns its address."""
    where = a_full_draft(ward)
    (dossier,) = ward.dossiers.values()
    ward.file(dossier)
    return where


def a_supplement(ward: Ward, asked: Mapping[str, str]) -> str:
    """A filed dossier whose applicant is asked to supplement these fields, each with a text; returns its address."""
    where = a_filed_dossier(ward)
    (dossier,) = ward.dossiers.values()
    dossier.actions[:] = ["supplement"]
    for field, text in asked.items():
        dossier.supplement_request.items.add(field=field, text=text)
    return where


def fill_in(ward: Ward) -> None:
    """Answers all questions of the one draft."""
    (id,) = ward.dossiers
    ward.rpc_save_form(dossiers_v1.SaveFormRequest(dossier_id=id, form_json=json.dumps(FORM, ensure_ascii=False)))


def another_like(ward: Ward, dossier: dossiers_v1.Dossier) -> dossiers_v1.Dossier:
    """A second dossier in the same state."""
    other = dossiers_v1.Dossier()
    other.CopyFrom(dossier)
    other.id = str(uuid4())
    ward.dossiers[other.id] = other
    return other
