"""A cluster of PostgreSQL is created completely or not at all, by any user."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.postgres import Cluster
from tests.postgres import Postgres


@pytest.fixture
def place() -> Iterator[Path]:
    """Not pytest's: if tests run as root, the server's user needs access, and each pytest run removes it again."""
    with tempfile.TemporaryDirectory(prefix="caunoi-postgres-") as directory:
        yield Path(directory)


def test_a_cluster_whose_creation_was_interrupted_is_created_again(place: Path) -> None:
    half = place / "data.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")  # what initdb writes first
    server = Postgres(place / "data")
    try:
        assert server.create(["whole"]) == ["whole"]
    finally:
        server.stop()
    assert not half.exists()


def test_a_locale_that_the_machine_has_not_is_no_hindrance(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "xx_YY.UTF-8")
    Cluster(place / "data").prepare()
    assert (place / "data" / "PG_VERSION").exists()


def test_the_reason_why_a_cluster_cannot_be_created_is_shown() -> None:
    with pytest.raises(RuntimeError, match=r"(?s)/proc/data could not be made:.*No such file or directory"):
        Cluster(Path("/proc/data")).prepare()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory away")
def test_a_cluster_that_another_user_made_is_left_alone(place: Path) -> None:
    cluster = Cluster(place / "data")
    cluster.prepare()
    os.chown(cluster.directory, 1, 1)
    with pytest.raises(RuntimeError, match=r"was made when daemon started the stack"):
        cluster.prepare()
    assert cluster.directory.stat().st_uid == 1
