"""One-time codes: six digits, five tries, one use, ten minutes, one binding."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from services.accounts.domain.digits import Digits
from services.chassis.refusal import FieldFault, Kind, Refusal, invalid

TRIES = 5
ACTIVATE_ACCOUNT = "activate-account"
FILE_DOSSIER = "file-dossier"
RECOVER_ACCOUNT = "recover-account"
CHANGE_PHONE_OLD, CHANGE_PHONE_NEW = "change-phone-old", "change-phone-new"
REPLACE_PHONE = "replace-phone"
# Tickets of links, not six digits: use_cases/links.py
OPEN_ADMINISTRATION = "open-administration"
OPEN_STAFF_ACCOUNT = "open-staff-account"  # sets the first or a new password
RESET_STAFF_ACCOUNT = "reset-staff-account"  # sets a new password and removes the second factor
#: Codes that anybody can have sent to any phone. They are counted over all wards, and apart from other codes, so that a
#: stranger who uses them up keeps nobody from filing.
OPEN = (ACTIVATE_ACCOUNT, CHANGE_PHONE_NEW)
#: Codes that go to the phone of an account whose owner is signed in or sits at the desk.
OWN = (FILE_DOSSIER, CHANGE_PHONE_OLD, REPLACE_PHONE)
#: Codes that are sent to a phone at least `resend_seconds` apart, once the first is known to be on its way.
SPACED = (ACTIVATE_ACCOUNT,)


def wrong_code(text: str) -> Refusal:
    return invalid("wrong-code", text, FieldFault("otp", text))


_CODES = Digits(6, wrong_code, "Xin xem lại tin nhắn.")
make_code, read_code = _CODES.make, _CODES.read


def code_text(challenge_id: str, code: str) -> str:
    """The input of the keyed digest: a code is valid for its own challenge only."""
    return f"one-time-code:{challenge_id}:{code}"


@dataclass(frozen=True, slots=True)
class Challenge:
    """The stored state of a code that was sent."""

    digest: bytes
    binding: bytes
    expires_at: datetime
    tries: int
    redemption: str | None = None
    voided: bool = False


class Outcome(Enum):
    REDEEMED = "redeemed"  # now; the caller must store it
    REPEATED = "repeated"  # before, by the same redemption
    WRONG = "wrong"  # a try is used up; the caller must store it
    EXPIRED = "expired"
    USED = "used"
    EXHAUSTED = "exhausted"
    OTHER_BINDING = "other-binding"


def try_code(
    challenge: Challenge, *, digest: Callable[[], bytes], binding: bytes, redemption: str, now: datetime
) -> Outcome:
    """The outcome of a try at a challenge.

    The binding is checked before the code: a changed draft costs no try and tells nothing about the code. A code
    redeemed before expiry stays redeemed: the same redemption succeeds at any later time.
    """
    if not hmac.compare_digest(challenge.binding, binding):
        return Outcome.OTHER_BINDING
    if challenge.redemption is not None:
        same = challenge.redemption == redemption and hmac.compare_digest(challenge.digest, digest())
        return Outcome.REPEATED if same else Outcome.USED
    if challenge.voided or now >= challenge.expires_at:
        return Outcome.EXPIRED
    if challenge.tries >= TRIES:
        return Outcome.EXHAUSTED
    return Outcome.REDEEMED if hmac.compare_digest(challenge.digest, digest()) else Outcome.WRONG


def refusal_of(outcome: Outcome, tries_left: int) -> Refusal | None:
    """The refusal for an outcome; None if the code is valid."""
    if outcome in (Outcome.REDEEMED, Outcome.REPEATED):
        return None
    if outcome is Outcome.WRONG:
        hint = f"Còn {tries_left} lần nhập." if tries_left else "Đã hết lượt nhập. Xin yêu cầu mã mới."
        return wrong_code(f"Mã không đúng. Xin xem lại tin nhắn mới nhất. {hint}")
    type, text = {
        Outcome.EXPIRED: ("code-expired", "Mã đã hết hạn. Xin yêu cầu mã mới."),
        Outcome.USED: ("code-used", "Mã này đã dùng rồi. Xin yêu cầu mã mới."),
        Outcome.EXHAUSTED: ("too-many-tries", "Mã đã bị nhập sai quá nhiều lần. Xin yêu cầu mã mới."),
        Outcome.OTHER_BINDING: (
            "code-for-other-content",
            "Nội dung đã thay đổi sau khi mã được gửi. Xin xem lại rồi yêu cầu mã mới.",
        ),
    }[outcome]
    return Refusal(Kind.CONFLICT, type, text)
