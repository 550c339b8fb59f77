"""People whom the system has not seen, and what they do over the API."""

from __future__ import annotations

import secrets
from typing import Any

from tests.e2e.api import Api, Phone
from tests.e2e.birth import whole_form
from tests.e2e.drafts import WARD, begin


def new_person() -> dict[str, str]:
    """Somebody whom the system has not seen."""
    number = secrets.randbelow(1_000_000)
    return {
        "full_name": "Nguyễn Thị Sáu",
        "date_of_birth": "1955-03-08",
        "identity_kind": "cccd",
        "identity_number": f"048155{number:06d}",
        "phone": f"0935{number:06d}",
        "email": f"sau{number}@example.com",
        "password": "sông Hàn mùa nước lớn",
        "address": "Số 12 Lê Đình Dương, tổ dân phố 3",
    }


def open_account(url: str, person: dict[str, str], ward: str = WARD) -> Api:
    """Opens an account with the code that comes by SMS, and signs in without naming the ward."""
    api, phone = Api(url), Phone(url, person["phone"])
    opened = api.post(f"/wards/{ward}/accounts", person)
    assert opened["status"] == "pending"
    activated = api.post(f"/wards/{ward}/accounts/{opened['id']}/activation", {"otp": phone.next_code()})
    assert activated["status"] == "active"
    session = api.post("/sessions", {"login": person["phone"], "password": person["password"]})
    assert session["account"]["ward"] == ward
    return Api(url, session["access_token"])


def file_birth(citizen: Api, phone: Phone, ward: str = WARD, child: str = "Lê Minh Khôi") -> dict[str, Any]:
    """Draft, form, photograph, confirmation, submission; returns the submission with `path` of the dossier."""
    draft = begin(citizen, ward=ward, form=whole_form(child))
    submitted: dict[str, Any] = citizen.post(f"{draft.path}/submission", draft.confirm(phone))
    return submitted | {"path": draft.path}
