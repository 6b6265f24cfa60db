"""Orders are lost, changed and added on both sides behind the shop's back; a comparison finds each."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ac_iomconnector_order_test.middleware import RefereeMiddleware
from ac_iomconnector_order_test.record import Judged, assert_clean
from ac_iomconnector_orderexport import order_directory
from ac_iomconnector_rest_common import states_by_number
from dev_demo_iomconnector.sample_orders import sample_orders
from dev_iomconnector_iom import ClockConfig, ClockMode, StandIn, StandInConfig
from dev_iomconnector_iom.control.messages import AlterCommand
from iomconnector.application import Application
from iomconnector.jobs.work_off import work_off
from iomconnector.model.exports import ExportState
from iomconnector.model.orders import Order
from iomconnector.model.reconciliation import Disagreement, Finding, Period
from iomconnector.storage.tables import export_attempts, export_requests, order_products, orders
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.reconciliation_stage import told
from iomconnector.testing.systems import prepared_system
from iomconnector.usecases.reconcile import Comparison

SHOPS = {"inSPIRED-inTRONICS": 10010, "inSPIRED-inTRONICS_Business": 10020}
FAST = ClockConfig(mode=ClockMode.FAST, stop_at="DISPATCHED")
COUNT = 40
DAYS = 5
"""Two days are compared; they touch three, and one more is read on each side."""


class Scene:
    """A shop and an IOM that agree about every order, until somebody plants something.

    Arguments:
        system: The shop.
        iom: The stand-in.
        placed: Their orders.
    """

    def __init__(self, system: Application, iom: StandIn, placed: Sequence[Order]) -> None:
        self.system = system
        self.iom = iom
        self.placed = list(placed)

    def take(self) -> Order:
        """An order to which nothing has happened yet."""
        return self.placed.pop()

    def lose(self, order: Order) -> None:
        """IOM forgets an order."""
        self.iom.desk.forget(SHOPS[order.channel], order.number)

    def alter(self, order: Order) -> None:
        """IOM changes an order."""
        fields = {"shippingBuckets.0.positions.0.product.name": "Something else"}
        self.iom.desk.alter(SHOPS[order.channel], order.number, AlterCommand(fields=fields))

    def add_foreign(self, order: Order, number: str) -> None:
        """Another installation sends an order to the same shop."""
        document = json.loads(self.iom.desk.document(SHOPS[order.channel], order.number))
        body = json.dumps({**document, "shopOrderNumber": number}).encode()
        self.iom.desk.add_order(SHOPS[order.channel], body)

    async def forget_record(self, order: Order, state: ExportState) -> None:
        """The shop forgets that an order was exported."""
        stored = await self.system.orders.get(order.channel, order.number)

        async def change(connection: AsyncConnection) -> None:
            await connection.execute(
                update(export_requests)
                .where(export_requests.c.order_id == stored.request.order_id)
                .values(state=state.value, exported_at=None, lease_until=self.system.clock.now())
            )

        await self.system.database.write(change)

    async def forget_order(self, order: Order) -> None:
        """The shop loses an order."""
        stored = await self.system.orders.get(order.channel, order.number)
        key = stored.request.order_id

        async def change(connection: AsyncConnection) -> None:
            for table in (export_attempts, export_requests, order_products):
                await connection.execute(delete(table).where(table.c.order_id == key))
            await connection.execute(delete(orders).where(orders.c.id == key))

        await self.system.database.write(change)

    async def compare(self) -> list[Finding]:
        """Compare everything that was placed until now."""
        now = self.system.clock.now()
        use_case = self.system.reconcile
        self.comparison = Comparison(Period(now - timedelta(days=2), now))
        return [finding async for finding in use_case.compare(await use_case.channels(), self.comparison)]


@asynccontextmanager
async def agreeing(directory: Path, record: list[Judged]) -> AsyncIterator[Scene]:
    """A scene in which all orders are exported."""
    candidates = sample_orders(3 * COUNT, seed=5, first_number=1)
    placed = [order for order in candidates if not order.approval_steps][:COUNT]
    referee = partial(RefereeMiddleware, version="2.4", record=record)
    async with (
        StandIn(StandInConfig(clock=FAST), middleware=[referee]) as iom,
        prepared_system(
            "inspired-iomconnector", directory, services={"base_url": iom.url, "api_version": "2.4"}
        ) as system,
    ):
        now = system.clock.now() - timedelta(minutes=1)
        today = [order.model_copy(update={"created_at": now}) for order in placed]
        await system.place_orders.many(today)
        run = await work_off(system, wait=0)
        assert run.exported == COUNT
        yield Scene(system, iom, today)


@pytest.fixture
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order_directory, "PAGE_SIZE", 7)
    monkeypatch.setattr(states_by_number, "PAGE_SIZE", 7)
    monkeypatch.setattr(states_by_number, "MOST_NUMBERS", 3)


def _stored(record: list[Judged]) -> int:
    """How many orders IOM took."""
    return sum((each.exchange.method, each.exchange.status) == ("POST", 201) for each in record)


def _assert_contract(record: list[Judged]) -> None:
    assert_clean(record, at_least=COUNT)
    wrong = [(each.exchange.path, each.request_violations) for each in record if each.request_violations]
    assert not wrong


@in_event_loop
async def test_both_sides_agree_and_few_questions_tell(tmp_path: Path) -> None:
    record: list[Judged] = []
    async with agreeing(tmp_path, record) as scene:
        before = len(record)
        assert await scene.compare() == []
        assert scene.comparison.tally.agree == COUNT
        reads = record[before:]
        assert {each.exchange.method for each in reads} == {"GET"}
        assert len(reads) == DAYS * len(SHOPS)
    _assert_contract(record)


@pytest.mark.usefixtures("_small_pages")
@in_event_loop
async def test_planted_losses_are_found_and_mended(tmp_path: Path) -> None:
    record: list[Judged] = []
    async with agreeing(tmp_path, record) as scene:
        lost = [scene.take() for _ in range(5)]
        for order in lost:
            scene.lose(order)
        altered, unrecorded = [scene.take() for _ in range(2)], [scene.take() for _ in range(4)]
        for order in altered:
            scene.alter(order)
        states = [ExportState.DUE, ExportState.PARKED, ExportState.GIVEN_UP, ExportState.SENDING]
        for order, state in zip(unrecorded, states, strict=True):
            await scene.forget_record(order, state)
        forgotten = scene.take()
        await scene.forget_order(forgotten)
        scene.add_foreign(scene.placed[0], "90000001")
        compared_at = scene.system.clock.now()
        findings = await scene.compare()
        unknown = [forgotten.number, "90000001"]
        different = [order.number for order in altered]
        assert told(findings) == sorted(
            [
                *((order.number, Disagreement.MISSING) for order in lost),
                *((number, Disagreement.DIFFERENT) for number in different),
                *((order.number, Disagreement.UNRECORDED) for order in unrecorded),
                *((number, Disagreement.UNKNOWN) for number in unknown),
            ]
        )
        mended = await scene.system.reconcile.mend(findings, compared_at=compared_at, by="anna")
        assert mended == len(lost) + 2, "what is due or was being sent is on its way already"
        stored = _stored(record)
        assert (await work_off(scene.system, wait=0)).exported == 9
        assert _stored(record) - stored == len(lost)
        left = await scene.compare()
        assert told(left) == sorted(
            [
                *((number, Disagreement.DIFFERENT) for number in different),
                *((number, Disagreement.UNKNOWN) for number in unknown),
            ]
        )
        numbers = [number for shop in SHOPS.values() for number in scene.iom.desk.stored_numbers(shop)]
        assert len(numbers) == len(set(numbers)) == COUNT + 1
    _assert_contract(record)


@pytest.mark.usefixtures("_small_pages")
@in_event_loop
async def test_orders_that_arrive_meanwhile_raise_no_alarm(tmp_path: Path) -> None:
    record: list[Judged] = []
    async with agreeing(tmp_path, record) as scene:
        lost = scene.take()
        scene.lose(lost)
        more = [
            order.model_copy(update={"created_at": scene.system.clock.now()})
            for order in sample_orders(60, seed=6, first_number=5000)
            if not order.approval_steps
        ]

        async def arrive() -> None:
            for first in range(0, len(more), 5):
                await scene.system.place_orders.many(more[first : first + 5])
                await work_off(scene.system, wait=0)

        arriving = asyncio.create_task(arrive())
        while not arriving.done():
            assert told(await scene.compare()) == [(lost.number, Disagreement.MISSING)]
        await arriving
        assert told(await scene.compare()) == [(lost.number, Disagreement.MISSING)]
    _assert_contract(record)
