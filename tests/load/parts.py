"""Parts of the system measured on their own: checks of forms, papers, seals, the search in a register."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import psycopg
from sqlalchemy.orm import Session

from deploy.local.keys import make_keys
from deploy.local.process import ROOT
from services.chassis.database.connection import Database
from services.chassis.database.migrations import migrate
from services.chassis.district import load_district
from services.dossiers import listing
from services.dossiers.adapters.papers.rendering import render
from services.dossiers.adapters.seal import Seal
from services.dossiers.domain.search import words
from services.dossiers.forms import findings
from tests.postgres import Postgres
from tests.services.dossiers_papers.samples import ORDINARY
from tests.unit.dossiers.test_every_field import FILINGS

WARD = "20248"
ROUNDS = 30
ENTRIES = 1_000_000
#: The searches of a register; half a million entries have a word of the commonest name.
SEARCHES = ("Nguyễn", "nguyen van", "hung van nguyen", "Trần Thị Lan", "quoc bao", "Hoà", "không có ai")

Row = tuple[str, list[float]]


def rows(share: int = 1) -> Iterator[Row]:
    """A measured request, and its milliseconds each time."""
    yield from _checks()
    yield from _papers()
    yield from _register(ENTRIES // share)


def _checks() -> Iterator[Row]:
    for code, filing in FILINGS.items():
        every_paper = {each.kind for each in filing.procedure.documents}
        yield (
            f"field checks of a form, {code}",
            _times(partial(findings, filing.procedure, filing.form, every_paper, filing.day)),
        )


def _papers() -> Iterator[Row]:
    for name, paper in ORDINARY.items():
        yield f"PDF, {name}", _times(partial(render, paper))
    with tempfile.TemporaryDirectory() as directory:
        keys = Path(directory)
        make_keys(keys, list(load_district(ROOT / "deploy" / "district.toml").cells.values()))
        seal = Seal.load(keys / "seals", WARD, keys / "root.pem")
        pdf = render(ORDINARY["birth_certificate"])
        now = datetime.now(UTC)
        yield "seal on a PDF", _times(lambda: seal.sign(pdf, reason="Cấp giấy tờ hộ tịch", location="", signed_at=now))


def _register(entries: int) -> Iterator[Row]:
    with tempfile.TemporaryDirectory(prefix="caunoi-register-") as directory:
        server = Postgres(Path(directory) / "data", {"fsync": "off", "synchronous_commit": "off"})
        try:
            server.create(["register"])
            migrate("dossiers", server.url("register"))
            with psycopg.connect(server.url("register", "postgresql"), autocommit=True) as connection:
                _fill(connection, entries)
            database = Database(server.url("register"))
            with database.transaction() as session:
                for query in SEARCHES:
                    yield f"search {entries:,} entries: {query}", _times(partial(_found, session, query))
            database.close()
        finally:
            server.stop()


def _found(session: Session, query: str) -> int:
    found = listing.found_entries(
        session,
        "birth",
        words=words(query),
        year=None,
        number=None,
        since=None,
        before=None,
        after=None,
        limit=51,
    )
    session.expunge_all()  # so that the next time reads again
    return len(found)


def _fill(connection: psycopg.Connection[tuple[object, ...]], entries: int) -> None:
    """Entries of forty years with the commonest names of the country, as search sees them; their text is left out."""
    connection.execute("ALTER TABLE register_entries DROP CONSTRAINT register_entries_dossier_id_fkey")
    connection.execute(
        """
        INSERT INTO register_entries (
            id, register, year, number, book, dossier_id, content, previous_digest, digest, registered_at,
            signer_id, signer_name, signer_title, certificate_id, search
        )
        SELECT gen_random_uuid(), 'birth', 1981 + n / 25000, n %% 25000 + 1, '', gen_random_uuid(), '', '', '',
            timestamptz '1981-01-02' + n * interval '21 minutes', '', '', '', n::text,
            array_to_tsvector(ARRAY(SELECT DISTINCT unnest(ARRAY[
                (ARRAY['nguyen', 'nguyen', 'tran', 'le', 'pham', 'hoang', 'huynh', 'phan', 'vo', 'dang'])[n %% 10 + 1],
                (ARRAY['van', 'thi', 'minh', 'thi ngoc', 'quoc', 'duc', 'thanh'])[n %% 7 + 1],
                (ARRAY['hung', 'lan', 'an', 'bao', 'hoa', 'dat', 'linh', 'mai', 'tuan', 'duyen', 'khoa'])[n %% 11 + 1],
                (n %% 25000 + 1)::text
            ])))
        FROM generate_series(0, %s) AS n
        """.replace("%%", "%").replace("%s", str(entries - 1))
    )
    connection.execute("VACUUM ANALYZE register_entries")


def _times(act: Callable[[], object]) -> list[float]:
    act()  # the first pays for what is read once
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        act()
        times.append((time.perf_counter() - began) * 1000)
    return times


def show(share: int = 1) -> None:
    """Prints a table; medians, for machines are noisy."""
    print(f"\n{'milliseconds, each on its own':56}{'median':>9}{'p95':>9}")
    for what, times in rows(share):
        print(f"{what:56}{statistics.median(times):>9.1f}{sorted(times)[int(len(times) * 0.95)]:>9.1f}", flush=True)
