"""The contract of :class:`~iomconnector.ports.inventory_service.InventoryService`."""

import asyncio
from abc import abstractmethod
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from datetime import timedelta

import pytest

from iomconnector.model.availability import ItemState, Reservation, ReservationType
from iomconnector.ports.inventory_service import (
    InventoryService,
    InventoryUnavailableError,
    ReservationExpiredError,
    ReservationGoneError,
    ReservationRefusedError,
    ReservationUnclearError,
    UnknownReservationError,
)
from iomconnector.testing.contracts.contract import Contract
from iomconnector.testing.contracts.inventory_far_side import InventoryScene, RemoteInventoryScene
from iomconnector.testing.contracts.inventory_fulfilment import FulfilmentContract

TEN_MINUTES = timedelta(minutes=10)
TOLERANCE = timedelta(seconds=30)
COMPLETE, PARTLY = ReservationType.COMPLETE, ReservationType.PARTLY


async def reserved(
    service: InventoryService,
    items: Mapping[str, int],
    *,
    kind: ReservationType = COMPLETE,
    lifetime: timedelta = TEN_MINUTES,
    key: str = "basket-1",
) -> Reservation:
    """Reserve pieces."""
    return await service.reserve(items, kind=kind, lifetime=lifetime, key=key)


async def quantity(service: InventoryService, sku: str, reservation: str | None = None) -> int | None:
    """How many pieces of a product can be bought."""
    return (await service.availability([sku], reservation))[sku].quantity


