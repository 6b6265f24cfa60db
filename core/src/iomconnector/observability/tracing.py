"""Where spans go, and how a trace is carried from one process to the next. [W3C Trace Context]"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, Protocol

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from iomconnector.errors import ConfigurationError

if TYPE_CHECKING:
    from iomconnector.settings import Settings

LIBRARY: Final = "iomconnector"
_PROPAGATOR: Final = TraceContextTextMapPropagator()


class SpanPipeline(Protocol):
    """What takes the spans of one process and sends them somewhere."""

    def tracer(self, name: str) -> trace.Tracer:
        """What makes spans."""
        ...

    def shutdown(self) -> None:
        """Send what is left; this may take long."""
        ...


class NoPipeline:
    """Makes no spans. A trace that comes in from outside is carried on all the same."""

    def tracer(self, name: str) -> trace.Tracer:
        """What makes spans that are nothing."""
        return trace.NoOpTracer()

    def shutdown(self) -> None:
        """There is nothing left."""


def pipeline_of(settings: Settings, worker: str) -> SpanPipeline:
    """The pipeline that the settings ask for.

    Arguments:
        settings: Their ``tracing``.
        worker: The name of this process.

    Raises:
        ConfigurationError: What it needs is not installed.
    """
    if settings.tracing == "off":
        return NoPipeline()
    try:
        from iomconnector.observability.otlp import OtlpPipeline
    except ImportError as error:
        raise ConfigurationError(
            f"tracing is {settings.tracing!r}, but a package for it is missing: {error}.",
            hint='Install it with `pip install "iomconnector[tracing]"`, or set tracing to "off".',
        ) from error
    return OtlpPipeline(worker)


def context_from(headers: Mapping[str, str]) -> Context:
    """The trace that a request belongs to, from its headers; an empty one where it belongs to none.

    Arguments:
        headers: The headers by their names in small letters.
    """
    return _PROPAGATOR.extract(headers, context=Context())


def context_of(trace_parent: str | None) -> Context:
    """The trace of a stored ``traceparent``; an empty one where there is none, or where it is broken."""
    return context_from({"traceparent": trace_parent}) if trace_parent else Context()


def outgoing_headers() -> dict[str, str]:
    """The headers that carry the present trace to another system; none where there is no trace."""
    carried: dict[str, str] = {}
    _PROPAGATOR.inject(carried)
    return carried


def current_trace_parent() -> str | None:
    """The present trace as a ``traceparent``; none where there is no trace."""
    return outgoing_headers().get("traceparent")


def current_trace_id() -> str | None:
    """The id of the present trace, 32 hexadecimal digits; none where there is no trace."""
    span = trace.get_current_span().get_span_context()
    return trace.format_trace_id(span.trace_id) if span.is_valid else None
