"""Tries of passwords: let in, slowed down, counted (domain/pacing.py, docs/decisions/0042).

They are counted by the login in its normal form, not by the person: nobody may see that two logins belong to one
person, or to nobody.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from services.accounts.domain.logins import LoginKey
from services.accounts.domain.pacing import WINDOW, Way, admit
from services.accounts.domain.throttle import spoken_wait
from services.accounts.storage import people as storage
from services.accounts.storage.rows import lock
from services.accounts.storage.tries import tries
from services.accounts.tables import AttemptRow, CredentialRow, TryRow
from services.accounts.use_cases.unit import Unit
from services.chassis.cells import Cell
from services.chassis.database.encryption import Cipher
from services.chassis.refusal import Kind, Refusal

#: The most devices that a caller may name: several people may share a computer.
MOST_DEVICES = 5
NOBODY = UUID(int=0)
_NEVER = datetime(2000, 1, 1, tzinfo=UTC)
#: A person who has proved by a code that the account is theirs can sign in from the same source, even while strangers
#: try passwords.
_PROVED_FOR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try that was admitted. It counts as wrong until it is deleted."""

    seq: int
    subject: bytes
    device: bytes | None


def subject_of_login(cell: Cell, keys: Sequence[LoginKey], login: str) -> bytes:
    """The subject of a login. Nine digits may be a phone without its zero, so they are counted with that phone."""
    phone = next((key for key in keys if key.means == "phone"), None)
    key = phone or (keys[0] if keys else None)
    text = f"{key.means}:{key.value}" if key else f"unread:{login.strip().lower()}"
    return cell.cipher.fingerprint(f"login:{text}")


def begin(
    unit: Unit, keys: Sequence[LoginKey], login: str, credential: CredentialRow | None, devices: Sequence[str]
) -> Attempt:
    """Admits a sign-in. Raises a Refusal (THROTTLED, `too-many-logins`) that says how many seconds to wait."""
    device = _known_device(unit, credential, devices[:MOST_DEVICES]) or _proved(unit, credential)
    return _begin(unit, subject_of_login(unit.cell, keys, login), device)


def begin_signed_in(unit: Unit, person_id: UUID) -> Attempt:
    """Admits a try of a signed-in person who types their password again; it is counted apart. Raises as `begin`."""
    subject = unit.cell.cipher.fingerprint(f"password-of:{person_id}")
    return _begin(unit, subject, b"signed-in")


def begin_factor(unit: Unit, person_id: UUID, device: bytes | None) -> Attempt:
    """Admits a try of a second factor after the right password; it is counted apart. Raises as `begin`."""
    return _begin(unit, _of_factor(unit, person_id), device)


def wrong_factors(unit: Unit, person_id: UUID) -> int:
    """How many wrong factors were tried within the window, from all sources."""
    earlier = storage.attempts(unit.session, _of_factor(unit, person_id), unit.now - WINDOW)
    return sum(each.count for each in earlier)


def _of_factor(unit: Unit, person_id: UUID) -> bytes:
    return unit.cell.cipher.fingerprint(f"second-factor-of:{person_id}")


def _begin(unit: Unit, subject: bytes, device: bytes | None) -> Attempt:
    """Counts the try as wrong until it succeeds, so that parallel tries gain nothing."""
    session, now = unit.session, unit.now
    lock(session, subject)
    source = _source(unit)
    admission = admit(storage.attempts(session, subject, now - WINDOW), source, device, now)
    if admission.seconds:
        text = f"Mật khẩu đã bị nhập sai nhiều lần. Xin chờ {spoken_wait(admission.seconds)} rồi thử lại."
        raise Refusal(Kind.THROTTLED, "too-many-logins", text, retry_after=admission.seconds)
    row = AttemptRow(subject=subject, at=now, source=source if device is None else device, way=admission.way)
    session.add(row)
    session.flush()
    return Attempt(row.seq, subject, device if admission.way is Way.DEVICE else None)


def succeeded(unit: Unit, attempt: Attempt) -> None:
    """The try was right. Wrong tries of unknown devices still count; otherwise each sign-in would free a guesser from
    the wait.
    """
    storage.forget_attempt(unit.session, attempt.seq)
    if attempt.device is not None:
        storage.forget_attempts_of_device(unit.session, attempt.subject, attempt.device)


def new_device(unit: Unit, credential: CredentialRow) -> str:
    """A token by which the browser is recognised. It says nothing, opens nothing, and becomes invalid with the
    password.
    """
    nonce = secrets.token_urlsafe(16)
    return f"{nonce}.{_mark(unit.cell.cipher, credential.person_id, credential.changed_at, nonce)}"


def prove(unit: Unit, person_id: UUID) -> None:
    """Notes that the person has proved by a code, from this source, that the account is theirs."""
    unit.session.add(TryRow(subject=_proof(unit, person_id), at=unit.now))


def _known_device(unit: Unit, credential: CredentialRow | None, devices: Sequence[str]) -> bytes | None:
    """The fingerprint of the known device. The work is the same for a login that nobody has."""
    person_id, changed_at = (credential.person_id, credential.changed_at) if credential else (NOBODY, _NEVER)
    known: bytes | None = None
    for device in devices:
        nonce, _, mark = device.partition(".")
        expected = _mark(unit.cell.cipher, person_id, changed_at, nonce)
        if hmac.compare_digest(expected.encode(), mark.encode()) and credential:
            known = expected.encode()
    return known


def _mark(cipher: Cipher, person_id: UUID, changed_at: datetime, nonce: str) -> str:
    text = f"known-device:{person_id}:{changed_at.astimezone(UTC).isoformat()}:{nonce}"
    return base64.urlsafe_b64encode(cipher.fingerprint(text)[:18]).decode()


def _proved(unit: Unit, credential: CredentialRow | None) -> bytes | None:
    subject = _proof(unit, credential.person_id if credential else NOBODY)
    return subject.encode() if tries(unit.session, subject, unit.now - _PROVED_FOR) else None


def _proof(unit: Unit, person_id: UUID) -> str:
    return "proved:" + unit.cell.cipher.fingerprint(f"proved:{person_id}:{unit.call.source}").hex()


def _source(unit: Unit) -> bytes:
    return unit.cell.cipher.fingerprint(f"source:{unit.call.source}")
