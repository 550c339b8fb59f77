"""What the gateway counts. Under gunicorn the workers share files in PROMETHEUS_MULTIPROC_DIR (gunicorn.conf.py)."""

from __future__ import annotations

import os

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess
from prometheus_client.registry import REGISTRY

HTTP_SECONDS = Histogram(
    "caunoi_http_seconds",
    "Time to answer a request",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.02, 0.03, 0.06, 0.1, 0.15, 0.3, 0.6, 1, 3, 10),
)
CONNECTIONS_ENDED = Counter(
    "caunoi_connections_ended",
    "Connections that the server ended: clients that stalled, or took more than their share",
    ["why"],
)
SESSIONS_UNASKED = Counter(
    "caunoi_sessions_unasked",
    "Calls with a token whose home ward did not say in time whether its session goes on",
    ["ward"],
)
STREAMS_OPEN = Gauge(
    "caunoi_streams_open", "Connections that wait for changes of guided sessions", multiprocess_mode="livesum"
)


def exposition() -> bytes:
    """The text that Prometheus reads, of all workers together."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return bytes(generate_latest(REGISTRY))
    registry = CollectorRegistry()
    # The library leaves this constructor untyped.
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return bytes(generate_latest(registry))
