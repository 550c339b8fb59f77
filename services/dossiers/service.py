"""The dossiers service as the chassis runs it."""

from __future__ import annotations

import argparse
import threading
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import grpc
from caunoi.dossiers.v1 import captures_pb2, captures_pb2_grpc, dossiers_pb2, dossiers_pb2_grpc

from services.chassis.cells import Cells
from services.chassis.clock import Clock, SystemClock, today_in_vietnam
from services.chassis.events.envelope import topic_of
from services.chassis.events.inbox import Handler
from services.chassis.grpc.rpc import servicer
from services.chassis.practice import wiping
from services.chassis.service import Command, Service
from services.chassis.settings import ServiceSettings
from services.chassis.work import Loop
from services.dossiers.access import RULES
from services.dossiers.adapters import file_worker
from services.dossiers.adapters.accounts import Accounts
from services.dossiers.adapters.calendar import VietnamCalendar
from services.dossiers.adapters.files import S3, Files
from services.dossiers.adapters.papers.blanks import load_blanks
from services.dossiers.adapters.payment_provider import (
    PracticeProvider,
    Provider,
    ProviderFault,
    bank_account_of,
    provider_of,
)
from services.dossiers.adapters.seal import Seal
from services.dossiers.catalogue import Catalogue, load_fees, read_not_online
from services.dossiers.domain.deadlines import WorkingHours
from services.dossiers.domain.register import REGISTERS
from services.dossiers.handlers import handlers
from services.dossiers.register_books import all_books
from services.dossiers.sealed import SEALED
from services.dossiers.servicer import CAPTURES, RPCS
from services.dossiers.settings import Settings
from services.dossiers.tables import Base
from services.dossiers.use_cases.clock.stray_files import delete_stray_files
from services.dossiers.use_cases.clock.sweep import sweep
from services.dossiers.use_cases.fees.payments import Outcome, reconcile, reconcile_daily
from services.dossiers.use_cases.findable import make_all_findable
from services.dossiers.use_cases.papers.certificates import make_missing
from services.dossiers.use_cases.practice.forgetting import wipe
from services.dossiers.use_cases.practice.office import answering
from services.dossiers.use_cases.registers.books import keep_open
from services.dossiers.use_cases.registers.registration import verify_book
from services.dossiers.use_cases.unit import Workplace

CONTRACT = dossiers_pb2.DESCRIPTOR.services_by_name["DossiersService"]
CAPTURES_CONTRACT = captures_pb2.DESCRIPTOR.services_by_name["CapturesService"]


class DossiersParts:
    """The parts of the service."""

    def __init__(self, place: Workplace) -> None:
        self.place = place

    def register(self, server: grpc.Server) -> None:
        file_worker.start()  # so that nobody's first file waits for it
        made = servicer(CONTRACT, dossiers_pb2_grpc.DossiersServiceServicer, self.place, RPCS)
        dossiers_pb2_grpc.add_DossiersServiceServicer_to_server(made, server)
        captures = servicer(CAPTURES_CONTRACT, captures_pb2_grpc.CapturesServiceServicer, self.place, CAPTURES)
        captures_pb2_grpc.add_CapturesServiceServicer_to_server(captures, server)

    def handlers(self, ward: str) -> Mapping[str, Handler]:
        return handlers(self.place, ward)

    def loops(self, ward: str) -> Sequence[Loop]:
        reconciling = [reconcile_daily(self.place, ward)] if ward in self.place.providers else []
        always = (make_missing, keep_open, sweep, delete_stray_files)
        cell = self.place.cells[ward]
        practising = (
            [answering(self.place, ward), wiping(cell, self.place.clock, wipe(self.place, ward))]
            if cell.ward.is_practice
            else []
        )
        return [*(loop(self.place, ward) for loop in always), *reconciling, *practising]

    def close(self) -> None:
        self.place.accounts.close()
        for provider in self.place.providers.values():
            provider.close()


def build(settings: Settings, cells: Cells, clock: Clock) -> DossiersParts:
    """Reads procedures, calendar, working hours and seals; ValueError or OSError says what is missing or wrong."""
    every = Catalogue.load(settings.procedures_directory)
    fees = load_fees(settings.fees_file, every)
    catalogue = every.asking_exemptions(fees)
    # Whatever the settings say, no real money is asked for in the practice ward.
    real = [code for code, cell in cells.items() if not cell.ward.is_practice]
    providers: dict[str, Provider | None] = {ward: provider_of(settings, ward, clock) for ward in real}
    providers |= {ward: PracticeProvider() for ward in cells if ward not in real}
    banks = {ward: bank_account_of(settings, ward) for ward in real}
    return DossiersParts(
        Workplace(
            settings=settings,
            cells=cells,
            clock=clock,
            catalogue=catalogue,
            calendar=VietnamCalendar.load(),
            hours={ward: WorkingHours.parse(settings.for_ward("working_hours", ward)) for ward in cells},
            # Whatever the settings say, every procedure can be practised.
            not_online={
                ward: read_not_online(settings.for_ward("procedures_not_online", ward), catalogue, ward)
                for ward in real
            },
            files={ward: _files(settings, ward) for ward in cells},
            seals={ward: Seal.of(settings, ward) for ward in cells},
            accounts=Accounts(lambda ward: settings.for_ward("accounts_address", ward), cells),
            signed={ward: threading.Event() for ward in cells},
            fees=fees,
            providers={ward: provider for ward, provider in providers.items() if provider is not None},
            banks={ward: bank for ward, bank in banks.items() if bank is not None},
            blanks={ward: load_blanks(Path(settings.for_ward("blanks_directory", ward))) for ward in cells},
        )
    )


