"""A service as the chassis runs it.

`python -m services.<name> serve | migrate | outbox-replay | inbox-rewind | parked-list | …`
"""

from __future__ import annotations

import argparse
import signal
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

import grpc
import psycopg
import structlog
from confluent_kafka import KafkaException
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
from prometheus_client import generate_latest
from sqlalchemy import MetaData

from services.chassis.call import Call, reset_current, set_current
from services.chassis.cells import Cell, Cells
from services.chassis.clock import Clock, SystemClock
from services.chassis.database.connection import CONNECTING, Database, plain
from services.chassis.database.encryption import load_ciphers
from services.chassis.database.migrations import Revisions, migrate
from services.chassis.database.owner import NotOurs, Owner, prove, refuse_another_before_migrating
from services.chassis.database.resealing import Sealed, reseal
from services.chassis.events import inbox, outbox
from services.chassis.events.broker import KafkaPublisher, KafkaSubscriber, Publisher
from services.chassis.events.envelope import topic_of
from services.chassis.events.inbox import Handler, Inbox
from services.chassis.events.rewinding import rewind
from services.chassis.events.topics import ensure_topics
from services.chassis.grpc.rules import Rule
from services.chassis.grpc.server import CallInterceptor, Server
from services.chassis.health import Health, WardHealth, has_tables
from services.chassis.housekeeping import keep_house
from services.chassis.logs import start_logging
from services.chassis.metrics import LOOPS_BROKEN
from services.chassis.probes import Answer, listening, metrics_page, serve, told
from services.chassis.settings import ServiceSettings
from services.chassis.tokens import Principal, Role, load_issuers, load_verifier
from services.chassis.tracing import start_tracing
from services.chassis.work import Loop, Work

log = structlog.get_logger()


class Parts(Protocol):
    """The parts of a service that the chassis runs."""

    def register(self, server: grpc.Server) -> None:
        """Adds the servicers, one for each contract."""
        ...

    def handlers(self, ward: str) -> Mapping[str, Handler]:
        """Event type → handler, for one ward's subscription."""
        ...

    def loops(self, ward: str) -> Sequence[Loop]: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Command:
    """An operator's command: its options (argparse) and its function."""

    run: Callable[[Any, ServiceSettings, Cells, Clock], int]
    options: Callable[[argparse.ArgumentParser], None] = lambda _: None
    help: str = ""


@dataclass(frozen=True, slots=True)
class Service:
    """What the chassis must know about a service."""

    name: str
    contracts: Sequence[ServiceDescriptor]
    settings: type[ServiceSettings]
    rules: Mapping[str, Rule]
    streams: Sequence[str]  # the streams that it writes
    subscribes_to: Callable[[str, ServiceSettings], Sequence[str]]  # ward → topics
    metadata: MetaData
    build: Callable[[Any, Cells, Clock], Parts]
    sealed: Sequence[Sealed] = ()  # every stored column that its ciphers encrypt
    polls: Collection[str] = ()  # RPCs that are called all the time: logged at debug
    gather_seconds: float = 0.0  # how long events are gathered before a subscription reads them
    commands: Mapping[str, Command] = field(default_factory=dict)

    @property
    def methods(self) -> list[MethodDescriptor]:
        """The RPCs of all its contracts."""
        return [method for contract in self.contracts for method in contract.methods]


def main(service: Service, arguments: Sequence[str] | None = None) -> int:
    options = _parser(service).parse_args(arguments)
    settings = service.settings()
    start_logging(service.name, settings.log_level)
    start_tracing(service.name, settings.otlp_endpoint)
    if options.command in _NEEDS_BROKER and (missing := settings.missing_kafka_files()):
        # It ends instead of serving without events: at a roll-out it would replace a process that has its broker.
        log.error("kafka-files-missing", files=missing)
        return 1
    if options.command in _WITHOUT_CELLS:
        return _WITHOUT_CELLS[options.command](options, service, settings)
    cells = cells_of(service, settings)
    clock = SystemClock()
    if options.command == "serve":
        return Serving(service, settings, cells, clock).run()
    if options.command in _IN_THE_DATABASE:
        return _IN_THE_DATABASE[options.command](options, service, cells)
    if options.command in ("parked-list", "parked-replay"):
        return _parked(options, service, settings, cells, clock)
    return service.commands[options.command].run(options, settings, cells, clock)


