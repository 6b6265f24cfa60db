"""Change requests: complete orders that take the place of the original one, later."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from dev_iomconnector_iom import RunningStandIn
from dev_iomconnector_iom.exact_json import JsonObject
from dev_iomconnector_iom.samples import sample_order, sample_position
from dev_iomconnector_iom.testing import GONE, Caller, altered, manual_stand_in

SHOP = 10020
PRICES = ("9.00", "9.50", "0.50")


@pytest.fixture(scope="module")
def iom() -> Iterator[RunningStandIn]:
    with manual_stand_in() as running:
        yield running


def request(number: str, identity: str = "C-1", changes: dict[str, Any] | None = None) -> JsonObject:
    order = sample_order(number, shopOrderUpdateDate="2026-11-03T10:00:00Z", project="P-2")
    return altered({"changeRequestId": identity, "changeRequest": order}, changes or {})


def ask(
    iom: RunningStandIn, number: str, identity: str = "C-1", changes: dict[str, Any] | None = None
) -> Caller:
    caller = Caller(iom.url)
    answer = caller.post(f"/orders/{number}/change-requests", request(number, identity, changes))
    assert answer.status == 201, answer.body
    return caller


def status(caller: Caller, number: str, identity: str = "C-1") -> str:
    return str(caller.get(f"/orders/{number}/change-requests/{identity}").json["status"])


def test_a_change_is_accepted_then_applied(iom: RunningStandIn) -> None:
    Caller(iom.url).post_order(sample_order("Applied"))
    new = {"changeRequest.shippingBuckets[0].positions": [sample_position(5, "NEW-SKU", 3, PRICES)]}
    caller = ask(iom, "Applied", changes=new)
    assert status(caller, "Applied") == "OPEN"
    iom.control.step(shop=SHOP, number="Applied")
    assert status(caller, "Applied") == "ACCEPTED"
    assert "project" not in caller.order("Applied").json
    iom.control.step(shop=SHOP, number="Applied")
    assert status(caller, "Applied") == "APPLIED"
    changed = caller.order("Applied").json
    assert changed["project"] == "P-2"
    assert changed["shopOrderUpdateDate"] == "2026-11-03T10:00:00Z"
    assert caller.order_state("Applied")["status"] == "STATE_CHECKED"
    assert caller.get("/order-states?productNumbers=NEW-SKU").json["meta"]["totalCount"] == 1
    iom.control.step(20, shop=SHOP, number="Applied")
    assert iom.control.order(SHOP, "Applied").positions == {5: "STATE_DISPATCHED"}


def test_a_change_comes_too_late_once_goods_have_left(iom: RunningStandIn) -> None:
    Caller(iom.url).post_order(sample_order("Late"))
    iom.control.push(SHOP, "Late", "STATE_COMMISSIONED_PARTLY_DISPATCHED")
    caller = ask(iom, "Late")
    iom.control.step(2, shop=SHOP, number="Late")
    assert status(caller, "Late") == "FAILED_TO_APPLY"
    assert "project" not in caller.order("Late").json


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"changeRequest.shopOrderNumber": "Other"}, "changeRequest.shopOrderNumber"),
        ({"changeRequest.shopOrderUpdateDate": GONE}, "changeRequest.shopOrderUpdateDate"),
        ({"changeRequestId": GONE}, "changeRequestId"),
        ({"changeRequestId": "c" * 256}, "changeRequestId"),
        ({"changeRequest": GONE}, "changeRequest"),
        ({"changeRequest.payment": GONE}, "changeRequest.payment"),
        (
            {"changeRequest.shippingBuckets[0].positions[1].number": 1},
            "changeRequest.shippingBuckets[0].positions[1].number",
        ),
        ({"changeRequest.payment.paymentMethod": "BARTER"}, "changeRequest.payment.paymentMethod"),
    ],
)
def test_a_wrong_change_is_refused(changes: dict[str, Any], field: str, iom: RunningStandIn) -> None:
    caller = Caller(iom.url)
    caller.post_order(sample_order("Strict"))
    answer = caller.post("/orders/Strict/change-requests", request("Strict", changes=changes))
    assert (answer.status, answer.fields()) == (400, [field])


def test_the_id_of_a_change_request_is_used_once_for_an_order(iom: RunningStandIn) -> None:
    for number in ("Once", "Twice"):
        Caller(iom.url).post_order(sample_order(number))
        ask(iom, number, "same")
    answer = Caller(iom.url).post("/orders/Once/change-requests", request("Once", "same"))
    assert [error["code"] for error in answer.errors()] == ["DUPLICATE_CHANGE_REQUEST_ID"]


def test_a_cancelled_order_does_not_change_any_more(iom: RunningStandIn) -> None:
    Caller(iom.url).post_order(sample_order("Gone"))
    iom.control.cancel(SHOP, "Gone")
    caller = ask(iom, "Gone")
    iom.control.step(2, shop=SHOP, number="Gone")
    assert status(caller, "Gone") == "FAILED_TO_APPLY"
