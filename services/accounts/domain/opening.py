"""The conditions for opening an account; all faults are reported at once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date

from services.accounts.domain import passwords
from services.accounts.domain.identity import KINDS, birth_year, read_number
from services.chassis.letters import normalised
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
_UNSEEN = {"Cc", "Cf", "Cn", "Co", "Cs"}  # categories that are no letters, such as signs of direction


@dataclass(frozen=True, slots=True)
class Details:
    """What an application says of a person, as it was typed."""

    full_name: str
    date_of_birth: str
    identity_kind: str
    identity_number: str = field(repr=False)
    phone: str = field(repr=False)
    email: str = field(repr=False)
    address: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Form(Details):
    """An application as it was typed."""

    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a field.

    `check` names the rule if the rule says nothing about the person: the answer is missing, or has a wrong form. A
    volunteer may be told about it (docs/decisions/0031).
    """

    field: str
    text: str
    check: str = ""


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
    found = [FieldFault(fault.field, fault.text) for fault in faults_of(form, today, read_phone)]
    born, number, phone = read_date(form.date_of_birth), _number(form), read_phone(form.phone)
    wrong = passwords.fault_of(form.password, phone=phone, identity_number=number)
    found += [FieldFault("password", wrong)] if wrong else []
    if found or born is None or number is None or phone is None:
        raise invalid("invalid-account", "Còn chỗ chưa đúng. Xin xem từng ô và sửa lại.", *found)
    return Application(
        full_name=_tidy(form.full_name),
        date_of_birth=born,
        identity_kind=form.identity_kind,
        identity_number=number,
        phone=phone,
        email=_email(form),
        password=form.password,
        address=_tidy(form.address),
    )


def read_name(typed: str) -> str:
    """A name as it is kept. Raises a Refusal (INVALID, `invalid-account`)."""
    name = _tidy(typed)
    _refuse(_name_fault(name))
    return name


def read_day_of_birth(typed: str, today: date) -> date | None:
    """Raises a Refusal (INVALID, `invalid-account`)."""
    born = read_date(typed)
    _refuse(_birth_fault(born, today))
    return born


def read_email(typed: str) -> str:
    """An address as it is kept, or empty. Raises a Refusal (INVALID, `invalid-account`)."""
    email, fault = checked_email(typed)
    _refuse(fault)
    return email


def checked_email(typed: str) -> tuple[str, Fault | None]:
    """An address as it is kept, or empty, and what is wrong with it."""
    email = normalised(typed.strip())
    return email, _email_fault(email)


def read_address(typed: str) -> str:
    """Raises a Refusal (INVALID, `invalid-account`)."""
    address = _tidy(typed)
    _refuse(_address_fault(address))
    return address


def _refuse(fault: Fault | None) -> None:
    if fault is not None:
        raise invalid("invalid-account", fault.text, FieldFault(fault.field, fault.text))


def faults_of(details: Details, today: date, read_phone: Callable[[str], str | None]) -> list[Fault]:
    """Every fault of what was typed, the password apart, at most one for each field."""
    missing = {name for name in details.__dataclass_fields__ if not getattr(details, name).strip()}
    found = [
        _name_fault(_tidy(details.full_name)),
        _birth_fault(read_date(details.date_of_birth), today),
        _kind_fault(details),
        _number_fault(details),
        _phone_fault(details, read_phone),
        _email_fault(_email(details)),
        _address_fault(_tidy(details.address)),
    ]
    return [replace(fault, check="required") if fault.field in missing else fault for fault in found if fault]


def doubts_of(details: Details) -> list[Fault]:
    """Doubts that are worth a second look and stop nothing: how citizens' numbers are made is from memory (docs/law.md
    §14), as in the checks of a dossier's form. A doubt says something about the person, so no check is named.
    """
    number, born = _number(details), read_date(details.date_of_birth)
    if details.identity_kind != "cccd" or number is None:
        return []
    if born is not None and born.year != birth_year(number):
        return [Fault("identity_number", _OTHER_YEAR)]
    return []


_OTHER_YEAR = (
    "Số căn cước và năm sinh không khớp nhau. Xin nhìn lại cả hai trên thẻ; nếu đúng thì cứ để như vậy, phường xem lại "
    "khi ông/bà mang bản chính đến."
)
_NUMBER_FAULTS = {
    "cccd": "Số căn cước công dân gồm đúng 12 chữ số. Xin xem lại trên thẻ.",
    "cmnd": "Số chứng minh nhân dân gồm đúng 9 chữ số. Xin xem lại trên giấy.",
    "passport": "Số hộ chiếu gồm 6 đến 15 chữ cái không dấu và chữ số. Xin xem lại trên hộ chiếu.",
}


