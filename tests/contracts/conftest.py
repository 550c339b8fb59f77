"""A real Apache Kafka and what the contract tests take from the service tests."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.broker import ApacheKafka, choose_broker
from deploy.local.ports import HOST, Ports, ports_from
from deploy.local.process import end, spawn
from deploy.local.waiting import wait_until
from tests.contracts.relay import Relay
from tests.services.conftest import database_url, postgres, service_environment, templates

__all__ = ["database_url", "postgres", "service_environment", "templates"]

START_SECONDS = 60
#: A second way to the broker, which it tells its clients to take through a relay.
_RELAYED = """\
listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller},RELAYED://{host}:{behind}
advertised.listeners=PLAINTEXT://{host}:{port},RELAYED://{host}:{relay}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,RELAYED:PLAINTEXT
"""


class Kafka:
    """One broker on ports of its own; its log outlives `kill` and `start`."""

    def __init__(self, broker: ApacheKafka, home: Path, ports: Ports) -> None:
        self._broker = broker
        self._log = home / "kafka.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._relay, self._behind_relay = ports.catcher, ports.smtp  # of the block; nothing else listens there
        self.bootstrap = broker.bootstrap
        broker.prepare()
        with (home / "kafka" / "server.properties").open("a") as properties:
            properties.write(
                _RELAYED.format(
                    host=HOST,
                    port=ports.kafka,
                    controller=ports.kafka_controller,
                    behind=self._behind_relay,
                    relay=self._relay,
                )
            )

    def relay(self) -> Relay:
        return Relay(self._relay, self._behind_relay)

    @property
    def bootstrap_by_relay(self) -> str:
        return f"{HOST}:{self._relay}"

    def start(self) -> None:
        self._process = process = spawn(self._broker.command, self._log, parting=signal.SIGKILL)
        ready = wait_until(lambda: self._broker.is_ready() or process.poll() is not None, START_SECONDS)
        assert ready, f"Kafka was not ready within {START_SECONDS} s"
        assert process.poll() is None, self._log.read_text()[-2000:]

    def kill(self) -> None:
        if self._process is not None:
            end(self._process, signal.SIGKILL, 10)
            self._process = None

    def signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)


@pytest.fixture(scope="session")
def kafka() -> Iterator[Kafka]:
    """Fails in CI where Apache Kafka is not to be had; elsewhere what needs it is skipped."""
    with tempfile.TemporaryDirectory(prefix="caunoi-kafka-") as directory:
        home = Path(directory)
        ports = ports_from(0)
        broker = choose_broker(home, ports.kafka, ports.kafka_controller)
        if not isinstance(broker, ApacheKafka):
            reason = "Apache Kafka is not set up here: `make setup` with Maven gets it"
            if os.environ.get("CI") == "true":
                pytest.fail(reason)
            pytest.skip(reason)
        kafka = Kafka(broker, home, ports)
        kafka.start()
        yield kafka
        kafka.kill()