def cells_of(service: Service, settings: ServiceSettings) -> Cells:
    issuers = load_issuers(settings.signing_keys_file, service.name)
    ciphers = load_ciphers(settings.encryption_keys_file)
    return Cells(
        {
            ward.code: Cell(
                ward,
                Database.of(settings, Owner(service.name, ward.code)),
                issuers[ward.code],
                ciphers[ward.code],
            )
            for ward in settings.served_wards
        }
    )


def _migrate(_: Any, service: Service, settings: ServiceSettings) -> int:
    """Migrates the databases of the served wards, and enters their owners; another ward's database is left as it is."""
    left = 0
    for ward in settings.served_wards:
        url, owner = settings.for_ward("database_url", ward.code), Owner(service.name, ward.code)
        try:
            with psycopg.connect(plain(url), **CONNECTING) as connection:
                refuse_another_before_migrating(connection, owner)
            changed = migrate(service.name, url, ward.code)
            with psycopg.connect(plain(url), **CONNECTING) as connection:
                prove(connection, owner)
        except NotOurs as fault:
            print(f"ward {ward.code} is not migrated: {fault}")
            left += 1
        else:
            log.info("migrated" if changed else "migrated-already", ward=ward.code)
    return 1 if left else 0


def _parser(service: Service) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m services.{service.name}")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="answer calls, publish the outbox, handle events")
    commands.add_parser("migrate", help="bring the databases of the wards served to the newest revision")
    topics = commands.add_parser("topics", help="make the topics this service writes, where they are missing")
    topics.add_argument("--partitions", type=int, default=3)
    topics.add_argument("--replication", type=int, default=3)
    replay = commands.add_parser("outbox-replay", help="publish again what was committed in a span of time")
    replay.add_argument("--ward", required=True)
    replay.add_argument("--since", required=True, type=datetime.fromisoformat, help="ISO moment with offset")
    replay.add_argument("--until", required=True, type=datetime.fromisoformat, help="ISO moment with offset")
    rewinding = commands.add_parser("inbox-rewind", help="read events again, for a database that was restored")
    rewinding.add_argument("--ward", required=True)
    rewinding.add_argument("--since", required=True, type=datetime.fromisoformat, help="ISO moment with offset")
    resealing = commands.add_parser("reseal", help="seal with the current key what older ones sealed")
    resealing.add_argument("--ward", required=True)
    for name, text in (("parked-list", "show events set aside"), ("parked-replay", "handle events set aside")):
        commands.add_parser(name, help=text).add_argument("--ward", required=True)
    for name, command in service.commands.items():
        command.options(commands.add_parser(name, help=command.help))
    return parser


def _make_topics(options: Any, service: Service, settings: ServiceSettings) -> int:
    by_broker: dict[str, list[str]] = {}
    for ward in settings.served_wards:
        own = [topic_of(ward.code, stream) for stream in service.streams]
        by_broker.setdefault(settings.for_ward("kafka_bootstrap", ward.code), []).extend(own)
    for bootstrap, topics in by_broker.items():
        broker = {"bootstrap.servers": bootstrap, **settings.kafka_options}
        made = ensure_topics(broker, topics, partitions=options.partitions, replication=options.replication)
        log.info("topics", made=len(made), present=len(topics) - len(made))
    return 0


def _rewind_inbox(options: Any, service: Service, settings: ServiceSettings) -> int:
    topics = service.subscribes_to(options.ward, settings)
    try:
        count = rewind(settings.kafka(options.ward), subscriber_name(service.name, options.ward), topics, options.since)
    except KafkaException as fault:
        print(f"not rewound (does the service still run for this ward?): {fault.args[0].str()}")
        return 1
    print(f"{count} partitions will be read again from {options.since.isoformat()}")
    return 0


