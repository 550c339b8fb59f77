"""Signing in with a second factor, and one's own authenticators: setting up, removing, new recovery codes."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID, uuid4

from services.accounts.adapters import security_keys, totp
from services.accounts.domain import second_factor as rules
from services.accounts.domain.stations import read_text
from services.accounts.storage import people
from services.accounts.storage import staff as storage
from services.accounts.storage.rows import by_id
from services.accounts.tables import AuthenticatorRow, CredentialRow, FactorTicketRow, StaffRow
from services.accounts.use_cases import attempts, factors
from services.accounts.use_cases.factors import Asked, Factor
from services.accounts.use_cases.sessions import SignedIn, choose_password, open_session, wrong_password
from services.accounts.use_cases.telling import tell_staff
from services.accounts.use_cases.unit import Unit, Workplace
from services.chassis.database import audit
from services.chassis.refusal import Refusal, conflict, faulty, not_found
from services.chassis.tokens import unauthenticated


@dataclass(frozen=True, slots=True)
class PassSecondFactor:
    ticket: str = field(repr=False)
    factor: Factor | None


@dataclass(frozen=True, slots=True)
class StartAuthenticator:
    ticket: str = field(repr=False)
    kind: str
    name: str
    factor: Factor | None
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ConfirmAuthenticator:
    ticket: str = field(repr=False)
    authenticator_id: str
    code: str = field(repr=False)
    attestation: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ListAuthenticators:
    pass


@dataclass(frozen=True, slots=True)
class AskSecondFactor:
    pass


@dataclass(frozen=True, slots=True)
class RemoveAuthenticator:
    authenticator_id: str
    ticket: str = field(repr=False)
    factor: Factor | None


@dataclass(frozen=True, slots=True)
class RenewRecoveryCodes:
    ticket: str = field(repr=False)
    factor: Factor | None


@dataclass(frozen=True, slots=True)
class Started:
    """An authenticator that is being set up; only this answer contains the secret."""

    id: UUID
    secret: str = field(repr=False, default="")
    otpauth_uri: str = field(repr=False, default="")
    webauthn_options: str = ""


@dataclass(frozen=True, slots=True)
class Confirmed:
    authenticator: AuthenticatorRow
    recovery_codes: tuple[str, ...] = field(repr=False, default=())
    session: SignedIn | None = None


@dataclass(frozen=True, slots=True)
class Own:
    authenticators: Sequence[AuthenticatorRow]
    recovery_codes_left: int
    compulsory: bool


def pass_second_factor(place: Workplace, command: PassSecondFactor) -> SignedIn:
    """Completes a sign-in. Raises a Refusal: UNAUTHENTICATED (`second-factor-over`), INVALID (`wrong-second-factor`),
    THROTTLED (`too-many-logins`).
    """
    with place.unit() as unit:
        ticket = factors.read_ticket(unit, command.ticket, rules.SIGN_IN)
        person = factors.member(unit, ticket.person_id)
        refused = factors.prove(unit, ticket, person, command.factor)
        if refused is None:
            return _sign_in(unit, ticket, person)
    # A wrong try counts: it is committed before it is refused.
    raise refused


def _sign_in(unit: Unit, ticket: FactorTicketRow, person: StaffRow) -> SignedIn:
    credential = unit.session.get(CredentialRow, person.id, with_for_update=True, populate_existing=True)
    if credential is None or credential.changed_at > ticket.issued_at:
        raise rules.ticket_over()
    if ticket.new_hash:
        choose_password(unit, person, credential, ticket.new_hash)
    return replace(open_session(unit, person), device=attempts.new_device(unit, credential))


def start_authenticator(place: Workplace, command: StartAuthenticator) -> Started:
    """Starts to set up an authenticator: during a sign-in that requires one; with a factor; or, for the first one of a
    signed-in person, with their password.

    Raises a Refusal: UNAUTHENTICATED (`second-factor-over`), INVALID (`invalid-field`, `wrong-second-factor`,
    `wrong-password`), CONFLICT (`too-many-authenticators`), THROTTLED (`too-many-logins`).
    """
    name = read_text("name", command.name, rules.LONGEST_NAME)
    if command.kind not in rules.KINDS:
        raise faulty("kind", "Xin chọn ứng dụng xác thực hoặc khóa bảo mật.")
    if command.password:
        _check_password(place, command)
    with place.unit() as unit:
        ticket = factors.read_ticket(unit, command.ticket, rules.ENROL, rules.MANAGE)
        person = factors.member(unit, ticket.person_id)
        known = storage.authenticators(unit.session, person.id)
        if len(known) >= rules.MOST_AUTHENTICATORS:
            text = f"Mỗi người có nhiều nhất {rules.MOST_AUTHENTICATORS} cách xác thực. Xin gỡ bớt cách không dùng."
            raise conflict("too-many-authenticators", text)
        refused = _refusal_to_add(unit, ticket, person, command, has=bool(known))
        if refused is None:
            return _start(unit, ticket, person, command.kind, name)
    raise refused


def _check_password(place: Workplace, command: StartAuthenticator) -> None:
    with place.unit() as unit:
        ticket = factors.read_ticket(unit, command.ticket, rules.ENROL, rules.MANAGE)
        credential = unit.session.get(CredentialRow, ticket.person_id)
        attempt = attempts.begin_signed_in(unit, ticket.person_id)
    if credential is None or not place.hasher.verify(credential.password_hash, command.password):
        raise wrong_password()
    with place.unit() as unit:
        attempts.succeeded(unit, attempt)


def _refusal_to_add(
    unit: Unit, ticket: FactorTicketRow, person: StaffRow, command: StartAuthenticator, *, has: bool
) -> Refusal | None:
    if ticket.purpose == rules.ENROL:
        if has:  # a factor was set up meanwhile with another ticket; it is required from now on
            raise rules.ticket_over()
        return None
    if has:
        return factors.prove(unit, ticket, person, command.factor)
    if not command.password:
        raise wrong_password()
    ticket.used_at = unit.now
    return None


def _start(unit: Unit, ticket: FactorTicketRow, person: StaffRow, kind: str, name: str) -> Started:
    id = uuid4()
    row = AuthenticatorRow(
        id=id, person_id=person.id, kind=kind, name=name, ticket=ticket.digest, started_at=unit.now, sign_count=0
    )
    unit.session.add(row)
    if kind == rules.TOTP:
        secret = totp.make_secret()
        row.secret = storage.seal_secret(unit.cell.cipher, id, secret)
        return Started(id, secret, totp.address(secret, person.username))
    row.challenge = secrets.token_bytes(32)
    options = security_keys.creation_options(
        security_keys.site(unit.place.settings.public_base_url),
        row.challenge,
        person.id,
        person.username,
        person.full_name,
        factors.known_keys(unit, person.id),
    )
    return Started(id, webauthn_options=options)


def confirm_authenticator(place: Workplace, command: ConfirmAuthenticator) -> Confirmed:
    """Completes what `start_authenticator` has started, and the sign-in if there is one. The person is told.

    Raises a Refusal: UNAUTHENTICATED (`second-factor-over`), NOT_FOUND (`unknown-authenticator`), INVALID
    (`wrong-second-factor`).
    """
    with place.unit() as unit:
        ticket = _ticket_of_start(unit, command.ticket)
        person = factors.member(unit, ticket.person_id)
        row = by_id(unit.session, AuthenticatorRow, command.authenticator_id, locked=True)
        if row is None or row.ticket != ticket.digest or row.confirmed_at is not None:
            raise _unknown_authenticator()
        known = storage.authenticators(unit.session, person.id)
        if known and ticket.purpose == rules.ENROL:
            raise rules.ticket_over()
        if _works(unit, row, command):
            row.confirmed_at = row.last_used_at = unit.now
            unit.session.flush()
            codes = () if known else _first(unit, ticket, person)
            audit.record(unit.session, "add-authenticator", f"staff:{person.id}", str(person.id))
            tell_staff(unit, person, "account-factor-changed")
            if ticket.purpose == rules.MANAGE:
                return Confirmed(row, codes)
            ticket.used_at = unit.now
            return Confirmed(row, codes, _sign_in(unit, ticket, person))
        ticket.tries += 1
        left = rules.TRIES - ticket.tries
    raise rules.wrong_new_code(left) if row.kind == rules.TOTP else rules.wrong_key("attestation")


def _first(unit: Unit, ticket: FactorTicketRow, person: StaffRow) -> tuple[str, ...]:
    """From now on a factor is required. All sessions and tickets that needed only the password end, except the session
    that asked for this. A sign-in at the same moment holds the lock of the password, and this waits for it.
    """
    unit.session.get(CredentialRow, person.id, with_for_update=True, populate_existing=True)
    people.end_sessions(unit.session, person.id, unit.now, "second-factor-set-up", but=ticket.session_id)
    storage.forget_begun(unit.session, person.id, ticket.digest)
    return factors.new_recovery_codes(unit, person)


def _ticket_of_start(unit: Unit, token: str) -> FactorTicketRow:
    """The ticket for starting: that of a sign-in must be unused; that of a change must be used, because the proof has
    used it.
    """
    return factors.read_ticket(unit, token, rules.ENROL, rules.MANAGE, used={rules.MANAGE})


def _works(unit: Unit, row: AuthenticatorRow, command: ConfirmAuthenticator) -> bool:
    if row.kind == rules.TOTP:
        read = rules.read_code(command.code)
        if read is None or read[0] != rules.TOTP:
            raise rules.unreadable_new_code()
        step = totp.matching_step(storage.secret(unit.cell.cipher, row), read[1], unit.now)
        row.last_step = step or 0  # the code of the setting up cannot be used to sign in
        return step is not None
    site = security_keys.site(unit.place.settings.public_base_url)
    made = security_keys.new_key(site, row.challenge or b"", command.attestation)
    if made is None or made.credential_id in factors.known_keys(unit, row.person_id):
        return False
    row.credential_id, row.public_key, row.sign_count = made.credential_id, made.public_key, made.sign_count
    row.challenge = None
    return True


def own_authenticators(unit: Unit, _: ListAuthenticators) -> Own:
    person = _caller(unit)
    found = storage.authenticators(unit.session, person.id)
    left = storage.recovery_codes_left(unit.session, person.id)
    return Own(found, left, factors.is_compulsory(unit, person))


def ask_second_factor(place: Workplace, _: AskSecondFactor) -> Asked:
    """Asks the caller for a second factor again, before a change of their authenticators."""
    with place.unit() as unit:
        return factors.ask(unit, _caller(unit), rules.MANAGE)


def remove_authenticator(place: Workplace, command: RemoveAuthenticator) -> None:
    """Removes one of the caller's authenticators. With the last one the recovery codes are deleted, too.

    Raises a Refusal: NOT_FOUND (`unknown-authenticator`), CONFLICT (`last-authenticator`), UNAUTHENTICATED
    (`second-factor-over`), INVALID (`wrong-second-factor`), THROTTLED (`too-many-logins`).
    """
    with place.unit() as unit:
        ticket, person = _managing(unit, command.ticket)
        own = storage.authenticators(unit.session, person.id)
        row = next((one for one in own if str(one.id) == command.authenticator_id), None)
        if row is None:
            raise _unknown_authenticator()
        if len(own) == 1 and factors.is_compulsory(unit, person):
            text = "Vai trò này bắt buộc xác thực hai lớp. Xin thêm cách khác trước khi gỡ cách cuối cùng."
            raise conflict("last-authenticator", text)
        refused = factors.prove(unit, ticket, person, command.factor)
        if refused is None:
            unit.session.delete(row)
            storage.forget_begun(unit.session, person.id, ticket.digest)  # started with what is removed
            if len(own) == 1:
                storage.replace_recovery_codes(unit.session, person.id, (), unit.now)
            audit.record(unit.session, "remove-authenticator", f"staff:{person.id}", str(person.id))
            tell_staff(unit, person, "account-factor-changed")
    if refused is not None:
        raise refused


def renew_recovery_codes(place: Workplace, command: RenewRecoveryCodes) -> tuple[str, ...]:
    """Raises a Refusal as `remove_authenticator`."""
    with place.unit() as unit:
        ticket, person = _managing(unit, command.ticket)
        refused = factors.prove(unit, ticket, person, command.factor)
        if refused is None:
            storage.forget_begun(unit.session, person.id, ticket.digest)
            audit.record(unit.session, "renew-recovery-codes", f"staff:{person.id}", str(person.id))
            tell_staff(unit, person, "account-factor-changed")
            return factors.new_recovery_codes(unit, person)
    raise refused


def _managing(unit: Unit, token: str) -> tuple[FactorTicketRow, StaffRow]:
    """The caller's own ticket, and the caller."""
    ticket = factors.read_ticket(unit, token, rules.MANAGE)
    if str(ticket.person_id) != unit.caller.id:
        raise rules.ticket_over()
    return ticket, factors.member(unit, ticket.person_id)


def _caller(unit: Unit) -> StaffRow:
    row = unit.session.get(StaffRow, UUID(unit.caller.id))
    if row is None or row.has_left:
        raise unauthenticated()
    return row


def _unknown_authenticator() -> Refusal:
    return not_found("unknown-authenticator", "Không có cách xác thực này. Có thể đã gỡ; xin xem lại danh sách.")
