"""A new encryption key, as an operator brings it in, for the tests of every service."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

from sqlalchemy import LargeBinary, MetaData, func, select

from services.chassis.database.connection import Database

#: Bytes of chance, which may begin as sealed ones do.
_DIGESTS = ("digest", "fingerprint", "likeness", "binding", "subject")


def add_key(file: Path, to: Path, ward: str) -> None:
    """Writes the encryption keys of `file` with key "2" beside "1", current in the ward."""
    data = json.loads(file.read_text())
    data["wards"][ward]["keys"]["2"] = base64.b64encode(os.urandom(32)).decode()
    data["wards"][ward]["current"] = "2"
    to.write_text(json.dumps(data))


def retire_key(file: Path, ward: str) -> None:
    data = json.loads(file.read_text())
    del data["wards"][ward]["keys"]["1"]
    file.write_text(json.dumps(data))


def reseal_by_command(service: str, ward: str) -> str:
    """Runs the operator's command with the settings in the environment; returns its output."""
    done = subprocess.run(
        [sys.executable, "-m", f"services.{service}", "reseal", "--ward", ward],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def sealed_with(key: str, database: Database, metadata: MetaData) -> dict[str, int]:
    """For every column of bytes that is no digest: how many values begin like those that the key sealed."""
    mark = f"{key}:".encode()
    found = {}
    with database.transaction() as session:
        for table in metadata.sorted_tables:
            for column in table.columns:
                if isinstance(column.type, LargeBinary) and not column.name.endswith(_DIGESTS):
                    query = select(func.count()).where(func.substring(column, 1, len(mark)) == mark)
                    found[f"{table.name}.{column.name}"] = session.scalar(query) or 0
    return {name: count for name, count in found.items() if count}
