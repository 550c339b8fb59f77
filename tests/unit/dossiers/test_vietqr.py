"""The text of a VietQR code, by the published examples and by its structure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.dossiers.domain.vietqr import checksum, transfer_code


def objects(code: str) -> dict[str, str]:
    """The objects of a code (or of one of its templates), read as a bank's app reads them."""
    found: dict[str, str] = {}
    while code:
        id, length, code = code[:2], int(code[2:4]), code[4:]
        assert id not in found
        assert len(code) >= length
        found[id], code = code[:length], code[length:]
    return found


def test_a_published_transfer_comes_out_letter_by_letter() -> None:
    published = (
        "00020101021238570010A00000072701270006970415011300110019324180208QRIBFTTA"
        "530370454061200005802VN62170813ung ho lu lut6304C15C"
    )
    assert transfer_code("970415", "0011001932418", 120_000, "ung ho lu lut") == published


def test_the_checksum_is_that_of_the_specification() -> None:
    """NAPAS's own example of a transfer to a card, and the check value of CRC-16/CCITT-FALSE."""
    example = (
        "00020101021238600010A00000072701300006970403011697040311012345670208QRIBFTTC"
        "530370454061800005802VN62340107NPS68690819thanh toan don hang6304"
    )
    assert checksum(example) == "A203"
    assert checksum("123456789") == "29B1"


@given(
    bank=st.from_regex(r"[0-9]{6}", fullmatch=True),
    account=st.from_regex(r"[0-9A-Z]{1,19}", fullmatch=True),
    amount=st.integers(1, 10**12),
    message=st.from_regex(r"[0-9A-Z]{1,25}", fullmatch=True),
)
def test_an_app_reads_amount_and_receiver_back_from_the_code(
    bank: str, account: str, amount: int, message: str
) -> None:
    code = transfer_code(bank, account, amount, message)
    read = objects(code)
    receiver = objects(read["38"])
    assert objects(receiver["01"]) == {"00": bank, "01": account}
    assert (receiver["00"], receiver["02"]) == ("A000000727", "QRIBFTTA")
    assert (int(read["54"]), read["53"], read["58"]) == (amount, "704", "VN")
    assert objects(read["62"]) == {"08": message}
    assert read["63"] == checksum(code[:-4])
    assert (code[:2], code[-8:-4]) == ("00", "6304")


@pytest.mark.parametrize(
    ("bank", "account", "amount", "message"),
    [
        ("97041", "1", 1, "A"),
        ("970415", "", 1, "A"),
        ("970415", "1" * 20, 1, "A"),
        ("970415", "1", 0, "A"),
        ("970415", "1", -8000, "A"),
        ("970415", "1", 1, ""),
        ("970415", "1", 1, "lệ phí"),
        ("970415", "1", 1, "A" * 26),
    ],
)
def test_a_code_that_no_app_would_read_is_refused(bank: str, account: str, amount: int, message: str) -> None:
    with pytest.raises(ValueError):
        transfer_code(bank, account, amount, message)
