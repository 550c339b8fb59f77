"""Households: the code that lets somebody in, who is head after whom, and what a residential group can be."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from services.accounts.domain.digits import Digits
from services.accounts.domain.throttle import Limit
from services.chassis.refusal import FieldFault, Refusal, faulty, invalid

PURPOSE = "household"  # of the consent
CODE_LIFE = timedelta(minutes=10)
MOST_MEMBERS = 20
#: How long the record of who left which household is kept, and a household without members.
KEPT = timedelta(days=30)
LAST_GROUP = 300

#: Wrong codes of one account: thirty guesses a day at one code among a hundred million.
TRIES, TRIES_A_DAY = Limit(10, timedelta(minutes=10)), Limit(30, timedelta(days=1))
#: Wrong codes of a whole ward. Beyond this limit each account has a single guess, so a person with the right code still
#: gets in.
WARD_TRIES, TRIES_WHILE_GUESSED = Limit(100, timedelta(minutes=10)), Limit(1, timedelta(minutes=10))
#: Limit of households that one account starts, joins or hands over: most of these acts write a message to somebody
#: else.
CHANGES_A_DAY = Limit(10, timedelta(days=1))


class _Member(Protocol):
    @property
    def id(self) -> object: ...

    @property
    def joined_at(self) -> datetime: ...


Member = TypeVar("Member", bound=_Member)


def wrong_code(text: str) -> Refusal:
    return invalid("wrong-household-code", text, FieldFault("code", text))


_CODES = Digits(8, wrong_code, "Xin nhờ người đứng đầu hộ đọc lại.")
make_code, read_code = _CODES.make, _CODES.read


def code_text(code: str) -> str:
    """The input of the keyed digest; the key is the ward's."""
    return f"household-code:{code}"


def successor(members: Iterable[Member]) -> Member | None:
    """The next head after the head has gone: the member who has been there longest; None if nobody is left."""
    return min(members, key=lambda one: (one.joined_at, str(one.id)), default=None)


def read_group(number: int) -> int | None:
    """The number of a residential group; None if it is not known. Raises a Refusal (INVALID, `invalid-field`)."""
    if not 0 <= number <= LAST_GROUP:
        text = f"Xin ghi số của tổ dân phố, từ 1 đến {LAST_GROUP}, hoặc để trống."
        raise faulty("residential_group", text)
    return number or None
