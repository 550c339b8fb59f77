"""The step between a staff member's password and their session: a ticket, and a second factor that is tried with it
(docs/decisions/0049).

Tries are slowed down like those of passwords, by person and source, and never blocked; a ticket has five tries.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.accounts.adapters import security_keys, totp
from services.accounts.domain import second_factor as rules
from services.accounts.domain.pacing import WINDOW
from services.accounts.domain.throttle import Limit
from services.accounts.storage import staff as storage
from services.accounts.storage.people import Person
from services.accounts.tables import AuthenticatorRow, CredentialRow, FactorTicketRow, StaffRow
from services.accounts.use_cases import attempts, tries
from services.accounts.use_cases.telling import tell_staff
from services.accounts.use_cases.unit import Unit
from services.chassis.database import audit
from services.chassis.ids import read_uuid
from services.chassis.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Factor:
    """A code or an assertion of a security key; one of the two is set."""

    code: str = field(repr=False)
    assertion: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """The answer that asks somebody for a second factor, or to set one up."""

    ticket: str = field(repr=False)
    expires_at: datetime
    kinds: tuple[str, ...]
    to_enrol: bool
    webauthn_options: str = ""


def due(unit: Unit, person: Person) -> str:
    """What must follow the right password: `sign-in` with a second factor, `enrol`, or nothing (empty)."""
    if not isinstance(person, StaffRow):
        return ""
    if storage.authenticators(unit.session, person.id):
        return rules.SIGN_IN
    return rules.ENROL if is_compulsory(unit, person) else ""


def is_compulsory(unit: Unit, person: StaffRow) -> bool:
    return rules.is_compulsory(person.roles, unit.place.second_factor_roles[unit.cell.ward.code])


def ask(
    unit: Unit, person: StaffRow, purpose: str, *, new_hash: str | None = None, device: bytes | None = None
) -> Asked:
    """A ticket that stands for the person. Only its digest is stored."""
    token, challenge = secrets.token_urlsafe(32), secrets.token_bytes(32)
    row = FactorTicketRow(
        digest=digest(token),
        person_id=person.id,
        purpose=purpose,
        challenge=challenge,
        new_hash=new_hash,
        device=device,
        session_id=read_uuid(unit.caller.session) if purpose == rules.MANAGE else None,
        tries=0,
        issued_at=unit.now,
        expires_at=unit.now + rules.TICKET_LIFE,
    )
    unit.session.add(row)
    found = storage.authenticators(unit.session, person.id)
    kinds = [kind for kind in rules.KINDS if any(one.kind == kind for one in found)]
    if found and storage.recovery_codes_left(unit.session, person.id):
        kinds.append(rules.RECOVERY)
    keys = _key_ids(found)
    options = security_keys.request_options(_site(unit), challenge, keys) if keys else ""
    return Asked(token, row.expires_at, tuple(kinds), purpose == rules.ENROL, options)


def read_ticket(unit: Unit, token: str, *purposes: str, used: Collection[str] = ()) -> FactorTicketRow:
    """The ticket, locked. Its person is locked before, as in each act that ends their tickets. Raises a Refusal
    (UNAUTHENTICATED, `second-factor-over`) for a ticket that is not good any more: also after the password has changed,
    or if it is unused and its purpose is among `used`.
    """
    holder = storage.ticket_holder(unit.session, digest(token))
    if holder is None:
        raise rules.ticket_over()
    member(unit, holder)
    row = storage.ticket(unit.session, digest(token))
    if row is None or row.purpose not in purposes or unit.now >= row.expires_at or row.tries >= rules.TRIES:
        raise rules.ticket_over()
    credential = unit.session.get(CredentialRow, row.person_id)
    if (
        credential is None
        or credential.changed_at > row.issued_at
        or (row.used_at is not None) != (row.purpose in used)
    ):
        raise rules.ticket_over()
    return row


def member(unit: Unit, person_id: UUID) -> StaffRow:
    """The person of a ticket, locked. Raises a Refusal (UNAUTHENTICATED) if they do not work for the ward any more.

    The lock lets other transactions write rows that refer to the person: a sign-in, which locks the password, writes a
    ticket.
    """
    row = unit.session.get(StaffRow, person_id, with_for_update={"key_share": True}, populate_existing=True)
    if row is None or row.has_left:
        raise rules.ticket_over()
    return row


def prove(unit: Unit, ticket: FactorTicketRow, person: StaffRow, factor: Factor | None) -> Refusal | None:
    """Tries a second factor; returns the refusal of a wrong one, which the caller raises after it has committed the
    try. The right factor uses up the ticket.

    Raises a Refusal: INVALID (`wrong-second-factor`) for a text that cannot be a factor, THROTTLED (`too-many-logins`).
    """
    given = factor or Factor("", "")
    read = None if given.assertion else rules.read_code(given.code)
    if read is None and not given.assertion:
        raise rules.unreadable_code()
    attempt = attempts.begin_factor(unit, person.id, ticket.device)
    rows = storage.authenticators(unit.session, person.id, locked=True)
    if read is None:
        good = _shows_key(unit, ticket, rows, given.assertion)
    elif read[0] == rules.TOTP:
        good = _shows_code(unit, rows, read[1])
    else:
        good = _shows_recovery_code(unit, person, rows, read[1])
    if good:
        attempts.succeeded(unit, attempt)
        ticket.used_at = unit.now
        return None
    ticket.tries += 1
    _tell_of_tries(unit, person)
    return rules.wrong_key("assertion") if read is None else rules.wrong_factor(rules.TRIES - ticket.tries)


def _tell_of_tries(unit: Unit, person: StaffRow) -> None:
    subject = f"factor-tried:{person.id}"
    if attempts.wrong_factors(unit, person.id) >= rules.TOLD_AFTER and not tries.wait(unit, subject, Limit(1, WINDOW)):
        tries.count(unit, subject)
        tell_staff(unit, person, "account-factor-tried")


def _shows_code(unit: Unit, rows: Sequence[AuthenticatorRow], code: str) -> bool:
    """Whether the code is right. A code counts once, and never if it is older than the last code that counted (RFC
    6238, 5.2).
    """
    for row in rows:
        if row.kind != rules.TOTP:
            continue
        step = totp.matching_step(storage.secret(unit.cell.cipher, row), code, unit.now)
        if step is not None and step > row.last_step:
            row.last_step, row.last_used_at = step, unit.now
            return True
    return False


def _shows_key(unit: Unit, ticket: FactorTicketRow, rows: Sequence[AuthenticatorRow], assertion: str) -> bool:
    id = security_keys.id_of(assertion)
    row = next((one for one in rows if id is not None and one.credential_id == id), None)
    if row is None or row.public_key is None:
        return False
    count = security_keys.shown(_site(unit), ticket.challenge, assertion, row.public_key, row.sign_count)
    if count is None:
        return False
    row.sign_count, row.last_used_at = count, unit.now
    return True


def _shows_recovery_code(unit: Unit, person: StaffRow, rows: Sequence[AuthenticatorRow], code: str) -> bool:
    if not rows:
        return False
    row = storage.recovery_code(unit.session, person.id, code_digest(unit, person.id, code))
    if row is None:
        return False
    row.used_at = unit.now
    audit.record(unit.session, "use-recovery-code", f"staff:{person.id}", str(person.id))
    tell_staff(unit, person, "account-recovery-code-used")
    return True


def new_recovery_codes(unit: Unit, person: StaffRow) -> tuple[str, ...]:
    """Replaces the recovery codes; their texts are not stored."""
    codes = tuple(rules.make_recovery_code() for _ in range(rules.RECOVERY_CODES))
    digests = [code_digest(unit, person.id, code.replace("-", "")) for code in codes]
    storage.replace_recovery_codes(unit.session, person.id, digests, unit.now)
    return codes


def code_digest(unit: Unit, person_id: UUID, code: str) -> bytes:
    return unit.cell.cipher.fingerprint(f"recovery-code:{person_id}:{code}")


def digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def known_keys(unit: Unit, person_id: UUID) -> list[bytes]:
    return _key_ids(storage.authenticators(unit.session, person_id))


def _key_ids(rows: Sequence[AuthenticatorRow]) -> list[bytes]:
    return [row.credential_id for row in rows if row.kind == rules.WEBAUTHN and row.credential_id]


def _site(unit: Unit) -> security_keys.Site:
    return security_keys.site(unit.place.settings.public_base_url)
