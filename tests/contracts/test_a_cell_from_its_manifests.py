"""The processes of a ward, run as its manifests say: their arguments, settings, secrets and mounted files, no others.

Instead of a container there is a process of this machine: what is mounted below /var/run/caunoi stands below a folder
of the test, and a file that a manifest does not mount is not there. Instead of the cluster's PostgreSQL and Kafka there
are the tests' own.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from deploy.local.ports import HOST, ports_from
from deploy.local.probes import is_serving
from deploy.local.process import ROOT, end, spawn
from deploy.local.waiting import wait_until
from tests.contracts.brokers import Kafka
from tests.contracts.test_kubernetes_manifests import KUBERNETES, SERVICES, of_kind, rendered
from tests.postgres import Postgres

WARD, SLUG = "20248", "nam-duong"
MOUNTED = "/var/run/caunoi"
Pod = Mapping[str, Any]


class Cell:
    """The rendered manifests of a ward, and what its namespace has beside them (deploy/kubernetes/README.md)."""

    def __init__(self, home: Path, keys: Path, database: str, kafka: Kafka) -> None:
        self._home = home
        self._manifests = rendered(KUBERNETES / "overlays" / SLUG)
        seal = {name: (keys / "seals" / name).read_bytes() for name in (f"{WARD}.cert.pem", f"{WARD}.key.pem")}
        trusted = {name: (keys / name).read_bytes() for name in ("trusted.json", "root.pem")}
        self._files: dict[str, dict[str, bytes]] = {"seal": seal, "trusted-keys": trusted}
        self._values: dict[str, dict[str, str]] = {
            "delivery": {"SMTP_URL": "smtp://127.0.0.1:1", "SMS_KEY": "a key"},
            "payments": {"PAYMENT_KEY": "a key"},
        }
        for service in SERVICES:
            self._files[f"{service}-keys"] = {
                f"{kind}.json": (keys / f"{kind}-{service}.json").read_bytes() for kind in ("signing", "encryption")
            }
            self._values[f"{service}-database"] = {"DATABASE_URL": database.format(service=service)}
        self._instead = {
            "KAFKA_BOOTSTRAP": kafka.bootstrap,
            "KAFKA_OPTIONS": "{}",
            "FILES_URL": f"file://{home}/files/{{ward}}",
            "METRICS_LISTEN": "",
        }

    def pods(self, service: str) -> tuple[Pod, Pod]:
        """Of the Job that migrates, and of the Deployment."""
        job = of_kind(self._manifests, "Job")[f"{service}-migrate"]["spec"]["template"]["spec"]
        return job, of_kind(self._manifests, "Deployment")[service]["spec"]["template"]["spec"]

    def environment(self, pod: Pod, container: Mapping[str, Any]) -> dict[str, str]:
        """What the container's process gets, and its files."""
        maps = of_kind(self._manifests, "ConfigMap")
        found: dict[str, str] = {}
        for source in container["envFrom"]:
            if "configMapRef" in source:
                found |= maps[source["configMapRef"]["name"]]["data"]
            else:
                found |= self._values[source["secretRef"]["name"]]
        root = self._home / uuid4().hex
        for mount in container.get("volumeMounts", []):
            self._mount(root, pod, mount)
        moved = {name: value.replace(MOUNTED, f"{root}{MOUNTED}") for name, value in found.items()}
        return {**moved, **{name: value for name, value in self._instead.items() if name in moved}}

    def _mount(self, root: Path, pod: Pod, mount: Mapping[str, Any]) -> None:
        (volume,) = [each for each in pod["volumes"] if each["name"] == mount["name"]]
        source = volume.get("secret", {}).get("secretName") or volume.get("configMap", {}).get("name")
        if source is None:
            return
        directory = Path(f"{root}{mount['mountPath']}")
        directory.mkdir(parents=True)
        for name, content in self._files[source].items():
            (directory / name).write_bytes(content)

    def run(self, pod: Pod, container: Mapping[str, Any], *more: str) -> subprocess.CompletedProcess[str]:
        """A container of a Job, to its end."""
        return subprocess.run(
            [sys.executable, *container["args"][1:], *more],
            cwd=ROOT,
            env=self._bare() | self.environment(pod, container),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    @staticmethod
    def _bare() -> dict[str, str]:
        """Of this process's own environment, what says where programs and packages are."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return {**kept, "PYTHONPATH": f"{ROOT}:{ROOT / 'generated'}"}


@pytest.fixture
def cell(tmp_path: Path, keys: Path, postgres: Postgres, kafka: Kafka) -> Cell:
    return Cell(tmp_path, keys, postgres.url(f"cell_{{service}}_{WARD}"), kafka)


@pytest.fixture
def databases(postgres: Postgres) -> None:
    postgres.create([f"cell_{service}_{WARD}" for service in SERVICES])


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Callable[[list[str], dict[str, str]], subprocess.Popen[bytes]]]:
    processes = []

    def start(command: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
        processes.append(spawn(command, tmp_path / "log", environment=environment))
        return processes[-1]

    yield start
    for process in processes:
        end(process, signal.SIGTERM, 30)


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.usefixtures("databases")
def test_a_service_comes_up_with_what_its_manifests_give_it(
    service: str,
    cell: Cell,
    started: Callable[[list[str], dict[str, str]], subprocess.Popen[bytes]],
    tmp_path: Path,
) -> None:
    job, deployment = cell.pods(service)
    (topics,), (migrate,) = job["initContainers"], job["containers"]
    one_broker = [*topics["args"]]
    one_broker[one_broker.index("--replication") + 1] = "1"
    for container in ({**topics, "args": one_broker}, migrate):
        done = cell.run(job, container)
        assert done.returncode == 0, f"{container['name']}: {done.stdout}{done.stderr}"
    (container,) = deployment["containers"]
    port = ports_from(0).dossiers
    environment = cell.environment(deployment, container) | {"LISTEN": f"{HOST}:{port}"}
    process = started([sys.executable, *container["args"][1:]], environment)
    ready = wait_until(lambda: process.poll() is not None or is_serving(port), 60)
    assert process.poll() is None, (tmp_path / "log").read_text()[-3000:]
    assert ready, (tmp_path / "log").read_text()[-3000:]
