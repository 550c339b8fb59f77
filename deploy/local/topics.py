"""Creates the topics that the services write: `python -m deploy.local.topics <bootstrap> [--touch]`.

Each service's `SERVICE` names its streams; on a cluster each service's own `topics` command creates them.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

from confluent_kafka import Producer

from deploy.local.keys import SERVICES
from services.chassis.district import load_district
from services.chassis.events.envelope import topic_of
from services.chassis.events.topics import ensure_topics
from services.chassis.service import Service

PARTITIONS = 2


def streams() -> list[str]:
    """All streams that the services write."""
    found: set[str] = set()
    for name in SERVICES:
        service: Service = importlib.import_module(f"services.{name}.service").SERVICE
        found |= set(service.streams)
    return sorted(found)


def touch(bootstrap: str, topics: Sequence[str]) -> None:
    """For librdkafka's broker, which has no CreateTopics: it creates a topic that a producer asks about."""
    producer = Producer({"bootstrap.servers": bootstrap, "log_level": 2})
    for topic in topics:
        producer.list_topics(topic, timeout=10)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.local.topics")
    parser.add_argument("bootstrap")
    parser.add_argument("--touch", action="store_true", help="the broker is librdkafka's")
    options = parser.parse_args()
    wards = load_district(Path("deploy/district.toml")).cells
    topics = [topic_of(ward, stream) for ward in wards for stream in streams()]
    if options.touch:
        touch(options.bootstrap, topics)
        return 0
    broker = {"bootstrap.servers": options.bootstrap}
    made = ensure_topics(broker, topics, partitions=PARTITIONS, replication=1)
    print(f"{len(made)} topics made, {len(topics) - len(made)} were there")
    return 0


if __name__ == "__main__":
    sys.exit(main())
