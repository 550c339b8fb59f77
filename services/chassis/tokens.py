"""ES256 tokens: a person, their ward and their roles. Each service verifies them itself (docs/architecture.md, rule 8).

The issuer of a token is `<service>/<ward>`: `accounts/20248` speaks for the people of ward 20248, and every service
speaks for itself (role `service`). A key in the trusted set names its issuer, so the key of one ward or service can
sign for no other. The audience is one ward: somebody who reads or steals a token there can use it nowhere else
(docs/decisions/0047).
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from services.chassis.capacity import Capacity, capacity_in
from services.chassis.refusal import Kind, Refusal

AUDIENCE = "caunoi"
#: The audience of statements about a finished practice: a token with another audience, which cannot be used as anything
#: else.
PRACTICE_AUDIENCE = "caunoi-practice"
ALGORITHM = "ES256"
ACCESS_SECONDS = 600
SERVICE_SECONDS = 60
LEEWAY_SECONDS = 5
TOKENS_REMEMBERED = 4096  # in a process, about 1 KB each
_NO_TOKEN = (
    ArithmeticError,
    AttributeError,
    JoseError,
    KeyError,
    RecursionError,
    TypeError,
    ValueError,
)  # also raised for JSON that is nested too deep


class Role(StrEnum):
    CITIZEN = "citizen"
    VOLUNTEER = "volunteer"
    RECEPTIONIST = "receptionist"
    CIVIL_STATUS_OFFICER = "civil_status_officer"
    SIGNER = "signer"
    WARD_ADMIN = "ward_admin"
    KIOSK = "kiosk"
    SCANNER = "scanner"
    VISITOR = "visitor"
    SERVICE = "service"


#: Roles of the ward office. A volunteer is none of them and opens no dossier (docs/architecture.md, rule 3).
OFFICE = frozenset({Role.RECEPTIONIST, Role.CIVIL_STATUS_OFFICER, Role.SIGNER})
#: Computers and scanners of stations: they have tokens, but are not people.
DEVICES = frozenset({Role.KIOSK, Role.SCANNER})


#: Callers without an account: devices, and a person who opens an account at a station's computer, under a random id for
#: one sitting (docs/decisions/0035).
UNKNOWN = DEVICES | {Role.VISITOR}


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller: id (account UUID, a visitor's random id, or `service:<name>`), ward, roles; name and title as they
    sign, and a signer's capacity; for a device the id of its station and the enrolment of the token.
    """

    id: str
    ward: str
    roles: frozenset[Role]
    name: str = ""
    title: str = ""
    station: str = ""
    enrolment: str = ""
    capacity: Capacity | None = None
    #: Data of their token: its session (empty if there is none), the ward in which it is good, and its expiry (seconds
    #: since the epoch).
    session: str = field(default="", compare=False)
    good_in: str = field(default="", compare=False)
    good_until: float = field(default=0.0, compare=False)

    @property
    def signs_as(self) -> str:
        """Name and title, as papers show them."""
        return ", ".join(filter(None, (self.name, self.title)))

    def has(self, *roles: Role) -> bool:
        return not self.roles.isdisjoint(roles)


def unauthenticated() -> Refusal:
    return Refusal(
        Kind.UNAUTHENTICATED, "not-signed-in", "Xin đăng nhập (lại): phiên làm việc không có hoặc đã hết hạn."
    )


def kiosk_token_expired() -> Refusal:
    return Refusal(
        Kind.UNAUTHENTICATED,
        "kiosk-token-expired",
        "Mã của máy ở điểm hỗ trợ không đúng hoặc đã hết hạn; phiên đăng nhập vẫn còn. Xin thử lại.",
    )


@dataclass(slots=True)
class Issuer:
    """Signs tokens as `<service>/<ward>`."""

    service: str
    ward: str
    key: ECKey
    _service_tokens: dict[str, tuple[float, str]] = field(default_factory=dict)  # by the ward in which it is good

    def issue(self, principal: Principal, *, seconds: float = ACCESS_SECONDS, to: str = "") -> str:
        """A token that is good in the issuer's ward, or in the ward that `to` names."""
        now = int(time.time())
        claims = {
            "iss": f"{self.service}/{self.ward}",
            "aud": f"{AUDIENCE}/{to or self.ward}",
            "sub": principal.id,
            "ward": principal.ward,
            "roles": sorted(principal.roles),
            "name": principal.name,
            "title": principal.title,
            **({"capacity": principal.capacity} if principal.capacity else {}),
            **({"station": principal.station} if principal.station else {}),
            **({"enrolment": principal.enrolment} if principal.enrolment else {}),
            **({"sid": principal.session} if principal.session else {}),
            "iat": now,
            "exp": now + int(seconds),
            "jti": secrets.token_urlsafe(12),
        }
        return jwt.encode({"alg": ALGORITHM, "kid": self.key.kid}, claims, self.key, algorithms=[ALGORITHM])

    def state(self, audience: str, told: Mapping[str, Any], now: datetime, life: timedelta) -> str:
        """Signs a statement for services that trust this one. It is not an access token, because its audience
        differs.
        """
        claims = {
            **told,
            "iss": f"{self.service}/{self.ward}",
            "aud": audience,
            "iat": int(now.timestamp()),
            "exp": int((now + life).timestamp()),
        }
        return jwt.encode({"alg": ALGORITHM, "kid": self.key.kid}, claims, self.key, algorithms=[ALGORITHM])

    def named_by(self, token: str) -> Principal:
        """The principal of a token that this issuer has signed. Raises a Refusal (UNAUTHENTICATED) for any
        other token.
        """
        return Verifier({str(self.key.kid): (f"{self.service}/{self.ward}", self.key)}).verify(token)

    def service_token(self, to: str = "") -> str:
        """A token with which the service itself calls another service, in its own ward or in the ward that `to` names.

        Replaced halfway through its life.
        """
        made, token = self._service_tokens.get(to, (0.0, ""))
        if time.time() - made > SERVICE_SECONDS / 2:
            principal = Principal(f"service:{self.service}", self.ward, frozenset({Role.SERVICE}))
            token = self.issue(principal, seconds=SERVICE_SECONDS, to=to)
            self._service_tokens[to] = (time.time(), token)
        return token


