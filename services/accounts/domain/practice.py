"""Invented people of the practice ward (docs/decisions/0036)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

#: No place has this code: the codes of provinces on citizen cards begin with 001 (TT 59/2021/TT-BCA, phụ lục I).
NOWHERE = "000"
#: They have the form of a mobile number, which the forms ask for. Nothing is ever sent to one.
PHONES = "0510"
YOUNGEST, OLDEST = 25, 70
_FAMILIES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Võ", "Đặng", "Bùi")
_GIVEN = {
    "female": ("Thị Tập Lan", "Thị Tập Hoa", "Thị Tập Mai", "Thị Tập Cúc", "Thị Tập Hạnh", "Thị Tập Nga"),
    "male": ("Văn Tập An", "Văn Tập Bình", "Văn Tập Dũng", "Văn Tập Hùng", "Văn Tập Minh", "Văn Tập Sơn"),
}
_STREETS = ("Hoa Giấy", "Hoa Sứ", "Hoa Phượng", "Hoa Sen")


@dataclass(frozen=True, slots=True)
class Invented:
    """A person who does not exist; the phone is in the national form."""

    full_name: str
    date_of_birth: date
    identity_number: str = field(repr=False)
    phone: str = field(repr=False)
    address: str


def invent(below: Callable[[int], int], today: date) -> Invented:
    """An invented person of full age; `below(n)` gives a random number from 0 to n - 1.

    The number has the form of a citizen card's: place, then sex and century (0 and 1 for the 20th, 2 and 3 for the
    21st), year of birth, six digits (NĐ 137/2015 Đ13).
    """

    def one_of(choices: Sequence[str]) -> str:
        return choices[below(len(choices))]

    sex = one_of(("female", "male"))
    born = today - timedelta(days=365 * YOUNGEST + 7 + below(365 * (OLDEST - YOUNGEST)))
    century = (2 if born.year >= 2000 else 0) + (sex == "female")
    return Invented(
        full_name=f"{one_of(_FAMILIES)} {one_of(_GIVEN[sex])}",
        date_of_birth=born,
        identity_number=f"{NOWHERE}{century}{born.year % 100:02}{below(10**6):06}",
        phone=f"{PHONES}{below(10**6):06}",
        address=f"Số {1 + below(200)} đường {one_of(_STREETS)}, phường Tập Thử",
    )
