"""Creates the topics that a service writes, unless the platform has created them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

TIMEOUT_SECONDS = 30


def ensure_topics(options: Mapping[str, str], topics: Sequence[str], *, partitions: int, replication: int) -> list[str]:
    """Creates the topics that the broker does not have; returns their names. Raises KafkaException.

    A key's order holds only within one partition, so the number of partitions of a topic never changes.
    """
    admin = AdminClient(dict(options))
    present = admin.list_topics(timeout=TIMEOUT_SECONDS).topics
    missing = [topic for topic in topics if topic not in present]
    if not missing:
        return []
    wanted = [NewTopic(topic, num_partitions=partitions, replication_factor=replication) for topic in missing]
    for outcome in admin.create_topics(wanted, operation_timeout=TIMEOUT_SECONDS).values():
        try:
            outcome.result(TIMEOUT_SECONDS)
        except KafkaException as fault:
            if fault.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:  # another replica was quicker
                raise
    return missing
