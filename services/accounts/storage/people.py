"""People: accounts, their codes and sessions, and the resident directory. Staff are in `staff`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Text, TextClause, cast, delete, func, literal, select, text, tuple_, union, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from services.accounts.domain.directory import Claim
from services.accounts.domain.learning import FILED
from services.accounts.domain.logins import LoginKey
from services.accounts.domain.pacing import Tries, Way
from services.accounts.storage import staff
from services.accounts.storage.rows import by_id
from services.accounts.tables import (
    AccountRow,
    AttemptRow,
    ClosedClaimRow,
    CodeElsewhereRow,
    CredentialRow,
    GivenUpClaimRow,
    LaterClaimRow,
    LearningStepRow,
    OneTimeCodeRow,
    OtherWardRow,
    RefreshTokenRow,
    ResidentRow,
    SessionRow,
    StaffRow,
    TryRow,
)
from services.chassis.cells import Cell
from services.chassis.database.encryption import Cipher
from services.chassis.database.resealing import Sealed
from services.chassis.database.tables import AuditRow
from services.chassis.database.writing import Writing
from services.chassis.ids import read_uuid
from services.chassis.practice import require_practice_database

# As text, without ORM objects, for speed: codes are read and written with every filing.
_CODE = text("SELECT * FROM one_time_codes WHERE id = :id FOR UPDATE")
_FILING_CODE = text("""
    SELECT code.*, accounts.status AS account_status, accounts.phone_changed_at AS account_phone_changed_at,
        credentials.changed_at AS password_changed_at
    FROM one_time_codes AS code LEFT JOIN accounts ON accounts.id = code.account_id
        LEFT JOIN credentials ON credentials.person_id = code.account_id
    WHERE code.id = :id FOR UPDATE OF code
""")
_NEWEST_CODE = text("""
    SELECT * FROM one_time_codes WHERE account_id = :account_id AND purpose = :purpose AND voided_at IS NULL
    ORDER BY issued_at DESC, id LIMIT 1
""")
_NOTE_TRY = (
    "UPDATE one_time_codes SET tries = :tries, redeemed_at = :redeemed_at, redemption = :redemption WHERE id = :id"
)
_NOTE_OTHER_WARDS = """
    INSERT INTO other_wards (account_id, ward)
    SELECT accounts.id, other.ward FROM accounts, unnest(CAST(:other_wards AS text[])) AS other(ward)
    WHERE accounts.id = :account_id
    ON CONFLICT DO NOTHING
