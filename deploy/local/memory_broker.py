"""librdkafka's broker, served to other processes: `python -m deploy.local.memory_broker <address file>`."""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path

from confluent_kafka import Producer


def main(address: Path) -> int:
    """Serves until SIGTERM; the file `address`, with host and port, appears when the broker can be reached."""
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    # The option makes a client start a cluster inside itself; the client's metadata has its address.
    producer = Producer({"test.mock.num.brokers": 1})
    broker = next(iter(producer.list_topics(timeout=10).brokers.values()))
    beside = address.with_suffix(".new")
    beside.write_text(f"{broker.host}:{broker.port}")
    beside.replace(address)
    stopped.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
