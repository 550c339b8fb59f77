"""The ward's electronic seal on papers: PAdES signatures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class SealStatus:
    """What a check of a sealed PDF found."""

    intact: bool  # the bytes under the signature are as they were signed
    trusted: bool  # and the seal's certificate leads to the given root
    covers_whole_document: bool  # nothing was added after signing
    signer: str  # common name in the seal's certificate; empty where there is no signature
    signed_at: datetime | None = None  # as the signature claims


class Seal:
    def __init__(self, private_key_pem: bytes, certificate_pem: bytes, root_pem: bytes, *, tsa_url: str = "") -> None:
        raise NotImplementedError

    @classmethod
    def load(cls, directory: Path, ward: str, *, tsa_url: str = "") -> Seal:
        """The seal of a ward from `<ward>.key.pem`, `<ward>.cert.pem` in `directory` and `root.pem` above it."""
        raise NotImplementedError

    def sign(self, pdf: bytes, *, reason: str, location: str, signed_at: datetime) -> bytes:
        """The PDF with the ward's PAdES signature added."""
        raise NotImplementedError


def verify(pdf: bytes, root_pem: bytes, *, at: datetime | None = None) -> SealStatus:
    """Checks the last signature on a PDF; `at` is when the certificate must have been valid (now by default)."""
    raise NotImplementedError
