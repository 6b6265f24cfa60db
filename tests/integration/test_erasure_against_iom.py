"""After an erasure every kind of order can still be compared with IOM, and nothing of it comes back."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import timedelta
from pathlib import Path

import pytest

from dev_demo_iomconnector.sample_orders import sample_orders
from dev_iomconnector_iom import ApiVersion, ClockConfig, ClockMode, StandIn, StandInConfig
from dev_iomconnector_iom.control.messages import AlterCommand
from iomconnector.application import Application
from iomconnector.jobs.work_off import work_off
from iomconnector.model.orders import Order
from iomconnector.model.reconciliation import Disagreement, Finding, Period
from iomconnector.testing.reconciliation_stage import told
from iomconnector.testing.systems import prepared_system
from iomconnector.usecases.check_orders import Verdict, check_order
from iomconnector.usecases.reconcile import Comparison

SHOPS = {"inSPIRED-inTRONICS": 10010, "inSPIRED-inTRONICS_Business": 10020}
COUNT = 40


@asynccontextmanager
async def exported(directory: Path, version: str) -> AsyncIterator[tuple[Application, StandIn, list[Order]]]:
    """A shop whose varied orders are all in IOM."""
    config = StandInConfig(
        api_version=ApiVersion(version), clock=ClockConfig(mode=ClockMode.FAST, stop_at="DISPATCHED")
    )
    async with (
        StandIn(config) as iom,
        prepared_system(
            "inspired-iomconnector", directory, services={"base_url": iom.url, "api_version": version}
        ) as system,
    ):
        now = system.clock.now() - timedelta(minutes=1)
        placed = [
            order.model_copy(update={"created_at": now})
            for order in sample_orders(3 * COUNT, seed=21, first_number=1)
            if not order.approval_steps
        ][:COUNT]
        await system.place_orders.many(placed)
        assert (await work_off(system, wait=0)).exported == COUNT
        yield system, iom, placed


async def compare(system: Application) -> tuple[Comparison, list[Finding]]:
    """Compare everything."""
    now = system.clock.now()
    comparison = Comparison(Period(now - timedelta(days=1), now))
    channels = await system.reconcile.channels()
    return comparison, [each async for each in system.reconcile.compare(channels, comparison)]


def words_of(orders: list[Order]) -> set[str]:
    """Streets and e-mail addresses of orders."""
    addresses = [order.invoice_address.model_dump() for order in orders]
    words = {str(address.get("street")) for address in addresses}
    return {*words, *(address["contact"]["email"] for address in addresses if address["contact"])} - {"None"}


def tables_with(directory: Path, words: set[str]) -> set[str]:
    """The tables of the shop's database in which one of the words stands."""
    with closing(sqlite3.connect(directory / "shop.sqlite")) as connection:
        named = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {
            name
            for (name,) in named
            for row in connection.execute(f'SELECT * FROM "{name}"')
            if any(word in str(value) for value in row for word in words)
        }


@pytest.mark.parametrize("version", ["2.2", "2.4"])
def test_erased_orders_are_compared_and_stay_erased(tmp_path: Path, version: str) -> None:
    async def run() -> None:
        async with exported(tmp_path, version) as (system, iom, placed):
            words = words_of(placed)
            assert tables_with(tmp_path, words) == {"orders", "messages"}
            for order in placed:
                held = await system.privacy.orders(order=order.number, channel=order.channel)
                plan, remnants = await system.privacy.erase(held, by="anna")
                assert (len(plan.erasable), bool(remnants)) == (1, True)
            comparison, findings = await compare(system)
            assert findings == []
            assert (comparison.tally.agree, comparison.tally.erased) == (COUNT, COUNT)
            stored = await system.orders.page(limit=COUNT)
            checked = [await check_order(system, each) for each in stored]
            assert {each.verdict for each in checked} == {Verdict.SAME}
            assert tables_with(tmp_path, words) == set(), "comparing brings nothing back"
            changed = placed[0]
            fields = {"shippingBuckets.0.positions.0.product.name": "Something else"}
            iom.desk.alter(SHOPS[changed.channel], changed.number, AlterCommand(fields=fields))
            _, findings = await compare(system)
            assert told(findings) == [(changed.number, Disagreement.DIFFERENT)]
            assert tables_with(tmp_path, words) == set()

    asyncio.run(run())
