"""The contract of :class:`~iomconnector.ports.basket_repository.BasketRepository`."""

import asyncio
from abc import abstractmethod
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from iomconnector.model.baskets import Basket, BasketLine
from iomconnector.ports.basket_repository import BasketRepository
from iomconnector.testing.contracts.contract import Contract
from iomconnector.testing.samples import CHANNEL, NOON, OTHER_CHANNEL, sample_basket, sample_order

HOUR = timedelta(hours=1)
LINES = (
    BasketLine("B ü/1", 2, sample_basket().lines[0].price),
    BasketLine("A", 2**31, sample_basket().lines[0].price),
)


class BasketRepositoryContract(Contract):
    """Promises of a repository of baskets."""

    @abstractmethod
    def basket_repository(self) -> AbstractAsyncContextManager[BasketRepository]:
        """The repository to test, empty at first, for the channels of the samples."""

    async def test_a_basket_comes_back_as_it_was_kept(self) -> None:
        basket = sample_basket(lines=LINES)
        async with self.basket_repository() as baskets:
            assert await baskets.begin(basket) == basket
        async with self.basket_repository() as baskets:
            assert await baskets.current(CHANNEL, "anna") == basket
            assert await baskets.get(CHANNEL, "anna", basket.id) == basket

    async def test_everybody_has_one_that_is_not_ordered(self) -> None:
        first, second = sample_basket(), sample_basket(id="second", lines=LINES)
        async with self.basket_repository() as baskets:
            await baskets.begin(first)
            assert await baskets.begin(second) == first
            assert await baskets.get(CHANNEL, "anna", "second") is None
            ordered = await _changed(baskets, first.being_ordered(sample_order()))
            assert await baskets.begin(second) == ordered
            await _changed(baskets, ordered.ordered("2026-0001"))
            assert await baskets.current(CHANNEL, "anna") is None
            assert await baskets.begin(second) == second
            done = await baskets.get(CHANNEL, "anna", first.id)
            assert done is not None
            assert (done.order_number, done.draft) == ("2026-0001", None)

    async def test_nobody_gets_the_basket_of_somebody_else(self) -> None:
        async with self.basket_repository() as baskets:
            mine = await baskets.begin(sample_basket())
            await baskets.begin(sample_basket(id="ben", login="ben"))
            await baskets.begin(sample_basket(id="business", channel=OTHER_CHANNEL))
            for channel, login in ((CHANNEL, "ben"), (OTHER_CHANNEL, "anna"), (CHANNEL, "ANNA")):
                assert await baskets.get(channel, login, mine.id) is None
                found = await baskets.current(channel, login)
                assert found is None or found.id != mine.id
            assert await baskets.current(CHANNEL, "anna") == mine

    async def test_who_changes_what_was_changed_meanwhile_is_told_so(self) -> None:
        async with self.basket_repository() as baskets:
            seen = await baskets.begin(sample_basket())
            newer = await baskets.change(replace(seen, lines=LINES))
            assert newer is not None
            assert (newer.version, newer.lines) == (seen.version + 1, LINES)
            assert await baskets.change(replace(seen, lines=())) is None
            assert await baskets.current(CHANNEL, "anna") == newer
            assert await baskets.change(sample_basket(id="unknown")) is None

    async def test_of_many_who_change_it_at_once_one_does(self) -> None:
        async with self.basket_repository() as baskets:
            seen = await baskets.begin(sample_basket())
            wishes = [replace(seen, lines=LINES[:1] * 1, changed_at=NOON + HOUR * n) for n in range(8)]
            done = [each for each in await asyncio.gather(*map(baskets.change, wishes)) if each]
            assert len(done) == 1
            assert await baskets.current(CHANNEL, "anna") == done[0]

    async def test_many_who_begin_at_once_have_the_same(self) -> None:
        async with self.basket_repository() as baskets:
            begun = await asyncio.gather(*(baskets.begin(sample_basket(id=f"b{n}")) for n in range(8)))
            assert len({each.id for each in begun}) == 1

    async def test_the_order_that_it_becomes_is_kept_whole(self) -> None:
        order = sample_order("0", reservation_id="4711", message_to_merchant="Größe „L“ ☕")
        async with self.basket_repository() as baskets:
            await _changed(baskets, (await baskets.begin(sample_basket())).being_ordered(order))
        async with self.basket_repository() as baskets:
            found = await baskets.current(CHANNEL, "anna")
            assert found is not None
            assert found.draft == order

    async def test_those_that_were_left_while_being_ordered_are_found(self) -> None:
        async with self.basket_repository() as baskets:
            for number, login in enumerate(("anna", "ben", "cleo")):
                at = NOON + HOUR * number
                begun = await baskets.begin(sample_basket(id=login, login=login, changed_at=at))
                await _changed(baskets, begun.being_ordered(sample_order()))
            await baskets.begin(sample_basket(id="open", login="dora"))
            found = await baskets.unfinished(NOON + HOUR + HOUR, limit=10)
            assert [each.id for each in found] == ["anna", "ben"]
            assert [each.id for each in await baskets.unfinished(NOON + HOUR * 9, limit=1)] == ["anna"]
            assert await baskets.unfinished(NOON, limit=10) == []

    async def test_old_ones_are_forgotten_but_never_one_that_is_being_ordered(self) -> None:
        async with self.basket_repository() as baskets:
            for login in ("open", "ordering", "ordered"):
                begun = await baskets.begin(sample_basket(id=login, login=login))
                if login != "open":
                    begun = await _changed(baskets, begun.being_ordered(sample_order()))
                if login == "ordered":
                    await _changed(baskets, begun.ordered("1"))

            async def forget(opened: timedelta, ordered: timedelta, limit: int = 10) -> int:
                return await baskets.forget(
                    opened_before=NOON + opened, ordered_before=NOON + ordered, limit=limit
                )

            assert await forget(-HOUR, -HOUR) == 0
            assert await forget(HOUR, -HOUR) == 1
            assert await baskets.current(CHANNEL, "open") is None
            assert await baskets.get(CHANNEL, "ordered", "ordered") is not None
            assert await forget(HOUR, HOUR) == 1
            assert await forget(HOUR, HOUR) == 0
            assert await baskets.current(CHANNEL, "ordering") is not None

    @pytest.mark.parametrize("odd", ["", "\0", "\ud800", "x" * 10_000, "'"])
    async def test_what_can_be_no_id_is_not_found(self, odd: Any) -> None:
        async with self.basket_repository() as baskets:
            await baskets.begin(sample_basket())
            assert await baskets.get(CHANNEL, "anna", odd) is None


async def _changed(baskets: BasketRepository, basket: Basket) -> Basket:
    changed = await baskets.change(basket)
    assert changed is not None
    return changed
