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
from deploy.local.probes import answers, is_serving
from deploy.local.process import ROOT, end, spawn
from deploy.local.waiting import wait_until
from tests.contracts.brokers import Kafka
from tests.contracts.test_kubernetes_manifests import KUBERNETES, SERVICES, of_kind, rendered
from tests.contracts.tls import TlsServer
from tests.postgres import Postgres

WARD, SLUG = "20248", "nam-duong"
MOUNTED = "/var/run/caunoi"
Pod = Mapping[str, Any]


class Cell:
    """The rendered manifests of a ward, and what its namespace has beside them (deploy/kubernetes/README.md)."""

    def __init__(
        self, home: Path, keys: Path, database: str, bootstrap: str, of: Path = KUBERNETES / "overlays" / SLUG
    ) -> None:
        """Or the gateway's, which is rendered from another directory `of` manifests."""
        self._home = home
        self._manifests = rendered(of)
        seal = {name: (keys / "seals" / name).read_bytes() for name in (f"{WARD}.cert.pem", f"{WARD}.key.pem")}
        trusted = {name: (keys / name).read_bytes() for name in ("trusted.json", "root.pem")}
        self._files: dict[str, dict[str, bytes]] = {"seal": seal, "trusted-keys": trusted, "kafka": {}}
        self._values: dict[str, dict[str, str]] = {
            "delivery": {"SMTP_URL": "smtp://127.0.0.1:1", "SMS_KEY": "a key"},
            "payments": {"PAYMENT_KEY": "a key"},
            "files": {"FILES_ACCESS_KEY": "a ward", "FILES_SECRET_KEY": "a key"},
        }
        for service in SERVICES:
            self._files[f"{service}-keys"] = {
                f"{kind}.json": (keys / f"{kind}-{service}.json").read_bytes() for kind in ("signing", "encryption")
            }
            self._values[f"{service}-database"] = {"DATABASE_URL": database.format(service=service)}
        self._instead = {
            "KAFKA_BOOTSTRAP": bootstrap,
            "KAFKA_OPTIONS": "{}",
            "FILES_URL": f"file://{home}/files/{{ward}}",
        }

    def give(self, secret: str, files: dict[str, bytes]) -> None:
        self._files[secret] = files

    def deployment(self, service: str) -> Pod:
        pod: Pod = of_kind(self._manifests, "Deployment")[service]["spec"]["template"]["spec"]
        return pod

    def job(self, service: str, what: str) -> Pod:
        (name,) = [name for name in of_kind(self._manifests, "Job") if name.startswith(f"{service}-{what}-")]
        pod: Pod = of_kind(self._manifests, "Job")[name]["spec"]["template"]["spec"]
        return pod

    def environment(self, pod: Pod, container: Mapping[str, Any], *, plain: bool = True) -> dict[str, str]:
        """What the container's process gets, and its files; `plain` has what the tests' broker and store need instead
        of the cluster's.
        """
        found = self.values(container)
        root = self._home / uuid4().hex
        for mount in container.get("volumeMounts", []):
            self._mount(root, pod, mount)
        moved = {name: value.replace(MOUNTED, f"{root}{MOUNTED}") for name, value in found.items()}
        return {**moved, **{name: value for name, value in self._instead.items() if name in moved and plain}}

    def values(self, container: Mapping[str, Any]) -> dict[str, str]:
        """The variables as the manifests have them."""
        maps = of_kind(self._manifests, "ConfigMap")
        found: dict[str, str] = {}
        for source in container["envFrom"]:
            if "configMapRef" in source:
                found |= maps[source["configMapRef"]["name"]]["data"]
            else:
                found |= self._values[source["secretRef"]["name"]]
        return found

    def mounted(self, pod: Pod, container: Mapping[str, Any]) -> dict[str, Path | None]:
        """Where the container has something mounted → a directory with the same; None for an empty one."""
        root = self._home / uuid4().hex
        found: dict[str, Path | None] = {}
        for mount in container.get("volumeMounts", []):
            self._mount(root, pod, mount)
            directory = Path(f"{root}{mount['mountPath']}")
            found[mount["mountPath"]] = directory if directory.exists() else None
        return found

    def _mount(self, root: Path, pod: Pod, mount: Mapping[str, Any]) -> None:
        (volume,) = [each for each in pod["volumes"] if each["name"] == mount["name"]]
        source = volume.get("secret", {}).get("secretName") or volume.get("configMap", {}).get("name")
        if source is None:
            return
        directory = Path(f"{root}{mount['mountPath']}")
        directory.mkdir(parents=True)
        for name, content in self._files[source].items():
            (directory / name).write_bytes(content)

    def run(self, pod: Pod, container: Mapping[str, Any], **settings: str) -> subprocess.CompletedProcess[str]:
        """A container of a Job, to its end."""
        return subprocess.run(
            [sys.executable, *container["args"][1:]],
            cwd=ROOT,
            env=self._bare() | self.environment(pod, container) | settings,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    @staticmethod
    def _bare() -> dict[str, str]:
        """The variables of this process's own environment that say where programs and packages are."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return {**kept, "PYTHONPATH": f"{ROOT}:{ROOT / 'generated'}"}


@pytest.fixture
def cell(tmp_path: Path, keys: Path, postgres: Postgres, kafka: Kafka) -> Cell:
    return Cell(tmp_path, keys, postgres.url(f"cell_{{service}}_{WARD}"), kafka.bootstrap)


@pytest.fixture
def manifests(tmp_path: Path, keys: Path) -> Cell:
    """The commands that need no database."""
    return Cell(tmp_path, keys, "postgresql+psycopg://nobody@127.0.0.1:1/{service}", f"{HOST}:1")


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
    """All is applied at once: the pod waits for the tables that the Job makes, and the Job for nobody."""
    deployment = cell.deployment(service)
    (container,) = deployment["containers"]
    ports = ports_from(0)
    environment = cell.environment(deployment, container)
    environment |= {"LISTEN": f"{HOST}:{ports.dossiers}", "METRICS_LISTEN": f"{HOST}:{ports.dossiers_metrics}"}
    process = started([sys.executable, *container["args"][1:]], environment)
    asked = {kind: container[f"{kind}Probe"]["httpGet"]["path"] for kind in ("liveness", "readiness")}

    def is_told(kind: str) -> bool:
        return process.poll() is not None or answers(ports.dossiers_metrics, asked[kind])

    assert wait_until(lambda: is_told("liveness"), 60), (tmp_path / "log").read_text()[-3000:]
    assert process.poll() is None, (tmp_path / "log").read_text()[-3000:]
    assert not answers(ports.dossiers_metrics, asked["readiness"])

    job = cell.job(service, "migrate")
    (migrate,) = job["containers"]
    assert "initContainers" not in job
    done = cell.run(job, migrate, KAFKA_BOOTSTRAP=f"{HOST}:1")
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"

    assert wait_until(lambda: is_told("readiness"), 60), (tmp_path / "log").read_text()[-3000:]
    assert process.poll() is None, (tmp_path / "log").read_text()[-3000:]
    assert wait_until(lambda: is_serving(ports.dossiers), 10)


@pytest.mark.parametrize("service", SERVICES)
def test_its_topics_are_made_by_a_job_of_their_own(service: str, cell: Cell) -> None:
    job = cell.job(service, "topics")
    (topics,) = job["containers"]
    arguments = [*topics["args"]]
    arguments[arguments.index("--replication") + 1] = "1"
    done = cell.run(job, {**topics, "args": arguments})
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"


def test_kafka_is_shown_the_wards_certificate_and_has_to_show_one_of_its_own_authority(
    manifests: Cell, started: Callable[[list[str], dict[str, str]], subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    """By a server that asks each client for a certificate, as the cluster's listener does."""
    with TlsServer(tmp_path / "broker") as server:
        manifests.give("kafka", server.identity_of(f"caunoi-{WARD}"))
        job = manifests.job("accounts", "topics")
        (topics,) = job["containers"]
        environment = manifests.environment(job, topics, plain=False) | {"KAFKA_BOOTSTRAP": f"{HOST}:{server.port}"}
        started([sys.executable, *topics["args"][1:]], environment)
        assert wait_until(lambda: bool(server.seen), 60), (tmp_path / "log").read_text()[-3000:]
    assert server.seen[0] == f"caunoi-{WARD}"


def test_a_process_without_the_files_of_its_broker_says_which_and_ends(manifests: Cell) -> None:
    """Kubernetes starts it without the Secret, which a cluster without TLS does not have. A roll-out stops there."""
    deployment, job = manifests.deployment("accounts"), manifests.job("accounts", "topics")
    for pod in (deployment, job):
        (container,) = pod["containers"]
        (volume,) = [each for each in pod["volumes"] if each["name"] == "kafka"]
        assert volume["secret"]["optional"] is True
        environment = manifests.environment(pod, container, plain=False)
        done = manifests.run(pod, container, **environment)
        assert done.returncode == 1
        assert "kafka-files-missing" in done.stdout + done.stderr
        for name in ("ca.crt", "user.crt", "user.key"):
            assert f"/kafka/{name}" in done.stdout + done.stderr
        assert "Traceback" not in done.stderr
