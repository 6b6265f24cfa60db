"""Where IOM's ways and the promises of the port differ, over real sockets to the stand-in."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from ac_iomconnector_inventory.service import IomInventoryService
from ac_iomconnector_inventory.testing import inventory_at
from ac_iomconnector_rest_common.testing.rest_clients import KeptMessages
from dev_iomconnector_iom import FaultKind, FaultRule
from dev_iomconnector_iom.application import Middleware
from dev_iomconnector_iom.config import DEMO_PASSWORD
from dev_iomconnector_iom.control.desk import ControlDesk
from dev_iomconnector_iom.control.stock_messages import AdvanceCommand, StockEntry, StockImport
from dev_iomconnector_iom.testing.moods import MoodyStandIn
from iomconnector.model.availability import ReservationType
from iomconnector.ports.inventory_service import (
    InventoryUnavailableError,
    ReservationExpiredError,
    ReservationRefusedError,
    ReservationUnclearError,
    UnknownReservationError,
)

SHOP = 10020
ARIZONA = "inTRONICS Arizona Warehouse"
MINUTE = timedelta(minutes=1)
COMPLETE, PARTLY = ReservationType.COMPLETE, ReservationType.PARTLY


class BeforeChanges:
    """Does something before a request with a method is handled, once it is told to."""

    def __init__(self, app: ASGIApp, *, trap: "Trap") -> None:
        self._app = app
        self._trap = trap

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == self._trap.method and self._trap.does is not None:
            await self._trap.does()
        await self._app(scope, receive, send)


class Trap:
    """What happens before a request is handled."""

    def __init__(self) -> None:
        self.method = ""
        self.does: Callable[[], Awaitable[None]] | None = None


@asynccontextmanager
async def running(
    folder: Path, *middleware: Middleware, log: KeptMessages | None = None, **settings: Any
) -> AsyncIterator[tuple[IomInventoryService, MoodyStandIn]]:
    """A service, and ten pieces of A, five more of it in Arizona, and none of B."""
    iom = MoodyStandIn(folder, "2.4", middleware)
    desk = await iom.start()
    stock = (
        StockEntry(product="A", pieces=10),
        StockEntry(product="A", pieces=5, location=ARIZONA),
        StockEntry(product="B", pieces=0),
    )
    desk.stock.put(SHOP, StockImport(stock=stock))
    access = {"user": "webservice_shop", "password": DEMO_PASSWORD.get_secret_value(), "read_timeout": 5}
    try:
        async with aclosing(
            inventory_at(iom.url, log=log, **{"shop_id": SHOP, **access, **settings})
        ) as service:
            yield service, iom
    finally:
        await iom.go_down()


async def end(desk: ControlDesk) -> None:
    """Let the time of reservations of a minute be over."""
    desk.stock.advance(AdvanceCommand(seconds=61))


async def quantity(service: IomInventoryService) -> int | None:
    return (await service.availability(["A"]))["A"].quantity


@pytest.mark.parametrize(("rule", "pieces"), [("sum", 15), ("greatest", 10)])
def test_several_locations_count_by_the_rule_and_are_shown(rule: str, pieces: int, tmp_path: Path) -> None:
    async def main() -> None:
        async with running(tmp_path, locations=rule) as (service, _):
            found = (await service.availability(["A"]))["A"]
            assert (found.available, found.quantity) == (True, pieces)
            assert [each.quantity for each in found.locations] == [10, 5]
            assert found.locations[1].location == ARIZONA

    asyncio.run(main())


def test_one_that_ends_while_it_is_extended_is_not_made_anew(tmp_path: Path) -> None:
    """Between reading it and changing it its time is over: IOM makes it anew with 21004."""
    trap = Trap()

    async def main() -> None:
        async with running(tmp_path, partial(BeforeChanges, trap=trap)) as (service, iom):
            desk = await iom.start()
            held = await service.reserve({"A": 4}, kind=COMPLETE, lifetime=MINUTE, key="b")
            trap.method, trap.does = "PUT", partial(end, desk)
            with pytest.raises(ReservationExpiredError):
                await service.extend(held.id, MINUTE)
            assert desk.stock.reservations(SHOP) == []
            assert await quantity(service) == 15

    asyncio.run(main())


def test_one_that_was_made_anew_and_cannot_be_removed_is_unclear(tmp_path: Path) -> None:
    trap = Trap()

    async def main() -> None:
        async with running(tmp_path, partial(BeforeChanges, trap=trap)) as (service, iom):
            desk = await iom.start()
            held = await service.reserve({"A": 4}, kind=COMPLETE, lifetime=MINUTE, key="b")
            trap.method, trap.does = "PUT", partial(end, desk)
            desk.add_fault(FaultRule(kind=FaultKind.STATUS, status=500, method="DELETE"))
            with pytest.raises(ReservationUnclearError, match="made it anew"):
                await service.extend(held.id, MINUTE)

    asyncio.run(main())


def test_one_that_ends_and_cannot_be_made_anew_is_over(tmp_path: Path) -> None:
    trap = Trap()

    async def main() -> None:
        async with running(tmp_path, partial(BeforeChanges, trap=trap)) as (service, iom):
            desk = await iom.start()
            held = await service.reserve({"A": 4}, kind=COMPLETE, lifetime=MINUTE, key="b")

            async def sold_meanwhile() -> None:
                await end(desk)
                gone = (
                    StockEntry(product="A", pieces=0),
                    StockEntry(product="A", pieces=0, location=ARIZONA),
                )
                desk.stock.put(SHOP, StockImport(stock=gone))

            trap.method, trap.does = "PUT", sold_meanwhile
            with pytest.raises(ReservationExpiredError):
                await service.extend(held.id, MINUTE)

    asyncio.run(main())


def test_one_that_is_removed_while_it_is_extended_is_unknown(tmp_path: Path) -> None:
    trap = Trap()

    async def main() -> None:
        async with running(tmp_path, partial(BeforeChanges, trap=trap)) as (service, _):
            held = await service.reserve({"A": 4}, kind=COMPLETE, lifetime=MINUTE, key="b")
            trap.method, trap.does = "PUT", partial(service.release, held.id)
            with pytest.raises(UnknownReservationError):
                await service.extend(held.id, MINUTE)

    asyncio.run(main())


def test_a_refusal_says_what_there_is(tmp_path: Path) -> None:
    async def main() -> None:
        async with running(tmp_path) as (service, _):
            with pytest.raises(ReservationRefusedError) as refused:
                await service.reserve({"A": 16, "B": 1}, kind=COMPLETE, lifetime=MINUTE, key="b")
            assert refused.value.short == {"A": 15, "B": 0}
            assert refused.value.their_code == "NOT_ENOUGH_STOCK"
            assert "Not enough stock" in refused.value.message
            assert await quantity(service) == 15

    asyncio.run(main())


BAD_ITEMS = [{"x" * 31: 1}, {"A,B": 1}, {"../A": 1}, {" ": 1}, {"A;B": 1}]
NO_ITEMS = [{"A\0": 1}, {"": 1}, {"A": 0}, {"A": -1}, {"A": 2**31}]


@pytest.mark.parametrize("items", BAD_ITEMS, ids=repr)
def test_products_that_iom_cannot_have_are_refused_without_asking(
    items: dict[str, int], tmp_path: Path
) -> None:
    async def main() -> None:
        async with running(tmp_path) as (service, iom):
            desk = await iom.start()
            for kind in ReservationType:
                with pytest.raises(ReservationRefusedError, match="cannot have the product") as refused:
                    await service.reserve(items, kind=kind, lifetime=MINUTE, key="b")
                assert refused.value.short == dict.fromkeys(items, 0)
            with pytest.raises(ReservationRefusedError):
                await service.reserve({"A": 1, **items}, kind=COMPLETE, lifetime=MINUTE, key="b")
            assert dict(await service.availability(list(items))) == {}
            assert desk.statistics().requests == 0
            held = await service.reserve({"A": 1, **items}, kind=PARTLY, lifetime=MINUTE, key="b")
            assert dict(held.pieces) == {"A": 1}
            assert not held.complete

    asyncio.run(main())


@pytest.mark.parametrize("items", NO_ITEMS, ids=repr)
def test_what_is_no_product_or_no_number_of_pieces_is_refused_with_all_the_rest(
    items: dict[str, int], tmp_path: Path
) -> None:
    async def main() -> None:
        async with running(tmp_path) as (service, iom):
            for kind in ReservationType:
                with pytest.raises(ReservationRefusedError, match="cannot be reserved"):
                    await service.reserve({"B": 1, **items}, kind=kind, lifetime=MINUTE, key="b")
            assert (await iom.start()).statistics().requests == 0

    asyncio.run(main())


@pytest.mark.parametrize("number", ["0", "01", "+1", "1.0", "9223372036854775808", "１", "1 ", "abc"])
def test_what_is_no_int64_is_no_reservation_and_is_not_asked_for(number: str, tmp_path: Path) -> None:
    async def main() -> None:
        async with running(tmp_path) as (service, iom):
            with pytest.raises(UnknownReservationError):
                await service.reservation(number)
            with pytest.raises(UnknownReservationError):
                await service.extend(number, MINUTE)
            await service.release(number)
            assert (await iom.start()).statistics().requests == 0

    asyncio.run(main())


def test_reservations_are_in_the_message_log_and_questions_that_failed(tmp_path: Path) -> None:
    log = KeptMessages()

    async def main() -> None:
        async with running(tmp_path, log=log) as (service, iom):
            await service.availability(["A"])
            assert log.messages == []
            held = await service.reserve({"A": 1}, kind=COMPLETE, lifetime=MINUTE, key="b")
            await service.reservation(held.id)
            await service.fulfil(held.id, "00000001")
            await service.release(held.id)
            assert [message.method for message in log.messages] == ["POST", "GET", "DELETE"]
            await iom.fail()
            with pytest.raises(InventoryUnavailableError):
                await service.availability(["A"])
            assert [message.status for message in log.messages][-1] == 500
            assert DEMO_PASSWORD.get_secret_value() not in repr(log.messages)

    asyncio.run(main())


def test_settings_that_do_not_fit_this_iom_are_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def main() -> None:
        async with running(tmp_path, time_zone="Asia/Tokyo") as (service, _):
            for key in ("a", "b"):
                await service.reserve({"A": 1}, kind=COMPLETE, lifetime=MINUTE, key=key)

    with caplog.at_level(logging.WARNING, logger="ac_iomconnector_inventory"):
        asyncio.run(main())
    assert len(caplog.messages) == 1
    assert "lifetime_unit and time_zone" in caplog.text


def test_the_connection_test_says_what_is_wrong(tmp_path: Path) -> None:
    async def main() -> None:
        async with running(tmp_path) as (service, iom):
            assert "stock and reservations of shop 10020 can be read" in await service.check()
            wrong: dict[str, Any] = {"shop_id": SHOP, "user": "webservice_shop", "password": "another"}
            async with aclosing(inventory_at(iom.url, **wrong)) as other:
                with pytest.raises(InventoryUnavailableError) as refused:
                    await other.check()
                assert refused.value.hint == "Check user and password of the service."
            await iom.forbid()
            with pytest.raises(InventoryUnavailableError) as forbidden:
                await service.check()
            assert "(123)" in forbidden.value.hint
            await iom.go_down()
            with pytest.raises(InventoryUnavailableError):
                await service.check()

    asyncio.run(main())
