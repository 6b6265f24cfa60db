"""Orders go over real sockets to the stand-in, and the referee judges every request and every answer."""

import asyncio
import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest

from ac_iomconnector_order_test.middleware import RefereeMiddleware
from ac_iomconnector_order_test.record import Judged, assert_clean
from dev_demo_iomconnector.sample_orders import sample_orders
from dev_iomconnector_iom import ApiVersion, ClockConfig, ClockMode, StandIn, StandInConfig
from iomconnector.jobs.work_off import work_off
from iomconnector.model.approvals import Decision
from iomconnector.model.exports import ExportState
from iomconnector.model.orders import Order
from iomconnector.testing.systems import prepared_system
from iomconnector.usecases.check_orders import Verdict, check_order

MANUAL = ClockConfig(mode=ClockMode.MANUAL)
FAST = ClockConfig(mode=ClockMode.FAST, stop_at="DISPATCHED")


def _approved(count: int, seed: int) -> list[Order]:
    """Sample orders that need no approval."""
    candidates = sample_orders(3 * count, seed=seed, first_number=1000)
    return [order for order in candidates if not order.approval_steps][:count]


async def _export(
    to_export: Sequence[Order], directory: Path, config: StandInConfig, judged_by: str, api_version: str
) -> list[Judged]:
    record: list[Judged] = []
    referee = partial(RefereeMiddleware, version=judged_by, record=record)
    async with (
        StandIn(config, middleware=[referee]) as iom,
        prepared_system(
            "inspired-iomconnector",
            directory,
            services={"base_url": iom.url, "api_version": api_version},
        ) as system,
    ):
        await system.place_orders.many(to_export)
        run = await work_off(system, wait=0)
        stored = await system.orders.page(limit=len(to_export))
        assert [each.request.reason for each in stored if each.request.reason] == []
        assert run.exported == len(to_export)
        verdicts = [await check_order(system, each) for each in stored]
        assert {each.verdict for each in verdicts} == {Verdict.SAME}, verdicts
        return record


def _assert_all_valid(record: list[Judged], at_least: int) -> None:
    assert_clean(record, at_least=at_least)
    wrong = [
        (judged.exchange.path, judged.request_violations) for judged in record if judged.request_violations
    ]
    assert not wrong


@pytest.mark.parametrize("clock", [MANUAL, FAST], ids=["just stored", "dispatched"])
def test_sample_orders_keep_the_contract_both_ways(
    tmp_path: Path, order_api_version: str, clock: ClockConfig
) -> None:
    config = StandInConfig(api_version=ApiVersion(order_api_version), clock=clock)
    placed = _approved(25, seed=11)
    record = asyncio.run(_export(placed, tmp_path, config, order_api_version, order_api_version))
    _assert_all_valid(record, at_least=2 * len(placed))


def test_the_version_is_probed(tmp_path: Path, order_api_version: str) -> None:
    config = StandInConfig(api_version=ApiVersion(order_api_version), clock=MANUAL)
    placed = _approved(3, seed=12)
    record = asyncio.run(_export(placed, tmp_path, config, order_api_version, "auto"))
    posts = [judged for judged in record if judged.exchange.method == "POST"]
    _assert_all_valid(posts, at_least=len(placed))


def test_waiting_orders_go_when_they_are_approved(tmp_path: Path) -> None:
    order = next(o for o in sample_orders(50, seed=1, first_number=1) if len(o.approval_steps) == 2)

    async def run() -> None:
        async with (
            StandIn(StandInConfig(clock=MANUAL)) as iom,
            prepared_system("inspired-iomconnector", tmp_path, services={"base_url": iom.url}) as system,
        ):
            await system.place_orders.one(order)
            assert (await work_off(system, wait=0)).attempts == 0
            for step in order.approval_steps:
                await system.approve_orders.decide(
                    order.channel, order.number, Decision.APPROVED, by=step.approvers[0], comment="Fine."
                )
            assert (await work_off(system, wait=0)).exported == 1
            document = json.loads(iom.desk.document(10020, order.number))
            stored = await system.orders.get(order.channel, order.number)
        assert stored.request.state is ExportState.EXPORTED
        attributes = document["additionalAttributes"]
        assert attributes["b2b"]["messageToMerchant"] == order.message_to_merchant
        assert attributes["b2b"]["costCenter"] == order.cost_center
        assert attributes["approval"]["status"] == "approved"
        assert attributes["approval"]["2.decidedBy"] == order.approval_steps[1].approvers[0]

    asyncio.run(run())
