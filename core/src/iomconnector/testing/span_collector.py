"""A collector of spans on a real socket: what the tracing of a system sends, without any other program.

It needs ``iomconnector[tracing]``.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span

LONGEST_WAIT = 30.0


@dataclass(frozen=True, slots=True)
class CollectedSpan:
    """A span as it came.

    Arguments:
        name: Its name.
        kind: ``server``, ``consumer``, ``client`` or another one.
        trace_id: 32 hexadecimal digits.
        span_id: 16 hexadecimal digits.
        parent_id: The span above; empty where there is none.
        links: The traces that it is linked with, by their ids.
        attributes: What it tells.
        failed: Whether it says so.
        resource: What made it.
    """

    name: str
    kind: str
    trace_id: str
    span_id: str
    parent_id: str
    links: Sequence[str]
    attributes: Mapping[str, Any]
    failed: bool
    resource: Mapping[str, Any]


@dataclass
class SpanCollector:
    """What was collected so far.

    Arguments:
        endpoint: What ``OTEL_EXPORTER_OTLP_ENDPOINT`` must be for spans to come here.
    """

    endpoint: str = ""
    _spans: list[CollectedSpan] = field(default_factory=list)
    _received: bytearray = field(default_factory=bytearray)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    @property
    def spans(self) -> list[CollectedSpan]:
        """All spans in the order in which they came."""
        with self._changed:
            return list(self._spans)

    @property
    def received(self) -> bytes:
        """Every byte that came, to look for what must not be in it."""
        with self._changed:
            return bytes(self._received)

    def until(self, enough: Callable[[Sequence[CollectedSpan]], bool]) -> list[CollectedSpan]:
        """Wait for what is looked for, and give all spans.

        Raises:
            TimeoutError: It did not come within 30 seconds.
        """
        end = time.monotonic() + LONGEST_WAIT
        with self._changed:
            while not enough(self._spans):
                if not self._changed.wait(max(0.0, end - time.monotonic())):
                    raise TimeoutError(f"It is not among {[span.name for span in self._spans]}.")
            return list(self._spans)

    def _take(self, body: bytes) -> None:
        request = ExportTraceServiceRequest.FromString(body)
        with self._changed:
            self._received += body
            for group in request.resource_spans:
                resource = {each.key: _value(each.value) for each in group.resource.attributes}
                for scope in group.scope_spans:
                    self._spans.extend(_collected(span, resource) for span in scope.spans)
            self._changed.notify_all()


@contextmanager
def span_collector() -> Iterator[SpanCollector]:
    """A collector that listens inside the block."""
    collector = SpanCollector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path == "/v1/traces":
                collector._take(body)
            self.send_response(200 if self.path == "/v1/traces" else 404)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="span collector")
    thread.start()
    collector.endpoint = f"http://127.0.0.1:{server.server_port}"
    try:
        yield collector
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _collected(span: Span, resource: Mapping[str, Any]) -> CollectedSpan:
    return CollectedSpan(
        name=span.name,
        kind=Span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_").lower(),
        trace_id=span.trace_id.hex(),
        span_id=span.span_id.hex(),
        parent_id=span.parent_span_id.hex(),
        links=[link.trace_id.hex() for link in span.links],
        attributes={each.key: _value(each.value) for each in span.attributes},
        failed=span.status.code == span.status.STATUS_CODE_ERROR,
        resource=resource,
    )


def _value(value: AnyValue) -> Any:
    return getattr(value, value.WhichOneof("value") or "string_value")
