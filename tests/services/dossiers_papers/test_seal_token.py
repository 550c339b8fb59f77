"""The seal with a key in a token, through PKCS#11; SoftHSM replaces the hardware."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pkcs11
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from pkcs11 import TokenFlag

from services.chassis.clock import VIETNAM
from services.chassis.refusal import Kind, Refusal
from services.dossiers.adapters import seal_keys
from services.dossiers.adapters.seal import Seal, verify
from services.dossiers.adapters.seal_keys import TokenKey
from services.dossiers.settings import Settings
from tests.conftest import NAM_DUONG
from tests.services.dossiers_papers.making import pdf as blank_pdf

PIN = "2468-1357"
OTHER_WARD = "20227"
SIGNED_AT = datetime(2020, 10, 6, 10, 30, tzinfo=VIETNAM)
MODULES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
)


@pytest.fixture(scope="module")
def module() -> Path:
    found = next((Path(path) for path in MODULES if Path(path).exists()), None)
    if found is None or shutil.which("softhsm2-util") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("SoftHSM holds the keys of these tests and is not on this machine")
        pytest.skip("SoftHSM holds the keys of these tests and is not on this machine (Debian: softhsm2)")
    return found


@pytest.fixture(scope="module")
def store(module: Path, keys: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """SoftHSM's directory, with a token of phường Nam Dương in which its seal's key is, and a key of another ward."""
    home = tmp_path_factory.mktemp("softhsm")
    tokens = home / "tokens"
    tokens.mkdir()
    configuration = home / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(configuration))
        softhsm("--init-token", "--free", "--label", f"caunoi-{NAM_DUONG}", "--pin", PIN, "--so-pin", "so-12345678")
        for ward, id in ((NAM_DUONG, "01"), (OTHER_WARD, "02")):
            bring_in(keys / "seals" / f"{ward}.key.pem", f"seal-{ward}", id)
        yield tokens
        pkcs11.unload(str(module))


def softhsm(*arguments: str) -> None:
    subprocess.run(["softhsm2-util", *arguments], check=True, capture_output=True)


def bring_in(key_file: Path, label: str, id: str) -> None:
    token = ("--token", f"caunoi-{NAM_DUONG}", "--pin", PIN)
    softhsm("--import", str(key_file), *token, "--label", label, "--id", id)


@pytest.fixture
def key(module: Path, store: Path) -> TokenKey:
    return TokenKey(module, token=f"caunoi-{NAM_DUONG}", label=f"seal-{NAM_DUONG}", pin=PIN)


@pytest.fixture
def seal(key: TokenKey, keys: Path) -> Seal:
    return Seal.load(keys / "seals", NAM_DUONG, keys / "root.pem", key=key)


@pytest.fixture(scope="module")
def root(keys: Path) -> bytes:
    return (keys / "root.pem").read_bytes()


def sealed_by(seal: Seal) -> bytes:
    return seal.sign(blank_pdf(), reason="Cấp giấy khai sinh", location="Phường Nam Dương", signed_at=SIGNED_AT)


def test_a_paper_sealed_with_a_key_in_a_token_is_whole_and_trusted(seal: Seal, root: bytes) -> None:
    status = verify(sealed_by(seal), root)

    assert (status.intact, status.trusted, status.covers_whole_document) == (True, True, True)
    assert status.signer == "Ủy ban nhân dân Phường Nam Dương"
    assert status.signed_at == SIGNED_AT.astimezone(UTC)


def test_the_environment_says_which_token_and_key(
    module: Path, store: Path, keys: Path, root: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seals = tmp_path / "seals"
    seals.mkdir()
    shutil.copy(keys / "seals" / f"{NAM_DUONG}.cert.pem", seals)  # and no key file
    (seals / f"{NAM_DUONG}.pin").write_text(PIN + "\n")
    settings = Settings.model_construct(
        seals_directory=seals, seals_root_file=keys / "root.pem", seal_module=str(module), seal_key="another"
    )
    monkeypatch.setenv(f"SEAL_KEY_{NAM_DUONG}", "seal-{ward}")

    assert verify(sealed_by(Seal.of(settings, NAM_DUONG)), root).trusted


def test_an_rsa_key_in_a_token_seals_as_well(module: Path, store: Path, tmp_path: Path) -> None:
    own = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = own.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "rsa.pem").write_bytes(private)
    bring_in(tmp_path / "rsa.pem", "rsa", "03")
    certificate = self_signed(own).public_bytes(serialization.Encoding.PEM)
    key = TokenKey(module, token=f"caunoi-{NAM_DUONG}", label="rsa", pin=PIN)

    assert verify(sealed_by(Seal(key, certificate, certificate)), certificate).intact


def self_signed(key: rsa.RSAPrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Con dấu RSA")])
    usage = {"key_encipherment": False, "data_encipherment": False, "key_agreement": False, "crl_sign": False}
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True,
                content_commitment=True,
                key_cert_sign=True,
                encipher_only=False,
                decipher_only=False,
                **usage,
            ),
            critical=True,
        )
        .sign(key, hashes.SHA256())
    )


def test_many_threads_and_keys_of_one_token_may_seal_at_once(
    seal: Seal, module: Path, store: Path, keys: Path, root: bytes
) -> None:
    beside = TokenKey(module, token=f"caunoi-{NAM_DUONG}", label=f"seal-{OTHER_WARD}", pin=PIN)
    seals = [seal, Seal.load(keys / "seals", OTHER_WARD, keys / "root.pem", key=beside)] * 4

    with ThreadPoolExecutor(4) as pool:
        assert all(verify(each, root).trusted for each in pool.map(sealed_by, seals))


def test_a_token_that_was_reset_seals_again(seal: Seal, module: Path, root: bytes) -> None:
    pkcs11.lib(str(module)).reinitialize()  # all sessions are gone

    assert verify(sealed_by(seal), root).trusted


def test_a_token_that_is_away_is_told_and_used_again_when_it_is_back(
    seal: Seal, module: Path, store: Path, root: bytes
) -> None:
    with away(store, module), pytest.raises(Refusal) as refused:
        sealed_by(seal)

    assert (refused.value.kind, refused.value.type) == (Kind.UNAVAILABLE, "seal-unavailable")
    assert verify(sealed_by(seal), root).trusted


def test_the_service_starts_while_the_token_is_away(
    key: TokenKey, keys: Path, module: Path, store: Path, root: bytes
) -> None:
    with away(store, module):
        seal = Seal.load(keys / "seals", NAM_DUONG, keys / "root.pem", key=key)

    assert verify(sealed_by(seal), root).trusted


class away:  # noqa: N801  # reads as what it is
    """The token is pulled out for the length of the block."""

    def __init__(self, store: Path, module: Path) -> None:
        self.store, self.module = store, module

    def __enter__(self) -> None:
        self.store.rename(self.store.with_name("elsewhere"))
        self.store.mkdir()
        pkcs11.lib(str(self.module)).reinitialize()

    def __exit__(self, *_: object) -> None:
        self.store.rmdir()
        self.store.with_name("elsewhere").rename(self.store)
        pkcs11.lib(str(self.module)).reinitialize()


def test_a_key_of_another_ward_in_the_token_is_refused_at_the_start(module: Path, store: Path, keys: Path) -> None:
    other = TokenKey(module, token=f"caunoi-{NAM_DUONG}", label=f"seal-{OTHER_WARD}", pin=PIN)

    with pytest.raises(ValueError, match="does not belong"):
        Seal.load(keys / "seals", NAM_DUONG, keys / "root.pem", key=other)


def test_a_key_of_another_ward_is_found_out_before_the_first_paper_where_the_token_was_away(
    module: Path, store: Path, keys: Path
) -> None:
    other = TokenKey(module, token=f"caunoi-{NAM_DUONG}", label=f"seal-{OTHER_WARD}", pin=PIN)
    with away(store, module):
        seal = Seal.load(keys / "seals", NAM_DUONG, keys / "root.pem", key=other)

    with pytest.raises(Refusal) as refused:
        sealed_by(seal)

    assert (refused.value.kind, refused.value.type) == (Kind.BROKEN, "seal-broken")


def test_a_key_that_is_not_in_the_token_is_refused_at_the_start(module: Path, store: Path, keys: Path) -> None:
    with pytest.raises(ValueError, match="seal-broken"):
        Seal.load(
            keys / "seals",
            NAM_DUONG,
            keys / "root.pem",
            key=TokenKey(module, token=f"caunoi-{NAM_DUONG}", label="none", pin=PIN),
        )


def test_a_wrong_pin_is_tried_once_and_not_again_after_a_restart(module: Path, store: Path, keys: Path) -> None:
    """Each wrong PIN brings the token nearer to locking itself; a process that restarts and restarts would do it."""
    tried = []
    for pin in ("0000", PIN):  # the second process has the right one, and does not know that
        pkcs11.lib(str(module)).reinitialize()  # nobody is logged in: a process of its own
        tried.append(TokenKey(module, token=f"caunoi-{NAM_DUONG}", label=f"seal-{NAM_DUONG}", pin=pin))
        with pytest.raises(ValueError, match="seal-broken"):
            Seal.load(keys / "seals", NAM_DUONG, keys / "root.pem", key=tried[-1])
    with pytest.raises(Refusal, match="seal-broken"):
        tried[0].sign(b"")

    pkcs11.lib(str(module)).get_token(token_label=f"caunoi-{NAM_DUONG}").open(user_pin=PIN).close()  # the operator

    assert TokenKey(module, token=f"caunoi-{NAM_DUONG}", label=f"seal-{NAM_DUONG}", pin=PIN).sign(b"")


def test_a_wrong_pin_is_tried_once_where_the_token_does_not_tell_of_it_either(
    module: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pkcs11.lib(str(module)).reinitialize()
    monkeypatch.setattr(seal_keys, "TokenFlag", SimpleNamespace(USER_PIN_COUNT_LOW=TokenFlag.SO_PIN_LOCKED))
    key = TokenKey(module, token=f"caunoi-{NAM_DUONG}", label=f"seal-{NAM_DUONG}", pin="0000")

    for _ in range(2):
        with pytest.raises(Refusal, match="seal-broken"):
            key.sign(b"")

    pkcs11.lib(str(module)).get_token(token_label=f"caunoi-{NAM_DUONG}").open(user_pin=PIN).close()  # the operator


def test_a_module_that_is_not_there_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no PKCS#11 module"):
        TokenKey(tmp_path / "module.so", token="x", label="y", pin="z")
