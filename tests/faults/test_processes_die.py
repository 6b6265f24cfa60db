"""Web application and worker are killed and stopped in the middle, and customers hang up."""

import socket

import pytest

from dev_demo_iomconnector.trial import Trial, orders_without_approval
from dev_iomconnector_iom.faults.rules import FaultKind, FaultRule
from iomconnector.model.exports import ExportState
from iomconnector.model.order_documents import dump_order
from iomconnector.testing.faults.conditions import until
from iomconnector.testing.faults.verdict import assert_sound

SLOW = FaultRule(kind=FaultKind.LATENCY, method="POST", latency_ms=500, processed=True)


def test_a_worker_that_is_killed_while_it_sends_leaves_nothing_undone(trial: Trial) -> None:
    """IOM has stored the orders already and has not answered; the next life finds them there."""
    trial.iom.set_faults((SLOW,))
    web, worker = trial.web(), trial.worker("worker")
    worker.begin()
    web.start()
    customers = trial.customers(web)
    customers.place(orders_without_approval(8, seed=51))
    until(lambda: trial.counts()[ExportState.SENDING] > 0, "orders are under way")
    worker.kill()
    worker.start()
    trial.until_quiet()
    evidence = trial.evidence(customers.confirmed)
    assert_sound(evidence, of={"kills": worker.kills})
    assert evidence.states() == {ExportState.EXPORTED: 8}
    assert any(order.request.attempts > 1 for order in evidence.orders)
    assert trial.iom.sent_again() == 0, "IOM was asked for each order before it was sent again"


def test_a_worker_that_is_told_to_stop_finishes_what_it_began(trial: Trial) -> None:
    trial.iom.set_faults((SLOW,))
    web, worker = trial.web(), trial.worker("worker")
    worker.begin()
    web.start()
    customers = trial.customers(web)
    customers.place(orders_without_approval(8, seed=52))
    until(lambda: trial.counts()[ExportState.SENDING] > 0, "orders are under way")
    assert worker.stop() == 0, worker.said
    counts = trial.counts()
    assert counts[ExportState.SENDING] == 0, "no lease is left for others to wait for"
    trial.iom.set_faults(())
    worker.start()
    trial.until_quiet()
    evidence = trial.evidence(customers.confirmed)
    assert_sound(evidence, of={"stopped with exported": counts[ExportState.EXPORTED]})
    assert evidence.states() == {ExportState.EXPORTED: 8}
    assert not any(order.request.abandoned for order in evidence.orders)
    answers = trial.iom.control.statistics().answers
    assert {name: times for name, times in answers.items() if "POST" in name} == {"POST 201": 8}


def test_a_web_application_that_is_killed_has_kept_what_it_confirmed(trial: Trial) -> None:
    web, other = trial.web("web"), trial.web("other")
    web.begin()
    other.start()
    until(lambda: web.is_ready, "both answer")
    customers = trial.customers(web, other)
    with customers.placing(orders_without_approval(60, seed=53)):
        until(lambda: len(customers.confirmed) >= 10, "some orders are placed")
        web.kill()
        web.start()
        until(lambda: len(customers.confirmed) >= 30, "more orders are placed")
        web.kill()
        web.start()
    trial.worker("worker").start()
    trial.until_quiet()
    evidence = trial.evidence(customers.confirmed)
    assert_sound(evidence, of={"kills": web.kills})
    assert evidence.states() == {ExportState.EXPORTED: 60}


@pytest.mark.parametrize("trial", ["sqlite"], indirect=True)
def test_a_customer_who_hangs_up_in_the_middle_places_nothing(trial: Trial) -> None:
    """Half a request is no order, and the next customer is served."""
    web = trial.web()
    web.start()
    half, whole = orders_without_approval(2, seed=54)
    body = dump_order(half).encode()
    head = (
        f"POST /api/orders HTTP/1.1\r\nHost: {web.address}\r\nAuthorization: Bearer {trial.token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode()
    host, _, port = web.address.partition(":")
    for sent in (head[:40], head, head + body[: len(body) // 2], head + body[:-1]):
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(sent)
    customers = trial.customers(web)
    customers.place([whole])
    trial.worker("worker").start()
    trial.until_quiet()
    evidence = trial.evidence(customers.confirmed)
    assert_sound(evidence, of={"hung up": 4})
    assert [order.request.number for order in evidence.orders] == [whole.number]
    assert web.stop() == 0, web.said
