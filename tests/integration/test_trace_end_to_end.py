"""One trace from the storefront to IOM over real sockets, between real processes; and no secret anywhere."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bc_order.testing.http_caller import Caller
from dev_demo_iomconnector.sample_orders import sample_orders
from dev_iomconnector_iom import ClockConfig, ClockMode, ControlClient, Right, StandInConfig, run_in_thread
from dev_iomconnector_iom.server import RunningStandIn
from iomconnector.model.order_documents import dump_order
from iomconnector.model.orders import Order
from iomconnector.observability.catalogue import described_metrics
from iomconnector.testing.span_collector import CollectedSpan, SpanCollector, span_collector
from iomconnector.testing.systems import prepared_system

ASSEMBLY = "inspired-iomconnector"
CHANNEL, SHOP = "inSPIRED-inTRONICS", 10010
CONTROL_TOKEN = "control-of-the-stand-in"
OPERATIONS_TOKEN = "only-prometheus-knows-this"
PASSWORD = "s3cret/pass&word-of-iom"
TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
TRACE_PARENT = f"00-{TRACE_ID}-00f067aa0ba902b7-01"


@dataclass
class Serving:
    """A process that serves.

    Arguments:
        process: The process.
        urls: What it listens on, by what it says: first the web application, then operations.
        log: Its lines.
    """

    process: subprocess.Popen[str]
    urls: list[str] = field(default_factory=list)
    log: list[str] = field(default_factory=list)

    def events(self) -> list[dict[str, Any]]:
        """The events of its log."""
        return [json.loads(line) for line in self.log if line.startswith("{")]


@contextmanager
def serving(directory: Path, **environ: str) -> Iterator[Serving]:
    """A process with web application, exporter and operations listener, ended in order."""
    process = subprocess.Popen(
        [sys.executable, "-m", "iomconnector", "-v", "--assembly", ASSEMBLY, "serve", "--port", "0"],
        env={**os.environ, "IOMC_DATA_DIRECTORY": str(directory), "IOMC_LOG_FORMAT": "json", **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    running = Serving(process)
    found = threading.Event()

    def read() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            running.log.append(line.rstrip("\n"))
            running.urls += re.findall(r"http://127\.0\.0\.1:\d+(?=[,.\s]|$)", line)
            if len(running.urls) >= 2:
                found.set()

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        assert found.wait(60), "\n".join(running.log)
        yield running
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0, "\n".join(running.log)
        reader.join(10)
        assert process.stdout is not None
        process.stdout.close()


def _orders(count: int) -> list[Order]:
    candidates = sample_orders(20 * count, seed=5, first_number=7000)
    return [order for order in candidates if not order.approval_steps and order.channel == CHANNEL][:count]


async def _prepared(directory: Path, iom: RunningStandIn) -> str:
    services = {"base_url": iom.url, "user": "webservice_shop", "password": PASSWORD}
    async with prepared_system(ASSEMBLY, directory, services=services) as system:
        channels = [each.id for each in await system.contexts.all() if each.kind.value == "channel"]
        return await system.access_tokens.create("storefront", channels)


def _until_exported(caller: Caller, order: Order) -> None:
    end = time.monotonic() + 60
    while (answer := caller.get(f"/api/orders/{order.channel}/{order.number}")).content[
        "state"
    ] != "exported":
        assert time.monotonic() < end, answer.content
        time.sleep(0.05)


@dataclass(frozen=True)
class Seen:
    """What the run left.

    Arguments:
        orders: What was placed: the first with a trace, the second without.
        spans: The spans.
        received: Every byte that the collector got.
        events: The log.
        output: All that the process wrote.
        metrics: What a scrape gave.
        trace_parents: The traces of the orders, as IOM got them.
        messages: The message log: order, attempt, trace.
        attempts: The attempts: trace.
        refused: The status of a scrape without the token.
        request_id: The id that the answer to the first order bore.
        token: The access token that was used.
    """

    orders: Sequence[Order]
    spans: Sequence[CollectedSpan]
    received: bytes
    events: Sequence[dict[str, Any]]
    output: str
    metrics: str
    trace_parents: Sequence[str | None]
    messages: Sequence[tuple[str, int | None, str | None]]
    attempts: Sequence[str | None]
    refused: int
    request_id: str
    token: str


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """A run with two orders."""
    directory = tmp_path_factory.mktemp("traced")
    config = StandInConfig.model_validate(
        {
            "control_token": CONTROL_TOKEN,
            "clock": ClockConfig(mode=ClockMode.MANUAL),
            "users": [{"name": "webservice_shop", "password": PASSWORD, "rights": {SHOP: list(Right)}}],
        }
    )
    with run_in_thread(config) as iom, span_collector() as collector:
        token = asyncio.run(_prepared(directory, iom))
        return _run(directory, iom, collector, token)


def _run(directory: Path, iom: RunningStandIn, collector: SpanCollector, token: str) -> Seen:
    orders = _orders(2)
    with serving(
        directory,
        IOMC_TRACING="otlp",
        IOMC_OPERATIONS_PORT="0",
        IOMC_OPERATIONS_TOKEN=OPERATIONS_TOKEN,
        OTEL_EXPORTER_OTLP_ENDPOINT=collector.endpoint,
        OTEL_BSP_SCHEDULE_DELAY="100",
    ) as process:
        caller = Caller(urlsplit(process.urls[0]).netloc, token)
        given = {"traceparent": TRACE_PARENT, "X-Request-ID": "checkout-4711"}
        first = caller.post("/api/orders", dump_order(orders[0]), given)
        assert first.status == 201, first.body
        assert caller.post("/api/orders", dump_order(orders[1])).status == 201
        for order in orders:
            _until_exported(caller, order)
        assert (
            caller.get(
                "/api/orders",
            ).status
            == 200
        )
        wrong = {"Authorization": "Bearer not-a-known-token-at-all"}
        assert caller.send("GET", "/api/orders?password=hunter2-hunter2", headers=wrong).status == 401
        operations = urlsplit(process.urls[1]).netloc
        refused = Caller(operations).get("/metrics").status
        metrics = Caller(operations, OPERATIONS_TOKEN).get("/metrics")
        assert metrics.status == 200, metrics.body
        collector.until(lambda spans: sum(span.name == "export order" for span in spans) >= 2)
    control = ControlClient(f"{iom.url}/control", CONTROL_TOKEN)
    with sqlite3.connect(directory / "shop.sqlite") as database:
        messages = database.execute("SELECT order_number, attempt, trace_id FROM messages").fetchall()
        attempts = [
            row[0] for row in database.execute("SELECT trace_id FROM export_attempts ORDER BY order_id")
        ]
    database.close()
    return Seen(
        orders=orders,
        spans=collector.spans,
        received=collector.received,
        events=process.events(),
        output="\n".join(process.log),
        metrics=metrics.body.decode(),
        trace_parents=[control.order(SHOP, order.number).trace_parent for order in orders],
        messages=messages,
        attempts=attempts,
        refused=refused,
        request_id=first.headers["x-request-id"],
        token=token,
    )


def _of_trace(spans: Sequence[CollectedSpan], trace_id: str) -> list[CollectedSpan]:
    return [span for span in spans if span.trace_id == trace_id]


def test_one_trace_leads_from_the_storefront_to_iom(seen: Seen) -> None:
    mine = _of_trace(seen.spans, TRACE_ID)
    by_kind = {span.kind: span for span in mine}
    assert [span.kind for span in mine if span.kind != "client"].count("server") == 1
    server, attempt = by_kind["server"], by_kind["consumer"]
    [post] = [span for span in mine if span.kind == "client" and span.name.startswith("POST")]
    assert server.parent_id == "00f067aa0ba902b7"
    assert attempt.parent_id == server.span_id
    assert post.parent_id == attempt.span_id
    assert seen.trace_parents[0] is not None
    assert seen.trace_parents[0].startswith(f"00-{TRACE_ID}-{post.span_id}-")
    assert server.name == "POST /api/orders"
    assert post.name == "POST /rest/order-service/shops/{shop}/orders"
    assert post.attributes["http.response.status_code"] == 201
    assert post.attributes["iomconnector.attempt"] == 1
    assert attempt.attributes["iomconnector.outcome"] == "exported"
    assert server.resource["service.name"] == "iomconnector"
    assert not any(span.failed for span in mine)


def test_a_request_without_a_trace_begins_one(seen: Seen) -> None:
    assert seen.trace_parents[1] is not None
    trace_id = seen.trace_parents[1].split("-")[1]
    assert trace_id != TRACE_ID
    assert {"server", "consumer", "client"} <= {span.kind for span in _of_trace(seen.spans, trace_id)}


def test_the_database_leads_to_the_trace(seen: Seen) -> None:
    number = seen.orders[0].number
    of_first = [message for message in seen.messages if message[0] == number]
    assert of_first
    assert {(attempt, trace_id) for _, attempt, trace_id in of_first} == {(1, TRACE_ID)}
    assert seen.attempts[0] == TRACE_ID


def test_the_log_leads_to_the_trace(seen: Seen) -> None:
    [attempted] = [
        event
        for event in seen.events
        if event["event"] == "attempted" and event["order"] == seen.orders[0].number
    ]
    assert attempted["trace_id"] == TRACE_ID
    assert attempted["channel"] == seen.orders[0].channel
    assert (attempted["attempt"], attempted["context"]) == (1, "inSPIRED")
    assert attempted["worker"]
    assert seen.request_id == "checkout-4711"


def test_no_secret_and_no_person_is_anywhere(seen: Seen) -> None:
    secrets = (PASSWORD, OPERATIONS_TOKEN, CONTROL_TOKEN, seen.token, "hunter2", "not-a-known-token")
    for secret in secrets:
        assert secret not in seen.output
        assert secret.encode() not in seen.received
        assert secret not in seen.metrics
    address = seen.orders[0].invoice_address
    assert address.person is not None
    for text in (address.person.last_name, address.city, seen.orders[0].customer.number):
        assert text
        assert text.encode() not in seen.received
        assert text not in seen.metrics


def test_the_scrape_tells_the_run(seen: Seen) -> None:
    assert seen.refused == 401
    found = {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(seen.metrics)
        for sample in family.samples
    }
    channel = seen.orders[0].channel
    label = ("channel", channel)

    def of(name: str, *labels: tuple[str, str]) -> float:
        return found[name, frozenset(labels)]

    assert of("iomconnector_orders_placed_total", label) == 2
    assert of("iomconnector_exports_total", label, ("outcome", "exported")) == 2
    assert of("iomconnector_placed_to_exported_seconds_count", label) == 2
    assert of("iomconnector_exports_open", label, ("state", "due")) == 0
    assert of("iomconnector_oldest_due_seconds", label) == 0
    assert of("iomconnector_ready") == of("iomconnector_exporting") == 1
    routes = {dict(labels).get("route") for name, labels in found if name.startswith("iomconnector_http_")}
    assert {"/api/orders", "/api/orders/{channel}/{number:path}"} <= routes
    for source in ("exports", "endpoints", "jobs"):
        assert of("iomconnector_source_up", ("source", source)) == 1


def test_what_is_documented_is_what_is_given(seen: Seen) -> None:
    documented = {each.name: each for each in described_metrics()}
    for family in text_string_to_metric_families(seen.metrics):
        name = f"{family.name}_total" if family.type == "counter" else family.name
        if not name.startswith("iomconnector_") or name.endswith("_created"):
            continue
        described = documented.pop(name)
        assert (family.type, family.documentation) == (described.kind, described.text)
        for sample in family.samples:
            if not sample.name.endswith("_created"):
                assert set(sample.labels) - {"le"} == set(described.labels), sample.name
    assert not documented
