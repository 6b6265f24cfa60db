"""What is logged, kept and traced while an order is worked on."""

import asyncio
import io
import json
import sys
from datetime import timedelta

import pytest
import structlog
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, Tracer, use_span

from iomconnector.cli.log_output import configure_logging
from iomconnector.model.exports import ExportState
from iomconnector.observability.observed_messages import ObservedMessageLog
from iomconnector.observability.outgoing import OutgoingRequest
from iomconnector.observability.telemetry import Telemetry
from iomconnector.observability.tracing import current_trace_id
from iomconnector.ports.export_ledger import Claim
from iomconnector.testing.contracts.order_storage import OrderStorage
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory.clock import ManualClock
from iomconnector.testing.memory.message_log import MemoryMessageLog
from iomconnector.testing.samples import CHANNEL, sample_message
from iomconnector.usecases.export_orders import ExportResult


class KeptSpans:
    """A pipeline that keeps its spans."""

    def __init__(self) -> None:
        self._kept = InMemorySpanExporter()
        self._provider = TracerProvider()
        self._provider.add_span_processor(SimpleSpanProcessor(self._kept))

    def tracer(self, name: str) -> Tracer:
        return self._provider.get_tracer(name)

    def shutdown(self) -> None:
        self._provider.shutdown()

    @property
    def spans(self) -> tuple[ReadableSpan, ...]:
        return self._kept.get_finished_spans()


def request_to(service: str = "order-export", order_number: str | None = "4711") -> OutgoingRequest:
    return OutgoingRequest(
        service=service,
        channel=CHANNEL,
        method="POST",
        route="/shops/{shop}/orders",
        address="https://user@oms.example.com:8443/base?x=1",
        message_id="m-1",
        order_number=order_number,
    )


async def placed_by_a_request(shop: OrderStorage, telemetry: Telemetry) -> Claim:
    with telemetry.tracer.start_as_current_span("POST /api/orders", kind=SpanKind.SERVER):
        await shop.place("4711")
    [claim] = await shop.claim()
    return claim


@in_event_loop
async def test_the_first_attempt_goes_on_with_the_trace_that_placed_the_order() -> None:
    kept = KeptSpans()
    telemetry = Telemetry(kept)
    claim = await placed_by_a_request(OrderStorage.in_memory(ManualClock()), telemetry)
    async with telemetry.working_on(claim) as attempt:
        with telemetry.calling(request_to()) as request:
            sent = dict(request.headers)
            request.answered(201)
        attempt.ended(ExportResult(claim, ExportState.EXPORTED))
    placing, calling, attempting = kept.spans
    assert placing.context
    assert calling.context
    assert attempting.context
    assert placing.context.trace_id == attempting.context.trace_id == calling.context.trace_id
    assert attempting.parent
    assert attempting.parent.span_id == placing.context.span_id
    assert calling.parent
    assert calling.parent.span_id == attempting.context.span_id
    assert sent["traceparent"].startswith(
        f"00-{calling.context.trace_id:032x}-{calling.context.span_id:016x}-0"
    )
    assert (attempting.kind, calling.kind) == (SpanKind.CONSUMER, SpanKind.CLIENT)
    assert dict(attempting.attributes or {}) == {
        "iomconnector.order": "4711",
        "iomconnector.channel": CHANNEL,
        "iomconnector.attempt": 1,
        "iomconnector.worker": claim.worker,
        "iomconnector.outcome": "exported",
    }
    assert dict(calling.attributes or {}) == {
        "http.request.method": "POST",
        "url.template": "/shops/{shop}/orders",
        "url.scheme": "https",
        "server.address": "oms.example.com",
        "server.port": 8443,
        "iomconnector.service": "order-export",
        "iomconnector.channel": CHANNEL,
        "iomconnector.message_id": "m-1",
        "iomconnector.attempt": 1,
        "http.response.status_code": 201,
    }
    assert attempting.status.is_unset
    assert calling.status.is_unset


@in_event_loop
async def test_a_later_attempt_is_a_trace_of_its_own_that_is_linked() -> None:
    clock, kept = ManualClock(), KeptSpans()
    telemetry = Telemetry(kept)
    shop = OrderStorage.in_memory(clock)
    await placed_by_a_request(shop, telemetry)
    clock.advance(timedelta(hours=1))
    [again] = await shop.claim()
    assert again.request.attempts == 2
    async with telemetry.working_on(again) as attempt:
        attempt.ended(ExportResult(again, ExportState.DUE, "away"))
    placing, attempting = kept.spans
    assert placing.context
    assert attempting.context
    assert attempting.parent is None
    assert attempting.context.trace_id != placing.context.trace_id
    assert [link.context.trace_id for link in attempting.links] == [placing.context.trace_id]
    assert (attempting.attributes or {})["iomconnector.outcome"] == "postponed"
    assert not attempting.status.is_ok
    assert not attempting.status.is_unset