class InventoryServiceContract(FulfilmentContract):
    """Promises of an adapter that tells what can be bought, and holds pieces."""

    @abstractmethod
    def scene(self) -> AbstractAsyncContextManager[InventoryScene]:
        """The adapter to test and what is behind it, without products and answering."""

    async def test_it_says_what_it_is(self) -> None:
        async with self.scene() as scene:
            service = scene.service
            assert service.endpoint == service.endpoint
            assert service.recognizes_keys in (True, False)
            assert service.consumed_by_order in (True, False)
            assert service.rules.keep >= timedelta(0)
            assert service.rules.budget > timedelta(0)
            assert service.rules.lifetime > timedelta(0)

    async def test_what_there_is_comes_by_product_and_what_is_not_known_is_left_out(self) -> None:
        async with self.scene() as scene:
            await scene.far_side.put("A", 10)
            await scene.far_side.put("B", 0)
            found = await scene.service.availability(["A", "B", "absent", "A"])
            assert sorted(found) == ["A", "B"]
            assert {sku: (each.sku, each.available, each.quantity) for sku, each in found.items()} == {
                "A": ("A", True, 10),
                "B": ("B", False, 0),
            }
            for each in found.values():
                assert sum(place.quantity for place in each.locations) in (0, each.quantity)

    async def test_a_page_of_products_is_one_question_and_no_products_are_none(self) -> None:
        skus = [f"201807{number:03}-01" for number in range(50)]
        async with self.scene() as scene:
            for sku in skus:
                await scene.far_side.put(sku, 3)
            before = scene.far_side.questions()
            assert dict(await scene.service.availability([])) == {}
            assert scene.far_side.questions() == before
            assert sorted(await scene.service.availability(skus)) == skus
            assert scene.far_side.questions() == before + 1

    async def test_many_products_can_be_asked_for(self) -> None:
        absent = [f"absent-{number:023}" for number in range(600)]
        async with self.scene() as scene:
            await scene.far_side.put("A", 1)
            assert list(await scene.service.availability([*absent, "A"])) == ["A"]

    async def test_odd_products_ask_for_nothing_else(self) -> None:
        odd = ["", " ", ",", "%", "*", "A,B", "A&resvId=1", "../A", "A#", "A?", "ä", "A\0", "x" * 300]
        async with self.scene() as scene:
            await scene.far_side.put("A", 1)
            await scene.far_side.put("B", 1)
            for sku in odd:
                assert dict(await scene.service.availability([sku])) == {}, sku
            assert list(await scene.service.availability([*odd, "A"])) == ["A"]

    async def test_what_is_reserved_nobody_else_can_buy(self) -> None:
        async with self.scene() as scene:
            service = scene.service
            await scene.far_side.put("A", 10)
            await scene.far_side.put("B", 5)
            held = await reserved(service, {"A": 4, "B": 5})
            assert held.id
            assert held.complete
            assert dict(held.pieces) == {"A": 4, "B": 5}
            assert await quantity(service, "A") == 6
            assert not (await service.availability(["B"]))["B"].available
            assert await quantity(service, "A", held.id) == 10
            assert await quantity(service, "B", held.id) == 5
            seen = await service.reservation(held.id)
            assert (seen.id, dict(seen.pieces)) == (held.id, {"A": 4, "B": 5})
            for each in (held, seen):
                assert each.valid_until is None or (
                    abs(each.valid_until - scene.far_side.now() - TEN_MINUTES) < TOLERANCE
                )

    async def test_all_or_nothing(self) -> None:
        async with self.scene() as scene:
            await scene.far_side.put("A", 10)
            await scene.far_side.put("B", 1)
            for items in ({"A": 11}, {"A": 1, "B": 2}, {"A": 1, "absent": 1}):
                with pytest.raises(ReservationRefusedError) as refused:
                    await reserved(scene.service, items, key=f"basket {items}")
                assert refused.value.message
                assert all(pieces < items[sku] for sku, pieces in refused.value.short.items())
            found = await scene.service.availability(["A", "B"])
            assert {sku: each.quantity for sku, each in found.items()} == {"A": 10, "B": 1}

    async def test_or_what_there_is(self) -> None:
        async with self.scene() as scene:
            await scene.far_side.put("A", 10)
            await scene.far_side.put("B", 1)
            await scene.far_side.put("C", 0)
            wanted = {"A": 3, "B": 2, "C": 1, "absent": 1}
            held = await reserved(scene.service, wanted, kind=PARTLY)
            assert dict(held.pieces) == {"A": 3, "B": 1}
            assert not held.complete
            assert {each.sku: each.wanted for each in held.items} == wanted
            states = {each.sku: each.state for each in held.items}
            assert states["A"] is ItemState.RESERVED
            assert states["B"] is ItemState.PARTLY
            assert states["C"] is states["absent"] is ItemState.NONE
            assert await quantity(scene.service, "B") == 0
            assert dict((await scene.service.reservation(held.id)).pieces) == {"A": 3, "B": 1}

    async def test_nothing_is_made_where_nothing_is_there(self) -> None:
        async with self.scene() as scene:
            await scene.far_side.put("A", 0)
            with pytest.raises(ReservationRefusedError):
                await reserved(scene.service, {"A": 1, "absent": 2}, kind=PARTLY)

    async def test_the_same_key_does_not_hold_twice_where_keys_are_recognized(self) -> None:
        async with self.scene() as scene:
            service = scene.service
            await scene.far_side.put("A", 10)
            first = await reserved(service, {"A": 4}, key="basket-1")
            again = await reserved(service, {"A": 4}, key="basket-1")
            if not service.recognizes_keys:
                assert again.id != first.id
                return
            assert (again.id, dict(again.pieces)) == (first.id, {"A": 4})
            assert await quantity(service, "A") == 6
            with pytest.raises(ReservationRefusedError):
                await reserved(service, {"A": 5}, key="basket-1")
            assert (await reserved(service, {"A": 4}, key="basket-2")).id != first.id
            await service.release(first.id)
            anew = await reserved(service, {"A": 5}, key="basket-1")
            assert dict(anew.pieces) == {"A": 5}
            assert await quantity(service, "A") == 1

    async def test_when_its_time_is_over_it_holds_nothing(self) -> None:
        async with self.scene() as scene:
            service = scene.service
            await scene.far_side.put("A", 10)
            held = await reserved(service, {"A": 4}, lifetime=timedelta(minutes=2))
            await scene.far_side.pass_time(60)
            assert await quantity(service, "A") == 6
            await scene.far_side.pass_time(90)
            assert await quantity(service, "A") == 10
            assert await quantity(service, "A", held.id) == 10
            with pytest.raises(ReservationGoneError):
                await service.reservation(held.id)
            with pytest.raises(ReservationExpiredError):
                await service.extend(held.id, TEN_MINUTES)
            assert dict((await reserved(service, {"A": 10}, key="basket-2")).pieces) == {"A": 10}
            await service.release(held.id)
            assert await quantity(service, "A") == 0

    async def test_it_can_be_extended_and_shortened(self) -> None:
        async with self.scene() as scene:
            service = scene.service
            await scene.far_side.put("A", 10)
            held = await reserved(service, {"A": 4}, lifetime=timedelta(minutes=2))
            longer = await service.extend(held.id, TEN_MINUTES)
            assert (longer.id, dict(longer.pieces)) == (held.id, {"A": 4})
            await scene.far_side.pass_time(180)
            assert dict((await service.reservation(held.id)).pieces) == {"A": 4}
            assert await quantity(service, "A") == 6
            await service.extend(held.id, timedelta(minutes=1))
            await scene.far_side.pass_time(90)
            assert await quantity(service, "A") == 10

    async def test_released_is_released(self) -> None:
        async with self.scene() as scene:
            service = scene.service
            await scene.far_side.put("A", 10)
            held = await reserved(service, {"A": 4})
            other = await reserved(service, {"A": 1}, key="basket-2")
            for _ in range(2):
                await service.release(held.id)
                assert await quantity(service, "A") == 9
            with pytest.raises(ReservationGoneError):
                await service.reservation(held.id)
            with pytest.raises(ReservationGoneError):
                await service.extend(held.id, TEN_MINUTES)
            assert dict((await service.reservation(other.id)).pieces) == {"A": 1}

    async def test_reservations_that_never_were(self) -> None:
        async with self.scene() as scene:
            await scene.far_side.put("A", 10)
            held = await reserved(scene.service, {"A": 4})
            odd = ["", " ", "0", "-1", "99999999999", "9" * 40, "../1", "ä", f"{held.id}/x", f"{held.id}?"]
            for number in odd:
                with pytest.raises(UnknownReservationError):
                    await scene.service.reservation(number)
                with pytest.raises(UnknownReservationError):
                    await scene.service.extend(number, TEN_MINUTES)
                await scene.service.release(number)
                assert await quantity(scene.service, "A", number) == 6, number
            assert dict((await scene.service.reservation(held.id)).pieces) == {"A": 4}

    async def test_many_at_once_never_get_more_than_there_is(self) -> None:
        async with self.scene() as scene:
            await scene.far_side.put("A", 7)
            outcomes = await asyncio.gather(
                *(reserved(scene.service, {"A": 2}, key=f"basket-{number}") for number in range(20)),
                return_exceptions=True,
            )
            assert sum(isinstance(each, Reservation) for each in outcomes) == 3
            assert sum(isinstance(each, ReservationRefusedError) for each in outcomes) == 17
            assert await quantity(scene.service, "A") == 1

    async def test_a_caller_that_gives_up_does_not_break_the_service(self) -> None:
        async with self.scene() as scene:
            await scene.far_side.put("A", 10)
            question = asyncio.create_task(scene.service.availability(["A"]))
            await asyncio.sleep(0)
            question.cancel()
            await asyncio.wait({question})
            assert await quantity(scene.service, "A") == 10


