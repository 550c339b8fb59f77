"""The jobs of a ward's night, done in this process on the databases of a running stack."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import psutil
import structlog

from services.chassis.clock import VIETNAM, SystemClock
from services.chassis.housekeeping import purge
from services.chassis.service import cells_of
from services.dossiers.adapters.payment_provider import Order
from services.dossiers.domain.payments import Payment
from services.dossiers.service import SERVICE, DossiersParts, build
from services.dossiers.settings import Settings
from services.dossiers.use_cases.clock.stray_files import sweep_files
from services.dossiers.use_cases.clock.sweep import sweep_once
from services.dossiers.use_cases.fees.payments import reconcile
from services.dossiers.use_cases.papers.certificates import make_round
from services.dossiers.use_cases.registers.books import keep_open
from services.dossiers.use_cases.registers.registration import verify_book
from services.dossiers.use_cases.unit import Workplace
from tests.load.fill import FILENAME
from tests.load.stacks import RunningStack

FILES, PAYMENTS = 500, 50
Job = Callable[[str], int]


class Once(threading.Event):
    """Ends a loop after its first round."""

    def wait(self, timeout: float | None = None) -> bool:
        self.set()
        return True


class Reported:
    """A payment provider that reports what was noted long ago."""

    def __init__(self, payments: Sequence[Payment]) -> None:
        self._payments = payments

    def open_order(self, reference: str, amount: int, return_url: str) -> Order:
        raise NotImplementedError("nobody pays here")

    def report(self, day: date) -> Sequence[Payment]:
        return self._payments

    def close(self) -> None:
        pass


@dataclass(frozen=True)
class Jobs:
    """The dossiers service put together for some wards."""

    parts: DossiersParts
    place: Workplace
    year: int

    @classmethod
    def of(cls, stack: RunningStack, wards: Sequence[str]) -> Jobs:
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
        os.environ.update(psutil.Process(stack.pids["dossiers"]).environ())
        os.environ["WARDS"] = ",".join(wards)
        settings = Settings()
        parts = build(settings, cells_of(SERVICE, settings), SystemClock())
        providers: Mapping[str, Any] = {ward: Reported(_payments(stack, ward)) for ward in wards}
        for ward in wards:
            _store_files(stack, parts.place, ward)
        return cls(parts, replace(parts.place, providers=providers), datetime.now(VIETNAM).year - 1)

    def acts(self) -> list[tuple[str, Job]]:
        return [
            ("sweep", self._sweep),
            ("purge", self._purge),
            ("missing certificates", self._make_papers),
            (f"stray files, {FILES} files", self._sweep_files),
            (f"reconcile, {PAYMENTS} payments", self._reconcile),
            ("keep books open", self._keep_open),
            ("verify last year's copies", self._verify),
        ]

    def close(self) -> None:
        self.parts.close()
        for cell in self.place.cells.values():
            cell.database.close()

    def _make_papers(self, ward: str) -> int:
        make_round(self.place, self.place.cells[ward], threading.Event())
        return 0

    def _sweep(self, ward: str) -> int:
        sweep_once(self.place, self.place.cells[ward])
        return 0

    def _purge(self, ward: str) -> int:
        with self.place.cells[ward].database.transaction() as session:
            days = timedelta(days=self.place.settings.outbox_retention_days)
            return sum(purge(session, self.place.clock, days).values())

    def _sweep_files(self, ward: str) -> int:
        deleted = sweep_files(self.place, self.place.cells[ward])
        assert deleted == 0, "all files belong to dossiers"
        return FILES

    def _reconcile(self, ward: str) -> int:
        return len(reconcile(self.place, ward, date.today()))

    def _keep_open(self, ward: str) -> int:
        keep_open(self.place, ward)(Once())
        return 0

    def _verify(self, ward: str) -> int:
        cell = self.place.cells[ward]
        with cell.database.transaction(snapshot=True) as session:
            count, faults = verify_book(cell, session, "copies", self.year)
        assert not faults, faults
        return count


def _store_files(stack: RunningStack, place: Workplace, ward: str) -> None:
    """Files of the newest dossiers, stored two days ago."""
    with stack.connect("dossiers", ward) as connection:
        # The newest are of what is in work: as many of them have an entry in a small ward as in a large one.
        query = "SELECT path FROM documents WHERE filename = %s ORDER BY added_at DESC LIMIT %s"
        paths = [str(path) for (path,) in connection.execute(query, (FILENAME, FILES))]
    store = place.files[ward]
    directory = store._directory  # where its files are made older than they are
    assert directory is not None
    past = time.time() - timedelta(days=2).total_seconds()
    for path in paths:
        store.put(path, b"bench", "image/jpeg")
        os.utime(directory / path, (past, past))


def _payments(stack: RunningStack, ward: str) -> list[Payment]:
    query = "SELECT transaction, reference, amount, paid_at FROM payments ORDER BY transaction LIMIT %s"
    with stack.connect("dossiers", ward) as connection:
        return [Payment(*row) for row in connection.execute(query, (PAYMENTS,))]  # type: ignore[arg-type]  # as selected
