"""What changes in an account: how long a new phone must wait, and what the office may do after it has seen an
original.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.accounts.domain.identity import KINDS, normal_form, read_number
from services.accounts.domain.opening import read_date
from services.accounts.domain.throttle import Limit
from services.chassis.clock import VIETNAM
from services.chassis.refusal import FieldFault, Refusal, conflict, faulty, invalid

#: Somebody who has taken over a phone number cannot file before its owner has read the message about it.
WAIT = timedelta(hours=24)
CODE_LIFE = timedelta(minutes=10)
#: Limit of codes to one phone for one purpose. Six codes a day with five tries each allow thirty guesses at a million.
#: A recovery allows twice as many, because it is counted for each kind of login.
PER_HOUR, PER_DAY = Limit(3, timedelta(hours=1)), Limit(6, timedelta(days=1))
#: Limit of phones that one account may ask to change to, because each phone gets a message.
CHANGES_PER_DAY = Limit(6, timedelta(days=1))
#: Limit of numbers that an officer looked up, or typed from an original, and that belong to no account of the ward.
MISSES_PER_HOUR = Limit(30, timedelta(hours=1))
DECLARED, SEEN = 1, 2
#: Papers whose successor has another number; the 12 digits of a citizen card stay.
_REPLACED = ("cmnd", "passport")
#: What an original was seen for.
CONFIRM, REPLACE_PHONE, CLOSE = "confirm-identity", "replace-phone", "close-account"
REPLACE_PAPER = "replace-identity-paper"
#: Why an account is closed: somebody else opened it with the person's number, or the person continues with another
#: account.
OPENED_BY_OTHER, SECOND_ACCOUNT = "opened-by-other", "second-account"
CLOSINGS = (OPENED_BY_OTHER, SECOND_ACCOUNT)


def filing_from(phone_changed_at: datetime | None, now: datetime) -> datetime | None:
    """When codes to the phone begin to confirm filings; None if they do so now."""
    if phone_changed_at is None or now >= phone_changed_at + WAIT:
        return None
    return phone_changed_at + WAIT


def refuse_while_phone_is_new(phone_changed_at: datetime | None, now: datetime) -> None:
    """Raises a Refusal (CONFLICT, `phone-just-changed`) that says from when filings can be confirmed again."""
    moment = filing_from(phone_changed_at, now)
    if moment is not None:
        raise conflict(
            "phone-just-changed",
            f"Số điện thoại của tài khoản vừa đổi. Để giữ an toàn, từ {spoken(moment)} mới nộp hồ sơ được. "
            "Tờ khai vẫn còn nguyên; cần nộp ngay, xin đến Bộ phận Một cửa.",
        )


def spoken(moment: datetime) -> str:
    return f"{moment.astimezone(VIETNAM):%-H giờ %M ngày %d/%m/%Y}"


@dataclass(frozen=True, slots=True)
class Paper:
    """An identity paper, as it was typed from the original."""

    kind: str
    number: str

    @property
    def normal_form(self) -> str:
        return normal_form(self.kind, self.number)


def read_paper(kind: str, typed: str, *, fields: str = "identity") -> Paper:
    """Raises a Refusal (INVALID, `invalid-identity`) that names `{fields}_kind` or `{fields}_number`."""
    if kind not in KINDS:
        raise invalid_identity(FieldFault(f"{fields}_kind", "Xin chọn loại giấy tờ: CCCD, CMND hay hộ chiếu."))
    number = read_number(kind, typed)
    if number is None:
        raise invalid_identity(FieldFault(f"{fields}_number", "Số này không đúng với loại giấy tờ đã chọn."))
    return Paper(kind, number)


def refuse_unseen(seen: bool) -> None:
    """Raises a Refusal (INVALID, `original-not-seen`)."""
    if not seen:
        text = "Xin xem bản chính giấy tờ còn giá trị sử dụng không, so với người trước mặt, rồi đánh dấu vào ô."
        raise invalid("original-not-seen", text, FieldFault("original_seen", text))


def other_paper(kind: str) -> Refusal:
    """The original is not the paper of the account, which is of this kind.

    If the person has got a new paper since, the desk notes that first (domain/papers.py).
    """
    text = (
        "Loại hay số trên bản chính không khớp với tài khoản này. Xin xem lại; nếu đúng là khác, xin không làm. "
        "Người ấy nộp hồ sơ tại quầy được, không cần tài khoản."
    )
    if kind in _REPLACED:
        text += " Nếu người ấy đã đổi giấy tờ, xin chọn “Ghi giấy tờ tùy thân mới” ở trang của tài khoản."
    return invalid("identity-differs", text, FieldFault("identity_number", text))


def read_closing(reason: str) -> str:
    """Why an account is closed. An empty text means the reason that used to be the only one.

    Raises a Refusal (INVALID, `invalid-field`).
    """
    if reason and reason not in CLOSINGS:
        text = "Xin chọn: người khác mở tài khoản, hay đây là tài khoản thứ hai của chính người ấy."
        raise faulty("reason", text)
    return reason or OPENED_BY_OTHER


def read_birth(typed: str) -> date:
    """Raises a Refusal (INVALID, `invalid-recovery`)."""
    born = read_date(typed)
    if born is None:
        fault = FieldFault("date_of_birth", "Xin nhập ngày, tháng, năm sinh, ví dụ 5 tháng 3 năm 1958.")
        raise invalid("invalid-recovery", fault.text, fault)
    return born


def read_phone(typed: str, present: str, read_mobile: Callable[[str], str | None]) -> str:
    """A new phone in E.164. Raises a Refusal (INVALID, `invalid-phone`), also where it is the present one."""
    phone = read_mobile(typed)
    if phone is None:
        raise _invalid_phone("Xin nhập số điện thoại di động Việt Nam gồm 10 chữ số, ví dụ 0905 123 456.")
    if phone == present:
        raise _invalid_phone("Đây là số đang ghi trong tài khoản. Xin nhập số mới.")
    return phone


def invalid_identity(fault: FieldFault) -> Refusal:
    return invalid("invalid-identity", fault.text, fault)


def _invalid_phone(text: str) -> Refusal:
    return invalid("invalid-phone", text, FieldFault("phone", text))