class RemoteInventoryServiceContract(Contract):
    """More promises of an adapter that reaches the inventory over a network."""

    @abstractmethod
    def scene(self) -> AbstractAsyncContextManager[RemoteInventoryScene]:
        """The adapter to test and what is behind it, without products and answering."""

    @pytest.mark.parametrize("mood", ["go_down", "ignore", "fail", "garble", "forbid"])
    async def test_where_nothing_can_be_learnt_it_says_so(self, mood: str) -> None:
        async with self.scene() as scene:
            service = scene.service
            await scene.far_side.put("A", 10)
            held = await reserved(service, {"A": 1})
            await getattr(scene.far_side, mood)()
            with pytest.raises(InventoryUnavailableError) as unavailable:
                await service.availability(["A"])
            assert unavailable.value.message
            with pytest.raises(InventoryUnavailableError):
                await reserved(service, {"A": 1}, key="basket-2")
            with pytest.raises(InventoryUnavailableError):
                await service.reservation(held.id)
            with pytest.raises(InventoryUnavailableError):
                await service.extend(held.id, TEN_MINUTES)
            with pytest.raises(InventoryUnavailableError):
                await service.release(held.id)
            await scene.far_side.accept()
            assert "A" in await service.availability(["A"])

    async def test_a_throttling_service_is_obeyed(self) -> None:
        async with self.scene() as scene:
            await scene.far_side.put("A", 10)
            await scene.far_side.throttle(7)
            with pytest.raises(InventoryUnavailableError) as unavailable:
                await scene.service.availability(["A"])
            assert unavailable.value.retry_after == 7

    async def test_a_lost_answer_is_told_and_holds_no_longer_than_its_lifetime(self) -> None:
        async with self.scene() as scene:
            service = scene.service
            await scene.far_side.put("A", 10)
            await scene.far_side.lose_answers()
            with pytest.raises(ReservationUnclearError):
                await reserved(service, {"A": 4})
            await scene.far_side.accept()
            assert await quantity(service, "A") == 6
            if service.recognizes_keys:
                assert dict((await reserved(service, {"A": 4})).pieces) == {"A": 4}
                assert await quantity(service, "A") == 6
            await scene.far_side.pass_time(int(TEN_MINUTES.total_seconds()) + 60)
            assert await quantity(service, "A") == 10

    async def test_a_release_whose_answer_was_lost_can_be_done_again(self) -> None:
        async with self.scene() as scene:
            service = scene.service
            await scene.far_side.put("A", 10)
            held = await reserved(service, {"A": 4})
            await scene.far_side.lose_answers()
            with pytest.raises(InventoryUnavailableError):
                await service.release(held.id)
            await scene.far_side.accept()
            await service.release(held.id)
            assert await quantity(service, "A") == 10
