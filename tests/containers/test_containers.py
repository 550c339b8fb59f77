"""Each container of a ward and of the gateway, run from its image as its manifest says.

`make containers` runs it, and `make test` does not: it needs podman and the images of this release, which take twenty
minutes to build (deploy/kubernetes/README.md). The containers run without rights, on a root that cannot be written,
with the mounts and settings of the manifests and nothing else. There is no network, so no database and no broker: a
service has to live, and a Job to get as far as to miss them.
"""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from deploy.local.ports import HOST
from deploy.local.process import end, spawn
from deploy.local.waiting import wait_until
from tests.contracts.test_a_cell_from_its_manifests import WARD, Cell, Pod
from tests.contracts.test_kubernetes_manifests import KUBERNETES, SERVICES
from tests.contracts.tls import TlsServer

PODMAN = ["podman", *([] if shutil.which("crun") else ["--runtime", "runc"])]
#: Without CAP_SYS_RESOURCE the usual ones cannot be raised.
LIMITS = ["--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024"]


class Containers:
    def __init__(self, ward: Cell, gateway: Cell, log: Path) -> None:
        self.ward, self.gateway, self._log = ward, gateway, log
        self._running: list[tuple[str, Any]] = []

    def command(self, cell: Cell, pod: Pod, container: Mapping[str, Any], name: str) -> list[str]:
        image = f"localhost/{container['image']}"
        assert shutil.which("podman"), "podman is not on this machine"
        built = subprocess.run([*PODMAN, "image", "exists", image], check=False).returncode == 0
        assert built, f"{image} is not built here (deploy/kubernetes/README.md)"
        security, of_pod = container["securityContext"], pod["securityContext"]
        assert security["readOnlyRootFilesystem"]
        command = [*PODMAN, "run", "--rm", "--name", name, "--network", "none", *LIMITS]
        command += ["--read-only", "--read-only-tmpfs=false", "--security-opt", "no-new-privileges"]
        command += ["--user", f"{of_pod['runAsUser']}:{of_pod['runAsGroup']}"]
        command += [f"--cap-drop={each.lower()}" for each in security["capabilities"]["drop"]]
        command += ["--memory", container["resources"]["limits"]["memory"].replace("Mi", "m")]
        for where, directory in cell.mounted(pod, container).items():
            if directory is None:
                command += ["--tmpfs", where]
                continue
            for each in (directory, *directory.iterdir()):
                each.chmod(0o755)  # of the group, in a cluster
            command += ["--volume", f"{directory}:{where}:ro"]
        for variable, value in cell.values(container).items():
            command += ["--env", f"{variable}={value}"]
        return [*command, image, *container.get("command", []), *container.get("args", [])]

    def start(self, cell: Cell, pod: Pod, container: Mapping[str, Any]) -> str:
        name = f"caunoi-{uuid4().hex}"
        self._running.append((name, spawn(self.command(cell, pod, container, name), self._log)))
        return name

    def is_alive(self, name: str, probe: Mapping[str, Any], port: int) -> bool:
        ask = f"import urllib.request as u; u.urlopen('http://127.0.0.1:{port}{probe['path']}', timeout=2)"
        return not subprocess.run(
            [*PODMAN, "exec", name, "python", "-c", ask], capture_output=True, check=False
        ).returncode

    def has_ended(self) -> bool:
        return self._running[-1][1].poll() is not None

    def close(self) -> None:
        for name, process in self._running:
            subprocess.run([*PODMAN, "kill", name], capture_output=True, check=False)
            end(process, signal.SIGTERM, 30)


@pytest.fixture
def containers(tmp_path: Path, keys: Path) -> Iterator[Containers]:
    nowhere = "postgresql+psycopg://nobody@127.0.0.1:1/{service}"
    ward = Cell(tmp_path, keys, nowhere, f"{HOST}:1")
    gateway = Cell(tmp_path, keys, nowhere, f"{HOST}:1", of=KUBERNETES / "gateway")
    gateway.give("gateway-session", {"secret": b"s" * 48})
    with TlsServer(tmp_path / "broker") as server:
        ward.give("kafka", server.identity_of(f"caunoi-{WARD}"))
    found = Containers(ward, gateway, tmp_path / "log")
    yield found
    found.close()


@pytest.mark.parametrize("process", [*SERVICES, "gateway", "streams"])
def test_a_container_lives_with_what_its_manifest_gives_it(
    process: str, containers: Containers, tmp_path: Path
) -> None:
    cell = containers.ward if process in SERVICES else containers.gateway
    pod = cell.deployment(process)
    (container,) = pod["containers"]
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    name = containers.start(cell, pod, container)
    probe = container["livenessProbe"]["httpGet"]

    def is_told() -> bool:
        return containers.has_ended() or containers.is_alive(name, probe, ports[probe["port"]])

    assert wait_until(is_told, 120), (tmp_path / "log").read_text()[-3000:]
    assert not containers.has_ended(), (tmp_path / "log").read_text()[-3000:]


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(
    ("what", "missed"),
    [("migrate", "psycopg.OperationalError"), ("topics", r"_TRANSPORT|Failed to (get metadata|resolve)|_TIMED_OUT")],
)
def test_a_job_gets_as_far_as_the_part_that_is_not_there(
    service: str, what: str, missed: str, containers: Containers
) -> None:
    job = containers.ward.job(service, what)
    (container,) = job["containers"]
    command = containers.command(containers.ward, job, container, f"caunoi-{uuid4().hex}")
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=180)
    assert done.returncode
    assert re.search(missed, done.stdout + done.stderr), f"{done.stdout}{done.stderr}"[-3000:]
