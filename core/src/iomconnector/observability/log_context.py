"""What every line of the log carries: the order that is worked on, and the trace that it belongs to."""

from __future__ import annotations

from typing import Any, Final

from opentelemetry import trace
from structlog.typing import EventDict, WrappedLogger

from iomconnector.observability.masking import masked

_PLAIN: Final = frozenset({"level", "timestamp", "trace_id", "span_id", "exc_info"})


def add_trace(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Add ``trace_id`` and ``span_id`` where there is a trace."""
    span = trace.get_current_span().get_span_context()
    if span.is_valid:
        event.setdefault("trace_id", trace.format_trace_id(span.trace_id))
        event.setdefault("span_id", trace.format_span_id(span.span_id))
    return event


def mask_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> dict[str, Any]:
    """Take secrets out of an event, tracebacks included."""
    return {name: value if name in _PLAIN else masked(value, name) for name, value in event.items()}
