"""Vietnamese mobile numbers, in any usual spelling."""

from __future__ import annotations

import re

import phonenumbers

_SPELLING = re.compile(r"\+?[0-9\s.()\-]{8,30}", re.ASCII)


def read_mobile(typed: str) -> str | None:
    """E.164, such as +84905123456, or None if it is no mobile number of Viet Nam."""
    spelled = typed.strip()
    if not _SPELLING.fullmatch(spelled):
        return None  # the library would turn letters into the digits of a keypad
    try:
        number = phonenumbers.parse(spelled, "VN")
    except phonenumbers.NumberParseException:
        return None
    mobile = phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE
    if number.country_code != 84 or not mobile:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def national(phone: str) -> str:
    """A mobile number in E.164 as dialled within the country: +84905123456 → 0905123456."""
    return f"0{phone.removeprefix('+84')}"
