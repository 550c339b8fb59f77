"""The tables that measurements are printed in."""

from __future__ import annotations

import os
import statistics
from collections.abc import Mapping, Sequence
from typing import Any

import psutil


def machine() -> str:
    load = "/".join(f"{each:.1f}" for each in os.getloadavg())
    memory = psutil.virtual_memory().total / 1e9
    return f"{os.cpu_count()} cores, {memory:.0f} GB, load {load} (1/5/15 minutes)"


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


def head() -> None:
    print(f"\n{'milliseconds':40}{'clients':>8}{'count':>8}{'p50':>8}{'p95':>8}{'p99':>8}{'per s':>8}   answers")


def row(what: str, clients: int | str, result: Mapping[str, Any]) -> None:
    times = result["milliseconds"]
    figures = "".join(f"{percentile(times, share):8.1f}" for share in (0.5, 0.95, 0.99))
    rate = f"{len(times) / result['seconds']:8.1f}" if "seconds" in result else " " * 8
    statuses = " ".join(f"{status}×{count}" for status, count in sorted(result.get("statuses", {}).items()))
    print(f"{what:40}{clients:>8}{len(times):>8}{figures}{rate}   {statuses}", flush=True)


def median(values: Sequence[float]) -> float:
    return statistics.median(values) if values else float("nan")
