"""The ward's seal: what it covers, whom it comes from, and what breaks it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deploy.local.keys import make_keys
from services.chassis.clock import VIETNAM
from services.chassis.district import District
from services.dossiers.adapters.papers.rendering import render
from services.dossiers.adapters.papers.results import BirthCertificate
from services.dossiers.adapters.seal import Seal, SealStatus, verify
from services.dossiers.adapters.seal_keys import FileKey
from tests.conftest import NAM_DUONG

SIGNED_AT = datetime(2020, 10, 6, 10, 30, tzinfo=VIETNAM)


@pytest.fixture
def pdf(certificate: BirthCertificate) -> bytes:
    return render(certificate)


@pytest.fixture
def root(keys: Path) -> bytes:
    return (keys / "root.pem").read_bytes()


@pytest.fixture
def seal(keys: Path) -> Seal:
    return Seal.load(keys / "seals", NAM_DUONG, keys / "root.pem")


@pytest.fixture
def sealed(seal: Seal, pdf: bytes) -> bytes:
    return seal.sign(pdf, reason="Cấp giấy khai sinh", location="Phường Nam Dương", signed_at=SIGNED_AT)


def test_a_sealed_paper_is_whole_trusted_and_says_who_and_when(sealed: bytes, root: bytes) -> None:
    assert verify(sealed, root) == SealStatus(
        intact=True,
        trusted=True,
        covers_whole_document=True,
        signer="Ủy ban nhân dân Phường Nam Dương",
        signed_at=SIGNED_AT.astimezone(UTC),
    )


def test_the_seal_is_pades_and_leaves_the_paper_as_it_was(sealed: bytes, pdf: bytes) -> None:
    assert sealed.startswith(pdf)
    assert b"/SubFilter /ETSI.CAdES.detached" in sealed


def test_any_altered_byte_of_the_paper_breaks_the_seal(sealed: bytes, pdf: bytes, root: bytes) -> None:
    for place in range(200, len(pdf), len(pdf) // 25):
        altered = bytearray(sealed)
        altered[place] ^= 0x01

        assert not verify(bytes(altered), root).intact, place


def test_content_that_is_added_after_sealing_is_detected(sealed: bytes, root: bytes) -> None:
    status = verify(sealed + b"\n% more\n", root)

    assert not status.covers_whole_document


def test_a_seal_under_another_root_is_intact_but_not_trusted(sealed: bytes, tmp_path: Path, district: District) -> None:
    make_keys(tmp_path, [district.wards[NAM_DUONG]])

    status = verify(sealed, (tmp_path / "root.pem").read_bytes())

    assert (status.intact, status.trusted) == (True, False)


def test_a_certificate_that_had_run_out_is_not_trusted(sealed: bytes, root: bytes) -> None:
    status = verify(sealed, root, at=datetime.now(UTC) + timedelta(days=365 * 20))

    assert (status.intact, status.trusted) == (True, False)


@pytest.mark.parametrize("content", [b"", b"not a PDF", b"%PDF-1.7\n%%EOF"])
def test_a_file_that_is_no_pdf_is_not_intact(content: bytes, root: bytes) -> None:
    assert verify(content, root) == SealStatus(intact=False, trusted=False, covers_whole_document=False, signer="")


def test_a_paper_without_a_seal_is_not_intact(pdf: bytes, root: bytes) -> None:
    assert not verify(pdf, root).intact


def test_a_truncated_seal_is_not_intact(sealed: bytes, root: bytes) -> None:
    for share in (0.5, 0.9, 0.97, 0.999):
        assert not verify(sealed[: int(len(sealed) * share)], root).intact


def test_a_key_of_another_ward_is_refused_at_the_start(keys: Path, root: bytes) -> None:
    seals = keys / "seals"

    with pytest.raises(ValueError, match="does not belong"):
        Seal(FileKey((seals / "20227.key.pem").read_bytes()), (seals / f"{NAM_DUONG}.cert.pem").read_bytes(), root)


def test_a_certificate_of_another_root_is_refused_at_the_start(keys: Path, tmp_path: Path, district: District) -> None:
    make_keys(tmp_path, [district.wards[NAM_DUONG]])

    with pytest.raises(ValueError, match="did not issue"):
        Seal.load(keys / "seals", NAM_DUONG, tmp_path / "root.pem")


def test_a_time_without_zone_is_refused(seal: Seal, pdf: bytes) -> None:
    with pytest.raises(ValueError, match="zone"):
        seal.sign(pdf, reason="x", location="y", signed_at=datetime(2020, 10, 6))


def test_many_threads_may_seal_at_once(seal: Seal, pdf: bytes, root: bytes) -> None:
    with ThreadPoolExecutor(4) as pool:
        sealed = pool.map(lambda _: seal.sign(pdf, reason="x", location="y", signed_at=SIGNED_AT), range(8))

        assert all(verify(each, root).trusted for each in sealed)
