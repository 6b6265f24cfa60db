"""A request to another system, as traces and metrics see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind, Status, StatusCode

from iomconnector.observability.attempts import attempt_on
from iomconnector.observability.tracing import outgoing_headers


@dataclass(frozen=True, slots=True)
class OutgoingRequest:
    """A request that is about to be sent.

    Arguments:
        service: The id of the service configuration that sends it.
        channel: For which channel.
        method: The HTTP method, or the operation of another protocol.
        route: The path with names in place of ids, ``/shops/{shop}/orders/{number}``.
        address: Where it goes: scheme, host and port count, nothing else of it.
        message_id: Its id in the message log.
        order_number: About which order; none where it is about no single one.
    """

    service: str
    channel: str
    method: str
    route: str
    address: str
    message_id: str
    order_number: str | None = None


@dataclass(slots=True)
class RequestUnderWay:
    """What becomes of a request.

    Arguments:
        headers: The headers that carry the trace to the other system.
        status: The status of the answer; none where no answer came.
    """

    headers: Mapping[str, str]
    status: int | None = None
    _failure: str = ""
    _span: Span = field(default=trace.INVALID_SPAN, repr=False)

    def answered(self, status: int) -> None:
        """An answer came, whatever it says."""
        self.status = status

    def failed(self, kind: str) -> None:
        """It is a failure of that kind, with or without an answer.

        Arguments:
            kind: A name of the kind, such as that of an error class; no text from outside.
        """
        self._failure = kind

    def _end(self) -> None:
        if not self._span.is_recording():
            return
        if self.status is not None:
            self._span.set_attribute("http.response.status_code", self.status)
        if self._failure:
            self._span.set_attribute("error.type", self._failure)
            self._span.set_status(Status(StatusCode.ERROR))


@contextmanager
def client_span(tracer: trace.Tracer, request: OutgoingRequest) -> Iterator[RequestUnderWay]:
    """A span around a request; inside, it is the present one."""
    with tracer.start_as_current_span(
        f"{request.method} {request.route}",
        kind=SpanKind.CLIENT,
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        if span.is_recording():
            span.set_attributes(_attributes(request))
        under_way = RequestUnderWay(outgoing_headers(), _span=span)
        try:
            yield under_way
        except BaseException as error:
            under_way.failed(type(error).__name__)
            raise
        finally:
            under_way._end()


def _attributes(request: OutgoingRequest) -> dict[str, str | int]:
    address = urlsplit(request.address)
    attributes: dict[str, str | int] = {
        "http.request.method": request.method,
        "url.template": request.route,
        "url.scheme": address.scheme,
        "server.address": address.hostname or "",
        "iomconnector.service": request.service,
        "iomconnector.channel": request.channel,
        "iomconnector.message_id": request.message_id,
    }
    if address.port is not None:
        attributes["server.port"] = address.port
    attempt = attempt_on(request.channel, request.order_number)
    if attempt is not None:
        attributes["iomconnector.attempt"] = attempt
    return attributes