"""
PENDING, ACTIVE, MOVED, CLOSED = "pending", "active", "moved", "closed"
Person = AccountRow | StaffRow


# --- what is sealed


def seal(cipher: Cipher, account_id: UUID, column: str, plain: str) -> bytes:
    return cipher.encrypt(plain, _context(column, account_id))


def unseal(cipher: Cipher, account: AccountRow, column: str) -> str:
    """Decrypts `column` (identity_number, phone or email); empty if none is stored."""
    sealed: bytes | None = getattr(account, column)
    return cipher.decrypt(sealed, _context(column, account.id)) if sealed else ""


def _context(column: str, account_id: UUID) -> str:
    return f"accounts.{column}:{account_id}"


#: The encrypted columns (`reseal` in docs/runbook.md).
SEALED = [
    Sealed(AccountRow, "identity_number", lambda row: _context("identity_number", row.id)),
    Sealed(AccountRow, "phone", lambda row: _context("phone", row.id)),
    Sealed(AccountRow, "email", lambda row: _context("email", row.id)),
]


def identity_fingerprint(cipher: Cipher, normal_form: str) -> bytes:
    """The fingerprint in AccountActivated, made from the normal form alone, so that every service can compute it."""
    return cipher.fingerprint(normal_form)


def sharing(session: Session, phone: bytes, but: UUID) -> Sequence[AccountRow]:
    """The other active accounts with this phone (a fingerprint), the oldest first."""
    query = select(AccountRow).where(
        AccountRow.phone_fingerprint == phone, AccountRow.status == ACTIVE, AccountRow.id != but
    )
    return session.scalars(query.order_by(AccountRow.activated_at, AccountRow.id)).all()


def phone_fingerprint(cipher: Cipher, e164: str) -> bytes:
    return cipher.fingerprint(f"phone:{e164}")


# --- people


def account_by_identity(session: Session, fingerprint: bytes, *, locked: bool = False) -> AccountRow | None:
    query = select(AccountRow).where(AccountRow.identity_fingerprint == fingerprint)
    return session.scalar(query.with_for_update() if locked else query)


def account(session: Session, account_id: str, *, locked: bool = False) -> AccountRow | None:
    """The account of a UUID as text; None if the text is no UUID."""
    return by_id(session, AccountRow, account_id, locked=locked)


def in_use(session: Session, since: datetime) -> int:
    """How many people have an open session that was opened or refreshed after a moment."""
    fresh = select(func.count(SessionRow.person_id.distinct())).join(RefreshTokenRow)
    return session.scalar(fresh.where(SessionRow.ended_at.is_(None), RefreshTokenRow.issued_at >= since)) or 0


def person(session: Session, person_id: UUID) -> Person | None:
    return session.get(AccountRow, person_id) or session.get(StaffRow, person_id)


def codes_of(session: Session, phone_fingerprint: bytes, purpose: str) -> Sequence[OneTimeCodeRow]:
    """All stored codes for a phone and purpose, the newest first."""
    query = select(OneTimeCodeRow).where(
        OneTimeCodeRow.phone_fingerprint == phone_fingerprint, OneTimeCodeRow.purpose == purpose
    )
    return session.scalars(query.order_by(OneTimeCodeRow.issued_at.desc())).all()


def find_person(session: Session, cipher: Cipher, keys: Sequence[LoginKey]) -> Person | None:
    """The person that a login means: the first key with an account.

    A phone of several active accounts finds nobody; those people sign in by their identity numbers. A pending account
    has not proved that the phone is its own, so it is found only by its number. Otherwise somebody could open an
    account with another person's phone, sign in with that phone, and learn whether the phone has another account, here
    or in another ward.
    """
    # All keys are looked for, also after the first is found: the time must tell nothing.
    having = [_having(session, cipher, key) for key in keys]
    return next((found[0] for found in having if len(found) == 1), None)


def _having(session: Session, cipher: Cipher, key: LoginKey) -> Sequence[Person]:
    if key.means == "username":
        named = staff.named(session, key.value)
        return [named] if named and not named.has_left else []
    if key.means == "identity":
        by_identity = select(AccountRow).where(
            AccountRow.identity_fingerprint == identity_fingerprint(cipher, key.value)
        )
        return session.scalars(by_identity).all()
    by_phone = select(AccountRow).where(
        AccountRow.phone_fingerprint == phone_fingerprint(cipher, key.value), AccountRow.status != PENDING
    )
    rows = session.scalars(by_phone.order_by(AccountRow.status == CLOSED, AccountRow.created_at.desc())).all()
    return [row for row in rows if row.status == ACTIVE] or rows[:1]


def recoverable(session: Session, cipher: Cipher, keys: Sequence[LoginKey], born: date) -> AccountRow | None:
    """The one active account that a login means and whose owner was born on this day.

    If several accounts have one phone, as in a household, the day of birth tells them apart.
    """
    # All keys are looked for, also after the first is found: the time must tell nothing.
    having = [_having(session, cipher, key) for key in keys if key.means != "username"]
    for found in having:
        people = [row for row in found if isinstance(row, AccountRow)]
        named = [row for row in people if row.status == ACTIVE and row.date_of_birth == born]
        if len(named) == 1:
            return named[0]
    return None


def close_account(cipher: Cipher, account: AccountRow, now: datetime) -> None:
    """Closes a locked account; its identity number becomes free. The data of the person stay sealed."""
    account.status, account.closed_at = CLOSED, now
    account.identity_fingerprint = cipher.fingerprint(f"closed:{account.id}")


def remove_account(session: Session, account_id: UUID) -> None:
    """Deletes a pending account that was never used; its codes stay and count for the phone's limit."""
    session.execute(delete(CredentialRow).where(CredentialRow.person_id == account_id))
    session.execute(delete(AccountRow).where(AccountRow.id == account_id))


