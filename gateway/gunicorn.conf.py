# ruff: noqa: N999  the name under which gunicorn looks for its configuration
"""How gunicorn serves the gateway: `gunicorn -c gateway/gunicorn.conf.py gateway.wsgi:app`.

It reads the gateway's variables `LISTEN`, `METRICS_LISTEN`, `WEB_*`, `TRUSTED_PROXIES`, `TRUSTED_NETWORKS`,
`SHUTDOWN_GRACE_SECONDS` and `PROMETHEUS_MULTIPROC_DIR`, which the server needs before a worker makes its Settings.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from gateway import ended_marks
from gateway.network import Networks
from gateway.server.bounds import Bounds
from gateway.server.worker import Worker
from services.chassis.probes import listening

_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  a file system in memory, ours alone in a pod

# The workers' counts lie in mapped files that all read; a full disk would kill a process that counts (SIGBUS). Set
# before prometheus_client is imported anywhere.
if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="caunoi-gateway-", dir=_MEMORY)

bind = os.environ.get("LISTEN", "0.0.0.0:8080")
worker_class = Worker
Worker.bounds = Bounds(
    connections=int(os.environ.get("WEB_CONNECTIONS", "1000")),
    of_an_address=int(os.environ.get("WEB_CONNECTIONS_PER_ADDRESS", "100")),
    head_seconds=float(os.environ.get("WEB_HEAD_SECONDS", "10")),
    window_seconds=float(os.environ.get("WEB_BODY_SECONDS", "30")),
    proxies=int(os.environ.get("TRUSTED_PROXIES", "0")),
    trusted=Networks(os.environ.get("TRUSTED_NETWORKS", "")),
)
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "40"))
assert ended_marks.SHARED  # created here, so that the workers share it
preload_app = False  # each worker makes the application, and so its channels and tracing, after the fork
worker_tmp_dir = _MEMORY  # heartbeats, too
timeout = 60
graceful_timeout = int(float(os.environ.get("SHUTDOWN_GRACE_SECONDS", "20")))
control_socket_disable = True
accesslog = None  # the application logs a line for each request, with ids and without what people typed
errorlog = "-"
loglevel = "warning"


def on_starting(_: Any) -> None:
    """Removes the counts of an earlier start. All workers share the listener of probes and metrics: the quickest
    answers.
    """
    if listen := os.environ.get("METRICS_LISTEN", ""):
        Worker.probes = listening(listen)
    directory = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])
    directory.mkdir(parents=True, exist_ok=True)
    for old in directory.glob("*.db"):
        old.unlink()


def child_exit(_: Any, worker: Any) -> None:
    from prometheus_client import multiprocess

    # The library leaves this function untyped.
    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(_: Any) -> None:
    shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)
