"""The ward's electronic seal on papers: PAdES signatures (profile B-B; B-T where a time-stamp authority is set)."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from cryptography.x509 import load_pem_x509_certificate
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.keys.pemder import load_private_key_from_pemder_data
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.sign.timestamps import HTTPTimeStamper
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

_FIELD = "Seal"
_UNREADABLE = (PdfError, SignatureValidationError, ValueError, KeyError, TypeError, IndexError, AttributeError)


@dataclass(frozen=True, slots=True)
class SealStatus:
    """What a check of a sealed PDF found."""

    intact: bool  # the bytes under the signature are as they were signed
    trusted: bool  # and the seal's certificate leads to the given root
    covers_whole_document: bool  # nothing was added after signing
    signer: str  # common name in the seal's certificate; empty where there is no signature
    signed_at: datetime | None = None  # in UTC, as the signature claims


class Seal:
    """Signs in this process with the ward's key; safe to use from many threads at once."""

    def __init__(self, private_key_pem: bytes, certificate_pem: bytes, root_pem: bytes, *, tsa_url: str = "") -> None:
        """PEM texts; `tsa_url` is a time-stamp authority (RFC 3161), asked at each signature where it is set.

        Raises ValueError where the key does not belong to the certificate or the root did not issue it: better at
        the start than on paper.
        """
        _check(private_key_pem, certificate_pem, root_pem)
        self._signer = SimpleSigner(
            signing_cert=_certificate(certificate_pem),
            signing_key=load_private_key_from_pemder_data(private_key_pem, passphrase=None),
            cert_registry=SimpleCertificateStore(),  # type: ignore[no-untyped-call]  # as the library has it
            embed_roots=False,
        )
        self._timestamper = HTTPTimeStamper(tsa_url, timeout=5) if tsa_url else None

    @classmethod
    def load(cls, directory: Path, ward: str, *, root: Path | None = None, tsa_url: str = "") -> Seal:
        """The seal of a ward: `<ward>.key.pem` and `<ward>.cert.pem` in `directory`; `root`, or `root.pem` above it."""
        return cls(
            (directory / f"{ward}.key.pem").read_bytes(),
            (directory / f"{ward}.cert.pem").read_bytes(),
            (root or directory.parent / "root.pem").read_bytes(),
            tsa_url=tsa_url,
        )

    def sign(self, pdf: bytes, *, reason: str, location: str, signed_at: datetime) -> bytes:
        """The PDF with an invisible PAdES signature appended; the bytes given stand unchanged before it.

        `signed_at` is aware. Signing twice the same gives different bytes (ECDSA is random): store the first.
        """
        if signed_at.tzinfo is None:
            raise ValueError("signed_at needs a time zone")
        signer = _TimedSigner(
            PdfSignatureMetadata(
                field_name=_FIELD,
                reason=reason,
                location=location,
                md_algorithm="sha256",
                subfilter=SigSeedSubFilter.PADES,
            ),
            signer=self._signer,
            timestamper=self._timestamper,
            new_field_spec=SigFieldSpec(_FIELD),
        )
        signer.signed_at = signed_at.replace(microsecond=0)
        out = io.BytesIO()
        signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), output=out)
        return out.getvalue()


class _TimedSigner(PdfSigner):
    """pyHanko takes the machine's clock; the time of signing is ours to say."""

    signed_at: datetime

    def init_signing_session(self, pdf_out: BasePdfFileWriter, existing_fields_only: bool = False) -> PdfSigningSession:
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self.signed_at
        return session


def verify(pdf: bytes, root_pem: bytes, *, at: datetime | None = None) -> SealStatus:
    """Checks the last signature on a PDF against one root, without network.

    `at` is when the seal's certificate must have been valid: now, where nothing is given. A file that is not a PDF
    or carries no signature is not intact.
    """
    try:
        signatures = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures
        if not signatures:
            return SealStatus(intact=False, trusted=False, covers_whole_document=False, signer="")
        trust = ValidationContext(trust_roots=[_certificate(root_pem)], allow_fetching=False, moment=at)
        status = validate_pdf_signature(signatures[-1], trust)
        name = status.signing_cert.subject.native.get("common_name", "")
        claimed = status.signer_reported_dt
    except _UNREADABLE:
        return SealStatus(intact=False, trusted=False, covers_whole_document=False, signer="")
    intact = bool(status.intact and status.valid)
    return SealStatus(
        intact=intact,
        trusted=bool(intact and status.trusted),
        covers_whole_document=bool(intact and status.coverage == SignatureCoverageLevel.ENTIRE_FILE),
        signer=str(name),
        signed_at=claimed.astimezone(UTC) if claimed else None,
    )


def _certificate(pem: bytes) -> Any:  # asn1crypto's certificate: the library has no types
    return next(iter(load_certs_from_pemder_data(pem)))


def _check(private_key_pem: bytes, certificate_pem: bytes, root_pem: bytes) -> None:
    key = load_pem_private_key(private_key_pem, password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey), "seals are EC or RSA"
    certificate = load_pem_x509_certificate(certificate_pem)
    own, certified = (
        public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        for public in (key.public_key(), certificate.public_key())
    )
    if own != certified:
        raise ValueError("The seal's key does not belong to its certificate")
    try:
        certificate.verify_directly_issued_by(load_pem_x509_certificate(root_pem))
    except Exception as error:  # cryptography raises InvalidSignature, ValueError or TypeError: all mean the same
        raise ValueError("The root did not issue the seal's certificate") from error
