"""Creates the topics that the services write: `python -m deploy.local.topics <bootstrap> [--touch]`.

A cluster gets them from Strimzi's KafkaTopic resources; which streams there are, each service's `SERVICE` says.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from confluent_kafka import KafkaError, KafkaException, Producer
from confluent_kafka.admin import AdminClient, NewTopic

from deploy.local.keys import SERVICES
from services.chassis.district import load_district
from services.chassis.events import topic_of
from services.chassis.service import Service

PARTITIONS = 2
_SECONDS = 60


def streams() -> list[str]:
    """All streams that some service writes."""
    found: set[str] = set()
    for name in SERVICES:
        service: Service = importlib.import_module(f"services.{name}.service").SERVICE
        found |= set(service.streams)
    return sorted(found)


def create(bootstrap: str, topics: Sequence[str]) -> list[str]:
    """Creates the topics that are missing, waiting for the broker where it is only just starting; answers which.

    Raises KafkaException.
    """
    admin = AdminClient({"bootstrap.servers": bootstrap, "log_level": 2})
    missing = sorted(set(topics) - set(_listed(admin)))
    if not missing:
        return []
    wanted = [NewTopic(topic, num_partitions=PARTITIONS, replication_factor=1) for topic in missing]
    for future in admin.create_topics(wanted, operation_timeout=_SECONDS).values():
        try:
            future.result()
        except KafkaException as fault:
            if fault.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise
    return missing


def touch(bootstrap: str, topics: Sequence[str]) -> None:
    """For librdkafka's broker, which knows no CreateTopics: it makes a topic that a producer asks about."""
    producer = Producer({"bootstrap.servers": bootstrap, "log_level": 2})
    for topic in topics:
        producer.list_topics(topic, timeout=10)


def _listed(admin: AdminClient) -> set[str]:
    deadline = time.monotonic() + _SECONDS
    while True:
        try:
            return set(admin.list_topics(timeout=2).topics)
        except KafkaException:
            if time.monotonic() > deadline:
                raise


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.local.topics")
    parser.add_argument("bootstrap")
    parser.add_argument("--touch", action="store_true", help="the broker is librdkafka's")
    options = parser.parse_args()
    wards = load_district(Path("deploy/district.toml")).wards
    topics = [topic_of(ward, stream) for ward in wards for stream in streams()]
    if options.touch:
        touch(options.bootstrap, topics)
        return 0
    made = create(options.bootstrap, topics)
    print(f"{len(made)} topics made, {len(topics) - len(made)} were there")
    return 0


if __name__ == "__main__":
    sys.exit(main())
