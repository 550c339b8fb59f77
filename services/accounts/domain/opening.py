"""The conditions for opening an account; all faults are reported at once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from services.accounts.domain import passwords
from services.accounts.domain.identity import KINDS, read_number
from services.chassis.refusal import FieldFault, invalid

#: A person of 14 years gets the citizen card (Luật Căn cước công dân 2014, Điều 19) and can hold an account.
YOUNGEST = 14
OLDEST = 130
LONGEST_NAME = 100
LONGEST_ADDRESS = 250
LONGEST_EMAIL = 254
#: Inside a word: names of the Ê Đê and others are written H'Hen, Y-Bhiu.
_JOINTS = "'’-"
_EMAIL = re.compile(r"[^@\s<>()\[\],;:\"\\]+@([^@\s<>()\[\],;:\"\\.]+\.)+[^@\s<>()\[\],;:\"\\.]{2,}")


@dataclass(frozen=True, slots=True)
class Form:
    """An application as it was typed."""

    full_name: str
    date_of_birth: str
    identity_kind: str
    identity_number: str
    phone: str
    email: str
    password: str
    address: str


@dataclass(frozen=True, slots=True)
class Application:
    """An application that can be accepted: texts in NFC with single blanks, phone in E.164."""

    full_name: str
    date_of_birth: date
    identity_kind: str
    identity_number: str
    phone: str
    email: str
    password: str = field(repr=False)
    address: str = ""


def read_application(form: Form, today: date, read_phone: Callable[[str], str | None]) -> Application:
    """`read_phone` returns E.164, or None if it is no Vietnamese mobile number.

    Raises a Refusal (INVALID, `invalid-account`) that names every field at fault.
    """
    faults: dict[str, str | None] = {}
    name = _tidy(form.full_name)
    faults["full_name"] = _name_fault(name)
    born = _date(form.date_of_birth)
    faults["date_of_birth"] = _birth_fault(born, today)
    number = read_number(form.identity_kind, form.identity_number) if form.identity_kind in KINDS else None
    faults["identity_kind"] = None if form.identity_kind in KINDS else "Xin chọn loại giấy tờ: CCCD, CMND hay hộ chiếu."
    if form.identity_kind in KINDS and number is None:
        faults["identity_number"] = _NUMBER_FAULTS[form.identity_kind]
    phone = read_phone(form.phone)
    if phone is None:
        faults["phone"] = "Xin nhập số điện thoại di động Việt Nam gồm 10 chữ số, ví dụ 0905 123 456."
    email = unicodedata.normalize("NFC", form.email.strip())
    if email and (len(email) > LONGEST_EMAIL or not _EMAIL.fullmatch(email)):
        faults["email"] = "Xin nhập địa chỉ thư điện tử đầy đủ, ví dụ lan@example.com, hoặc để trống."
    faults["password"] = passwords.fault_of(form.password, phone=phone, identity_number=number)
    address = _tidy(form.address)
    faults["address"] = _address_fault(address)
    found = tuple(FieldFault(field, text) for field, text in faults.items() if text)
    if found or born is None or number is None or phone is None:
        raise invalid("invalid-account", "Còn chỗ chưa đúng. Xin xem từng ô và sửa lại.", *found)
    return Application(
        full_name=name,
        date_of_birth=born,
        identity_kind=form.identity_kind,
        identity_number=number,
        phone=phone,
        email=email,
        password=form.password,
        address=address,
    )


_NUMBER_FAULTS = {
    "cccd": "Số căn cước công dân gồm đúng 12 chữ số. Xin xem lại trên thẻ.",
    "cmnd": "Số chứng minh nhân dân gồm đúng 9 chữ số. Xin xem lại trên giấy.",
    "passport": "Số hộ chiếu gồm 6 đến 15 chữ cái không dấu và chữ số. Xin xem lại trên hộ chiếu.",
}


def _tidy(typed: str) -> str:
    return " ".join(unicodedata.normalize("NFC", typed).split())


def _name_fault(name: str) -> str | None:
    words = name.split(" ")
    if len(words) < 2:
        return "Xin nhập cả họ và tên như trên giấy tờ, ví dụ Nguyễn Thị Lan."
    if len(name) > LONGEST_NAME:
        return f"Họ và tên dài nhất {LONGEST_NAME} ký tự."
    if not all(_is_word(word) for word in words):
        return "Họ và tên chỉ gồm chữ cái. Xin bỏ chữ số và ký hiệu."
    return None


def _is_word(word: str) -> bool:
    """Whether these are letters with their marks; an apostrophe or hyphen stands only between letters."""
    parts = re.split(f"[{_JOINTS}]", word)
    return all(
        part and unicodedata.category(part[0])[0] == "L" and all(unicodedata.category(sign)[0] in "LM" for sign in part)
        for part in parts
    )


def _date(typed: str) -> date | None:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", typed, re.ASCII):
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _birth_fault(born: date | None, today: date) -> str | None:
    if born is None:
        return "Xin nhập ngày sinh có thật: ngày, tháng và năm, ví dụ 5 tháng 3 năm 1958."
    if born > today:
        return "Ngày sinh không thể ở trong tương lai. Xin xem lại năm sinh."
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    if age < YOUNGEST:
        return f"Người mở tài khoản phải đủ {YOUNGEST} tuổi. Cha, mẹ hoặc người giám hộ có thể làm thay."
    if age > OLDEST:
        return "Năm sinh quá xa. Xin xem lại năm sinh."
    return None


def _address_fault(address: str) -> str | None:
    if not address:
        return "Xin nhập nơi ở trong phường: số nhà, đường, tổ dân phố."
    if len(address) > LONGEST_ADDRESS or any(unicodedata.category(sign)[0] == "C" for sign in address):
        return f"Nơi ở là một dòng chữ, dài nhất {LONGEST_ADDRESS} ký tự."
    return None