def delete_accounts(cell: Cell, session: Session, before: datetime) -> int:
    """In the practice ward: deletes the accounts that were opened before a moment, with everything that belongs to
    them; returns how many. Rows that cannot arise there are not looked for (tests/services/accounts/test_practice.py).

    Raises ValueError for a real ward's cell or database.
    """
    require_practice_database(cell, session)
    old = select(AccountRow.id).where(AccountRow.created_at < before)
    session.execute(delete(CredentialRow).where(CredentialRow.person_id.in_(old)))  # its sessions are deleted with it
    session.execute(delete(OneTimeCodeRow).where(OneTimeCodeRow.issued_at < before))
    session.execute(delete(AttemptRow).where(AttemptRow.at < before))
    session.execute(delete(TryRow).where(TryRow.at < before))
    session.execute(delete(ResidentRow).where(ResidentRow.activated_at < before))
    gone = session.execute(delete(AccountRow).where(AccountRow.created_at < before).returning(AccountRow.id))
    return len(gone.all())


def delete_unused_accounts(cell: Cell, session: Session, before: datetime) -> int:
    """In the practice ward: deletes the accounts that have filed nothing and that nobody can use any more; returns how
    many. They have no password, so nobody can use them after their session has ended, or if it was last refreshed
    before a moment.

    Their drafts stay with dossiers until these are a week old. Raises ValueError for a real ward's cell or database.
    """
    require_practice_database(cell, session)
    used = select(SessionRow.id).join(RefreshTokenRow).where(SessionRow.person_id == AccountRow.id)
    used = used.where(SessionRow.ended_at.is_(None), RefreshTokenRow.issued_at >= before)
    filing = select(AuditRow.seq).where(
        AuditRow.person_id == cast(AccountRow.id, Text), AuditRow.action == "issue-code"
    )
    gone = session.scalars(select(AccountRow.id).where(~used.exists(), ~filing.exists())).all()
    session.execute(delete(CredentialRow).where(CredentialRow.person_id.in_(gone)))
    session.execute(delete(ResidentRow).where(ResidentRow.account_id.in_([str(id) for id in gone])))
    session.execute(delete(AccountRow).where(AccountRow.id.in_(gone)))
    return len(gone)


# --- one-time codes


def codes_sent(
    session: Session, phone: bytes, purpose: str, since: datetime, binding: bytes | None = None
) -> Sequence[datetime]:
    """When codes went to a phone for a purpose with the same binding."""
    query = select(OneTimeCodeRow.issued_at).where(
        OneTimeCodeRow.phone_fingerprint == phone,
        OneTimeCodeRow.purpose == purpose,
        OneTimeCodeRow.issued_at > since,
        OneTimeCodeRow.voided_at.is_(None),
    )
    if binding is not None:
        query = query.where(OneTimeCodeRow.binding == binding)
    return session.scalars(query).all()


def last_code_accepted(session: Session, phone: bytes, purpose: str) -> datetime | None:
    """When notifications accepted the last code for a phone and purpose; codes of unknown sending do not count."""
    query = select(func.max(OneTimeCodeRow.accepted_at)).where(
        OneTimeCodeRow.phone_fingerprint == phone, OneTimeCodeRow.purpose == purpose
    )
    return session.scalar(query)


