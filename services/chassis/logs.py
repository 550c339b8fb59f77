"""Structured logs: static event names, ids only, never a citizen's data."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog

from services.chassis.tracing import current_trace_id


def _add_trace_id(_: Any, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    trace_id = current_trace_id()
    if trace_id:
        event["trace_id"] = trace_id
    return event


def start_logging(service: str, level: str) -> None:
    """JSON lines on standard error."""

    def add_service(_: Any, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        # Not by a context variable: those of the main thread are not those of the threads that serve calls.
        return {"service": service, **event}

    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            add_service,
            _add_trace_id,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