def _tidy(typed: str) -> str:
    return " ".join(normalised(typed).split())


def _name_fault(name: str) -> Fault | None:
    words = name.split(" ")
    if len(words) < 2:
        return _named("full_name", "Xin nhập cả họ và tên như trên giấy tờ, ví dụ Nguyễn Thị Lan.")
    if len(name) > LONGEST_NAME:
        return _named("full_name", f"Họ và tên dài nhất {LONGEST_NAME} ký tự.")
    if not all(_is_word(word) for word in words):
        return _named("full_name", "Họ và tên chỉ gồm chữ cái. Xin bỏ chữ số và ký hiệu.")
    return None


def _named(field: str, text: str) -> Fault:
    return Fault(field, text, "person-names")


def _is_word(word: str) -> bool:
    """Whether these are letters with their marks; an apostrophe or hyphen stands only between letters."""
    parts = re.split(f"[{_JOINTS}]", word)
    return all(
        part and unicodedata.category(part[0])[0] == "L" and all(unicodedata.category(sign)[0] in "LM" for sign in part)
        for part in parts
    )


def read_date(typed: str) -> date | None:
    """An ISO date, such as `1958-03-05`; None for anything else."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", typed, re.ASCII):
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _birth_fault(born: date | None, today: date) -> Fault | None:
    """That somebody is too young says something about them: no check is named."""
    field = "date_of_birth"
    if born is None:
        return Fault(field, "Xin nhập ngày sinh có thật: ngày, tháng và năm, ví dụ 5 tháng 3 năm 1958.", "date")
    if born > today:
        return Fault(field, "Ngày sinh không thể ở trong tương lai. Xin xem lại năm sinh.", "dates-not-in-future")
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    if age < YOUNGEST:
        return Fault(field, f"Người mở tài khoản phải đủ {YOUNGEST} tuổi. Cha, mẹ hoặc người giám hộ có thể làm thay.")
    if age > OLDEST:
        return Fault(field, "Năm sinh quá xa. Xin xem lại năm sinh.", "dates-not-long-ago")
    return None


def _kind_fault(details: Details) -> Fault | None:
    if details.identity_kind in KINDS:
        return None
    return Fault("identity_kind", "Xin chọn loại giấy tờ: CCCD, CMND hay hộ chiếu.", "choice")


def _number(details: Details) -> str | None:
    known = details.identity_kind in KINDS
    return read_number(details.identity_kind, details.identity_number) if known else None


def _number_fault(details: Details) -> Fault | None:
    if _number(details) is not None:
        return None
    if details.identity_kind in KINDS:
        return Fault("identity_number", _NUMBER_FAULTS[details.identity_kind], "pattern")
    missing = not details.identity_number.strip()
    return Fault("identity_number", "Xin nhập số in trên giấy tờ tùy thân.") if missing else None


def _phone_fault(details: Details, read_phone: Callable[[str], str | None]) -> Fault | None:
    if read_phone(details.phone) is not None:
        return None
    text = "Xin nhập số điện thoại di động Việt Nam gồm 10 chữ số, ví dụ 0905 123 456."
    return Fault("phone", text, "phone-number")


def _email(details: Details) -> str:
    return normalised(details.email.strip())


def _email_fault(email: str) -> Fault | None:
    is_seen = not any(unicodedata.category(each) in _UNSEEN for each in email)
    if not email or (len(email) <= LONGEST_EMAIL and _EMAIL.fullmatch(email) and is_seen):
        return None
    return Fault("email", "Xin nhập địa chỉ thư điện tử đầy đủ, ví dụ lan@example.com, hoặc để trống.", "pattern")


def _address_fault(address: str) -> Fault | None:
    if not address:
        return Fault("address", "Xin nhập nơi ở trong phường: số nhà, đường, tổ dân phố.")
    if len(address) > LONGEST_ADDRESS or any(unicodedata.category(sign)[0] == "C" for sign in address):
        return Fault("address", f"Nơi ở là một dòng chữ, dài nhất {LONGEST_ADDRESS} ký tự.", "length")
    return None
