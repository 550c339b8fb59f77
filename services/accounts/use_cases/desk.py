"""What the ward's desk does to an account of its ward, once it has seen the original of the person's identity paper.

For each act the officer types kind and number of the original again. They are compared with the account and kept, with
the officer's name, in `seen_papers`. The owner sees the act in the access log, and is told about changes by SMS and
e-mail.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import uuid4

from services.accounts import events
from services.accounts.adapters.phones import read_mobile
from services.accounts.domain import changes, codes
from services.accounts.domain.changes import Paper
from services.accounts.domain.opening import read_day_of_birth, read_name
from services.accounts.domain.throttle import spoken_wait
from services.accounts.storage import people as storage
from services.accounts.storage import recovery as stored
from services.accounts.tables import AccountRow, CredentialRow, SeenPaperRow
from services.accounts.use_cases import parting, phones, tries
from services.accounts.use_cases.directory import settle_closing
from services.accounts.use_cases.ending import sign_out_everywhere
from services.accounts.use_cases.people import Profile, locked_account, profile
from services.accounts.use_cases.phones import Requested
from services.accounts.use_cases.sessions import replace_password
from services.accounts.use_cases.telling import tell
from services.accounts.use_cases.unit import Unit, Workplace
from services.chassis.database import audit
from services.chassis.events import outbox
from services.chassis.refusal import Kind, Refusal, conflict, not_found

_LOOKS_AS_ONE = timedelta(hours=1)
#: Recorded action → the column that was corrected by the original.
_CORRECTIONS = {"correct-name": "full_name", "correct-birth-date": "date_of_birth"}
_CLOSED = {changes.OPENED_BY_OTHER: "account-closed", changes.SECOND_ACCOUNT: "account-closed-second"}


@dataclass(frozen=True, slots=True)
class FindAccount:
    identity_kind: str
    identity_number: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class GetAccount:
    account_id: str


@dataclass(frozen=True, slots=True)
class Original:
    """An account, and the original that the officer saw for it."""

    account_id: str
    identity_kind: str
    identity_number: str = field(repr=False)
    original_seen: bool


@dataclass(frozen=True, slots=True)
class ConfirmIdentity(Original):
    """Name and date of birth as the original has them, if the account has others; else empty."""

    full_name: str
    date_of_birth: str


@dataclass(frozen=True, slots=True)
class RequestPhoneReplacement(Original):
    phone: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CloseAccount(Original):
    reason: str


@dataclass(frozen=True, slots=True)
class ReplacePhone:
    change_id: str
    otp: str = field(repr=False)
    remove_email: bool


@dataclass(frozen=True, slots=True)
class AtDesk:
    profile: Profile
    papers: Sequence[SeenPaperRow]


def find_account(place: Workplace, query: FindAccount) -> AtDesk:
    """Each look is recorded (`_seen`), also if nobody is found, or somebody of another ward.

    Raises a Refusal: INVALID (`invalid-identity`), NOT_FOUND (`unknown-account`), CONFLICT (`account-elsewhere`),
    THROTTLED (`too-many-lookups`).
    """
    paper = changes.read_paper(query.identity_kind, query.identity_number)
    with place.unit() as unit:
        refuse_too_many_misses(unit)
        fingerprint = storage.identity_fingerprint(unit.cell.cipher, paper.normal_form)
        account = storage.account_by_identity(unit.session, fingerprint)
        home = storage.home(unit.session, fingerprint)
        if account is None and home is None:  # the person brings the old paper, or the new number was noted wrongly
            account = storage.account_that_gave_up(unit.session, fingerprint, unit.ward)
        if home is not None and home.ward != unit.ward:
            refusal = elsewhere(unit, home.ward)
            note_miss(unit, "look-up-account", f"account:{home.account_id}", home.account_id)
        elif account is None or account.status == storage.PENDING:
            refusal = _unknown()
            note_miss(unit, "look-up-account", f"identity:{fingerprint.hex()}", "")
        else:
            return _seen(unit, account)
    # The record is committed before it is refused.
    raise refusal


def account(unit: Unit, query: GetAccount) -> AtDesk:
    """Raises a Refusal (NOT_FOUND, `unknown-account`)."""
    found = storage.account(unit.session, query.account_id)
    if found is None or found.status == storage.PENDING:
        raise _unknown()
    return _seen(unit, found)


def read_original(_: Unit, command: Original) -> Paper:
    """The original's kind and number. Raises a Refusal (INVALID, `original-not-seen`, `invalid-identity`)."""
    changes.refuse_unseen(command.original_seen)
    return changes.read_paper(command.identity_kind, command.identity_number)


def read_closing(unit: Unit, command: CloseAccount) -> Paper:
    """As `read_original`; also INVALID (`invalid-field`) for a reason that cannot be read."""
    changes.read_closing(command.reason)
    return read_original(unit, command)


def read_confirmed(unit: Unit, command: ConfirmIdentity) -> Paper:
    """As `read_original`; also INVALID (`invalid-account`) for a name or a date of birth that cannot be read."""
    _particulars(unit, command)
    return read_original(unit, command)


