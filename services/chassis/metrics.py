"""The metrics of a service, which Prometheus reads at METRICS_LISTEN (services/chassis/probes.py)."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

RPC_SECONDS = Histogram(
    "caunoi_rpc_seconds",
    "Time to answer a call",
    ["method", "code"],
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.3, 0.6, 1, 3, 10),
)
WARD_READY = Gauge("caunoi_ward_ready", "Whether the ward's database answers and has its tables", ["process", "ward"])
OUTBOX_PUBLISHED = Counter("caunoi_outbox_published", "Events acknowledged by the broker", ["ward"])
OUTBOX_OLDEST_AGE = Gauge(
    "caunoi_outbox_oldest_age_seconds",
    "Age of the oldest unpublished event; NaN while the database is not there to be asked",
    ["process", "ward"],
)
EVENTS_HANDLED = Counter("caunoi_events_handled", "Events handled", ["ward", "type", "outcome"])
EVENT_SECONDS = Histogram(
    "caunoi_event_seconds",
    "From the event's commit to the end of its handling",
    ["type"],
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.3, 1, 5, 60, 600),
)
WAITS = Gauge("caunoi_events_wait_seconds", "Age of the oldest event that has to come again", ["process", "ward"])
PARKED = Gauge("caunoi_events_parked", "Events set aside until an operator replays them", ["process", "ward"])
READING = Gauge("caunoi_subscription_reading", "Whether the ward's subscription reads its topics", ["process", "ward"])
ERRORS_LOGGED = Counter("caunoi_errors_logged", "Log lines of level error", ["process", "event"])
LOOPS_BROKEN = Counter("caunoi_loops_broken", "Background loops that failed and began again", ["process", "ward"])

SWEEP_ACTS = Counter("caunoi_sweep_acts", "What the sweep did to dossiers", ["ward", "act"])
SWEEP_SKIPPED = Counter("caunoi_sweep_skipped", "Dossiers that the sweep could not handle", ["ward"])
SMS_BUDGET_USED = Gauge("caunoi_sms_budget_used_ratio", "SMS of the day, as a part of the ward's budget", ["ward"])
PAPERS_WAIT = Gauge("caunoi_papers_wait_seconds", "Age of the oldest signed paper that is not made yet", ["ward"])
DOSSIERS_OVERDUE = Gauge("caunoi_dossiers_overdue", "Open dossiers whose time has run out", ["ward"])