_NEEDS_BROKER = ("serve", "topics", "inbox-rewind")
#: Commands that need no keys.
_WITHOUT_CELLS: Mapping[str, Callable[[Any, Service, ServiceSettings], int]] = {
    "migrate": _migrate,
    "topics": _make_topics,
    "inbox-rewind": _rewind_inbox,
}


def _replay_outbox(options: Any, _: Service, cells: Cells) -> int:
    with cells[options.ward].database.transaction() as session:
        count = outbox.replay(session, options.since, options.until)
    print(f"{count} events of ward {options.ward} will be published again")
    return 0


def _reseal(options: Any, service: Service, cells: Cells) -> int:
    cell = cells[options.ward]
    try:
        for sealed in service.sealed:
            count = reseal(cell.database, cell.cipher, sealed)
            print(f"{sealed.row.__tablename__}.{sealed.column}: {count} re-encrypted", flush=True)
    except KeyboardInterrupt:
        print("stopped; the same command goes on with what is left")
        return 130
    return 0


#: Commands that need only a ward's database.
_IN_THE_DATABASE: Mapping[str, Callable[[Any, Service, Cells], int]] = {
    "outbox-replay": _replay_outbox,
    "reseal": _reseal,
}


def _parked(options: Any, service: Service, settings: ServiceSettings, cells: Cells, clock: Clock) -> int:
    ward = options.ward
    name = subscriber_name(service.name, ward)
    if options.command == "parked-list":
        with cells[ward].database.transaction() as session:
            rows = inbox.parked(session, name)
        for row in rows:
            print(f"{row.parked_at.isoformat()}  {row.topic}  {row.key}  {row.event_id}  {row.error}")
        print(f"{len(rows)} events are parked")
        return 0
    parts = service.build(settings, cells, clock)
    handlers = parts.handlers(ward)
    handled, left = Inbox(name, ward, cells[ward].database, handlers, clock, settings.district).replay_parked()
    parts.close()
    print(f"{handled} events handled, {left} still parked")
    return 0 if left == 0 else 1


def subscriber_name(service: str, ward: str) -> str:
    """The consumer group; also the name under which the inbox remembers events."""
    return Owner(service, ward).subscriber


