"""The ward's electronic seal on papers: PAdES signatures (profile B-B; B-T where a time-stamp authority is set)."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import load_pem_x509_certificate
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.sign.timestamps import HTTPTimeStamper
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from services.chassis.refusal import Kind, Refusal
from services.dossiers.adapters.seal_keys import FileKey, SealKey, TokenKey, seal_broken
from services.dossiers.settings import Settings

log = structlog.get_logger()

_FIELD = "Seal"
_SIGNATURE_ROOM = 512  # bytes: RSA with 4096 bits
_UNREADABLE = (PdfError, SignatureValidationError, ValueError, KeyError, TypeError, IndexError, AttributeError)


@dataclass(frozen=True, slots=True)
class SealStatus:
    """What a check of a sealed PDF found."""

    intact: bool  # the bytes under the signature are as they were signed
    trusted: bool  # and the seal's certificate chains to the given root
    covers_whole_document: bool  # nothing was added after signing
    signer: str  # common name in the seal's certificate; empty if there is no signature
    signed_at: datetime | None = None  # in UTC, as the signature claims


class Seal:
    """Signs with the ward's key; thread-safe."""

    def __init__(self, key: SealKey, certificate_pem: bytes, root_pem: bytes, *, tsa_url: str = "") -> None:
        """PEM texts; `tsa_url` is a time-stamp authority (RFC 3161), asked at each signature if it is set.

        Raises ValueError if the key does not belong to the certificate, the root did not issue it, or the key needs an
        operator, so that this is noticed at the start and not at a signature. A token that cannot be reached is only
        logged, because papers can wait and the rest of the service cannot.
        """
        certificate = load_pem_x509_certificate(certificate_pem)
        _check_issuer(certificate, root_pem)
        self._signer = _KeySigner(key, certificate, _certificate(certificate_pem))
        self._timestamper = HTTPTimeStamper(tsa_url, timeout=5) if tsa_url else None
        self._try_out()

    @classmethod
    def load(cls, directory: Path, ward: str, root: Path, *, key: SealKey | None = None, tsa_url: str = "") -> Seal:
        """The seal of a ward: `<ward>.cert.pem` in `directory`, and `<ward>.key.pem` unless the key is given.

        `root` issued it, or one of the ward's own (`<ward>.root.pem` in `directory`).
        """
        own = directory / f"{ward}.root.pem"
        return cls(
            key or FileKey((directory / f"{ward}.key.pem").read_bytes()),
            (directory / f"{ward}.cert.pem").read_bytes(),
            (own if own.exists() else root).read_bytes(),
            tsa_url=tsa_url,
        )

    @classmethod
    def of(cls, settings: Settings, ward: str) -> Seal:
        """The seal by the settings: the key from a file, or from a token if there is a PKCS#11 module."""
        directory = settings.seals_directory
        if not settings.seal_module:
            return cls.load(directory, ward, settings.seals_root_file)
        key = TokenKey(
            Path(settings.seal_module),
            token=settings.for_ward("seal_token", ward),
            label=settings.for_ward("seal_key", ward),
            pin=(directory / f"{ward}.pin").read_text().strip(),
        )
        return cls.load(directory, ward, settings.seals_root_file, key=key)

    def _try_out(self) -> None:
        try:
            self._signer.signature(b"")
        except Refusal as refusal:
            if refusal.kind is Kind.UNAVAILABLE:
                log.warning("seal-unavailable-at-start")
                return
            raise ValueError(f"The seal's key cannot be used: {refusal.type}") from refusal

    def sign(self, pdf: bytes, *, reason: str, location: str, signed_at: datetime) -> bytes:
        """The PDF with an invisible PAdES signature appended after the unchanged given bytes.

        `signed_at` is aware. Signing the same twice gives different bytes (ECDSA is random): store the first. Refusal
        UNAVAILABLE `seal-unavailable` or BROKEN `seal-broken` if the key cannot be used.
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
        try:
            signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), output=out)
        except _WrongKeyError as error:  # the token was away at the start
            log.exception("seal-key-of-another-certificate")
            raise seal_broken() from error
        return out.getvalue()


class _WrongKeyError(ValueError):
    pass


class _KeySigner(Signer):
    """Lets our key sign for the library; each signature is verified before use."""

    def __init__(self, key: SealKey, certificate: x509.Certificate, signing_cert: Any) -> None:
        # asn1crypto parses a name lazily, into an object that other threads can see half parsed.
        _ = signing_cert.subject.native
        super().__init__(
            signing_cert=signing_cert,
            cert_registry=SimpleCertificateStore(),  # type: ignore[no-untyped-call]  # as the library has it
            embed_roots=False,
        )
        public = certificate.public_key()
        if not isinstance(public, ec.EllipticCurvePublicKey | rsa.RSAPublicKey):
            raise ValueError("A seal's certificate is for EC or RSA")  # noqa: TRY004  # a wrong file, not a wrong type
        self._key, self._public = key, public

    def signature(self, data: bytes) -> bytes:
        """A signature. Raises _WrongKeyError if the key does not belong to the certificate."""
        made = self._key.sign(data)
        try:
            if isinstance(self._public, rsa.RSAPublicKey):
                self._public.verify(made, data, PKCS1v15(), SHA256())
            else:
                self._public.verify(made, data, ec.ECDSA(SHA256()))
        except InvalidSignature as error:
            raise _WrongKeyError("The seal's key does not belong to its certificate") from error
        return made

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        return bytes(_SIGNATURE_ROOM) if dry_run else self.signature(data)


class _TimedSigner(PdfSigner):
    """Signs with our time of signing; pyHanko would take the machine's clock."""

    signed_at: datetime

    def init_signing_session(self, pdf_out: BasePdfFileWriter, existing_fields_only: bool = False) -> PdfSigningSession:
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self.signed_at
        return session


def verify(pdf: bytes, root_pem: bytes, *, at: datetime | None = None) -> SealStatus:
    """Checks the last signature on a PDF against one root, without network.

    `at` is when the seal's certificate must have been valid; by default now. A file that is not a PDF or carries no
    signature is not intact.
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


def _check_issuer(certificate: x509.Certificate, root_pem: bytes) -> None:
    try:
        certificate.verify_directly_issued_by(load_pem_x509_certificate(root_pem))
    except Exception as error:  # cryptography raises InvalidSignature, ValueError or TypeError: all mean the same
        raise ValueError("The root did not issue the seal's certificate") from error
