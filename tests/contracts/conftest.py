"""A real Apache Kafka and what the contract tests take from the service tests."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from deploy.local.broker import ApacheKafka, choose_broker
from deploy.local.ports import ports_from
from tests.contracts.brokers import Kafka, World
from tests.services.conftest import _engines_are_kept, database_url, empty_database, postgres, service_environment

__all__ = ["_engines_are_kept", "database_url", "empty_database", "postgres", "service_environment"]


@pytest.fixture(scope="session")
def kafka() -> Iterator[Kafka]:
    """Fails in CI if Apache Kafka is not available; elsewhere, tests that need it are skipped."""
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


@pytest.fixture
def topic(world: World) -> str:
    topic = f"caunoi.20248.{uuid4().hex[:8]}.v1"
    world.make_topic(topic)
    return topic
