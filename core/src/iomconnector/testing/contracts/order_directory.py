"""The contract of :class:`~iomconnector.ports.order_directory.OrderDirectory`."""

from abc import abstractmethod
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import pytest

from iomconnector.model.erasure import without_personal_data
from iomconnector.model.exports import PlacedOrder
from iomconnector.ports.order_directory import OrderDirectory, RemoteOrder
from iomconnector.ports.order_export_service import ExportUnavailableError, OrderExportService
from iomconnector.testing.contracts.contract import Contract
from iomconnector.testing.samples import NOON, placed_order, sample_order

END = NOON + timedelta(hours=1)
NUMBERS = [f"{number:08}" for number in range(1, 12)]


class DirectoryFarSide(Protocol):
    """What a test does to the orders that stand in the order management system."""

    async def plant(self, placed: PlacedOrder) -> None:
        """Put an order there that does not come through the adapter."""
        ...

    async def forget(self, number: str) -> None:
        """Lose an order."""
        ...

    async def alter(self, number: str) -> None:
        """Change an order, not its number and date."""
        ...

    async def go_down(self) -> None:
        """Listen no more."""
        ...


class DirectoryService(OrderExportService, OrderDirectory, Protocol):
    """An adapter that hands orders over and can be asked for them in bulk."""


@dataclass(frozen=True, slots=True)
class DirectoryScene:
    """An adapter and what is behind it.

    Arguments:
        service: The adapter.
        far_side: The order management system; let it have pages of a few orders.
    """

    service: DirectoryService
    far_side: DirectoryFarSide