def codes_of_day(session: Session, phone: bytes, purposes: Sequence[str], since: datetime) -> Sequence[datetime]:
    """When codes for any of these purposes went to a phone."""
    query = select(OneTimeCodeRow.issued_at).where(
        OneTimeCodeRow.phone_fingerprint == phone,
        OneTimeCodeRow.purpose.in_(purposes),
        OneTimeCodeRow.issued_at > since,
        OneTimeCodeRow.voided_at.is_(None),
    )
    return session.scalars(query).all()


def codes_elsewhere(session: Session, phone: bytes, since: datetime) -> Sequence[datetime]:
    """When other wards sent a phone codes that anybody can ask for."""
    query = select(CodeElsewhereRow.at).where(CodeElsewhereRow.phone_fingerprint == phone, CodeElsewhereRow.at > since)
    return session.scalars(query).all()


def noting_other_wards(account_id: UUID, wards: Sequence[str]) -> Writing:
    """The statement that notes wards that may hold data of an account, once each, if the account is of this ward."""
    return _NOTE_OTHER_WARDS, {"account_id": account_id, "other_wards": list(wards)}


def other_wards(session: Session, account_id: UUID) -> Sequence[str]:
    """The noted wards, and the wards of filings: pods of a version before the table note only filings. Such pods run
    until the last is replaced, and after a return to that version.
    """
    noted = select(OtherWardRow.ward).where(OtherWardRow.account_id == account_id)
    filed = select(LearningStepRow.dossier_ward).where(
        LearningStepRow.account_id == account_id, LearningStepRow.kind == FILED
    )
    return sorted(session.scalars(union(noted, filed)).all())


def note_code_elsewhere(session: Session, phone: bytes, at: datetime) -> None:
    session.add(CodeElsewhereRow(phone_fingerprint=phone, at=at))


def newest_code(session: Session, account_id: UUID, purpose: str) -> OneTimeCodeRow | None:
    """The newest code that was sent. The caller holds the account's lock, so that two tries never count as one."""
    return _code(session, _NEWEST_CODE, {"account_id": account_id, "purpose": purpose})


def code(session: Session, challenge_id: str) -> OneTimeCodeRow | None:
    """The code, locked, so that two tries never count as one."""
    key = read_uuid(challenge_id)
    return None if key is None else _code(session, _CODE, {"id": key})


def filing_code(
    session: Session, challenge_id: str
) -> tuple[OneTimeCodeRow, str | None, datetime | None, datetime | None] | None:
    """The code, locked, with its account's status and the times when its phone and password changed: one query for each
    filing.
    """
    key = read_uuid(challenge_id)
    found = session.connection().execute(_FILING_CODE, {"id": key}).mappings().one_or_none() if key else None
    if found is None:
        return None
    values = dict(found)
    names = ("account_status", "account_phone_changed_at", "password_changed_at")
    status, phone_changed_at, password_changed_at = (values.pop(name) for name in names)
    return OneTimeCodeRow(**values), status, phone_changed_at, password_changed_at


def _code(session: Session, query: TextClause, values: dict[str, Any]) -> OneTimeCodeRow | None:
    found = session.connection().execute(query, values).mappings().one_or_none()
    return None if found is None else OneTimeCodeRow(**found)


def code_owner(session: Session, challenge_id: str) -> UUID | None:
    """The account of a code; the code is not locked."""
    key = read_uuid(challenge_id)
    query = select(OneTimeCodeRow.account_id).where(OneTimeCodeRow.id == key)
    return session.scalar(query) if key else None


def noting_try(row: OneTimeCodeRow) -> Writing:
    """The statement that stores the result of a try in a code's row, to be written together with other rows."""
    return _NOTE_TRY, {name: getattr(row, name) for name in ("id", "tries", "redeemed_at", "redemption")}


def note_accepted(session: Session, challenge_id: str, now: datetime) -> None:
    session.execute(update(OneTimeCodeRow).where(OneTimeCodeRow.id == UUID(challenge_id)).values(accepted_at=now))


def void_code(session: Session, challenge_id: str, now: datetime) -> None:
    session.execute(update(OneTimeCodeRow).where(OneTimeCodeRow.id == UUID(challenge_id)).values(voided_at=now))


