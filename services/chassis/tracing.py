"""One trace over HTTP, gRPC and Kafka: W3C trace context in metadata and headers."""

from __future__ import annotations

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

TRACEPARENT = "traceparent"
tracer = trace.get_tracer("caunoi")
_propagator = TraceContextTextMapPropagator()


def start_tracing(service: str, otlp_endpoint: str) -> None:
    """Spans carry only ids and names of calls; without an endpoint they have only the ids, for the logs.

    Then the called processes do not export the trace either: set an endpoint for all processes or for none.
    """
    sampler = None if otlp_endpoint else ALWAYS_OFF
    provider = TracerProvider(sampler, Resource.create({"service.name": service}))
    if otlp_endpoint:
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=otlp_endpoint)))
    trace.set_tracer_provider(provider)


def current_traceparent() -> str:
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    return carrier.get(TRACEPARENT, "")


def context_of(traceparent: str) -> Context | None:
    return _propagator.extract({TRACEPARENT: traceparent}) if traceparent else None


def current_trace_id() -> str:
    span = trace.get_current_span().get_span_context()
    return format(span.trace_id, "032x") if span.is_valid else ""