def _files(settings: Settings, ward: str) -> Files:
    endpoint, region, key, secret = (
        settings.for_ward(f"files_{name}", ward) for name in ("endpoint", "region", "access_key", "secret_key")
    )
    return Files(settings.for_ward("files_url", ward), S3(endpoint, region, key, secret))


def _register_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--ward", required=True)
    parser.add_argument("--register", choices=REGISTERS, help="only this one; otherwise all")
    parser.add_argument("--year", type=int, help="only this one; otherwise all")


def verify_register(options: Any, _settings: ServiceSettings, cells: Cells, _clock: Clock) -> int:
    """Verifies the books of a ward, or those of one register or year, and prints their faults.

    Returns 0 if there are such books and no faults.
    """
    cell = cells[options.ward]
    with cell.database.transaction() as session:
        books = [
            (register, year)
            for register, year in all_books(session)
            if options.register in (None, register) and options.year in (None, year)
        ]
    is_faulty = not books
    for register, year in books:
        with cell.database.transaction(snapshot=True) as session:  # the office goes on signing meanwhile
            count, faults = verify_book(cell, session, register, year)
        for fault in faults:
            print(f"{register} {year}/{fault.number}: {fault.text}")
        print(f"{register} {year}, ward {options.ward}: {count} entries, {len(faults)} faults")
        is_faulty = is_faulty or bool(faults)
    if not books:
        print(f"ward {options.ward} keeps no such book")
    return 1 if is_faulty else 0


def _day_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--ward", required=True)
    parser.add_argument("--day", type=date.fromisoformat, default=today_in_vietnam(SystemClock()), help="in Việt Nam")


def reconcile_day(options: Any, settings: Any, cells: Cells, clock: Clock) -> int:
    """Settles the payments of a day that no callback reported, and prints those that match no fee.

    Returns 0 if all match.
    """
    parts = build(settings, cells, clock)
    try:
        noted = reconcile(parts.place, options.ward, options.day)
    except (LookupError, ProviderFault) as fault:
        print(f"not reconciled: {fault if isinstance(fault, ProviderFault) else 'the ward has no payment provider'}")
        return 2
    finally:
        parts.close()
    unmatched = [one for one in noted if one.outcome != Outcome.SETTLED]
    for one in unmatched:
        print(f"{one.payment.transaction}  {one.payment.reference}  {one.payment.amount} đồng  {one.outcome}")
    settled = sum(one.is_new and one.outcome == Outcome.SETTLED for one in noted)
    print(
        f"{options.day}, ward {options.ward}: {len(noted)} payments, {settled} settled now, {len(unmatched)} unmatched"
    )
    return 1 if unmatched else 0


def _ward_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--ward", required=True)


def make_findable(options: Any, settings: Any, cells: Cells, _clock: Clock) -> int:
    """Writes the search words of this release for the filed dossiers of a ward; repeating it does no harm."""
    catalogue = Catalogue.load(settings.procedures_directory)
    try:
        count = make_all_findable(cells[options.ward], catalogue.version)
    except KeyboardInterrupt:
        print("stopped; the same command begins again")
        return 130
    print(f"ward {options.ward}: {count} dossiers can be found by names, codes and numbers")
    return 0


SERVICE = Service(
    name="dossiers",
    contracts=(CONTRACT, CAPTURES_CONTRACT),
    settings=Settings,
    rules=RULES,
    streams=("dossiers", "civil-status"),
    subscribes_to=lambda ward, _: [topic_of(ward, "accounts"), topic_of(ward, "notifications")],
    metadata=Base.metadata,
    build=build,
    sealed=SEALED,
    polls={"GetCapture"},
    commands={
        "make-findable": Command(make_findable, _ward_option, "let the desk find older dossiers by numbers, too"),
        "reconcile": Command(reconcile_day, _day_options, "settle what the provider took on a day and nobody told of"),
        "register-verify": Command(
            verify_register, _register_options, "check the numbers and digests of the registers"
        ),
    },
)