# --- signing in


def attempts(session: Session, subject: bytes, since: datetime) -> list[Tries]:
    tries = select(AttemptRow.way, AttemptRow.source, func.count(), func.max(AttemptRow.at))
    tries = tries.where(AttemptRow.subject == subject, AttemptRow.at > since)
    rows = session.execute(tries.group_by(AttemptRow.way, AttemptRow.source))
    return [Tries(Way(way), source, count, last) for way, source, count, last in rows]


def forget_attempt(session: Session, seq: int) -> None:
    session.execute(delete(AttemptRow).where(AttemptRow.seq == seq))


def forget_attempts_of_device(session: Session, subject: bytes, device: bytes) -> None:
    session.execute(
        delete(AttemptRow).where(
            AttemptRow.subject == subject, AttemptRow.way == Way.DEVICE, AttemptRow.source == device
        )
    )


@dataclass(frozen=True, slots=True)
class Refresh:
    token: RefreshTokenRow
    session: SessionRow


def refresh_token(session: Session, digest: bytes) -> Refresh | None:
    """A token and its session. The session is locked, so that a second exchange of the token sees the first."""
    family = select(SessionRow).join(RefreshTokenRow).where(RefreshTokenRow.digest == digest)
    row = session.scalar(family.with_for_update(of=SessionRow))
    if row is None:
        return None
    token = session.scalar(select(RefreshTokenRow).where(RefreshTokenRow.digest == digest))
    assert token is not None  # tokens are deleted only with their session, which is locked
    return Refresh(token, row)


def end_sessions(session: Session, person_id: UUID, now: datetime, because: str, *, but: UUID | None = None) -> None:
    theirs = update(SessionRow).where(SessionRow.person_id == person_id, SessionRow.ended_at.is_(None))
    if but is not None:
        theirs = theirs.where(SessionRow.id != but)
    session.execute(theirs.values(ended_at=now, ended_because=because))


# --- the resident directory


def home(session: Session, fingerprint: bytes) -> Claim | None:
    row = session.get(ResidentRow, fingerprint, populate_existing=True)
    return None if row is None else Claim(row.activated_at, row.ward, row.account_id)


def keep_least_claim(session: Session, fingerprint: bytes, claim: Claim) -> Claim:
    """Enters a claim if it precedes the stored one; returns the claim that is stored afterwards.

    The order of the columns is the order of `Claim`.
    """
    values: dict[str, Any] = {"activated_at": claim.activated_at, "ward": claim.ward, "account_id": claim.account_id}
    entry = upsert(ResidentRow).values(identity_fingerprint=fingerprint, **values)
    # Compared by bytes, as Python compares text; the database's collation may differ.
    standing = tuple_(ResidentRow.activated_at, ResidentRow.ward.collate("C"), ResidentRow.account_id.collate("C"))
    session.execute(
        entry.on_conflict_do_update(
            index_elements=[ResidentRow.identity_fingerprint],
            set_=values,
            where=tuple_(*(literal(value) for value in values.values())) < standing,
        )
    )
    stands = home(session, fingerprint)
    assert stands is not None  # just entered
    return stands


def keep_later_claim(session: Session, fingerprint: bytes, claim: Claim) -> None:
    """Keeps a claim that has lost."""
    entry = upsert(LaterClaimRow).values(
        account_id=claim.account_id, identity_fingerprint=fingerprint, ward=claim.ward, activated_at=claim.activated_at
    )
    session.execute(entry.on_conflict_do_nothing())


def close_claim(session: Session, fingerprint: bytes, account_id: str, ward: str, at: datetime) -> None:
    """From now on the claim of an account does not count, however often it arrives again."""
    entry = upsert(ClosedClaimRow).values(account_id=account_id, ward=ward, closed_at=at)
    session.execute(entry.on_conflict_do_nothing())
    for kind in (LaterClaimRow, GivenUpClaimRow):
        session.execute(delete(kind).where(kind.account_id == account_id, kind.ward == ward))
    counting = (ResidentRow.account_id == account_id, ResidentRow.ward == ward)
    session.execute(delete(ResidentRow).where(ResidentRow.identity_fingerprint == fingerprint, *counting))


