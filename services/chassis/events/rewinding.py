"""Reads a subscription again from an earlier moment. After a restore, the inbox knows fewer events than the group has
committed at the broker.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from confluent_kafka import Consumer, TopicPartition

TIMEOUT_SECONDS = 30


def rewind(options: Mapping[str, str], group: str, topics: Sequence[str], since: datetime) -> int:
    """Sets a group back to the first records that were written at `since` or later; returns the number of changed
    partitions.

    A partition where the group has not yet reached that point stays as it is. The inbox knows the events that were
    handled already, so they take no effect again. Raises KafkaException, with UNKNOWN_MEMBER_ID while a subscriber of
    the group runs.
    """
    consumer = Consumer({**options, "group.id": group, "enable.auto.commit": False, "allow.auto.create.topics": False})
    try:
        known = consumer.list_topics(timeout=TIMEOUT_SECONDS).topics
        moment = int(since.timestamp() * 1000)
        asked = [
            TopicPartition(topic, partition, moment)
            for topic in topics
            if topic in known
            for partition in known[topic].partitions
        ]
        starts = consumer.offsets_for_times(asked, timeout=TIMEOUT_SECONDS) if asked else []
        done = consumer.committed(asked, timeout=TIMEOUT_SECONDS) if asked else []
        back = [start for start, read in zip(starts, done, strict=True) if 0 <= start.offset < read.offset]
        if back:
            consumer.commit(offsets=back, asynchronous=False)
        return len(back)
    finally:
        consumer.close()
