"""A cluster of PostgreSQL is made whole or not at all, by whoever starts it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.postgres import Cluster, Postgres


@pytest.fixture
def place() -> Iterator[Path]:
    """Not pytest's: where tests run as root, the server's user has to come in, and each pytest closes it anew."""
    with tempfile.TemporaryDirectory(prefix="caunoi-postgres-") as directory:
        yield Path(directory)


def test_a_cluster_that_was_cut_off_while_it_was_made_is_made_anew(place: Path) -> None:
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


def test_what_kept_a_cluster_from_being_made_is_told() -> None:
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
