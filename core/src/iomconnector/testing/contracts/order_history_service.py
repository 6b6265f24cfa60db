"""The contract of :class:`~iomconnector.ports.order_history_service.OrderHistoryService`."""

import asyncio
from abc import abstractmethod
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from datetime import timedelta
from typing import Any

import pytest

from iomconnector.model.exports import PlacedOrder
from iomconnector.model.order_states import OrderState
from iomconnector.ports.order_history_service import (
    HistoryNotOfferedError,
    HistoryUnavailableError,
    OrderHistoryService,
    StateChanges,
    StateOrder,
    StateQuery,
)
from iomconnector.testing.contracts.contract import Contract
from iomconnector.testing.contracts.history_far_side import HistoryScene
from iomconnector.testing.samples import NOON, placed_order, sample_order

NUMBERS = [f"2026{number:04}" for number in range(1, 8)]
SEVERAL_QUESTIONS = 10


class OrderHistoryServiceContract(Contract):
    """Promises of an adapter that tells what became of orders."""

    @abstractmethod
    def scene(self) -> AbstractAsyncContextManager[HistoryScene]:
        """The adapter to test and what is behind it, without orders and answering."""

    def placed(self, number: str = "20260001", **fields: Any) -> PlacedOrder:
        """An order that can stand there; override it where sample orders cannot.

        Arguments:
            number: The order's number.
            fields: Fields of the order to replace.
        """
        return placed_order(sample_order(number, **fields))

    async def test_it_says_what_it_is(self) -> None:
        async with self.scene() as scene:
            service = scene.service
            assert service.endpoint == service.endpoint
            rules = service.rules
            assert rules.keep_states >= timedelta(0)
            assert rules.keep_documents >= timedelta(0)
            assert rules.budget > timedelta(0)
            codes = [status.code for status in service.statuses]
            assert codes
            assert len(codes) == len(set(codes))

    async def test_the_states_of_orders_come_by_number(self) -> None:
        async with self.scene() as scene:
            await self._plant(scene, NUMBERS)
            states = await scene.service.states(NUMBERS[:3])
            assert sorted(state.number for state in states) == NUMBERS[:3]
            for state in states:
                assert state.status.code
                assert state.customer == "1001"
                assert [position.sku for position in state.positions] == ["201807231-01"]

    async def test_what_is_not_there_is_left_out(self) -> None:
        async with self.scene() as scene:
            await self._plant(scene, NUMBERS[:1])
            asked = [NUMBERS[0], "2026000", f"{NUMBERS[0]}1", "absent"]
            assert [state.number for state in await scene.service.states(asked)] == NUMBERS[:1]
            assert list(await scene.service.states(["absent"])) == []

    async def test_a_number_that_is_asked_twice_comes_once(self) -> None:
        async with self.scene() as scene:
            await self._plant(scene, NUMBERS[:2])
            states = await scene.service.states([NUMBERS[0], NUMBERS[1], NUMBERS[0]])
            assert sorted(state.number for state in states) == NUMBERS[:2]

    async def test_a_page_of_orders_is_one_question(self) -> None:
        numbers = [f"2026{number:04}" for number in range(25)]
        async with self.scene() as scene:
            await self._plant(scene, numbers)
            before = scene.far_side.questions()
            assert len(await scene.service.states(numbers)) == len(numbers)
            assert scene.far_side.questions() == before + 1

    async def test_nothing_is_asked_about_no_orders(self) -> None:
        async with self.scene() as scene:
            before = scene.far_side.questions()
            assert list(await scene.service.states([])) == []
            assert scene.far_side.questions() == before

    async def test_many_and_long_numbers_can_be_asked(self) -> None:
        absent = [f"absent-{number:060}" for number in range(100)]
        async with self.scene() as scene:
            await self._plant(scene, NUMBERS)
            states = await scene.service.states([*absent, *NUMBERS])
            assert sorted(state.number for state in states) == NUMBERS

    async def test_odd_numbers_ask_for_nothing_else(self) -> None:
        odd = [
            "",
            " ",
            ",",
            "%",
            "*",
            "20260001,20260002",
            "20260001&limit=1",
            "../20260001",
            "20260001#",
            "ä",
        ]
        async with self.scene() as scene:
            await self._plant(scene, NUMBERS[:2])
            for number in odd:
                assert list(await scene.service.states([number])) == [], number
            assert len(await scene.service.states([*odd, NUMBERS[0]])) == 1

    async def test_a_change_is_seen_at_the_next_question(self) -> None:
        async with self.scene() as scene:
            await self._plant(scene, NUMBERS[:2])
            before = await self._state(scene, NUMBERS[0])
            other = await self._state(scene, NUMBERS[1])
            await scene.far_side.advance(NUMBERS[0])
            assert (await self._state(scene, NUMBERS[0])).status.code != before.status.code
            assert (await self._state(scene, NUMBERS[1])).status == other.status

    @pytest.mark.parametrize("mood", ["go_down", "ignore", "fail", "garble", "forbid"])
    async def test_where_nothing_can_be_learnt_it_says_so(self, mood: str) -> None:
        async with self.scene() as scene:
            await self._plant(scene, NUMBERS[:1])
            await getattr(scene.far_side, mood)()
            with pytest.raises(HistoryUnavailableError) as states:
                await scene.service.states(NUMBERS[:1])
            assert states.value.message
            with pytest.raises(HistoryUnavailableError):
                await scene.service.search(StateQuery(numbers=(NUMBERS[0],)))
            await scene.far_side.accept()
            assert len(await scene.service.states(NUMBERS[:1])) == 1

    async def test_a_throttling_system_is_obeyed(self) -> None:
        async with self.scene() as scene:
            await self._plant(scene, NUMBERS[:1])
            await scene.far_side.throttle(7)
            with pytest.raises(HistoryUnavailableError) as unavailable:
                await scene.service.states(NUMBERS[:1])
            assert unavailable.value.retry_after == 7

    async def test_many_can_ask_at_once(self) -> None:
        async with self.scene() as scene:
            await self._plant(scene, NUMBERS)
            answers = await asyncio.gather(*(scene.service.states([number]) for number in NUMBERS))
            assert [[state.number for state in states] for states in answers] == [[each] for each in NUMBERS]

    async def test_a_caller_that_gives_up_does_not_break_the_service(self) -> None:
        async with self.scene() as scene:
            await self._plant(scene, NUMBERS[:1])
            question = asyncio.create_task(asyncio.wait_for(scene.service.states(NUMBERS[:1]), 60))
            await asyncio.sleep(0)
            question.cancel()
            await asyncio.wait({question})
            assert len(await scene.service.states(NUMBERS[:1])) == 1

    async def test_a_search_finds_every_order_once_page_by_page(self) -> None:
        async with self.scene() as scene:
            await self._plant(scene, NUMBERS)
            for order in (StateOrder.NUMBER, StateOrder.CREATED):
                seen: list[str] = []
                for offset in range(0, len(NUMBERS), 3):
                    page = await scene.service.search(
                        StateQuery(customers=("1001",), order=order, offset=offset, limit=3)
                    )
                    assert page.total == len(NUMBERS)
                    seen += [state.number for state in page.states]
                assert sorted(seen) == NUMBERS, order
                if order is StateOrder.NUMBER:
                    assert seen == NUMBERS[::-1]

    async def test_a_search_sorts_either_way(self) -> None:
        async with self.scene() as scene:
            for day, number in enumerate(NUMBERS[:3]):
                await scene.far_side.plant(self.placed(number, created_at=NOON + timedelta(days=day)))
            for order in (StateOrder.NUMBER, StateOrder.CREATED):
                ascending = await self._search(scene, order=order, newest_first=False)
                assert ascending == NUMBERS[:3]
                assert await self._search(scene, order=order) == NUMBERS[:3][::-1]

    async def test_conditions_narrow_each_other_and_values_are_alternatives(self) -> None:
        async with self.scene() as scene:
            await self._plant(scene, NUMBERS[:4])
            other = {"type": "private", "number": "1002"}
            await scene.far_side.plant(self.placed(NUMBERS[4], customer=other))
            assert sorted(await self._search(scene, customers=("1001",))) == NUMBERS[:4]
            assert await self._search(scene, customers=("1002",)) == [NUMBERS[4]]
            assert sorted(await self._search(scene, customers=("1001", "1002"))) == NUMBERS[:5]
            assert await self._search(scene, customers=("1002",), numbers=(NUMBERS[0],)) == []
            assert sorted(await self._search(scene, numbers=(NUMBERS[0], NUMBERS[4]))) == [
                NUMBERS[0],
                NUMBERS[4],
            ]
            assert await self._search(scene, numbers=(NUMBERS[0],), skus=("nothing of that",)) == []

    async def test_a_search_finds_by_status(self) -> None:
        async with self.scene() as scene:
            await self._plant(scene, NUMBERS[:2])
            await scene.far_side.advance(NUMBERS[0])
            changed = await self._state(scene, NUMBERS[0])
            with suppress(HistoryNotOfferedError):
                assert await self._search(scene, statuses=(changed.status.code,)) == NUMBERS[:1]

    async def test_a_search_finds_by_the_day_of_creation(self) -> None:
        days = [NOON + timedelta(days=day) for day in range(3)]
        async with self.scene() as scene:
            for number, moment in zip(NUMBERS, days, strict=False):
                await scene.far_side.plant(self.placed(number, created_at=moment))
            first, second, third = (moment.date() for moment in days)
            assert sorted(await self._search(scene, created_from=second)) == NUMBERS[1:3]
            assert sorted(await self._search(scene, created_to=second)) == NUMBERS[:2]
            assert await self._search(scene, created_from=second, created_to=second) == NUMBERS[1:2]
            assert await self._search(scene, created_from=third, created_to=first) == []

    async def test_a_change_feed_begins_now_and_goes_on(self) -> None:
        async with self.scene() as scene:
            await self._plant(scene, NUMBERS[:3])
            feed = await self._changes(scene.service, None)
            if feed is None:
                return
            mark, already = feed
            await scene.far_side.advance(NUMBERS[1])
            await scene.far_side.plant(self.placed(NUMBERS[3]))
            found = await self._feed_until(scene, mark, lambda states: len({*states} - {*already}) >= 2)
            assert {NUMBERS[1], NUMBERS[3]} <= found.keys()
            assert found[NUMBERS[1]].status == (await self._state(scene, NUMBERS[1])).status

    async def test_a_change_feed_comes_in_pieces_and_loses_none(self) -> None:
        async with self.scene() as scene:
            feed = await self._changes(scene.service, None)
            if feed is None:
                return
            await self._plant(scene, NUMBERS)
            found = await self._feed_until(
                scene, feed[0], lambda states: len(states) == len(NUMBERS), limit=2
            )
            assert sorted(found) == NUMBERS

    async def test_a_change_feed_that_cannot_be_read_says_so(self) -> None:
        async with self.scene() as scene:
            await scene.far_side.go_down()
            with pytest.raises((HistoryUnavailableError, HistoryNotOfferedError)):
                await scene.service.changes("")

    async def _plant(self, scene: HistoryScene, numbers: list[str]) -> None:
        for number in numbers:
            await scene.far_side.plant(self.placed(number))

    async def _state(self, scene: HistoryScene, number: str) -> OrderState:
        [state] = await scene.service.states([number])
        return state

    async def _search(self, scene: HistoryScene, **conditions: Any) -> list[str]:
        page = await scene.service.search(StateQuery(**conditions))
        assert page.total == len(page.states)
        return [state.number for state in page.states]

    async def _changes(self, service: OrderHistoryService, mark: str | None) -> tuple[str, list[str]] | None:
        """The mark to go on with and what came already; none where there is no feed."""
        try:
            changes: StateChanges = await service.changes(mark)
        except HistoryNotOfferedError:
            return None
        assert len(changes.mark) <= 200
        return changes.mark, [state.number for state in changes.states]

    async def _feed_until(
        self,
        scene: HistoryScene,
        mark: str,
        enough: Callable[[dict[str, OrderState]], bool],
        *,
        limit: int = 1000,
    ) -> dict[str, OrderState]:
        found: dict[str, OrderState] = {}
        for _ in range(SEVERAL_QUESTIONS):
            changes = await scene.service.changes(mark, limit=limit)
            mark = changes.mark
            found.update({state.number: state for state in changes.states})
            if not changes.more and enough(found):
                return found
        return found
