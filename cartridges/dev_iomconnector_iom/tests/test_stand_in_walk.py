"""The walk of orders through their states, by hand, fast and in real time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from dev_iomconnector_iom import (
    ApiVersion,
    ClockConfig,
    ClockMode,
    ControlError,
    PiecesOfPosition,
    RunningStandIn,
    StandIn,
    StandInConfig,
)
from dev_iomconnector_iom.exact_json import JsonObject
from dev_iomconnector_iom.samples import full_order, sample_order
from dev_iomconnector_iom.testing import GONE, Caller, altered, manual_stand_in
from dev_iomconnector_iom.testing.official import complaints, openapi_folder

SHOP = 10020
STRAIGHT = [
    "STATE_INITIAL",
    "STATE_CHECKED",
    "STATE_DO_ANNOUNCE",
    "STATE_ANNOUNCED",
    "STATE_DO_OPTIMIZE",
    "STATE_OPTIMIZED",
    "STATE_DO_CREATE_TRANSMISSION",
    "STATE_COMMISSIONED",
]


@pytest.fixture(scope="module")
def iom() -> Iterator[RunningStandIn]:
    with manual_stand_in() as running:
        yield running


def place(iom: RunningStandIn, number: str, **changes: Any) -> Caller:
    caller = Caller(iom.url)
    assert caller.post_order(altered(sample_order(number), changes)).status == 201
    return caller


def walk(iom: RunningStandIn, number: str) -> list[str]:
    """Step one order until it stands still; answers its states."""
    states = [iom.control.order(SHOP, number).state]
    while iom.control.step(shop=SHOP, number=number):
        states.append(iom.control.order(SHOP, number).state)
    return states


def positions(state: JsonObject) -> list[JsonObject]:
    return [position for bucket in state["shippingBuckets"] for position in bucket["positions"]]


def test_an_order_walks_straight_on_and_is_sent_in_two_parcels(iom: RunningStandIn) -> None:
    place(iom, "Split")
    assert walk(iom, "Split") == [*STRAIGHT, "STATE_COMMISSIONED_PARTLY_DISPATCHED", "STATE_DISPATCHED"]


def test_an_order_that_must_not_be_split_is_sent_at_once(iom: RunningStandIn) -> None:
    place(iom, "Whole", splitShipmentAllowed=False)
    assert walk(iom, "Whole") == [*STRAIGHT, "STATE_DISPATCHED"]


@pytest.mark.parametrize(
    ("number", "changes"),
    [
        ("Dear", {"sales.total.gross.amount": Decimal("1000.01")}),
        ("Cash", {"payment.paymentMethod": "ISH_CASH_ON_DELIVERY"}),
    ],
)
def test_an_approval_is_waited_for(number: str, changes: dict[str, Any], iom: RunningStandIn) -> None:
    place(iom, number, **changes)
    assert walk(iom, number) == [*STRAIGHT[:3], "STATE_DO_APPROVE"]
    with pytest.raises(ControlError, match="409"):
        iom.control.push(SHOP, number)
    assert iom.control.approve(SHOP, number).state == "STATE_DO_APPROVE"
    assert walk(iom, number)[-1] == "STATE_DISPATCHED"


def test_an_approval_may_be_refused(iom: RunningStandIn) -> None:
    caller = place(iom, "Rejected", **{"sales.total.gross.amount": Decimal("5000")})
    walk(iom, "Rejected")
    assert iom.control.reject(SHOP, "Rejected").state == "STATE_RETURNED"
    assert walk(iom, "Rejected") == ["STATE_RETURNED"]
    (first, _) = positions(caller.order_state("Rejected"))
    assert first["confirmed"]["cancelled"][0]["quantity"] == 2
    assert first["confirmed"]["cancelled"][0]["reason"] == {"id": "CAN990", "value": "Approval refused"}
    with pytest.raises(ControlError, match="waits for no approval"):
        iom.control.approve(SHOP, "Rejected")


def test_exactly_the_limit_needs_no_approval(iom: RunningStandIn) -> None:
    place(iom, "Limit", **{"sales.total.gross.amount": Decimal("1000.00")})
    assert "STATE_DO_APPROVE" not in walk(iom, "Limit")


def test_a_failed_validation_waits_for_somebody(iom: RunningStandIn) -> None:
    place(iom, "Failed", additionalAttributes={"order": {"validation": "fail"}})
    assert walk(iom, "Failed") == ["STATE_INITIAL", "STATE_NOT_CHECKED"]
    assert iom.control.push(SHOP, "Failed").state == "STATE_CHECKED"
    assert walk(iom, "Failed")[-1] == "STATE_DISPATCHED"


def test_suppliers_confirmations_and_parcels_are_in_the_state(iom: RunningStandIn) -> None:
    caller = place(iom, "Details")
    iom.control.push(SHOP, "Details", "STATE_COMMISSIONED")
    (first, second) = positions(caller.order_state("Details"))
    assert (first["commissioned"]["name"], second["commissioned"]["name"]) == (
        "inTRONICS Texas Warehouse",
        "inTRONICS Arizona Warehouse",
    )
    assert first["confirmed"]["quantities"][0]["value"] == 2
    iom.control.dispatch(
        SHOP,
        "Details",
        PiecesOfPosition(position=1, quantity=2, serial_numbers=("A1", "A2")),
        carrier="UPS",
        tracking_number="1Z",
        packages=3,
    )
    (first, second) = positions(caller.order_state("Details"))
    assert (first["status"], second["status"]) == ("STATE_DISPATCHED", "STATE_COMMISSIONED")
    (parcel,) = first["dispatched"]
    assert parcel["carrier"] == {
        "name": "UPS",
        "packages": 3,
        "shipmentTracking": {"number": "1Z", "url": "https://tracking.example.com/parcels/1Z"},
    }
    assert parcel["units"] == [{"serialNumber": "A1"}, {"serialNumber": "A2"}]
    assert parcel["deliveryNoteNumber"].startswith("DN-")


@pytest.mark.skipif(openapi_folder() is None, reason="the official documents are not there")
def test_every_state_of_every_order_follows_the_official_schema(iom: RunningStandIn) -> None:
    caller = Caller(iom.url)
    special: dict[str, dict[str, Any]] = {
        "All fields": {},
        "No buckets": {"shippingBuckets": []},
        "No positions": {"shippingBuckets[0].positions": []},
        "No numbers": {f"shippingBuckets[{n}].positions[0].number": GONE for n in range(3)},
        "Only net": {"sales.total.gross": GONE, "shippingBuckets[0].positions[0].sum.gross": GONE},
        "Huge": {
            "sales.total.gross.amount": Decimal("999999999999999999999.99"),
            "shippingBuckets[0].positions[0].quantity": (1 << 31) - 1,
            "shippingBuckets[0].positions[0].sum.gross.amount": Decimal("999999999999999999999.99"),
        },
        "Long ago": {"shopOrderCreationDate": "0001-01-01T00:00:00+14:00"},
        "Slow": {"shippingBuckets[0].positions[0].shipping.expectedDeliveryDays": (1 << 31) - 1},
    }
    for number, changes in special.items():
        assert caller.post_order(altered(full_order(number), changes)).status == 201
    for _ in range(12):
        answer = caller.get("/order-states?limit=100")
        assert complaints(answer.json, "OrderStateCollectionContainer", ApiVersion.V2_4) == []
        for state in answer.json["data"]:
            if state["status"] == "STATE_DO_APPROVE":
                iom.control.approve(SHOP, state["shopOrderNumber"])
        iom.control.step()
    assert caller.order_state("All fields")["status"] == "STATE_DISPATCHED"
    assert caller.order_state("Huge")["status"] == "STATE_DISPATCHED"
    assert caller.order_state("No buckets")["status"] == "STATE_COMMISSIONED"


def dispatched(caller: Caller) -> int:
    return int(caller.get("/order-states?statuses=STATE_DISPATCHED&limit=1").json["meta"]["totalCount"])


def eventually(count: int, caller: Caller, seconds: float) -> None:
    """Wait until so many orders are dispatched."""
    deadline = time.monotonic() + seconds
    while (reached := dispatched(caller)) < count:
        assert time.monotonic() < deadline, f"only {reached} of {count} orders are dispatched"


def test_a_fast_clock_dispatches_at_once() -> None:
    with manual_stand_in(clock=ClockConfig(mode=ClockMode.FAST)) as running:
        caller = Caller(running.url)
        for number in range(120):
            assert caller.post_order(sample_order(f"F-{number}")).status == 201
        eventually(120, caller, 10)


def test_a_real_clock_takes_its_time() -> None:
    with manual_stand_in(clock=ClockConfig(seconds_per_step=0.05)) as running:
        caller = Caller(running.url)
        started = time.monotonic()
        assert caller.post_order(sample_order("R-1", splitShipmentAllowed=False)).status == 201
        eventually(1, caller, 10)
        assert time.monotonic() - started > 8 * 0.05
        dates = positions(caller.order_state("R-1"))[0]
        assert dates["commissioned"]["commissionDate"] < dates["dispatched"][0]["dispatchDate"]


def test_a_clock_may_stop_orders_before_the_goods_leave() -> None:
    with manual_stand_in(clock=ClockConfig(mode=ClockMode.MANUAL, stop_at="COMMISSIONED")) as running:
        place(running, "Stop")
        assert walk(running, "Stop") == STRAIGHT
        assert running.control.dispatch(SHOP, "Stop").state == "STATE_DISPATCHED"


def test_the_clock_can_be_changed_while_it_runs(iom: RunningStandIn) -> None:
    with manual_stand_in() as running:
        caller = place(running, "Later")
        assert running.control.order(SHOP, "Later").state == "STATE_INITIAL"
        running.control.set_clock(ClockMode.FAST)
        eventually(1, caller, 10)


def test_a_stand_in_runs_in_an_event_loop_of_its_user() -> None:
    async def use() -> str:
        config = StandInConfig(clock=ClockConfig(mode=ClockMode.MANUAL))
        async with StandIn(config) as stand_in:
            answer = await asyncio.to_thread(Caller(stand_in.url).post_order, sample_order("Loop"))
            assert answer.status == 201
            assert (await asyncio.to_thread(Caller(stand_in.url).call, "GET", "/control/shops")).status == 404
            return stand_in.desk.order(SHOP, "Loop").state

    assert asyncio.run(use()) == "STATE_INITIAL"
