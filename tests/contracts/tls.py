"""A server that asks each client for a certificate, and the authority that both are of."""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from deploy.local.ports import HOST


class TlsServer:
    """`seen` has the names of the clients whose handshake succeeded; then it hangs up."""

    def __init__(self, home: Path) -> None:
        home.mkdir()
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._authority = _signed("authority", self._key, "authority", self._key, is_authority=True)
        self.seen: list[str] = []
        own = self.identity_of("kafka")
        for name, content in own.items():
            (home / name).write_bytes(content)
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(home / "user.crt", home / "user.key")
        self._context.load_verify_locations(home / "ca.crt")
        self._context.verify_mode = ssl.CERT_REQUIRED
        self._listener = socket.create_server((HOST, 0))
        self.port: int = self._listener.getsockname()[1]

    def identity_of(self, name: str) -> dict[str, bytes]:
        """The keys of Secret `kafka`."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _signed(name, key, "authority", self._key, is_authority=False)
        return {
            "ca.crt": self._authority.public_bytes(serialization.Encoding.PEM),
            "user.crt": certificate.public_bytes(serialization.Encoding.PEM),
            "user.key": key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            ),
        }

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                plain, _ = self._listener.accept()
            except OSError:
                return
            # With TLS 1.3 the client's certificate comes after its own handshake is done.
            with suppress(OSError), self._context.wrap_socket(plain, server_side=True) as shown:
                shown_to_us = x509.load_der_x509_certificate(shown.getpeercert(binary_form=True) or b"")
                (name,) = shown_to_us.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
                self.seen.append(str(name.value))


def _signed(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    by: str,
    with_key: ec.EllipticCurvePrivateKey,
    *,
    is_authority: bool,
) -> x509.Certificate:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, by)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), critical=False)
        .sign(with_key, hashes.SHA256())
    )
