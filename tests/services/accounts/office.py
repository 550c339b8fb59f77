"""Staff of a ward, their authenticator apps, and a security key that a test holds."""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import cbor2
import pyotp
import pytest
from caunoi.accounts.v1 import accounts_pb2, staff_pb2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select

from services.accounts.adapters.hashing import Hasher
from services.accounts.tables import CredentialRow, StaffRow
from services.chassis.refusal import Refusal
from services.chassis.tokens import Role
from tests.fakes.clock import SettableClock
from tests.services.accounts.service import NAM_DUONG, PASSWORD, Accounts

SIGNER, ADMIN, DESK = "chutich.nam-duong", "quantri.nam-duong", "motcua.nam-duong"
WORKERS = {SIGNER: Role.SIGNER, ADMIN: Role.WARD_ADMIN, DESK: Role.RECEPTIONIST}


class Office:
    """Staff of the ward, and their authenticator apps."""

    def __init__(self, accounts: Accounts, clock: SettableClock) -> None:
        self.accounts, self.clock = accounts, clock
        self.hash = Hasher(accounts.settings).hash(PASSWORD)
        self.ids = {name: self._add(name, role) for name, role in WORKERS.items()}

    def _add(self, username: str, role: Role) -> str:
        id, now = uuid4(), self.clock.now()
        cipher = self.accounts.cells[NAM_DUONG].cipher
        phone = cipher.encrypt("+84905300300", f"staff.phone:{id}")
        with self.accounts.cells[NAM_DUONG].database.transaction() as session:
            session.add(
                StaffRow(
                    id=id,
                    username=username,
                    full_name="Trần Đình Quang",
                    title="Chủ tịch UBND phường",
                    roles=[str(role)],
                    created_at=now,
                    phone=phone,
                )
            )
            session.add(CredentialRow(person_id=id, password_hash=self.hash, changed_at=now))
        return str(id)

    def code(self, secret: str, steps: int = 0) -> str:
        return pyotp.TOTP(secret).at(self.clock.now() + timedelta(seconds=30 * steps))

    def asked(self, username: str = SIGNER, **more: Any) -> accounts_pb2.SecondFactor:
        request = accounts_pb2.CreateSessionRequest(login=username, password=more.pop("password", PASSWORD), **more)
        session = self.accounts.call("CreateSession", request)
        assert (session.access_token, session.refresh_token, session.account.id) == ("", "", "")
        return session.second_factor  # type: ignore[no-any-return]

    def start(self, ticket: str, kind: str = "totp", **more: Any) -> staff_pb2.StartAuthenticatorResponse:
        request = staff_pb2.StartAuthenticatorRequest(ticket=ticket, kind=kind, name="Điện thoại", **more)
        return self.accounts.call("StartAuthenticator", request)  # type: ignore[no-any-return]

    def confirm(self, ticket: str, id: str, code: str) -> staff_pb2.ConfirmAuthenticatorResponse:
        request = staff_pb2.ConfirmAuthenticatorRequest(ticket=ticket, authenticator_id=id, code=code)
        return self.accounts.call("ConfirmAuthenticator", request)  # type: ignore[no-any-return]

    def enrol(self, username: str = SIGNER) -> tuple[str, staff_pb2.ConfirmAuthenticatorResponse]:
        """The secret of the app, and what was answered; the next code is good."""
        ticket = self.asked(username).ticket
        begun = self.start(ticket)
        done = self.confirm(ticket, begun.authenticator_id, self.code(begun.secret))
        self.clock.advance(timedelta(seconds=30))
        return begun.secret, done

    def pass_factor(self, ticket: str, code: str) -> accounts_pb2.Session:
        request = staff_pb2.PassSecondFactorRequest(ticket=ticket, factor=staff_pb2.Factor(code=code))
        return self.accounts.call("PassSecondFactor", request)  # type: ignore[no-any-return]

    def rows(self, kind: Any) -> list[Any]:
        with self.accounts.cells[NAM_DUONG].database.transaction() as session:
            return list(session.scalars(select(kind)).all())


class SecurityKey:
    """As a browser and a key answer together (WebAuthn Level 3), without attestation."""

    def __init__(self, origin: str = "http://localhost:8080", site: str = "localhost") -> None:
        self._origin, self._site = origin, site
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.id = uuid4().bytes
        self.count = 0

    def made(self, options: str) -> str:
        """The answer to `navigator.credentials.create`."""
        public = self._key.public_key().public_numbers()
        key = {1: 2, 3: -7, -1: 1, -2: public.x.to_bytes(32, "big"), -3: public.y.to_bytes(32, "big")}
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(key)
        data = self._data(0x41) + attested
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", options)
        return self._answer({"clientDataJSON": _text(client), "attestationObject": _text(attestation)})

    def shown(self, options: str, *, count: int | None = None) -> str:
        """The answer to `navigator.credentials.get`; its count grows, but where it is said."""
        self.count = self.count + 1 if count is None else count
        data, client = self._data(0x01), self._client("webauthn.get", options)
        signature = self._key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        parts = {"clientDataJSON": client, "authenticatorData": data, "signature": signature}
        return self._answer({name: _text(value) for name, value in parts.items()})

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self._site.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, options: str) -> bytes:
        challenge = json.loads(options)["challenge"]
        return json.dumps({"type": kind, "challenge": challenge, "origin": self._origin}).encode()

    def _answer(self, response: dict[str, str]) -> str:
        id = _text(self.id)
        return json.dumps({"id": id, "rawId": id, "type": "public-key", "response": response})


def _text(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as no:
        act()
    return no.value.type
