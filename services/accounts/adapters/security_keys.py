"""Security keys and passkeys (WebAuthn Level 3), checked by py_webauthn; no attestation is asked for.

They are bound to the name of the site. A local stack that is reached by an address has none: browsers know it as
localhost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

import webauthn
from webauthn.helpers import options_to_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

SITE = "Cầu Nối"
_LONGEST = 20_000  # characters of what a browser sends
_FAULTS = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError, RecursionError)


@dataclass(frozen=True, slots=True)
class Site:
    """The name to which keys are bound, and where pages ask for them."""

    name: str
    origin: str


@dataclass(frozen=True, slots=True)
class NewKey:
    credential_id: bytes
    public_key: bytes
    sign_count: int


def site(base_url: str) -> Site:
    parts = urlsplit(base_url)
    name = "localhost" if parts.hostname in ("127.0.0.1", "::1") else str(parts.hostname)
    return Site(name, f"{parts.scheme}://{name}" + (f":{parts.port}" if parts.port else ""))


def creation_options(
    site: Site, challenge: bytes, person_id: UUID, username: str, full_name: str, known: Sequence[bytes]
) -> str:
    """For `navigator.credentials.create`, as JSON; keys that the person already has here are excluded."""
    chosen = AuthenticatorSelectionCriteria(
        resident_key=ResidentKeyRequirement.DISCOURAGED, user_verification=UserVerificationRequirement.PREFERRED
    )
    options = webauthn.generate_registration_options(
        rp_id=site.name,
        rp_name=SITE,
        user_id=person_id.bytes,
        user_name=username,
        user_display_name=full_name,
        challenge=challenge,
        authenticator_selection=chosen,
        exclude_credentials=[PublicKeyCredentialDescriptor(id=id) for id in known],
    )
    return options_to_json(options)


def request_options(site: Site, challenge: bytes, known: Sequence[bytes]) -> str:
    """For `navigator.credentials.get`, as JSON."""
    options = webauthn.generate_authentication_options(
        rp_id=site.name,
        challenge=challenge,
        allow_credentials=[PublicKeyCredentialDescriptor(id=id) for id in known],
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    return options_to_json(options)


def new_key(site: Site, challenge: bytes, attestation: str) -> NewKey | None:
    """The key that a browser has made; None for anything else."""
    if len(attestation) > _LONGEST:
        return None
    try:
        made = webauthn.verify_registration_response(
            credential=attestation, expected_challenge=challenge, expected_rp_id=site.name, expected_origin=site.origin
        )
    except _FAULTS:
        return None
    return NewKey(made.credential_id, made.credential_public_key, made.sign_count)


def id_of(assertion: str) -> bytes | None:
    """Which key a browser says it has asked."""
    if len(assertion) > _LONGEST:
        return None
    try:
        return webauthn.helpers.parse_authentication_credential_json(assertion).raw_id
    except _FAULTS:
        return None


def shown(site: Site, challenge: bytes, assertion: str, public_key: bytes, sign_count: int) -> int | None:
    """The key's count if it has signed the challenge for this site; None for anything else, also for a copied key."""
    try:
        found = webauthn.verify_authentication_response(
            credential=assertion,
            expected_challenge=challenge,
            expected_rp_id=site.name,
            expected_origin=site.origin,
            credential_public_key=public_key,
            credential_current_sign_count=sign_count,
        )
    except _FAULTS:
        return None
    return found.new_sign_count