def is_closed_claim(session: Session, account_id: str, ward: str) -> bool:
    return session.get(ClosedClaimRow, (account_id, ward)) is not None


def give_up_claim(session: Session, fingerprint: bytes, claim: Claim) -> None:
    """From now on an account does not claim its former number, however often the earlier claim arrives again. `claim`
    is the claim to the new number. Nothing is kept for a closed account, because none of its claims counts.
    """
    if is_closed_claim(session, claim.account_id, claim.ward):
        return
    entry = upsert(GivenUpClaimRow).values(
        account_id=claim.account_id,
        ward=claim.ward,
        identity_fingerprint=fingerprint,
        given_up_at=claim.activated_at,
    )
    latest = func.greatest(GivenUpClaimRow.given_up_at, entry.excluded.given_up_at)
    keys = [GivenUpClaimRow.account_id, GivenUpClaimRow.ward, GivenUpClaimRow.identity_fingerprint]
    session.execute(entry.on_conflict_do_update(index_elements=keys, set_={"given_up_at": latest}))
    for kind in (LaterClaimRow, ResidentRow):
        theirs = (
            kind.account_id == claim.account_id,
            kind.ward == claim.ward,
            kind.identity_fingerprint == fingerprint,
        )
        session.execute(delete(kind).where(*theirs, kind.activated_at <= claim.activated_at))


def account_that_gave_up(session: Session, fingerprint: bytes, ward: str) -> AccountRow | None:
    """The last account of this ward that had a number; None if that account is not in use any more."""
    query = select(GivenUpClaimRow.account_id).where(
        GivenUpClaimRow.identity_fingerprint == fingerprint, GivenUpClaimRow.ward == ward
    )
    id = session.scalar(query.order_by(GivenUpClaimRow.given_up_at.desc()).limit(1))
    found = account(session, id) if id else None
    return found if found is not None and found.status == ACTIVE else None


def is_given_up(session: Session, fingerprint: bytes, claim: Claim) -> bool:
    given_up = select(GivenUpClaimRow.given_up_at).where(
        GivenUpClaimRow.account_id == claim.account_id,
        GivenUpClaimRow.ward == claim.ward,
        GivenUpClaimRow.identity_fingerprint == fingerprint,
        GivenUpClaimRow.given_up_at >= claim.activated_at,
    )
    return session.scalar(given_up) is not None


def later_claims(session: Session, fingerprint: bytes) -> list[Claim]:
    rows = session.scalars(select(LaterClaimRow).where(LaterClaimRow.identity_fingerprint == fingerprint)).all()
    return [Claim(row.activated_at, row.ward, row.account_id) for row in rows]


# --- what need not be kept


def purge(session: Session, now: datetime) -> None:
    """Deletes expired rows: codes and ended sessions after a day, accounts never activated after a week."""
    yesterday, last_week = now - timedelta(days=1), now - timedelta(days=7)
    session.execute(delete(OneTimeCodeRow).where(OneTimeCodeRow.issued_at < yesterday))
    session.execute(delete(AttemptRow).where(AttemptRow.at < yesterday))
    session.execute(delete(CodeElsewhereRow).where(CodeElsewhereRow.at < yesterday))
    over = func.least(SessionRow.ended_at, SessionRow.expires_at)  # a session that nobody ended ends at its expiry
    session.execute(delete(SessionRow).where(over < yesterday))
    pending = AccountRow.status == literal(PENDING, literal_execute=True)  # so that the partial index is used
    abandoned = select(AccountRow.id).where(pending, AccountRow.created_at < last_week)
    for account_id in session.scalars(abandoned.with_for_update(skip_locked=True)).all():
        remove_account(session, account_id)
