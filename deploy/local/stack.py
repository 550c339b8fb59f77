"""The whole system on one machine: PostgreSQL, broker, catcher, payment provider, services, gateway, streams."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from pathlib import Path

import psycopg

from deploy.local import environment
from deploy.local.broker import Broker, MemoryBroker, choose_broker
from deploy.local.environment import Places
from deploy.local.home import Home, StackFault
from deploy.local.keys import SERVICES, make_keys
from deploy.local.ports import PortFault, Ports, ports_from, require_free
from deploy.local.postgres import Cluster
from deploy.local.probes import answers, is_serving
from deploy.local.process import ROOT, end, spawn
from deploy.local.supervisor import Program, StartFault, Supervisor
from deploy.local.waiting import wait_until
from services.chassis.district import load_district

PEOPLE = ROOT / "deploy" / "local" / "people.toml"
_SECONDS_TO_START = 240  # for any part, on a busy machine; a part that dies is reported at once


class Stack:
    """One running system with its data in `home`.

    `port` is the gateway's; the other ports are relative to it, and 0 finds a free block. `more` adds to the
    environment of a process by its name; `needs_kafka` forbids librdkafka's broker. `start` returns when every part is
    ready; after it call `stop`, and then possibly `start` again, on the same ports. A process that dies in between
    restarts by itself.
    """

    def __init__(
        self,
        home: Path,
        port: int = 8080,
        *,
        more: Mapping[str, Mapping[str, str]] | None = None,
        needs_kafka: bool = False,
        say: Callable[[str], None] = lambda line: print(line, flush=True),
    ) -> None:
        self.place = Home(home)
        self._home = self.place.path
        self._port = port
        self._more = more or {}
        self._needs_kafka = needs_kafka
        self._say = say
        self._ports: Ports | None = None
        self._supervisor: Supervisor | None = None
        self._stopping = threading.Event()
        self._topics_made = threading.Event()

    # What tests and the console ask

    @property
    def home(self) -> Path:
        return self._home

    @property
    def urls(self) -> dict[str, str]:
        """`gateway`, `catcher`, `payments`; `accounts`, `dossiers`, `notifications` as gRPC targets; `kafka`."""
        services = {name: self.places.address(name) for name in SERVICES}
        places = self.places
        pages = {"gateway": places.gateway_url, "catcher": places.catcher_url, "payments": places.payments_url}
        return {**pages, **services, "kafka": self.broker.bootstrap}

    @property
    def is_real_kafka(self) -> bool:
        return not isinstance(self.broker, MemoryBroker)

    def database_url(self, service: str, ward: str) -> str:
        """The URL of a ward's database (SQLAlchemy's form)."""
        return self.postgres.url(f"{service}_{ward}")

    def pid(self, name: str) -> int | None:
        return self._running.pid(name)

    def kill(self, name: str) -> int:
        """kill -9 of a process and its children; it restarts by itself. Returns its former id."""
        return self._running.kill(name)

    def stop_process(self, name: str) -> None:
        """Ends a process in order; it does not restart until `start_process`."""
        self._running.stop(name)

    def start_process(self, name: str) -> None:
        self._running.resume(name)

    def wait_ready(self, *names: str, seconds: float = _SECONDS_TO_START) -> None:
        """Returns when those parts, or all, are ready. Raises StartFault."""
        for name in names or self.names:
            self._running.wait_ready(name, seconds)

    def seed(self) -> None:
        """Adds the missing demo people in every ward. Raises StartFault."""
        command = [sys.executable, "-m", "services.accounts", "seed", "--people", str(PEOPLE)]
        self._run("accounts-seed", command, self._of_service("accounts"))

    def start_scanner(self, ward: str, code: str) -> bool:
        """Starts the agent of a station's scanner with SANE's test scanner; False where this machine has no SANE."""
        if shutil.which("scanimage") is None:
            return False
        home = self._home / "scanner"
        home.mkdir(mode=0o700, exist_ok=True)
        module = [sys.executable, "-m", "deploy.local.scanner", str(home), self.places.gateway_url, ward, code]
        self._running.start(Program("scanner", command=lambda: module, ready=lambda: True, seconds_to_stop=5))
        return True

    def memory(self) -> dict[str, int]:
        """Bytes by process name, without the supervisor."""
        return self._running.memory()

    @property
    def names(self) -> tuple[str, ...]:
        return ("postgres", "kafka", "catcher", "payments", *SERVICES, "gateway", "streams")

    @property
    def _running(self) -> Supervisor:
        if self._supervisor is None:
            raise StackFault("The stack is not running.")
        return self._supervisor

    # Start and stop

    def start(self) -> None:
        """Starts all parts and waits for them. Raises StackFault; nothing is left running then."""
        try:
            left = self.place.take()
            if left:
                self._say(f"{left} processes of an earlier start were still running and have been stopped")
            self._settle_ports()
            self._start_parts()
        except (StartFault, PortFault, RuntimeError, psycopg.Error) as fault:
            self.stop()
            raise StackFault(f"{fault}{self.place.room_note()}") from fault
        except OSError as fault:
            self.stop()
            raise self.place.explained(fault) from fault
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Ends all parts in order; harmless where nothing runs."""
        self._stopping.set()
        if self._supervisor is not None:
            self._supervisor.stop_all(
                ["scanner"], ["gateway", "streams"], SERVICES, ["catcher", "payments"], ["kafka"], ["postgres"]
            )
            self._supervisor = None
            self.place.pids.forget()
        self.place.leave()

    def abandon(self) -> None:
        """kill -9 of everything, at once. Accepted data is on disk all the same."""
        self._stopping.set()
        if self._supervisor is not None:
            self._supervisor.abandon()

    def forget(self) -> None:
        """Deletes the data of a stack that does not run; files of the set-up stay. Raises StackFault if it runs."""
        try:
            self.place.take()
            self.place.empty()
        except OSError as fault:
            raise self.place.explained(fault) from fault
        finally:
            self.stop()

    def _settle_ports(self) -> None:
        if self._ports is None:
            self._ports = ports_from(self._port)
        require_free(self._ports)
        self.places = Places(self._home, self._ports)
        self.place.name_holder(f"process {os.getpid()}, {self.places.gateway_url}")

    def _start_parts(self) -> None:
        self._stopping.clear()
        self._topics_made.clear()
        self._began = time.monotonic()
        self.broker: Broker = choose_broker(self._home, self.places.ports.kafka, self.places.ports.kafka_controller)
        if self.broker.notice and self._needs_kafka:
            raise StackFault("The real Kafka is required here (CI=true), and its jars or a Java are missing.")
        if self.broker.notice:
            self._say(self.broker.notice)
        self.postgres = Cluster(self._home / "postgres" / "data")
        self._supervisor = Supervisor(self._home / "logs", self.place.pids, self._say_with_room)
        self._wards = load_district(ROOT / "deploy" / "district.toml").cells
        make_keys(self.places.keys, list(self._wards.values()))
        # Migrations, people and topics depend on the code alone: if it is unchanged, so are they.
        known = self._home / "prepared-by"
        digest = _digest_of_code()
        self._is_code_known = known.exists() and known.read_text() == digest
        known.unlink(missing_ok=True)  # an interrupted start counts as not prepared
        with ThreadPoolExecutor(16) as pool:
            chores = [
                pool.submit(self._start_databases, pool),
                pool.submit(self._start_broker),
                pool.submit(self._start_part, self._small_server("catcher", environment.of_catcher)),
                pool.submit(self._start_part, self._small_server("payments", environment.of_payments)),
                pool.submit(self._start_part, self._gateway()),
                pool.submit(self._start_part, self._streams()),
            ]
            self._await(chores)
        known.write_text(digest)

    def _say_with_room(self, line: str) -> None:
        self._say(f"{line}{self.place.room_note()}")

    def _await(self, chores: Sequence[Future[None]]) -> None:
        """Returns when all are done; the first failure stops the others, and is raised."""
        try:
            done, _ = wait(chores, return_when=FIRST_EXCEPTION)
            for chore in done:
                chore.result()
        except BaseException:
            self._stopping.set()
            self._topics_made.set()
            self._running.close()
            raise

    def _start_part(self, program: Program) -> None:
        self._running.start(program)
        self._await_part(program.name)

    def _await_part(self, name: str) -> None:
        self._running.wait_ready(name, _SECONDS_TO_START)
        self._say(f"  {name:<14} ready after {time.monotonic() - self._began:5.1f} s")

    def _start_databases(self, pool: ThreadPoolExecutor) -> None:
        self.postgres.prepare()
        self._start_part(
            Program(
                "postgres",
                command=lambda: self.postgres.command,
                ready=self.postgres.is_ready,
                user=lambda: self.postgres.user,
                parting=self.postgres.parting,
            )
        )
        self._await([pool.submit(self._start_service, name, pool) for name in SERVICES])

    def _start_service(self, name: str, pool: ThreadPoolExecutor) -> None:
        module = [sys.executable, "-m", f"services.{name}"]
        seeding = []
        if self._prepare_databases(name, [*module, "migrate"]) and name == "accounts":
            seeding.append(pool.submit(self.seed))
        self._topics_made.wait()
        self._start_part(
            Program(
                name,
                command=lambda: [*module, "serve"],
                environment=lambda: self._of_service(name),
                ready=lambda: is_serving(getattr(self.places.ports, name)),
            )
        )
        self._await(seeding)

    def _prepare_databases(self, service: str, migrate: Sequence[str]) -> bool:
        """Creates and migrates a service's databases; False if they were up to date.

        A new stack migrates one ward's database and copies it for the others, which takes a tenth of migrating all.
        """
        first, *others = (f"{service}_{ward}" for ward in self._wards)
        is_new = self.postgres.databases().isdisjoint([first, *others])
        made = self.postgres.create([first] if is_new else [first, *others])
        if self._is_code_known and not made:
            return False
        served = {"WARDS": next(iter(self._wards))} if is_new else {}
        self._run(f"{service}-migrate", migrate, {**self._of_service(service), **served})
        if is_new:
            self.postgres.disown(first)
        self.postgres.create(others, template=first)
        return True

    def _start_broker(self) -> None:
        is_new = self.broker.prepare()
        drags = () if self.is_real_kafka else SERVICES  # librdkafka's restarts on another port
        self._running.start(
            Program(
                "kafka",
                command=lambda: self.broker.command,
                prepare=self.broker.prepare,
                ready=self.broker.is_ready,
                drags=drags,
            )
        )
        self._await_part("kafka")
        if is_new or not self._is_code_known:
            module = [sys.executable, "-m", "deploy.local.topics", self.broker.bootstrap]
            touch = [] if self.is_real_kafka else ["--touch"]
            self._run("topics", [*module, *touch], environment.of_all(self.places))
        self._topics_made.set()

    def _small_server(self, name: str, settings: Callable[[Places], dict[str, str]]) -> Program:
        return Program(
            name,
            command=lambda: [sys.executable, "-m", f"deploy.local.{name}"],
            environment=lambda: {**settings(self.places), **self._more.get(name, {})},
            ready=lambda: answers(getattr(self.places.ports, name), "/healthz"),
            seconds_to_stop=5,
        )

    def _gateway(self) -> Program:
        gunicorn = ["gunicorn", "-c", "gateway/gunicorn.conf.py", "gateway.wsgi:app"]
        return Program(
            "gateway",
            command=lambda: [sys.executable, "-m", *gunicorn],
            environment=lambda: {**environment.of_gateway(self.places), **self._more.get("gateway", {})},
            ready=lambda: answers(self.places.ports.gateway, "/readyz"),
        )

    def _streams(self) -> Program:
        return Program(
            "streams",
            command=lambda: [sys.executable, "-m", "gateway.streams"],
            environment=lambda: {**environment.of_streams(self.places), **self._more.get("gateway", {})},
            ready=lambda: answers(self.places.ports.streams, "/readyz"),
        )

    def _of_service(self, name: str) -> dict[str, str]:
        url = self.postgres.url(f"{name}_{{ward}}")
        own = environment.of_service(name, self.places, url, self.broker.bootstrap)
        return {**own, **self._more.get(name, {})}

    def _run(self, name: str, command: Sequence[str], more: Mapping[str, str]) -> None:
        """Runs a command to its end. Raises StartFault if it fails or the stack is stopped meanwhile."""
        log = self._home / "logs" / f"{name}.log"
        log.unlink(missing_ok=True)
        process = spawn(command, log, environment=more)
        while process.poll() is None:
            if self._stopping.is_set():
                end(process, signal.SIGTERM, 5)
                raise StartFault(f"{name} was stopped")
            wait_until(lambda: process.poll() is not None or self._stopping.is_set(), 60)
        if process.returncode != 0:
            last = "\n".join("    " + line[:400] for line in log.read_text(errors="replace").splitlines()[-15:])
            raise StartFault(f"{name} failed (exit code {process.returncode}). The end of {log}:\n{last}")


def _digest_of_code() -> str:
    digest = hashlib.sha256()
    files = [
        *(ROOT / "services").rglob("*.py"),
        *(ROOT / "deploy").glob("*.toml"),
        *(ROOT / "deploy" / "local").glob("*.*"),
    ]
    for path in sorted(files):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
