"""What a ward writes about its stations, their volunteers and phrases: which fields, how long."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Mapping

from services.chassis.letters import normalised
from services.chassis.refusal import FieldFault, faulty, invalid

#: Field of a station → longest text, in characters.
LONGEST = {
    "name": 200,
    "venue": 200,
    "address": 250,
    "residential_group": 100,
    "directions": 1000,
    "contact_name": 100,
    "contact_phone": 40,
    "opening_hours": 200,
}
NEEDED = {"name": "Xin ghi tên điểm hỗ trợ.", "address": "Xin ghi địa chỉ để người dân tìm đến."}
LONGEST_NOTE, LONGEST_PHRASE, LONGEST_DEVICE_NAME, LONGEST_PERSON_NAME = 500, 300, 60, 100
_USERNAME = re.compile(r"[a-z0-9]+([.\-][a-z0-9]+)*")
_SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"


def one_line(text: str) -> str:
    """A text as it is kept: composed letters, single blanks, no control characters."""
    kept = "".join(" " if unicodedata.category(letter) == "Cc" else letter for letter in text)
    return " ".join(normalised(kept).split())


def read_station(texts: Mapping[str, str]) -> dict[str, str]:
    """A station's texts as they are kept. Raises a Refusal (INVALID, `invalid-station`) that names each at fault."""
    kept = {name: one_line(text) for name, text in texts.items()}
    faults = [FieldFault(name, text) for name, text in NEEDED.items() if not kept[name]]
    if kept["contact_phone"] and not _can_be_rung(kept["contact_phone"]):
        faults.append(FieldFault("contact_phone", "Số này không gọi được. Ví dụ: 0236 3822 333 hoặc 0905 123 456."))
    faults += [
        FieldFault(name, f"Nhiều nhất {longest} ký tự.")
        for name, longest in LONGEST.items()
        if len(kept[name]) > longest
    ]
    if faults:
        raise invalid("invalid-station", "Điểm hỗ trợ chưa ghi được. Xin xem lại các mục được chỉ ra.", *faults)
    return kept


def _can_be_rung(text: str) -> bool:
    """A number of Viet Nam: a short one of three to five digits, such as 1022, or one of eight to eleven."""
    digits = re.sub(r"[\s.\-()]", "", text.replace("+84", "0", 1))
    return digits.isascii() and digits.isdigit() and (3 <= len(digits) <= 5 or 8 <= len(digits) <= 11)


def read_text(field: str, text: str, longest: int, *, needed: bool = True) -> str:
    """One text as it is kept. Raises a Refusal (INVALID, `invalid-field`)."""
    kept = one_line(text)
    if needed and not kept:
        raise faulty(field, "Xin ghi mục này.")
    if len(kept) > longest:
        raise faulty(field, f"Nhiều nhất {longest} ký tự.")
    return kept


def read_username(typed: str, slug: str) -> str:
    """A volunteer's user name, which ends with the ward's slug: signing in looks for it in the whole district.

    Raises a Refusal (INVALID, `invalid-field`).
    """
    name = normalised(typed, "NFKC").strip().lower().removesuffix(f".{slug}")
    if not _USERNAME.fullmatch(name) or name.isdigit() or len(name) > 40:
        raise faulty("username", "Tên đăng nhập gồm chữ thường không dấu, chữ số và dấu chấm, như lan.tran.")
    return f"{name}.{slug}"


def make_password() -> str:
    """A password that is written down once and typed: twelve signs in three groups, over 59 bits."""
    return "-".join("".join(secrets.choice(_SIGNS) for _ in range(4)) for _ in range(3))
