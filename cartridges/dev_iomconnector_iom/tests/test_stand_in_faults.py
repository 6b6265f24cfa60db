"""Every kind of fault, seen from the other end of a real connection."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from dev_iomconnector_iom import FaultKind, FaultRule, RunningStandIn
from dev_iomconnector_iom.exact_json import MalformedJsonError
from dev_iomconnector_iom.samples import sample_order
from dev_iomconnector_iom.testing import Caller, manual_stand_in

SHOP = 10020


@pytest.fixture(scope="module")
def server() -> Iterator[RunningStandIn]:
    with manual_stand_in() as running:
        yield running


@pytest.fixture
def iom(server: RunningStandIn) -> RunningStandIn:
    server.control.reset()
    return server


def fault(iom: RunningStandIn, kind: FaultKind, **settings: Any) -> Caller:
    iom.control.add_fault(FaultRule(kind=kind, **settings))
    return Caller(iom.url)


def stored(iom: RunningStandIn) -> list[str]:
    return iom.control.stored_numbers(SHOP)


def test_a_refused_connection_ends_without_an_answer_and_nothing_is_stored(iom: RunningStandIn) -> None:
    caller = fault(iom, FaultKind.REFUSE)
    with pytest.raises(http.client.RemoteDisconnected):
        caller.post_order(sample_order("A"))
    assert stored(iom) == []
    assert iom.control.statistics().faults == {"refuse": 1}


def test_a_reset_connection_is_reset_and_nothing_is_stored(iom: RunningStandIn) -> None:
    caller = fault(iom, FaultKind.RESET)
    with pytest.raises(ConnectionResetError):
        caller.post_order(sample_order("A"))
    assert stored(iom) == []


def test_a_lost_answer_leaves_the_order_behind(iom: RunningStandIn) -> None:
    caller = fault(iom, FaultKind.LOST_ANSWER, times=1)
    with pytest.raises(ConnectionResetError):
        caller.post_order(sample_order("A"))
    assert stored(iom) == ["A"]
    assert caller.order("A").status == 200
    statistics = iom.control.statistics()
    assert (statistics.faults, statistics.processed) == ({"lost_answer": 1}, {"POST 201": 1})
    assert statistics.answers == {"GET 200": 1}


@pytest.mark.parametrize("status", [401, 403, 429, 500, 502, 503, 504])
@pytest.mark.parametrize("processed", [False, True])
def test_a_status_comes_without_body(status: int, processed: bool, iom: RunningStandIn) -> None:
    caller = fault(iom, FaultKind.STATUS, status=status, processed=processed)
    answer = caller.post_order(sample_order("A"))
    assert (answer.status, answer.body) == (status, b"")
    assert "retry-after" not in answer.headers
    assert stored(iom) == (["A"] if processed else [])


def test_too_many_requests_say_when_to_come_back(iom: RunningStandIn) -> None:
    caller = fault(iom, FaultKind.STATUS, status=429, retry_after=7)
    assert caller.get("/order-states").headers["retry-after"] == "7"


def test_latency_delays_and_adds_up(iom: RunningStandIn) -> None:
    fault(iom, FaultKind.LATENCY, latency_ms=150)
    caller = fault(iom, FaultKind.LATENCY, latency_ms=150, processed=True)
    started = time.monotonic()
    assert caller.post_order(sample_order("A")).status == 201
    assert time.monotonic() - started >= 0.29
    assert iom.control.statistics().faults == {"latency": 2}
    assert iom.control.statistics().answers == {"POST 201": 1}


def test_late_latency_handles_the_request_first(iom: RunningStandIn) -> None:
    caller = fault(iom, FaultKind.LATENCY, latency_ms=60_000, processed=True, method="POST")
    impatient = Caller(iom.url, timeout=0.7)
    with pytest.raises(TimeoutError):
        impatient.post_order(sample_order("A"))
    assert stored(iom) == ["A"]
    assert caller.order("A").status == 200


def test_truncated_json_stops_in_the_middle(iom: RunningStandIn) -> None:
    caller = fault(iom, FaultKind.TRUNCATED_JSON)
    for answer in (caller.get("/order-states"), caller.post_order(sample_order("A"))):
        assert answer.status in (200, 201)
        with pytest.raises(MalformedJsonError):
            _ = answer.json
    assert stored(iom) == ["A"]


def test_a_cut_off_body_is_announced_whole_and_reset_in_the_middle(iom: RunningStandIn) -> None:
    caller = fault(iom, FaultKind.CUT_OFF, times=1)
    with pytest.raises((ConnectionResetError, http.client.IncompleteRead)):
        caller.post_order(sample_order("A"))
    assert stored(iom) == ["A"]
    assert caller.order("A").status == 200


def test_an_answer_without_location_is_whole_otherwise(iom: RunningStandIn) -> None:
    caller = fault(iom, FaultKind.NO_LOCATION, times=1)
    answer = caller.post_order(sample_order("A"))
    assert (answer.status, "location" in answer.headers) == (201, False)
    assert stored(iom) == ["A"]
    assert "location" in caller.post_order(sample_order("B")).headers


def test_wrong_json_is_json_of_another_shape(iom: RunningStandIn) -> None:
    caller = fault(iom, FaultKind.WRONG_JSON)
    answer = caller.get("/order-states")
    assert answer.headers["content-type"] == "application/vnd.intershop.order.v2+json"
    assert set(answer.json) == {"unexpected"}


def test_a_wrong_content_type_is_a_page_of_html(iom: RunningStandIn) -> None:
    caller = fault(iom, FaultKind.WRONG_CONTENT_TYPE)
    answer = caller.get("/order-states")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert answer.body.startswith(b"<!DOCTYPE html>")


@pytest.mark.parametrize("processed", [False, True])
def test_a_hanging_request_waits_for_the_client(processed: bool, iom: RunningStandIn) -> None:
    fault(iom, FaultKind.HANG, processed=processed, times=1)
    with pytest.raises(TimeoutError):
        Caller(iom.url, timeout=0.7).post_order(sample_order("A"))
    assert stored(iom) == (["A"] if processed else [])


def test_a_hanging_request_may_have_an_end(iom: RunningStandIn) -> None:
    caller = fault(iom, FaultKind.HANG, hang_seconds=0.1)
    with pytest.raises(ConnectionResetError):
        caller.get("/order-states")


def test_a_server_with_hanging_requests_stops_all_the_same() -> None:
    ended = threading.Event()

    def call(running: RunningStandIn) -> None:
        with pytest.raises(ConnectionResetError):
            Caller(running.url).get("/order-states")
        ended.set()

    with manual_stand_in() as running:
        fault(running, FaultKind.HANG)
        thread = threading.Thread(target=call, args=(running,))
        thread.start()
        while not running.control.statistics().faults:
            assert thread.is_alive()
    thread.join()
    assert ended.is_set()


def test_rules_match_method_path_and_shop(iom: RunningStandIn) -> None:
    caller = fault(iom, FaultKind.STATUS, method="post", path=r"/orders$", shop=10010)
    assert caller.post_order(sample_order("A")).status == 201
    assert caller.get("/order-states").status == 200
    other = Caller(iom.url, shop=10010)
    assert other.get("/order-states").status == 200
    assert other.post("/orders/x/change-requests", b"{}").status == 400
    assert other.post_order(sample_order("A")).status == 503
    (active,) = iom.control.faults()
    assert (active.matched, active.fired) == (1, 1)


def test_rules_skip_and_are_spent(iom: RunningStandIn) -> None:
    caller = fault(iom, FaultKind.STATUS, skip=2, times=2)
    assert [caller.get("/order-states").status for _ in range(6)] == [200, 200, 503, 503, 200, 200]


def test_a_seed_decides_what_a_probability_hits(iom: RunningStandIn) -> None:
    def run() -> list[int]:
        iom.control.clear_faults()
        caller = fault(iom, FaultKind.STATUS, probability=0.5, seed=7)
        return [caller.get("/order-states?limit=1").status for _ in range(30)]

    first = run()
    assert run() == first
    assert set(first) == {200, 503}


def test_the_first_rule_that_fires_decides(iom: RunningStandIn) -> None:
    fault(iom, FaultKind.STATUS, status=502, times=1)
    caller = fault(iom, FaultKind.STATUS, status=500)
    assert [caller.get("/order-states").status for _ in range(2)] == [502, 500]
    iom.control.remove_fault(iom.control.faults()[1].id)
    assert caller.get("/order-states").status == 200


def test_the_control_interface_is_never_hit(iom: RunningStandIn) -> None:
    fault(iom, FaultKind.RESET)
    assert len(iom.control.faults()) == 1
    assert iom.control.statistics().requests == 0