@dataclass(frozen=True, slots=True)
class _Signed:
    """The claims of a token with a valid signature."""

    principal: Principal
    issued_at: float  # seconds since the epoch, as `expires_at`
    expires_at: float


class Verifier:
    """Verifies tokens by the trusted keys: signature, issuer, audience, ward, roles, expiry."""

    def __init__(self, keys: Mapping[str, tuple[str, ECKey]]) -> None:
        self._keys = dict(keys)  # kid → (its issuer, key)
        # A person sends their token with each call: its signature is checked once, its expiry each time.
        self._signed = lru_cache(TOKENS_REMEMBERED)(self._read)

    def verify(self, token: str) -> Principal:
        """Raises a Refusal (UNAUTHENTICATED) for any invalid token."""
        try:
            signed = self._signed(token)
        except _NO_TOKEN as fault:
            raise unauthenticated() from fault
        if not signed.issued_at - LEEWAY_SECONDS <= time.time() < signed.expires_at + LEEWAY_SECONDS:
            raise unauthenticated()
        return signed.principal

    def stated(self, statement: str, issuer: str, audience: str, now: datetime) -> Mapping[str, Any]:
        """The claims of a statement of `Issuer.state` by this issuer, for this audience, that has not expired.

        Raises a Refusal (UNAUTHENTICATED) for anything else, also for an access token.
        """
        try:
            signer, claims = self._claims(statement)
            if signer != issuer or claims["iss"] != issuer or claims["aud"] != audience:
                raise ValueError("issuer or audience")
            since, until = float(claims["iat"]), float(claims["exp"])
        except _NO_TOKEN as fault:
            raise unauthenticated() from fault
        if not since - LEEWAY_SECONDS <= now.timestamp() < until:
            raise unauthenticated()
        return claims

    def _read(self, token: str) -> _Signed:
        issuer, claims = self._claims(token)
        return _Signed(_principal(claims, issuer), float(claims["iat"]), float(claims["exp"]))

    def _claims(self, token: str) -> tuple[str, dict[str, Any]]:
        """The issuer whose key has signed, and the signed claims."""
        issuer, key = self._keys[_header(token)["kid"]]
        return issuer, jwt.decode(token, key, algorithms=[ALGORITHM]).claims


def _principal(claims: Mapping[str, Any], issuer: str) -> Principal:
    audience, _, good_in = claims["aud"].partition("/")
    if claims["iss"] != issuer or audience != AUDIENCE or not good_in:
        raise ValueError("issuer or audience")
    service, _, ward = issuer.partition("/")
    if claims["ward"] != ward:
        raise ValueError("ward")
    roles = frozenset(Role(role) for role in claims["roles"])
    speaks_for_itself = claims["sub"] == f"service:{service}"
    if (Role.SERVICE in roles) != speaks_for_itself or (service != "accounts" and not speaks_for_itself):
        raise ValueError("only accounts speaks for people")
    told = {name: claims.get(name, "") for name in ("name", "title", "station", "enrolment")}
    told["session"] = claims.get("sid", "")
    if Role.SIGNER in roles:
        told["capacity"] = capacity_in(claims.get("capacity", ""), told["title"])
    return Principal(claims["sub"], ward, roles, **told, good_in=good_in, good_until=float(claims["exp"]))


def _header(token: str) -> dict[str, Any]:
    from joserfc.util import urlsafe_b64decode

    header: dict[str, Any] = json.loads(urlsafe_b64decode(token.split(".", 1)[0].encode()))
    return header


def load_issuers(path: Path, service: str) -> dict[str, Issuer]:
    """Reads a service's private keys: {"<ward>": {JWK}}."""
    data = json.loads(path.read_text())
    return {ward: Issuer(service, ward, ECKey.import_key(jwk)) for ward, jwk in data.items()}


def load_verifier(path: Path) -> Verifier:
    """Reads the trusted keys: a JWK set whose keys carry `kid` and, in `caunoi_iss`, their issuer."""
    data = json.loads(path.read_text())
    return Verifier({jwk["kid"]: (jwk["caunoi_iss"], ECKey.import_key(jwk)) for jwk in data["keys"]})
