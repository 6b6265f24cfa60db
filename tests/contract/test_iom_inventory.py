"""Availability and reservations over real sockets to the stand-in, judged by the official documents."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from ac_iomconnector_inventory.iom_inventory import IomInventory
from ac_iomconnector_inventory.testing import client_of, configuration_of
from ac_iomconnector_rest_common.errors import (
    IomBadRequest,
    IomForbidden,
    IomNotFound,
    IomOutcomeUnclear,
    IomRestError,
    IomThrottled,
    IomUnauthorized,
    IomUnreachable,
)
from dev_iomconnector_iom import FaultKind, FaultRule
from dev_iomconnector_iom.config import DEMO_PASSWORD, InventoryConfig
from dev_iomconnector_iom.control.stock_messages import AdvanceCommand, StockEntry, StockImport
from dev_iomconnector_iom.testing.inventory_referee import InventoryReferee
from dev_iomconnector_iom.testing.moods import MoodyStandIn
from iomconnector.jobs.clock import SystemClock
from iomconnector.model.availability import ReservationType

SHOP = 10020
ARIZONA = "inTRONICS Arizona Warehouse"
COMPLETE, PARTLY = ReservationType.COMPLETE, ReservationType.PARTLY


@asynccontextmanager
async def running(
    folder: Path, config: InventoryConfig | None = None, password: str = DEMO_PASSWORD.get_secret_value()
) -> AsyncIterator[tuple[IomInventory, MoodyStandIn]]:
    """An inventory with ten pieces of A, five more of it in Arizona, and none of B."""
    settings = config or InventoryConfig()
    record: list[list[str]] = []
    iom = MoodyStandIn(folder, "2.4", [partial(InventoryReferee, record=record)], settings)
    desk = await iom.start()
    stock = (
        StockEntry(product="A", pieces=10),
        StockEntry(product="A", pieces=5, location=ARIZONA),
        StockEntry(product="B", pieces=0),
    )
    desk.stock.put(SHOP, StockImport(stock=stock))
    configuration = configuration_of(
        iom.url,
        shop_id=SHOP,
        password=password,
        read_timeout=1,
        lifetime_unit=settings.lifetime_unit,
        time_zone=settings.time_zone,
    )
    try:
        async with aclosing(client_of(configuration)) as client:
            yield IomInventory(client, configuration, SystemClock()), iom
    finally:
        await iom.go_down()
    assert [complaint for each in record for complaint in each] == []


def test_one_request_for_a_page_and_unknown_products_are_left_out(tmp_path: Path) -> None:
    async def main() -> None:
        async with running(tmp_path) as (inventory, iom):
            asked = (await iom.start()).statistics().requests
            found = await inventory.entries(["A", "B", "none", "x" * 31, "a,b", "A"])
            assert {product: [each.pieces for each in entries] for product, entries in found.items()} == {
                "A": [10, 5],
                "B": [0],
            }
            assert (await iom.start()).statistics().requests == asked + 1
            await inventory.entries([f"P{number}" for number in range(250)])
            assert (await iom.start()).statistics().requests == asked + 4

    asyncio.run(main())


@pytest.mark.parametrize("created", [200, 201])
def test_a_reservation_is_made_seen_extended_and_released(created: int, tmp_path: Path) -> None:
    config = InventoryConfig.model_validate({"created": created, "time_zone": "Europe/Berlin"})

    async def main() -> None:
        async with running(tmp_path, config) as (inventory, iom):
            held = await inventory.reserve({"A": 12}, kind=COMPLETE, seconds=60)
            assert held.pieces == {"A": 12}
            assert held.valid_until is not None
            assert abs(held.valid_until - datetime.now(UTC) - timedelta(seconds=60)) < timedelta(seconds=10)
            assert await inventory.find(held.id) == held
            assert sum(each.pieces for each in (await inventory.entries(["A"]))["A"]) == 3
            assert sum(each.pieces for each in (await inventory.entries(["A"], held.id))["A"]) == 15
            longer = await inventory.change(held.id, {"A": 12}, kind=COMPLETE, seconds=3600)
            assert (longer.id, longer.pieces, longer.was_expired) == (held.id, {"A": 12}, False)
            (await iom.start()).stock.advance(AdvanceCommand(seconds=61))
            assert (await inventory.find(held.id)).pieces == {"A": 12}
            await inventory.release(held.id)
            with pytest.raises(IomNotFound):
                await inventory.release(held.id)
            with pytest.raises(IomNotFound):
                await inventory.find(held.id)
            with pytest.raises(IomBadRequest):
                await inventory.change(held.id, {"A": 1}, kind=COMPLETE, seconds=60)

    asyncio.run(main())


def test_one_that_is_over_is_seen_so_and_made_anew(tmp_path: Path) -> None:
    async def main() -> None:
        async with running(tmp_path, InventoryConfig(lifetime_unit="minutes")) as (inventory, iom):
            held = await inventory.reserve({"A": 12}, kind=COMPLETE, seconds=61)
            desk = await iom.start()
            desk.stock.advance(AdvanceCommand(seconds=100))
            assert not (await inventory.find(held.id)).expired
            desk.stock.advance(AdvanceCommand(seconds=30))
            over = await inventory.find(held.id)
            assert (over.expired, over.pieces) == (True, {})
            again = await inventory.change(held.id, {"A": 12}, kind=COMPLETE, seconds=60)
            assert (again.id, again.was_expired, again.pieces) == (held.id, True, {"A": 12})

    asyncio.run(main())


def test_complete_is_refused_and_partly_holds_what_there_is(tmp_path: Path) -> None:
    async def main() -> None:
        async with running(tmp_path) as (inventory, _):
            with pytest.raises(IomBadRequest, match="Not enough stock"):
                await inventory.reserve({"A": 16}, kind=COMPLETE, seconds=60)
            held = await inventory.reserve({"A": 16, "B": 1}, kind=PARTLY, seconds=60)
            assert held.pieces == {"A": 15}

    asyncio.run(main())


async def _down(iom: MoodyStandIn) -> None:
    await iom.go_down()


FAILURES: list[tuple[Callable[[MoodyStandIn], Awaitable[None]], type[IomRestError]]] = [
    (_down, IomUnreachable),
    (MoodyStandIn.fail, IomOutcomeUnclear),
    (partial(MoodyStandIn.only, rule=FaultRule(kind=FaultKind.HANG)), IomOutcomeUnclear),
    (partial(MoodyStandIn.only, rule=FaultRule(kind=FaultKind.TRUNCATED_JSON)), IomOutcomeUnclear),
    (partial(MoodyStandIn.only, rule=FaultRule(kind=FaultKind.WRONG_JSON)), IomOutcomeUnclear),
    (partial(MoodyStandIn.only, rule=FaultRule(kind=FaultKind.WRONG_CONTENT_TYPE)), IomOutcomeUnclear),
    (partial(MoodyStandIn.throttle, seconds=60), IomThrottled),
    (MoodyStandIn.forbid, IomForbidden),
]


@pytest.mark.parametrize(("mood", "error"), FAILURES)
def test_each_failure_has_its_error_and_none_is_an_empty_stock(
    mood: Callable[[MoodyStandIn], Awaitable[None]], error: type[IomRestError], tmp_path: Path
) -> None:
    async def main() -> None:
        async with running(tmp_path) as (inventory, iom):
            await mood(iom)
            with pytest.raises(error):
                await inventory.entries(["A"])
            with pytest.raises(error):
                await inventory.reserve({"A": 1}, kind=COMPLETE, seconds=60)

    asyncio.run(main())


def test_a_lost_answer_holds_pieces_for_their_lifetime_and_no_longer(tmp_path: Path) -> None:
    async def main() -> None:
        async with running(tmp_path) as (inventory, iom):
            await iom.lose_answers()
            with pytest.raises(IomOutcomeUnclear):
                await inventory.reserve({"A": 4}, kind=COMPLETE, seconds=60)
            await iom.accept()
            assert sum(each.pieces for each in (await inventory.entries(["A"]))["A"]) == 11
            (await iom.start()).stock.advance(AdvanceCommand(seconds=61))
            assert sum(each.pieces for each in (await inventory.entries(["A"]))["A"]) == 15

    asyncio.run(main())


def test_a_wrong_password_is_told(tmp_path: Path) -> None:
    async def main() -> None:
        async with running(tmp_path, password="not the one") as (inventory, _):
            with pytest.raises(IomUnauthorized):
                await inventory.entries(["A"])

    asyncio.run(main())
