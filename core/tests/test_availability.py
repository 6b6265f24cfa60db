"""Whether products can be bought: caches, questions asked together, failures and who answers instead."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from iomconnector.model.availability import (
    Availability,
    AvailabilityReason,
    AvailabilitySource,
    Quality,
    ReservationType,
)
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.inventory_stage import RULES, InventoryStage
from iomconnector.testing.memory import MemoryInventory
from iomconnector.testing.samples import CHANNEL
from iomconnector.usecases.availability import CheckAvailability

SERVICE, LOCAL, NOBODY = (
    AvailabilitySource.INVENTORY_SERVICE,
    AvailabilitySource.LOCAL_STOCK,
    AvailabilitySource.NOBODY,
)
SECOND = timedelta(seconds=1)


async def one(
    check: CheckAvailability, sku: str = "A", quality: Quality = Quality.BROWSE, **more: str
) -> Availability:
    return (await check.of(CHANNEL, [sku], quality=quality, **more))[sku]


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.001)


@in_event_loop
async def test_every_product_asked_for_is_told_and_what_is_not_known_is_no_empty_stock() -> None:
    stage = InventoryStage()
    stage.inventory.stock.update({"A": 3, "B": 0})
    async with stage.process() as check:
        told = await check.of(CHANNEL, ["B", "A", "absent", "A"])
        assert list(told) == ["B", "A", "absent"]
        assert [each.available for each in told.values()] == [False, True, None]
        assert [each.quantity for each in told.values()] == [0, 3, None]
        assert {each.source for each in told.values()} == {SERVICE}
        assert told["absent"].reason is AvailabilityReason.NOT_THERE
        assert [told["A"].covers(3), told["A"].covers(4), told["absent"].covers(1)] == [True, False, None]
        assert dict(await check.of(CHANNEL, [])) == {}
    assert stage.inventory.questions() == 1


@in_event_loop
async def test_who_looks_around_sees_what_was_said_a_moment_ago_and_who_buys_what_is_true() -> None:
    stage = InventoryStage()
    stage.inventory.stock["A"] = 3
    async with stage.process() as check:
        asked_at = (await one(check)).as_of
        stage.inventory.stock["A"] = 2
        stage.clock.advance(4 * SECOND)
        seen = await one(check)
        assert (seen.quantity, seen.as_of, stage.clock.now() - seen.as_of) == (3, asked_at, 4 * SECOND)
        assert (await one(check, quality=Quality.CART)).quantity == 2
        assert (await one(check)).quantity == 2
        stage.inventory.stock["A"] = 1
        assert (await one(check, quality=Quality.CHECKOUT)).quantity == 1
        stage.inventory.stock["A"] = 0
        stage.clock.advance(5 * SECOND)
        assert (await one(check)).quantity == 0


@in_event_loop
async def test_processes_share_the_cache_and_services_with_other_settings_do_not() -> None:
    stage = InventoryStage()
    stage.inventory.stock["A"] = 3
    cache = stage.cache()
    async with stage.process(cache, "one") as check, stage.process(cache, "two") as other:
        await one(check)
        await one(other)
        assert stage.inventory.questions() == 1
        stage.identity = "other settings"
        await one(other)
        assert stage.inventory.questions() == 2


@in_event_loop
async def test_an_answer_from_the_future_is_not_used_again_where_a_clock_was_set_back() -> None:
    stage, early = InventoryStage(), InventoryStage()
    stage.inventory.stock["A"], early.inventory.stock["A"] = 3, 2
    stage.clock.advance(3600 * SECOND)
    cache = stage.cache()
    async with stage.process(cache, "one") as check, early.process(cache, "two") as other:
        assert (await one(check)).quantity == 3
        assert (await one(other)).quantity == 2


@in_event_loop
async def test_ones_own_reservation_counts_as_available_for_nobody_else() -> None:
    stage = InventoryStage()
    stage.inventory.stock["A"] = 3
    held = stage.inventory.make({"A": 2}, ReservationType.COMPLETE, 60 * SECOND, "basket")
    async with stage.process() as check:
        assert (await one(check)).quantity == 1
        mine = await asyncio.gather(
            one(check, quality=Quality.CART), one(check, reservation=held.id), one(check)
        )
        assert [each.quantity for each in mine] == [1, 3, 1]
        assert (await one(check)).quantity == 1


@pytest.mark.parametrize("quality", list(Quality))
@in_event_loop
async def test_a_thousand_who_ask_at_once_are_one_question(quality: Quality) -> None:
    stage = InventoryStage()
    skus = [f"{number:04}" for number in range(50)]
    stage.inventory.stock.update(dict.fromkeys(skus, 1))
    async with stage.process() as check:
        told = await asyncio.gather(*(check.of(CHANNEL, skus, quality=quality) for _ in range(1000)))
    assert {len(each) for each in told} == {50}
    assert {each.available for page in told for each in page.values()} == {True}
    assert stage.inventory.questions() == 1


@in_event_loop
async def test_different_products_asked_for_at_once_go_together_up_to_a_limit() -> None:
    stage = InventoryStage()
    skus = [f"{number:04}" for number in range(1200)]
    stage.inventory.stock.update(dict.fromkeys(skus, 1))
    async with stage.process() as check:
        told = await asyncio.gather(*(one(check, sku, Quality.CART) for sku in skus))
    assert {each.available for each in told} == {True}
    assert [len(asked) for asked in stage.inventory.asked] == [500, 500, 200]


@in_event_loop
async def test_who_comes_while_questions_are_under_way_asks_together_with_the_others() -> None:
    stage = InventoryStage()
    inventory = stage.inventory
    inventory.stock.update({f"{number}": 1 for number in range(100)})
    async with stage.process() as check:
        inventory.answering.clear()
        looks = []
        for number in range(100):
            looks.append(asyncio.create_task(one(check, f"{number}", Quality.CART)))
            await asyncio.sleep(0.001)
        await until(lambda: inventory.questions() == 4)
        inventory.answering.set()
        assert {each.available for each in await asyncio.gather(*looks)} == {True}
    assert inventory.questions() == 5
    assert sum(len(asked) for asked in inventory.asked) == 100


@in_event_loop
async def test_a_cart_never_gets_an_answer_to_a_question_from_before() -> None:
    stage = InventoryStage()
    stage.inventory.stock["A"] = 3
    async with stage.process() as check:
        stage.inventory.answering.clear()
        earlier = asyncio.create_task(one(check, quality=Quality.CART))
        await until(lambda: stage.inventory.questions() == 1)
        browsing = asyncio.create_task(one(check))
        cart = asyncio.create_task(one(check, quality=Quality.CART))
        await until(lambda: stage.inventory.questions() == 2)
        stage.inventory.answering.set()
        await asyncio.gather(earlier, browsing, cart)
    assert stage.inventory.questions() == 2


@in_event_loop
async def test_who_goes_away_hurts_nobody_else() -> None:
    stage = InventoryStage()
    stage.inventory.stock["A"] = 3
    async with stage.process() as check:
        stage.inventory.answering.clear()
        gone, stays = (asyncio.create_task(one(check)) for _ in range(2))
        await until(lambda: stage.inventory.questions() == 1)
        gone.cancel()
        await asyncio.wait({gone})
        stage.inventory.answering.set()
        assert (await stays).quantity == 3


Mood = Callable[[MemoryInventory], Awaitable[None]]


async def _throttling(inventory: MemoryInventory) -> None:
    await inventory.throttle(60)


@pytest.mark.parametrize(
    "mood",
    [
        MemoryInventory.go_down,
        MemoryInventory.ignore,
        MemoryInventory.fail,
        MemoryInventory.garble,
        MemoryInventory.forbid,
        _throttling,
    ],
)
@in_event_loop
async def test_where_the_service_fails_the_local_stock_answers_and_says_so(mood: Mood) -> None:
    stage = InventoryStage()
    stage.inventory.stock.update({"A": 3, "B": 3})
    stage.local.pieces.update({"A": 7, "B": 0})
    async with stage.process() as check:
        await mood(stage.inventory)
        told = await check.of(CHANNEL, ["A", "B", "C"], quality=Quality.CART)
    assert [each.source for each in told.values()] == [LOCAL, LOCAL, NOBODY]
    assert [each.available for each in told.values()] == [True, False, None]
    assert {each.reason for each in told.values()} == {AvailabilityReason.UNAVAILABLE}
    assert told["A"].as_of == stage.clock.now()


@in_event_loop
async def test_where_it_is_not_wanted_or_cannot_be_read_nobody_answers() -> None:
    wanted, unwanted = InventoryStage(), InventoryStage(replace(RULES, check_locally_on_failure=False))
    wanted.local.readable = False
    for stage in (wanted, unwanted):
        stage.local.pieces["A"] = 7
        await stage.inventory.fail()
        async with stage.process() as check:
            told = await one(check)
        assert (told.available, told.source, told.reason) == (None, NOBODY, AvailabilityReason.UNAVAILABLE)


@in_event_loop
async def test_without_a_service_nobody_answers() -> None:
    stage = InventoryStage()
    stage.active = False
    stage.local.pieces["A"] = 7
    async with stage.process() as check:
        told = await one(check)
    assert (told.source, told.reason) == (NOBODY, AvailabilityReason.SERVICE_INACTIVE)


@in_event_loop
async def test_a_page_waits_no_longer_than_its_budget_and_the_answer_is_kept() -> None:
    stage = InventoryStage(replace(RULES, budget=timedelta(milliseconds=20)))
    stage.inventory.stock["A"] = 3
    stage.local.pieces["A"] = 7
    async with stage.process() as check:
        stage.inventory.answering.clear()
        told = await one(check)
        assert (told.quantity, told.source, told.reason) == (7, LOCAL, AvailabilityReason.TOO_SLOW)
        assert (await one(check)).reason is AvailabilityReason.TOO_SLOW
        stage.inventory.answering.set()
        async with asyncio.timeout(30):
            while (told := await one(check)).source is not SERVICE:  # noqa: ASYNC110
                await asyncio.sleep(0.001)
        assert told.quantity == 3
    assert stage.inventory.questions() == 1


@in_event_loop
async def test_who_buys_waits_longer() -> None:
    stage = InventoryStage(replace(RULES, budget=timedelta(milliseconds=20)))
    stage.inventory.stock["A"] = 3
    async with stage.process() as check:
        stage.inventory.answering.clear()
        buyer = asyncio.create_task(one(check, quality=Quality.CHECKOUT))
        assert (await one(check)).reason is AvailabilityReason.TOO_SLOW
        assert not buyer.done()
        stage.inventory.answering.set()
        assert (await buyer).source is SERVICE


@in_event_loop
async def test_questions_that_nobody_waits_for_any_more_are_never_sent() -> None:
    stage = InventoryStage(replace(RULES, budget=timedelta(milliseconds=5)))
    stage.inventory.stock.update({f"{number}": 1 for number in range(40)})
    async with stage.process() as check:
        stage.inventory.answering.clear()
        for number in range(40):
            told = await one(check, f"{number}", Quality.CART)
            assert told.reason is AvailabilityReason.TOO_SLOW
        assert stage.inventory.questions() == 4
        stage.inventory.answering.set()
        async with asyncio.timeout(30):
            while (await one(check, "39", Quality.CART)).source is not SERVICE:  # noqa: ASYNC110
                await asyncio.sleep(0.001)
    assert not {f"{number}" for number in range(4, 39)} & {
        sku for asked in stage.inventory.asked for sku in asked
    }


@in_event_loop
async def test_a_service_that_fails_again_and_again_is_left_alone_and_found_again() -> None:
    stage = InventoryStage()
    stage.inventory.stock["A"] = 3
    stage.local.pieces["A"] = 7
    async with stage.process() as check:
        await stage.inventory.fail()
        reasons = [(await one(check)).reason for _ in range(20)]
        assert reasons[:3] == [AvailabilityReason.UNAVAILABLE] * 3
        assert reasons[3:] == [AvailabilityReason.CIRCUIT_OPEN] * 17
        assert stage.inventory.questions() == 3
        told = await one(check)
        assert (told.quantity, told.source) == (7, LOCAL)
        await stage.inventory.accept()
        async with asyncio.timeout(30):
            while (await one(check)).source is not SERVICE:
                stage.clock.advance(SECOND)
                await asyncio.sleep(0.001)


@in_event_loop
async def test_broken_content_of_the_cache_is_asked_for_again() -> None:
    stage = InventoryStage()
    stage.inventory.stock["A"] = 3

    class Scribbled(type(stage.cache())):  # type: ignore[misc]
        async def get_many(self, keys: list[str]) -> dict[str, bytes]:
            return dict.fromkeys(keys, b'{"sku": "B", "asked_at": "2026-01-01T00:00:00Z"}')

    async with stage.process(Scribbled()) as check:
        assert (await one(check)).quantity == 3


@in_event_loop
async def test_the_end_of_a_process_ends_its_questions() -> None:
    stage = InventoryStage()
    async with stage.process() as check:
        stage.inventory.answering.clear()
        look = asyncio.create_task(one(check))
        await until(lambda: stage.inventory.questions() == 1)
        await check.aclose()
        assert (await look).reason is AvailabilityReason.TOO_SLOW
        assert (await one(check)).reason is AvailabilityReason.UNAVAILABLE