def compare(place: Workplace, command: Original, paper: Paper) -> Paper:
    """Compares the original with the account, and records a difference.

    Raises a Refusal: INVALID (`identity-differs`), THROTTLED (`too-many-lookups`).
    """
    with place.unit() as unit:
        refuse_too_many_misses(unit)
        account = storage.account(unit.session, command.account_id)
        if account is None or account.status != storage.ACTIVE or is_of(unit, paper, account):
            return paper
        note_miss(unit, "compare-identity-paper", f"account:{account.id}", str(account.id))
    # The record is committed before it is refused.
    raise changes.other_paper(account.identity_kind)


def confirm_identity(unit: Unit, command: ConfirmIdentity, paper: Paper) -> AtDesk:
    """Raises the level to 2, and corrects name and date of birth if the original has others. Filed dossiers keep the
    name and date with which they were filed.

    Raises a Refusal as `_compared`.
    """
    particulars = _particulars(unit, command)
    account = _compared(unit, command, paper, changes.CONFIRM)
    account.identity_level, account.identity_seen_at = changes.SEEN, unit.now
    corrected = [action for action, column in _CORRECTIONS.items() if _put_right(account, column, particulars[column])]
    unit.session.flush()
    phone, email = (storage.unseal(unit.cell.cipher, account, column) for column in ("phone", "email"))
    tell(unit, account, "account-identity-confirmed", phone=phone)
    if corrected:
        tell(unit, account, "account-details-corrected", phone=phone, email=email)
    for action in ("confirm-identity", *corrected):
        audit.record(unit.session, action, f"account:{account.id}", str(account.id))
    return at_desk(unit, account)


def _particulars(unit: Unit, command: ConfirmIdentity) -> dict[str, str | date | None]:
    name = read_name(command.full_name) if command.full_name.strip() else None
    born = read_day_of_birth(command.date_of_birth, unit.today) if command.date_of_birth else None
    return {"full_name": name, "date_of_birth": born}


def _put_right(account: AccountRow, column: str, value: str | date | None) -> bool:
    """Corrects one column; returns whether the account had another value."""
    if value is None or value == getattr(account, column):
        return False
    setattr(account, column, value)
    return True


def request_phone_replacement(unit: Unit, command: RequestPhoneReplacement, paper: Paper) -> Requested:
    """Sends a code to the new phone. Raises a Refusal as `_compared`; also INVALID (`invalid-phone`), THROTTLED."""
    account = _compared(unit, command, paper, changes.REPLACE_PHONE)
    present = storage.unseal(unit.cell.cipher, account, "phone")
    phone = changes.read_phone(command.phone, present, read_mobile)
    return phones.request_change(unit, account, phone, lost=True)


def replace_phone(place: Workplace, command: ReplacePhone) -> AtDesk:
    """Sets the requested phone. The password becomes invalid, because somebody who holds the old phone may know it,
    too.

    Raises a Refusal: NOT_FOUND (`unknown-change`), INVALID (`wrong-code`), CONFLICT (`code-expired`, `code-used`,
    `too-many-tries`).
    """
    code = codes.read_code(command.otp)
    with place.unit() as unit:
        change = stored.phone_change(unit.session, command.change_id)
        account = locked_account(unit, str(change.account_id)) if change else None
        if account is None or account.status != storage.ACTIVE:
            raise phones.unknown_change()
        row = phones.open_change(unit, command.change_id, account)
        if row.old_code is not None:
            raise phones.unknown_change()
        refusal = phones.redeem_all(unit, account, row, {codes.REPLACE_PHONE: code})
        if refusal is None and row.changed_at is not None:
            return at_desk(unit, account)  # a repetition: the answer was lost, or the request was sent twice
        if refusal is None:
            cipher = unit.cell.cipher
            old, email = (storage.unseal(cipher, account, column) for column in ("phone", "email"))
            phones.set_phone(unit, account, row)
            _void_password(unit, account, place.hasher.fits_nobody)
            sign_out_everywhere(unit, account)
            tell(unit, account, "account-phone-replaced", phone=old, email=email)
            new = stored.new_phone(cipher, row)
            tell(unit, account, "account-phone-replaced", phone=new)
            if command.remove_email and email:
                account.email = None
                tell(unit, account, "account-email-changed", phone=new, email=email)
                audit.record(unit.session, "change-email", f"account:{account.id}", str(account.id))
            audit.record(unit.session, "replace-phone", f"account:{account.id}", str(account.id))
            return at_desk(unit, account)
    # A wrong try counts: it is committed before it is refused.
    raise refusal


def close_account(unit: Unit, command: CloseAccount, paper: Paper) -> AtDesk:
    """Closes an account. Its identity number is free here at once, and in other wards after the event has arrived.

    Raises a Refusal as `_compared`.
    """
    reason = changes.read_closing(command.reason)
    account = _compared(unit, command, paper, changes.CLOSE, reason)
    session, fingerprint = unit.session, account.identity_fingerprint
    phone, email = (storage.unseal(unit.cell.cipher, account, column) for column in ("phone", "email"))
    parting.leave_of(unit, account.id)
    storage.close_account(unit.cell.cipher, account, unit.now)
    session.flush()
    storage.end_sessions(session, account.id, unit.now, "closed")
    sign_out_everywhere(unit, account)
    settle_closing(unit, fingerprint, str(account.id), unit.ward, unit.now)
    outbox.tell(session, events.closed(unit.ward, account, fingerprint, unit.now), str(account.id))
    tell(unit, account, _CLOSED[reason], phone=phone, email=email)
    audit.record(session, "close-account", f"account:{account.id}", str(account.id))
    return at_desk(unit, account)


