"""The text of a VietQR code: a bank transfer as EMVCo's merchant-presented QR writes it, in NAPAS's profile.

Each object is id (two digits), length (two digits), value. Object 38 names NAPAS, the bank and the account; 54 the
amount; 62-08 the message of the transfer; 63 the CRC-16/CCITT-FALSE over everything before it.
"""

from __future__ import annotations

import binascii
import re

NAPAS = "A000000727"
TO_ACCOUNT = "QRIBFTTA"
DONG, VIETNAM = "704", "VN"  # ISO 4217, ISO 3166
_BANK = re.compile(r"[0-9]{6}")
_ACCOUNT = re.compile(r"[0-9A-Za-z]{1,19}")
_MESSAGE = re.compile(r"[0-9A-Za-z ]{1,25}")


def transfer_code(bank: str, account: str, amount: int, message: str) -> str:
    """A transfer of `amount` đồng to an account at a bank (its BIN), to be shown as a QR code.

    ValueError if a part does not fit: banks' apps would refuse the code, or shorten the message.
    """
    if not (_BANK.fullmatch(bank) and _ACCOUNT.fullmatch(account) and _MESSAGE.fullmatch(message)):
        raise ValueError("bank: 6 digits; account: 1–19 letters and digits; message: 1–25 letters, digits and spaces")
    if not 0 < amount < 10**13:
        raise ValueError(f"{amount} đồng cannot be transferred")
    receiver = _object("00", NAPAS) + _object("01", _object("00", bank) + _object("01", account))
    code = "".join(
        (
            _object("00", "01"),
            _object("01", "12"),  # made for this one payment
            _object("38", receiver + _object("02", TO_ACCOUNT)),
            _object("53", DONG),
            _object("54", str(amount)),
            _object("58", VIETNAM),
            _object("62", _object("08", message)),
            "6304",
        )
    )
    return code + checksum(code)


def checksum(code: str) -> str:
    """The value of object 63 for all text before it, including its own id and length."""
    return f"{binascii.crc_hqx(code.encode('ascii'), 0xFFFF):04X}"


def _object(id: str, value: str) -> str:
    return f"{id}{len(value):02d}{value}"
