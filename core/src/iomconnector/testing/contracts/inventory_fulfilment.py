"""The contract of :class:`~iomconnector.ports.inventory_service.InventoryService` about placed orders."""

import asyncio
from abc import abstractmethod
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from datetime import timedelta

import pytest

from iomconnector.model.availability import Reservation, ReservationType
from iomconnector.ports.inventory_service import InventoryService, ReservationGoneError
from iomconnector.testing.contracts.contract import Contract
from iomconnector.testing.contracts.inventory_far_side import InventoryScene

TEN_MINUTES = timedelta(minutes=10)
AN_HOUR = 3600


async def _held(service: InventoryService, items: Mapping[str, int], key: str) -> Reservation:
    return await service.reserve(items, kind=ReservationType.COMPLETE, lifetime=TEN_MINUTES, key=key)


async def _quantity(service: InventoryService, sku: str = "A") -> int | None:
    return (await service.availability([sku]))[sku].quantity


class FulfilmentContract(Contract):
    """Promises of an inventory service about the reservations of orders."""

    @abstractmethod
    def scene(self) -> AbstractAsyncContextManager[InventoryScene]:
        """The adapter to test and what is behind it, without products and answering."""

    async def test_what_an_order_has_comes_back_neither_by_time_nor_by_a_release(self) -> None:
        async with self.scene() as scene:
            service = scene.service
            await scene.far_side.put("A", 10)
            await scene.far_side.put("B", 1)
            held = await _held(service, {"A": 4, "B": 1}, "basket-1")
            await service.fulfil(held.id, "1001")
            assert await _quantity(service) == 6
            if service.consumed_by_order:
                assert dict((await service.reservation(held.id)).pieces) == {"A": 4, "B": 1}
                return
            await service.release(held.id)
            with pytest.raises(ReservationGoneError):
                await service.extend(held.id, TEN_MINUTES)
            with pytest.raises(ReservationGoneError):
                await service.reservation(held.id)
            await scene.far_side.pass_time(AN_HOUR)
            assert await _quantity(service) == 6
            assert await _quantity(service, "B") == 0
            await _held(service, {"A": 6}, "basket-2")

    async def test_what_was_over_before_the_order_is_not_the_orders(self) -> None:
        async with self.scene() as scene:
            service = scene.service
            if service.consumed_by_order:
                return
            await scene.far_side.put("A", 10)
            held = await _held(service, {"A": 4}, "basket-1")
            await scene.far_side.pass_time(AN_HOUR)
            with pytest.raises(ReservationGoneError):
                await service.fulfil(held.id, "1001")
            assert await _quantity(service) == 10

    async def test_however_often_it_is_said_the_pieces_are_taken_once(self) -> None:
        async with self.scene() as scene:
            service = scene.service
            await scene.far_side.put("A", 10)
            held = await _held(service, {"A": 4}, "basket-1")
            await asyncio.gather(*(service.fulfil(held.id, "1001") for _ in range(5)))
            await scene.far_side.pass_time(1)
            await service.fulfil(held.id, "1001")
            assert await _quantity(service) == 6
            anew = await _held(service, {"A": 1}, "basket-1")
            if service.recognizes_keys and not service.consumed_by_order:
                assert anew.id != held.id

    async def test_two_orders_do_not_get_the_same_pieces(self) -> None:
        async with self.scene() as scene:
            service = scene.service
            await scene.far_side.put("A", 10)
            held = await _held(service, {"A": 4}, "basket-1")
            await service.fulfil(held.id, "1001")
            if not service.consumed_by_order:
                with pytest.raises(ReservationGoneError):
                    await service.fulfil(held.id, "1002")
            assert await _quantity(service) == 6

    async def test_nothing_is_taken_for_a_reservation_that_is_gone(self) -> None:
        async with self.scene() as scene:
            service = scene.service
            await scene.far_side.put("A", 10)
            over = await _held(service, {"A": 4}, "basket-1")
            await scene.far_side.pass_time(AN_HOUR)
            released = await _held(service, {"A": 1}, "basket-2")
            await service.release(released.id)
            for number in (over.id, released.id, "", "-1", "9" * 40):
                if not service.consumed_by_order:
                    with pytest.raises(ReservationGoneError):
                        await service.fulfil(number, "1001")
                await service.restock(number, "1001")
                assert await _quantity(service) == 10

    async def test_what_was_taken_for_an_order_that_is_given_up_can_be_bought_again(self) -> None:
        async with self.scene() as scene:
            service = scene.service
            await scene.far_side.put("A", 10)
            held = await _held(service, {"A": 4}, "basket-1")
            await service.fulfil(held.id, "1001")
            await service.restock(held.id, "1002")
            assert await _quantity(service) == 6
            await service.restock(held.id, "1001")
            await service.restock(held.id, "1001")
            if service.consumed_by_order:
                return
            assert await _quantity(service) == 10
            with pytest.raises(ReservationGoneError):
                await service.fulfil(held.id, "1001")