class Serving:
    """A running service: server, one relay and one subscription per ward, the service's own loops."""

    def __init__(
        self,
        service: Service,
        settings: ServiceSettings,
        cells: Cells,
        clock: Clock,
        publisher_of: Callable[[Mapping[str, str]], Publisher] = KafkaPublisher,
    ) -> None:
        self._service = service
        self._settings = settings
        self._cells = cells
        self._clock = clock
        self._parts = service.build(settings, cells, clock)
        self._stopped = threading.Event()
        self._publishers: list[Publisher] = []
        self._publisher_of = publisher_of
        self._revisions = Revisions.of(service.name)
        self._inboxes = {ward: self._inbox(ward, cell) for ward, cell in cells.items()}
        self._work = {
            ward: Work(self._loops(ward, cell), broken=LOOPS_BROKEN.labels(service.name, ward).inc)
            for ward, cell in cells.items()
        }
        self._health = Health(
            {
                ward: WardHealth(Owner(service.name, ward), cell.database, self._revisions, self._work[ward])
                for ward, cell in cells.items()
            }
        )
        self._stop_probes: Callable[[], None] = lambda: None
        self.server = Server(
            service_names=[contract.full_name for contract in service.contracts],
            interceptor=CallInterceptor(
                service.rules,
                frozenset(cells),
                load_verifier(settings.trusted_keys_file),
                settings.district,
                # If wards share the threads, a ward that hangs leaves half of them to the others.
                calls_of_a_ward=max(1, settings.rpc_threads // 2) if len(cells) > 1 else None,
                polls=service.polls,
                is_behind=self._health.is_behind,
            ),
            listen=settings.listen,
            threads=settings.rpc_threads,
            reflected=settings.environment == "development",
        )

    def run(self) -> int:
        """Serves until SIGTERM or SIGINT."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stopped.set())
        self.start()
        while not self._stopped.wait(1):
            self._watch()
        self.stop()
        return 0

    def start(self) -> None:
        self._parts.register(self.server.grpc)
        self.server.start()
        if self._settings.metrics_listen:
            self._stop_probes = serve(listening(self._settings.metrics_listen), self._pages())
        self._health.begin(self._stopped)
        log.info("serving", listen=self._settings.listen, wards=len(self._cells))

    def _pages(self) -> Mapping[str, Callable[[], Answer]]:
        return {
            "/healthz": lambda: told(self._is_alive()),
            "/readyz": lambda: told(
                self._health.is_ready() and not self._stopped.is_set(), wards=self._health.conditions()
            ),
            "/metrics": metrics_page(generate_latest),
        }

    def _inbox(self, ward: str, cell: Cell) -> Inbox:
        return Inbox(
            subscriber_name(self._service.name, ward),
            ward,
            cell.database,
            self._parts.handlers(ward),
            self._clock,
            self._settings.district,
            has_tables=lambda: has_tables(cell.database, self._revisions),
            process=self._service.name,
        )

    def _loops(self, ward: str, cell: Cell) -> dict[str, Loop]:
        """Relay, subscription, housekeeping and the service's own loops, by the names of their threads."""
        relay = outbox.Relay(self._service.name, ward, cell.database, self._publisher(ward))
        retention = timedelta(days=self._settings.outbox_retention_days)
        return {
            f"relay-{ward}": relay.run,
            f"inbox-{ward}": self._subscription(ward, self._service.subscribes_to(ward, self._settings)),
            f"housekeeping-{ward}": lambda stopped: keep_house([cell.database], self._clock, retention, stopped),
            **{f"loop-{ward}-{number}": loop for number, loop in enumerate(self._parts.loops(ward), 1)},
        }

    def stop(self) -> None:
        """Becomes not ready, lets running calls and events end, and flushes the producer."""
        log.info("stopping")
        self._stopped.set()
        for work in self._work.values():
            work.close()
        self.server.stop(self._settings.shutdown_grace_seconds)
        # For all wards together: Kubernetes waits this long and for the calls, and then kills the process.
        until = time.monotonic() + self._settings.shutdown_grace_seconds
        for work in self._work.values():
            work.join(max(0.0, until - time.monotonic()))
        for publisher in self._publishers:
            publisher.close()
        self._parts.close()
        for cell in self._cells.values():
            cell.database.close()
        self._stop_probes()
        log.info("stopped")

    def _publisher(self, ward: str) -> Publisher:
        """A publisher for each ward, even on a shared broker: a topic that hangs holds up only its own ward."""
        publisher = self._publisher_of(self._settings.kafka(ward))
        self._publishers.append(publisher)
        return publisher

    def _subscription(self, ward: str, topics: Sequence[str]) -> Loop:
        def run(stopped: threading.Event) -> None:
            name, gather_seconds = subscriber_name(self._service.name, ward), self._service.gather_seconds
            subscriber = KafkaSubscriber(self._settings.kafka(ward), name, topics, gather_seconds)
            self._inboxes[ward].run(subscriber, stopped)

        return run

    def _watch(self) -> None:
        self.server.set_ready(self._health.is_ready())
        self.server.set_alive(self._is_alive())

    def _is_alive(self) -> bool:
        """Liveness of the process alone, in any state of its databases."""
        begun = {ward: since for ward, work in self._work.items() if (since := work.since) is not None}
        return all(self._inboxes[ward].is_alive(since) for ward, since in begun.items())


@contextmanager
def acting_as_service(name: str, cell: Cell, request_id: str) -> Iterator[Call]:
    """For handlers and loops: the work inside runs as the service itself, so that audit rows and further calls
    name it.
    """
    service = Principal(f"service:{cell.issuer.service}", cell.ward.code, frozenset({Role.SERVICE}))
    call = Call(name, cell.ward.code, request_id, principal=service, token=cell.issuer.service_token())
    before = set_current(call)
    try:
        yield call
    finally:
        reset_current(before)


def run(service: Service) -> None:
    """For `__main__`."""
    sys.exit(main(service))
