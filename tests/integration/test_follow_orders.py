"""Order states are followed by IOM's feed of changes, and by asking again where there is none."""

from functools import partial
from pathlib import Path

import pytest

from ac_iomconnector_order_test.middleware import RefereeMiddleware
from ac_iomconnector_order_test.record import Judged, assert_clean
from dev_demo_iomconnector.sample_orders import sample_orders
from dev_iomconnector_iom import ApiVersion, ClockConfig, ClockMode, StandIn, StandInConfig
from dev_iomconnector_iom.control.messages import StepCommand
from iomconnector.application import Application
from iomconnector.jobs.work_off import work_off
from iomconnector.model.orders import Order
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.systems import prepared_system

SHOPS = {"inSPIRED-inTRONICS": 10010, "inSPIRED-inTRONICS_Business": 10020}


@pytest.mark.parametrize("version", ["2.2", "2.4"])
@in_event_loop
async def test_what_changes_in_iom_is_known_without_anybody_looking(tmp_path: Path, version: str) -> None:
    record: list[Judged] = []
    config = StandInConfig(api_version=ApiVersion(version), clock=ClockConfig(mode=ClockMode.MANUAL))
    referee = partial(RefereeMiddleware, version=version, record=record)
    placed = [each for each in sample_orders(20, seed=3, first_number=1) if not each.approval_steps][:6]
    async with (
        StandIn(config, middleware=[referee]) as iom,
        prepared_system(
            "inspired-iomconnector",
            tmp_path,
            services={"base_url": iom.url, "api_version": version},
        ) as system,
    ):
        await system.place_orders.many(placed)
        await work_off(system, wait=0)
        await system.follow_orders()
        known = {each.number: await _status(system, each) for each in placed}
        assert set(known.values()) == {"STATE_INITIAL"}
        changed = placed[0]
        iom.desk.step(StepCommand(shop=SHOPS[changed.channel], number=changed.number))
        await system.follow_orders()
        assert await _status(system, changed) == "STATE_CHECKED"
        assert {await _status(system, each) for each in placed[1:]} == {"STATE_INITIAL"}
    assert_clean(record)


@in_event_loop
async def test_a_channel_without_answers_hinders_no_other(tmp_path: Path) -> None:
    config = StandInConfig(clock=ClockConfig(mode=ClockMode.MANUAL))
    placed = [each for each in sample_orders(30, seed=4, first_number=1) if not each.approval_steps]
    async with (
        StandIn(config) as iom,
        prepared_system(
            "inspired-iomconnector", tmp_path, services={"base_url": iom.url, "read_retries": 0}
        ) as system,
    ):
        await system.services.change(
            "iom-order-history-intronics", values={"base_url": "http://127.0.0.1:9"}, by="test"
        )
        await system.place_orders.many(placed)
        await work_off(system, wait=0)
        await system.follow_orders()
        by_channel = {each.channel: await _status(system, each) for each in placed}
        assert by_channel == {"inSPIRED-inTRONICS": None, "inSPIRED-inTRONICS_Business": "STATE_INITIAL"}


async def _status(system: Application, order: Order) -> str | None:
    known = await system.order_state_store.known(order.channel, [order.number])
    return known[order.number].state.status.code if known else None
