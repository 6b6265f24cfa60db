"""How few questions many lookups need, and how long shoppers wait for a service that does not answer."""

import asyncio
import time
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from iomconnector.model.availability import AvailabilityReason, AvailabilitySource, Quality
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.inventory_stage import RULES, InventoryStage
from iomconnector.testing.samples import CHANNEL

BUDGET = 0.3
MOST_WAIT = timedelta(seconds=30)
LOOKS = 30


@pytest.mark.parametrize("quality", list(Quality))
@in_event_loop
async def test_pages_that_share_products_ask_for_each_product_once(quality: Quality) -> None:
    stage = InventoryStage(replace(RULES, budget=MOST_WAIT))
    skus = [f"{number:04}" for number in range(1200)]
    stage.inventory.stock.update(dict.fromkeys(skus, 1))
    draw = Random(7)
    pages = [draw.sample(skus, 50) for _ in range(200)]
    async with stage.process() as check:
        told = await asyncio.gather(*(check.of(CHANNEL, page, quality=quality) for page in pages))
    assert all(each.available for answer in told for each in answer.values())
    asked = [sku for question in stage.inventory.asked for sku in question]
    assert sorted(asked) == sorted({sku for page in pages for sku in page})


@in_event_loop
async def test_nobody_waits_again_for_what_is_too_slow_already() -> None:
    stage = InventoryStage(replace(RULES, budget=timedelta(seconds=BUDGET)))
    stage.inventory.stock["A"] = 3
    async with stage.process() as check:
        stage.inventory.answering.clear()
        took = []
        for _ in range(LOOKS):
            began = time.monotonic()
            told = (await check.of(CHANNEL, ["A"]))["A"]
            took.append(time.monotonic() - began)
            assert told.reason is AvailabilityReason.TOO_SLOW
        assert took[0] >= BUDGET * 0.9
        assert sum(took[1:]) < BUDGET * (LOOKS - 1) / 2
        stage.inventory.answering.set()
        async with asyncio.timeout(30):
            while (  # noqa: ASYNC110
                told := (await check.of(CHANNEL, ["A"]))["A"]
            ).source is not AvailabilitySource.INVENTORY_SERVICE:
                await asyncio.sleep(0.001)
        assert told.quantity == 3
    assert stage.inventory.questions() == 1


@in_event_loop
async def test_nobody_waits_for_a_turn_behind_questions_that_are_all_too_slow() -> None:
    stage = InventoryStage(replace(RULES, budget=timedelta(seconds=BUDGET)))
    stage.inventory.stock.update({f"{number}": 1 for number in range(LOOKS)})
    async with stage.process() as check:
        stage.inventory.answering.clear()
        blocked = [
            asyncio.create_task(check.of(CHANNEL, [f"{number}"], quality=Quality.CHECKOUT))
            for number in range(4)
        ]
        first = (await check.of(CHANNEL, ["5"]))["5"]
        assert first.reason is AvailabilityReason.TOO_SLOW
        began = time.monotonic()
        for number in range(6, LOOKS):
            told = await check.of(CHANNEL, [f"{number}"], quality=Quality.CART)
            assert told[f"{number}"].reason is AvailabilityReason.TOO_SLOW
        assert time.monotonic() - began < BUDGET * (LOOKS - 6) / 2
        stage.inventory.answering.set()
        for task in blocked:
            assert {each.quantity for each in (await task).values()} == {1}
        assert (await check.of(CHANNEL, ["6"]))["6"].quantity == 1
