"""The accounts service as the chassis runs it."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from uuid import uuid4

import grpc
import structlog
from caunoi.accounts.v1 import (
    accounts_pb2,
    accounts_pb2_grpc,
    guidance_pb2,
    guidance_pb2_grpc,
    households_pb2,
    households_pb2_grpc,
    learning_pb2,
    learning_pb2_grpc,
    recovery_pb2,
    recovery_pb2_grpc,
    staff_pb2,
    staff_pb2_grpc,
    stations_pb2,
    stations_pb2_grpc,
)

from services.accounts.access import RULES
from services.accounts.adapters.hashing import Hasher
from services.accounts.adapters.sending import Sender
from services.accounts.administrators import LINK, STAFF_LINK
from services.accounts.events import ACTIVATED, CLOSED, CODE_ISSUED, IDENTITY_CHANGED, SIGNED_OUT, SUBMITTED
from services.accounts.handlers import (
    on_account_activated,
    on_account_closed,
    on_account_identity_changed,
    on_account_signed_out,
    on_code_issued,
    on_dossier_submitted,
)
from services.accounts.seeding import SEED
from services.accounts.servicer import GUIDANCE, HOUSEHOLDS, LEARNING, RECOVERY, RPCS, STAFF, STATIONS
from services.accounts.settings import Settings
from services.accounts.storage import devices, guidance, households, people, recovery, staff, tries
from services.accounts.tables import Base
from services.accounts.use_cases.guidance.guided_sessions import write_ends
from services.accounts.use_cases.practice import wipe
from services.accounts.use_cases.telling import send_due
from services.accounts.use_cases.unit import Workplace
from services.chassis.cells import Cell, Cells
from services.chassis.clock import Clock
from services.chassis.database.changes import Changes
from services.chassis.database.connection import UNREACHABLE
from services.chassis.events.envelope import topic_of
from services.chassis.events.inbox import Handler
from services.chassis.grpc.rpc import servicer
from services.chassis.practice import wiping
from services.chassis.service import Service, acting_as_service
from services.chassis.settings import ServiceSettings
from services.chassis.tokens import load_verifier
from services.chassis.unit import Unit
from services.chassis.work import Loop

log = structlog.get_logger()

CONTRACT = accounts_pb2.DESCRIPTOR.services_by_name["AccountsService"]
STATIONS_CONTRACT = stations_pb2.DESCRIPTOR.services_by_name["StationsService"]
GUIDANCE_CONTRACT = guidance_pb2.DESCRIPTOR.services_by_name["GuidanceService"]
RECOVERY_CONTRACT = recovery_pb2.DESCRIPTOR.services_by_name["RecoveryService"]
HOUSEHOLDS_CONTRACT = households_pb2.DESCRIPTOR.services_by_name["HouseholdsService"]
STAFF_CONTRACT = staff_pb2.DESCRIPTOR.services_by_name["StaffService"]
LEARNING_CONTRACT = learning_pb2.DESCRIPTOR.services_by_name["LearningService"]
_PURGE_SECONDS = 3600.0
_SWEEP_SECONDS = 15.0
#: Each ward hears every filing of the district, and nobody waits for the result. A gathered wave of events costs little
#: more than one event.
_GATHER_SECONDS = 1.0
_LOOK_SECONDS = 10  # for rows that another process has written and not sent, or that were put off


class AccountsParts:
    """The parts of the service; ValueError says what is wrong in a ward's own setting."""

    def __init__(self, settings: Settings, cells: Cells, clock: Clock) -> None:
        self.guidance_changes = {ward: Changes(cell.database, "guided_sessions") for ward, cell in cells.items()}
        outgoing = {ward: threading.Event() for ward in cells}
        self.place = Workplace(
            settings,
            cells,
            clock,
            Hasher(settings),
            Sender(settings),
            self.guidance_changes,
            outgoing,
            load_verifier(settings.trusted_keys_file),
            {ward: settings.roles_with_second_factor(ward) for ward in cells},
        )

    def register(self, server: grpc.Server) -> None:
        accounts = servicer(CONTRACT, accounts_pb2_grpc.AccountsServiceServicer, self.place, RPCS)
        accounts_pb2_grpc.add_AccountsServiceServicer_to_server(accounts, server)
        stations = servicer(STATIONS_CONTRACT, stations_pb2_grpc.StationsServiceServicer, self.place, STATIONS)
        stations_pb2_grpc.add_StationsServiceServicer_to_server(stations, server)
        guidance = servicer(GUIDANCE_CONTRACT, guidance_pb2_grpc.GuidanceServiceServicer, self.place, GUIDANCE)
        guidance_pb2_grpc.add_GuidanceServiceServicer_to_server(guidance, server)
        recovered = servicer(RECOVERY_CONTRACT, recovery_pb2_grpc.RecoveryServiceServicer, self.place, RECOVERY)
        recovery_pb2_grpc.add_RecoveryServiceServicer_to_server(recovered, server)
        joined = servicer(HOUSEHOLDS_CONTRACT, households_pb2_grpc.HouseholdsServiceServicer, self.place, HOUSEHOLDS)
        households_pb2_grpc.add_HouseholdsServiceServicer_to_server(joined, server)
        staffed = servicer(STAFF_CONTRACT, staff_pb2_grpc.StaffServiceServicer, self.place, STAFF)
        staff_pb2_grpc.add_StaffServiceServicer_to_server(staffed, server)
        learned = servicer(LEARNING_CONTRACT, learning_pb2_grpc.LearningServiceServicer, self.place, LEARNING)
        learning_pb2_grpc.add_LearningServiceServicer_to_server(learned, server)

    def handlers(self, ward: str) -> Mapping[str, Handler]:
        cell, clock = self.place.cells[ward], self.place.clock
        # Practice is counted only when somebody brings their statement to their own ward (docs/decisions/0039).
        counting = {} if cell.ward.is_practice else {SUBMITTED: on_dossier_submitted(cell)}
        return {
            **counting,
            ACTIVATED: on_account_activated(cell, clock),
            CLOSED: on_account_closed(cell, clock),
            CODE_ISSUED: on_code_issued(cell),
            IDENTITY_CHANGED: on_account_identity_changed(cell, clock),
            SIGNED_OUT: on_account_signed_out(cell, clock),
        }

    def loops(self, ward: str) -> Sequence[Loop]:
        cell, clock = self.place.cells[ward], self.place.clock
        outgoing = sending(self.place, ward)
        forgetting = [wiping(cell, clock, wipe(cell))] if cell.ward.is_practice else []
        return [purging(cell, clock), sweeping(cell, clock), self.guidance_changes[ward].listen, outgoing, *forgetting]

    def close(self) -> None:
        self.place.sender.close()


