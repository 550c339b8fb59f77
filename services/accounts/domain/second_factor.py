"""Second factors of staff: their kinds, which roles need one, recovery codes (docs/decisions/0049)."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection
from datetime import timedelta

from services.chassis.letters import normalised
from services.chassis.refusal import FieldFault, Kind, Refusal, invalid

TOTP, WEBAUTHN = "totp", "webauthn"
KINDS = (TOTP, WEBAUTHN)
RECOVERY = "recovery-code"
#: What a ticket is for: to end a sign-in, to end it by setting the first authenticator up, to change one's own.
SIGN_IN, ENROL, MANAGE = "sign-in", "enrol", "manage"
TICKET_LIFE = timedelta(minutes=10)
#: Wrong factors for one ticket; after them the password must be typed again.
TRIES = 5
#: After this many wrong factors the person is told, once a day: somebody who tries them has the password.
TOLD_AFTER = 5
MOST_AUTHENTICATORS, LONGEST_NAME = 10, 60
RECOVERY_CODES = 10
#: Allowance for wrong clocks: one step to either side (RFC 6238, 5.2).
DRIFT = (-1, 0, 1)
STEP_SECONDS = 30
_SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"
_RECOVERY_CODE = re.compile(rf"[{_SIGNS}]{{10}}")


def is_compulsory(roles: Collection[str], needing: Collection[str]) -> bool:
    """Whether somebody with these roles needs a second factor."""
    return not set(roles).isdisjoint(needing)


def make_recovery_code() -> str:
    """Ten signs in two groups, over 49 bits: written down, and typed once."""
    return "-".join("".join(secrets.choice(_SIGNS) for _ in range(5)) for _ in range(2))


def read_code(typed: str) -> tuple[str, str] | None:
    """The kind (`totp` or `recovery-code`) and the signs of the typed code, however they are grouped. None if it is
    neither; that is a slip and costs no try.
    """
    signs = re.sub(r"[\s.\-]+", "", normalised(typed, "NFKC")).lower()
    if re.fullmatch(r"\d{6}", signs, re.ASCII):
        return TOTP, signs
    return (RECOVERY, signs) if _RECOVERY_CODE.fullmatch(signs) else None


def unreadable_code() -> Refusal:
    text = "Xin nhập sáu chữ số đang hiện trong ứng dụng xác thực, hoặc một mã dự phòng mười chữ và số."
    return invalid("wrong-second-factor", text, FieldFault("code", text))


def unreadable_new_code() -> Refusal:
    """While an app is set up: there is no recovery code of it yet."""
    text = "Xin nhập sáu chữ số mà ứng dụng đang hiện cho Cầu Nối."
    return invalid("wrong-second-factor", text, FieldFault("code", text))


def wrong_new_code(left: int) -> Refusal:
    text = (
        "Mã không đúng. Xin chờ ứng dụng hiện mã mới rồi nhập lại. Vẫn không đúng thì xem điện thoại có đúng giờ không."
    )
    if not left:
        text = "Mã không đúng, và đã nhập sai nhiều lần. Xin làm lại từ đầu."
    return invalid("wrong-second-factor", text, FieldFault("code", text))


def wrong_factor(left: int) -> Refusal:
    text = (
        "Mã không đúng hoặc đã dùng rồi. Mã của ứng dụng thì xin chờ ứng dụng hiện mã mới rồi nhập lại; mã dự phòng "
        "thì xin xem lại từng chữ, hoặc dùng mã khác."
    )
    if not left:
        text = "Mã không đúng, và đã nhập sai nhiều lần. Xin đăng nhập lại từ đầu."
    return invalid("wrong-second-factor", text, FieldFault("code", text))


def wrong_key(field: str) -> Refusal:
    """`field` holds what the key said: an `assertion`, or while it is set up an `attestation`."""
    text = "Chưa xác nhận được khóa bảo mật. Xin thử lại, hoặc dùng cách khác."
    return invalid("wrong-second-factor", text, FieldFault(field, text))


def ticket_over() -> Refusal:
    text = "Bước xác thực này đã quá lâu hoặc đã dùng rồi. Xin làm lại từ đầu."
    return Refusal(Kind.UNAUTHENTICATED, "second-factor-over", text)
