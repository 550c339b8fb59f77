"""Structured logs: static event names, ids only, never a citizen's data."""

from __future__ import annotations

import logging
import sys
from contextlib import suppress
from typing import Any, TextIO, cast

import structlog

from services.chassis.metrics import ERRORS_LOGGED
from services.chassis.tracing import current_trace_id


def _add_trace_id(_: Any, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    trace_id = current_trace_id()
    if trace_id:
        event["trace_id"] = trace_id
    return event


class _Lossy:
    """A stream that drops lines that cannot be written (a full disk), so that logging never fails a request."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        with suppress(OSError):
            self._stream.write(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._stream.flush()


def start_logging(service: str, level: str) -> None:
    """JSON lines on standard error; lines of level error are counted, since nobody reads logs at night."""

    def add_service(_: Any, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        # Not a context variable: the threads that serve calls do not see those of the main thread.
        return {"service": service, **event}

    def count_errors(_: Any, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        if event["level"] == "error":
            ERRORS_LOGGED.labels(service, event["event"]).inc()
        return event

    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            add_service,
            _add_trace_id,
            structlog.processors.add_log_level,
            count_errors,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.WriteLoggerFactory(cast("TextIO", _Lossy(sys.stderr))),
        cache_logger_on_first_use=True,
    )
