"""The control interface: token, reports, raw documents, reset, inserted middleware."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlsplit

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dev_iomconnector_iom import (
    ControlClient,
    ControlError,
    FaultKind,
    FaultRule,
    Middleware,
    RunningStandIn,
    StandInConfig,
)
from dev_iomconnector_iom.exact_json import dump
from dev_iomconnector_iom.samples import sample_order
from dev_iomconnector_iom.server import run_in_thread
from dev_iomconnector_iom.testing import CONTROL_TOKEN, Caller, manual_stand_in

SHOP = 10020


@pytest.fixture(scope="module")
def server() -> Iterator[RunningStandIn]:
    with manual_stand_in() as running:
        yield running


@pytest.fixture
def iom(server: RunningStandIn) -> RunningStandIn:
    server.control.reset()
    return server


def test_it_needs_its_token(iom: RunningStandIn) -> None:
    for token in ("", "wrong", "ümlaut"):
        with pytest.raises(ControlError) as caught:
            ControlClient(iom.control_url, token.encode().decode("latin-1")).shops()
        assert caught.value.status == 401
    assert Caller(iom.url).call("GET", "/control/shops").status == 401


def test_it_is_off_without_a_token() -> None:
    with run_in_thread(StandInConfig()) as running:
        assert Caller(running.url).call("GET", "/control/shops").status == 404
        with pytest.raises(RuntimeError, match="control_token"):
            _ = running.control


def test_it_counts_and_lists_what_is_stored(iom: RunningStandIn) -> None:
    for number in ("B", "A", "C/ü"):
        Caller(iom.url).post_order(sample_order(number))
    assert {shop.id: shop.orders for shop in iom.control.shops()} == {10010: 0, SHOP: 3}
    assert iom.control.stored_numbers(SHOP) == ["B", "A", "C/ü"]
    assert iom.control.stored_numbers(10010) == []
    report = iom.control.order(SHOP, "C/ü")
    assert (report.state, report.positions) == ("STATE_INITIAL", {1: "STATE_INITIAL", 2: "STATE_INITIAL"})


def test_it_shows_documents_byte_by_byte(iom: RunningStandIn) -> None:
    body = b"  " + dump(sample_order("Raw", color="red")) + b"\n"
    assert Caller(iom.url).post("/orders", body).status == 201
    assert iom.control.document_bytes(SHOP, "Raw") == body
    assert iom.control.document(SHOP, "Raw")["color"] == "red"


def test_an_order_is_lost_and_can_come_again(iom: RunningStandIn) -> None:
    caller = Caller(iom.url)
    caller.post_order(sample_order("Lost"))
    iom.control.forget(SHOP, "Lost")
    assert iom.control.stored_numbers(SHOP) == []
    with pytest.raises(ControlError) as caught:
        iom.control.forget(SHOP, "Lost")
    assert caught.value.status == 404
    assert caller.post_order(sample_order("Lost")).status == 201


def test_an_order_is_changed_behind_everybodys_back(iom: RunningStandIn) -> None:
    caller = Caller(iom.url)
    caller.post_order(sample_order("Changed"))
    iom.control.alter(SHOP, "Changed", {"shippingBuckets.0.positions.1.product.name": "Boots"})
    order = caller.order("Changed").json
    assert [each["product"]["name"] for each in order["shippingBuckets"][0]["positions"]][1] == "Boots"
    for path in ("nothing.there", "shippingBuckets.7", "shopOrderNumber.0"):
        with pytest.raises(ControlError) as caught:
            iom.control.alter(SHOP, "Changed", {path: 1})
        assert caught.value.status == 409


def test_an_order_comes_on_another_way(iom: RunningStandIn) -> None:
    assert iom.control.add_order(SHOP, sample_order("Foreign")).number == "Foreign"
    assert iom.control.stored_numbers(SHOP) == ["Foreign"]
    for shop, document, status in (
        (SHOP, sample_order("Foreign"), 409),
        (SHOP, {}, 409),
        (1, sample_order("Other"), 404),
    ):
        with pytest.raises(ControlError) as caught:
            iom.control.add_order(shop, document)
        assert caught.value.status == status


def test_unknown_orders_and_rules_are_not_found(iom: RunningStandIn) -> None:
    control = iom.control
    for call in (
        lambda: control.order(SHOP, "none"),
        lambda: control.document(SHOP, "none"),
        lambda: control.dispatch(1, "none"),
        lambda: control.add_note(SHOP, "none", "x"),
        lambda: control.step(shop=SHOP, number="none"),
        lambda: control.remove_fault(99),
    ):
        with pytest.raises(ControlError) as caught:
            call()
        assert caught.value.status == 404


def test_a_step_names_its_order_in_full(iom: RunningStandIn) -> None:
    headers = {"X-Control-Token": CONTROL_TOKEN.get_secret_value()}
    assert Caller(iom.url).call("POST", "/control/step", b'{"shop":10020}', headers).status == 422


def test_wrong_commands_are_refused(iom: RunningStandIn) -> None:
    headers = {"X-Control-Token": CONTROL_TOKEN.get_secret_value()}
    caller = Caller(iom.url)
    for body in (
        b"{",
        b'{"kind":"earthquake"}',
        b'{"kind":"reset","path":"("}',
        b'{"kind":"reset","often":1}',
    ):
        assert caller.call("POST", "/control/faults", body, headers).status == 422


def test_a_reset_forgets_everything(iom: RunningStandIn) -> None:
    caller = Caller(iom.url)
    caller.post_order(sample_order("Gone"))
    iom.control.add_fault(FaultRule(kind=FaultKind.STATUS))
    iom.control.reset()
    assert iom.control.stored_numbers(SHOP) == []
    assert iom.control.faults() == []
    assert iom.control.statistics().requests == 0
    assert caller.post_order(sample_order("Gone")).status == 201
    assert caller.get("/order-states?productNumbers=896737").json["meta"]["totalCount"] == 1


def test_middleware_stands_between_faults_and_application() -> None:
    seen: list[tuple[str, str, int]] = []

    def watching(name: str) -> Middleware:
        def wrap(app: ASGIApp) -> ASGIApp:
            async def watch(scope: Scope, receive: Receive, send: Send) -> None:
                async def note(message: Message) -> None:
                    if message["type"] == "http.response.start":
                        seen.append((name, scope["path"], message["status"]))
                    await send(message)

                await app(scope, receive, note)

            return watch

        return wrap

    config = StandInConfig(control_token=CONTROL_TOKEN)
    with run_in_thread(config, middleware=[watching("outer"), watching("inner")]) as running:
        running.control.add_fault(FaultRule(kind=FaultKind.STATUS, status=500, processed=True))
        assert Caller(running.url).post_order(sample_order("M")).status == 500
    path = "/rest/order-service/shops/10020/orders"
    assert seen == [("inner", path, 201), ("outer", path, 201)]


def test_there_are_only_so_many_connections() -> None:
    with manual_stand_in(max_connections=1) as running:
        caller = Caller(running.url)
        assert caller.get("/order-states").status == 200
        first = http.client.HTTPConnection(urlsplit(running.url).netloc)
        first.connect()
        with closing(first):
            while caller.get("/order-states").status == 200:
                first.request("GET", "/")
                assert first.getresponse().read() == b""
            assert caller.get("/order-states").status == 503


def test_it_starts_and_stops_quickly() -> None:
    started = time.monotonic()
    with run_in_thread(StandInConfig()):
        pass
    assert time.monotonic() - started < 2