class OrderDirectoryContract(Contract):
    """Promises of an order management system that can be asked about many orders."""

    @abstractmethod
    def scene(self) -> AbstractAsyncContextManager[DirectoryScene]:
        """An adapter, and an order management system without orders."""

    def placed(self, number: str, **fields: Any) -> PlacedOrder:
        """An order that the adapter can hand over; override it where sample orders are not good enough."""
        return placed_order(sample_order(number, **fields))

    async def test_it_is_one(self) -> None:
        async with self.scene() as scene:
            assert isinstance(scene.service, OrderDirectory)
            assert scene.service.number_space() == scene.service.number_space() != ""

    async def test_every_order_of_the_period_comes_once(self) -> None:
        async with self.scene() as scene:
            await self._hand_over(scene, NUMBERS)
            pages = [page async for page in scene.service.orders_between(NOON, END)]
        assert len(pages) > 1
        assert sorted(order.number for page in pages for order in page) == NUMBERS
        assert {order.created_at for page in pages for order in page} == {NOON}
        assert all(order.reference for page in pages for order in page)

    async def test_what_was_created_before_and_after_can_be_told(self) -> None:
        moments = {
            "00000001": NOON - timedelta(days=3),
            "00000002": NOON - timedelta(milliseconds=1),
            "00000003": NOON,
            "00000004": END - timedelta(milliseconds=1),
            "00000005": END,
            "00000006": END + timedelta(days=3),
        }
        async with self.scene() as scene:
            for number, moment in moments.items():
                await scene.service.submit(self.placed(number, created_at=moment))
            found = [order async for page in scene.service.orders_between(NOON, END) for order in page]
        within = [order.number for order in found if order.created_at and NOON <= order.created_at < END]
        assert sorted(within) == ["00000003", "00000004"]
        assert all(order.created_at == moments[order.number] for order in found)

    async def test_none_is_lost_where_orders_disappear_meanwhile(self) -> None:
        async with self.scene() as scene:
            await self._hand_over(scene, NUMBERS)
            seen: list[str] = []
            async for page in scene.service.orders_between(NOON, END):
                for order in page if not seen else ():
                    await scene.far_side.forget(order.number)
                seen += [order.number for order in page]
        assert set(seen) == set(NUMBERS)

    async def test_none_comes_twice_where_orders_arrive_meanwhile(self) -> None:
        early, late = NUMBERS[::2], NUMBERS[1::2]
        async with self.scene() as scene:
            await self._hand_over(scene, early)
            seen: list[str] = []
            arriving = iter(late)
            async for page in scene.service.orders_between(NOON, END):
                seen += [order.number for order in page]
                if (number := next(arriving, None)) is not None:
                    await scene.service.submit(self.placed(number))
        assert [number for number in seen if number in early] == early
        assert len(seen) == len(set(seen))

    async def test_orders_are_looked_up_by_number_whenever_they_were_created(self) -> None:
        async with self.scene() as scene:
            await self._hand_over(scene, NUMBERS[:3])
            await scene.service.submit(self.placed("00000099", created_at=NOON - timedelta(days=400)))
            found = await scene.service.look_up(["00000002", "00000099", "00000555"])
            assert sorted(order.number for order in found) == ["00000002", "00000099"]
            assert list(await scene.service.look_up([])) == []

    async def test_many_numbers_can_be_looked_up(self) -> None:
        asked = [*NUMBERS, *(f"absent-{number:040}" for number in range(250))]
        async with self.scene() as scene:
            await self._hand_over(scene, NUMBERS)
            assert sorted(order.number for order in await scene.service.look_up(asked)) == NUMBERS

    async def test_the_same_order_has_no_differences(self) -> None:
        async with self.scene() as scene:
            await self._hand_over(scene, NUMBERS[:2])
            [first, second] = await self._found(scene, NUMBERS[:2])
            assert not await scene.service.compare(self.placed(first.number), first)
            assert not await scene.service.compare(self.placed(second.number), second)

    async def test_another_order_has_differences(self) -> None:
        async with self.scene() as scene:
            await scene.far_side.plant(self.placed(NUMBERS[0]))
            await scene.far_side.alter(NUMBERS[0])
            [altered] = await self._found(scene, NUMBERS[:1])
            assert await scene.service.compare(self.placed(NUMBERS[0]), altered)

    async def test_what_was_erased_is_left_out(self) -> None:
        placed = self.placed(NUMBERS[0], customer={"type": "private", "number": "4711"})
        erased = PlacedOrder(without_personal_data(placed.order), erased_at=NOON)
        async with self.scene() as scene:
            await scene.far_side.plant(placed)
            [same] = await self._found(scene, NUMBERS[:1])
            assert not await scene.service.compare(erased, same)
            found = await scene.service.find(erased)
            assert found is not None
            assert not found.differences
            assert await scene.service.compare(self._with_goods(erased), same)

    async def test_a_system_that_does_not_answer_says_so(self) -> None:
        async with self.scene() as scene:
            await scene.far_side.go_down()
            with pytest.raises(ExportUnavailableError):
                [page async for page in scene.service.orders_between(NOON, END)]
            with pytest.raises(ExportUnavailableError):
                await scene.service.look_up(NUMBERS)

    def _with_goods(self, placed: PlacedOrder) -> PlacedOrder:
        """The same with a product of another name: what is not personal is compared still."""
        [bucket] = placed.order.shipping_buckets
        [item] = bucket.line_items
        product = item.product.model_copy(update={"name": "Something else"})
        changed = item.model_copy(update={"product": product})
        buckets = (bucket.model_copy(update={"line_items": (changed,)}),)
        return PlacedOrder(
            placed.order.model_copy(update={"shipping_buckets": buckets}), erased_at=placed.erased_at
        )

    async def _hand_over(self, scene: DirectoryScene, numbers: Sequence[str]) -> None:
        for number in numbers:
            await scene.service.submit(self.placed(number))

    async def _found(self, scene: DirectoryScene, numbers: Sequence[str]) -> Sequence[RemoteOrder]:
        moment: datetime = NOON
        pages = [page async for page in scene.service.orders_between(moment, END)]
        return sorted(
            (order for page in pages for order in page if order.number in numbers),
            key=lambda order: order.number,
        )
