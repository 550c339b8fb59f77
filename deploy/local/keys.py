"""Creates keys for the local stack and the tests: a cluster gets its own as Secrets (docs/runbook.md)."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from joserfc.jwk import ECKey

from services.chassis.district import Ward

SERVICES = ("accounts", "dossiers", "notifications")
_YEARS = timedelta(days=3650)


def make_keys(directory: Path, wards: Sequence[Ward]) -> None:
    """Creates missing keys; existing ones stay, so that data of earlier starts can be read.

    Files: `signing-<service>.json` (private JWK by ward), `trusted.json` (JWK set of all), `encryption-<service>.json`
    (AES keys by ward, one fingerprint key of the district), `root.pem` and `seals/<ward>.{key,cert}.pem`: the ward's
    seal on papers, under a root that only this stack trusts. The practice ward has a fingerprint key and a root
    (`seals/<ward>.root.pem`) of its own, and its seal says that it is not a real one.
    """
    (directory / "seals").mkdir(parents=True, exist_ok=True)
    directory.chmod(0o700)
    real = [ward for ward in wards if not ward.is_practice]
    if not (directory / "complete").exists():
        _make(directory, real, directory / "root.pem", {"fingerprint": _secret()})
        (directory / "complete").touch()
    for ward in wards:
        if ward.is_practice and not (directory / "complete-practice").exists():
            _make(directory, [ward], directory / "seals" / f"{ward.code}.root.pem", {})
            (directory / "complete-practice").touch()


def _make(directory: Path, wards: Sequence[Ward], root: Path, shared: Mapping[str, str]) -> None:
    """Adds the keys of some wards to what the files hold; `shared` is what their encryption keys share."""
    trusted = _read(directory / "trusted.json", {"keys": []})
    for service in SERVICES:
        signing, encryption = directory / f"signing-{service}.json", directory / f"encryption-{service}.json"
        private, rings = _read(signing, {}), _read(encryption, {"wards": {}})
        for ward in wards:
            key = ECKey.generate_key("P-256", parameters={"kid": f"{service}-{ward.code}-1"}, private=True)
            private[ward.code] = key.as_dict(private=True)
            issuer = f"{service}/{ward.code}"
            others = [each for each in trusted["keys"] if each["caunoi_iss"] != issuer]
            trusted["keys"] = [*others, {**key.as_dict(private=False), "caunoi_iss": issuer}]
            own = {"fingerprint": _secret()} if ward.is_practice else {}
            rings["wards"][ward.code] = {"current": "1", "keys": {"1": _secret()}, **own}
        _write(signing, json.dumps(private))
        _write(encryption, json.dumps({**rings, **shared}))
    _write(directory / "trusted.json", json.dumps(trusted))
    _make_seals(directory, wards, root)


def _read(file: Path, otherwise: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(file.read_text()) if file.exists() else otherwise
    return found


def _make_seals(directory: Path, wards: Sequence[Ward], root_file: Path) -> None:
    root_key = ec.generate_private_key(ec.SECP256R1())
    root_name = _name("Cầu Nối: gốc chứng thư để chạy thử")
    root = (
        _certificate(root_name, root_name, root_key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_papers=False), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    _write(root_file, root.public_bytes(serialization.Encoding.PEM).decode())
    for ward in wards:
        key = ec.generate_private_key(ec.SECP256R1())
        signer = f"TẬP THỬ: {ward.name}, không có giá trị" if ward.is_practice else f"Ủy ban nhân dân {ward.name}"
        certificate = (
            _certificate(_name(signer), root_name, key)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_papers=True), critical=True)
            .sign(root_key, hashes.SHA256())
        )
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        _write(directory / "seals" / f"{ward.code}.key.pem", private.decode())
        _write(
            directory / "seals" / f"{ward.code}.cert.pem",
            certificate.public_bytes(serialization.Encoding.PEM).decode(),
        )


def _certificate(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _YEARS)
    )


def _name(common_name: str) -> x509.Name:
    country = x509.NameAttribute(NameOID.COUNTRY_NAME, "VN")
    return x509.Name([country, x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _usage(*, signs_papers: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signs_papers,
        content_commitment=signs_papers,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=not signs_papers,
        crl_sign=not signs_papers,
        encipher_only=False,
        decipher_only=False,
    )


def _secret() -> str:
    return base64.b64encode(os.urandom(32)).decode()


def _write(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o600)