def at_desk(unit: Unit, account: AccountRow) -> AtDesk:
    return AtDesk(profile(unit, account), stored.seen_papers(unit.session, account.id))


def _seen(unit: Unit, account: AccountRow) -> AtDesk:
    """Records the look, one row an hour for each officer: the page reloads after each act, and the owner sees
    the log.
    """
    if not audit.had_recorded(unit.session, "view-account", [str(account.id)], _LOOKS_AS_ONE):
        audit.record(unit.session, "view-account", f"account:{account.id}", str(account.id))
    return at_desk(unit, account)


def refuse_too_many_misses(unit: Unit) -> None:
    """Limits searches that find nobody: an officer with many of them may be guessing numbers.

    Raises a Refusal (THROTTLED, `too-many-lookups`).
    """
    wait = tries.wait(unit, _misses(unit), changes.MISSES_PER_HOUR)
    if wait:
        text = f"Đã tra nhiều số giấy tờ không khớp tài khoản nào. Xin chờ {spoken_wait(wait)} rồi tra tiếp."
        raise Refusal(Kind.THROTTLED, "too-many-lookups", text, retry_after=wait)


def note_miss(unit: Unit, action: str, subject: str, person_id: str) -> None:
    tries.count(unit, _misses(unit))
    audit.record(unit.session, action, subject, person_id)


def _misses(unit: Unit) -> str:
    return f"desk:{unit.caller.id}"


def is_of(unit: Unit, paper: Paper, account: AccountRow) -> bool:
    return (paper.kind, paper.number) == (
        account.identity_kind,
        storage.unseal(unit.cell.cipher, account, "identity_number"),
    )


def _compared(unit: Unit, command: Original, paper: Paper, purpose: str, ground: str = "") -> AccountRow:
    """The account, locked, if the original agrees with it. Notes that the original was seen, and on what ground.

    Raises a Refusal: INVALID (`identity-differs`), NOT_FOUND (`unknown-account`), CONFLICT (`account-not-active`).
    """
    account = active(unit, command.account_id)
    if not is_of(unit, paper, account):
        raise changes.other_paper(account.identity_kind)
    keep(unit, account, paper, purpose, ground=ground)
    return account


def active(unit: Unit, account_id: str, *fingerprints: bytes) -> AccountRow:
    """The account, locked together with the numbers of these fingerprints.

    Raises a Refusal: NOT_FOUND (`unknown-account`), CONFLICT (`account-not-active`).
    """
    account = locked_account(unit, account_id, *fingerprints)
    if account is None or account.status == storage.PENDING:
        raise _unknown()
    if account.status != storage.ACTIVE:
        raise conflict("account-not-active", "Tài khoản này không còn dùng ở phường này. Xin tìm lại theo số giấy tờ.")
    return account


def keep(
    unit: Unit, account: AccountRow, paper: Paper, purpose: str, *, replaces: Paper | None = None, ground: str = ""
) -> None:
    """Notes that the original was seen. For a new paper it also notes which paper it replaces and on what ground; for a
    closed account, why.
    """
    id, cipher = uuid4(), unit.cell.cipher
    unit.session.add(
        SeenPaperRow(
            id=id,
            account_id=account.id,
            at=unit.now,
            officer_id=unit.caller.id,
            officer=unit.caller.signs_as,
            purpose=purpose,
            kind=paper.kind,
            number=stored.seal_number(cipher, id, paper.number),
            ground=ground,
            replaced_kind=replaces.kind if replaces else "",
            replaced_number=stored.seal_replaced_number(cipher, id, replaces.number) if replaces else None,
        )
    )
    unit.session.flush()
    audit.record(unit.session, "see-identity-paper", f"seen-paper:{id}", str(account.id))


def _void_password(unit: Unit, account: AccountRow, fits_nobody: str) -> None:
    credential = unit.session.get(CredentialRow, account.id, with_for_update=True, populate_existing=True)
    if credential is not None:
        replace_password(unit, credential, fits_nobody)


def elsewhere(unit: Unit, ward: str) -> Refusal:
    name = unit.place.ward_name(ward)
    text = f"Số giấy tờ này có tài khoản ở {name}. Xin mời người ấy đến UBND {name} với bản chính."
    return conflict("account-elsewhere", text)


def _unknown() -> Refusal:
    text = (
        "Không có tài khoản nào mang số giấy tờ này. Xin xem lại số. Người ấy mới đổi giấy tờ thì xin tra theo số cũ; "
        "chưa có tài khoản thì mời mở tài khoản."
    )
    return not_found("unknown-account", text)