def purging(cell: Cell, clock: Clock) -> Loop:
    """Deletes expired rows hourly."""

    def run(stopped: threading.Event) -> None:
        while not stopped.is_set():
            try:
                with cell.database.transaction() as session:
                    for storage in (people, devices, guidance, tries, recovery, households, staff):
                        storage.purge(session, clock.now())
            except UNREACHABLE as fault:
                log.warning("purge-waits", ward=cell.ward.code, error=type(fault).__name__)
            stopped.wait(_PURGE_SECONDS)

    return run


def sweeping(cell: Cell, clock: Clock) -> Loop:
    """Writes the end of guided sessions whose time is over; callers already get them as ended before that."""

    def run(stopped: threading.Event) -> None:
        while not stopped.is_set():
            try:
                end_over(cell, clock)
            except UNREACHABLE as fault:
                log.warning("guidance-sweep-waits", ward=cell.ward.code, error=type(fault).__name__)
            stopped.wait(_SWEEP_SECONDS)

    return run


def end_over(cell: Cell, clock: Clock) -> int:
    """Ends, in one transaction, the guided sessions whose time is over; returns how many."""
    acting = acting_as_service("end-guidance", cell, f"guidance-{uuid4().hex}")
    with acting as call, cell.database.transaction() as session:
        return write_ends(Unit(cell, session, call, clock.now()))


def sending(place: Workplace, ward: str) -> Loop:
    """Hands waiting rows over to notifications: at once if this process wrote them, else within seconds."""
    cell, woken = place.cells[ward], place.outgoing[ward]

    def run(stopped: threading.Event) -> None:
        while not stopped.is_set():
            woken.clear()
            waits = False
            try:
                waits = send_due(place, cell)
            except UNREACHABLE as fault:
                log.warning("outgoing-waits", ward=cell.ward.code, error=type(fault).__name__)
            for _ in range(1 if waits else _LOOK_SECONDS):
                if stopped.is_set() or woken.wait(1):
                    break

    return run


def topics(ward: str, settings: ServiceSettings) -> list[str]:
    """Every ward keeps the directory of the whole district, including its own people, and counts what its own people
    file in any ward. The practice ward keeps its own directory.
    """
    district = settings.district
    if ward == district.practice.code:
        return [topic_of(ward, "accounts")]
    return [topic_of(code, stream) for stream in ("accounts", "dossiers") for code in district.wards]


SERVICE = Service(
    name="accounts",
    contracts=(
        CONTRACT,
        STATIONS_CONTRACT,
        GUIDANCE_CONTRACT,
        RECOVERY_CONTRACT,
        HOUSEHOLDS_CONTRACT,
        LEARNING_CONTRACT,
        STAFF_CONTRACT,
    ),
    settings=Settings,
    rules=RULES,
    streams=("accounts",),
    subscribes_to=topics,
    metadata=Base.metadata,
    build=AccountsParts,
    sealed=[*people.SEALED, *devices.SEALED, *recovery.SEALED, *staff.SEALED],
    polls={"WatchGuidedSessions", "TakeScan"},
    gather_seconds=_GATHER_SECONDS,
    commands={"seed": SEED, "administrator-link": LINK, "staff-link": STAFF_LINK},
)
