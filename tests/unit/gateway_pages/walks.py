"""Ways through the pages that several tests begin with."""

from __future__ import annotations

import json
from typing import Any

from caunoi.dossiers.v1 import dossiers_pb2 as dossiers_v1

from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.ward import OTP, Ward

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
    "parents": {"married": True, "married_before_birth": True},
    "copies": {"wanted": False},
    "declaration": {"truthful": True},
}


def a_draft(browser: Browser, ward: Ward) -> str:
    """Starts a draft from the page of the procedure; answers its address."""
    browser.get("/phuong/nam-duong/thu-tuc/1.001193")
    browser.post("/phuong/nam-duong/thu-tuc/1.001193", key=browser.page.hidden("key"))
    browser.follow()
    (id,) = ward.dossiers
    return f"/ho-so/nam-duong/{id}"


def a_full_draft(browser: Browser, ward: Ward) -> str:
    """A draft with nothing missing."""
    where = a_draft(browser, ward)
    (dossier,) = ward.dossiers.values()
    filled = json.dumps(FORM, ensure_ascii=False)
    ward.rpc_save_form(dossiers_v1.SaveFormRequest(dossier_id=dossier.id, form_json=filled))
    browser.get(f"{where}/giay-to/birth-certificate-of-hospital")
    browser.upload(f"{where}/giay-to/birth-certificate-of-hospital", PHOTO, "giấy chứng sinh.jpg")
    assert browser.response.status_code == 303, browser.page.text
    return where


def a_filed_dossier(browser: Browser, ward: Ward) -> str:
    """A dossier filed through the pages."""
    where = a_full_draft(browser, ward)
    browser.get(f"{where}/kiem-tra")
    browser.post(f"{where}/kiem-tra", declared="yes")
    browser.follow()
    browser.post(f"{where}/ma-xac-nhan", otp=OTP)
    browser.follow()
    return where
