"""A cluster of PostgreSQL is made whole or not at all, by whoever starts it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from deploy.local.postgres import Cluster, Postgres


def test_a_cluster_that_was_cut_off_while_it_was_made_is_made_anew(tmp_path: Path) -> None:
    half = tmp_path / "data.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")  # what initdb writes first
    server = Postgres(tmp_path / "data")
    try:
        assert server.create(["whole"]) == ["whole"]
    finally:
        server.stop()
    assert not half.exists()


def test_a_locale_that_the_machine_has_not_is_no_hindrance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "xx_YY.UTF-8")
    Cluster(tmp_path / "data").prepare()
    assert (tmp_path / "data" / "PG_VERSION").exists()


def test_what_kept_a_cluster_from_being_made_is_told() -> None:
    with pytest.raises(RuntimeError, match=r"(?s)/proc/data could not be made:.*No such file or directory"):
        Cluster(Path("/proc/data")).prepare()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory away")
def test_a_cluster_that_another_user_made_is_left_alone(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path / "data")
    cluster.prepare()
    os.chown(cluster.directory, 1, 1)
    with pytest.raises(RuntimeError, match=r"was made when daemon started the stack"):
        cluster.prepare()
    assert cluster.directory.stat().st_uid == 1
