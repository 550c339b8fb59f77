"""The events of a topic, as a subscriber outside the system reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from caunoi.dossiers.v1 import events_pb2
from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition


@dataclass(frozen=True)
class Told:
    """An event about a dossier."""

    id: str
    type: str
    source: str
    sequence: int  # in the dossier's history
    code: str


@contextmanager
def reading(bootstrap: str, topic: str) -> Iterator[Callable[[], list[tuple[str, Told]]]]:
    """Reads a topic from its beginning; each call returns the keys and events since the last one."""
    consumer = Consumer(
        {"bootstrap.servers": bootstrap, "group.id": uuid4().hex, "enable.auto.commit": False, "log_level": 2}
    )
    partitions = consumer.list_topics(topic, timeout=30).topics[topic].partitions
    consumer.assign([TopicPartition(topic, partition, OFFSET_BEGINNING) for partition in partitions])

    def read() -> list[tuple[str, Told]]:
        found = []
        while messages := consumer.consume(500, timeout=0.3):
            for message in messages:
                assert message.error() is None, message.error()
                found.append(((message.key() or b"").decode(), _told(message)))
        return found

    try:
        yield read
    finally:
        consumer.close()


def _told(message: Any) -> Told:
    headers = {name: value.decode() for name, value in message.headers()}
    assert headers["ce_specversion"] == "1.0"
    assert headers["ce_subject"] == message.key().decode()
    # Every event of a dossier begins with its facts.
    facts = events_pb2.DossierSubmitted.FromString(message.value()).facts
    return Told(headers["ce_id"], headers["ce_type"], headers["ce_source"], facts.sequence, facts.dossier_code)