@in_event_loop
async def test_without_tracing_a_given_trace_is_carried_on_in_every_attempt() -> None:
    clock = ManualClock()
    shop = OrderStorage.in_memory(clock)
    with use_span(KeptSpans().tracer("the storefront").start_span("checkout")):
        given = current_trace_id()
        await shop.place("4711")
    telemetry = Telemetry()
    for _ in range(2):
        [claim] = await shop.claim()
        async with telemetry.working_on(claim):
            assert current_trace_id() == given
            with telemetry.calling(request_to()) as request:
                assert given is not None
                assert given in request.headers["traceparent"]
        clock.advance(timedelta(hours=1))


@in_event_loop
async def test_without_any_trace_nothing_is_added() -> None:
    shop = OrderStorage.in_memory(ManualClock())
    await shop.place("4711")
    [claim] = await shop.claim()
    telemetry = Telemetry()
    assert claim.request.trace_parent is None
    async with telemetry.working_on(claim):
        assert current_trace_id() is None
        with telemetry.calling(request_to()) as request:
            assert request.headers == {}


@in_event_loop
async def test_messages_tell_their_attempt_and_trace_and_others_do_not() -> None:
    kept = KeptSpans()
    telemetry = Telemetry(kept)
    claim = await placed_by_a_request(OrderStorage.in_memory(ManualClock()), telemetry)
    log = ObservedMessageLog(MemoryMessageLog(), telemetry)
    async with telemetry.working_on(claim):
        trace_id = current_trace_id()
        await log.record(sample_message("4711", message_id="mine"))
        await log.record(sample_message("4712", message_id="of another order"))
        await log.record(sample_message("4711", message_id="told", attempt=7, trace_id="0" * 31 + "1"))
    await log.record(sample_message("4711", message_id="afterwards"))

    async def told(message_id: str) -> tuple[int | None, str | None]:
        message = await log.by_id(message_id)
        assert message is not None
        return message.attempt, message.trace_id

    assert await told("mine") == (1, trace_id)
    assert await told("of another order") == (None, trace_id)
    assert await told("told") == (7, "0" * 31 + "1")
    assert await told("afterwards") == (None, None)


@in_event_loop
async def test_what_is_logged_meanwhile_tells_the_order(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    configure_logging(verbose=True, json=True)

    async def organization_of(channel: str) -> str:
        return f"organization of {channel}"

    telemetry = Telemetry(KeptSpans(), organization_of)
    claim = await placed_by_a_request(OrderStorage.in_memory(ManualClock()), telemetry)
    begun = asyncio.Event()

    async def beside() -> None:
        await begun.wait()
        structlog.get_logger().info("beside")

    other = asyncio.create_task(beside())
    async with telemetry.working_on(claim):
        begun.set()
        await other
        structlog.get_logger().info("inside")
    structlog.get_logger().info("afterwards")
    beside_it, inside, afterwards = map(json.loads, stream.getvalue().splitlines())
    assert {name: inside[name] for name in ("order", "channel", "context", "attempt", "worker")} == {
        "order": "4711",
        "channel": CHANNEL,
        "context": f"organization of {CHANNEL}",
        "attempt": 1,
        "worker": claim.worker,
    }
    assert len(inside["trace_id"]) == 32
    assert not {"order", "trace_id"} & (set(beside_it) | set(afterwards))


@in_event_loop
async def test_a_failure_tells_its_kind_and_no_text() -> None:
    kept = KeptSpans()
    telemetry = Telemetry(kept)
    claim = await placed_by_a_request(OrderStorage.in_memory(ManualClock()), telemetry)

    async def fail() -> None:
        async with telemetry.working_on(claim):
            with telemetry.calling(request_to()):
                raise RuntimeError("Anna Muster, Main Street 1")

    with pytest.raises(RuntimeError):
        await fail()
    _, calling, attempting = kept.spans
    for span in (calling, attempting):
        assert (span.attributes or {})["error.type"] == "RuntimeError"
        assert "Muster" not in span.to_json()
