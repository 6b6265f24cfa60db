"""Reserving where somebody else is quicker, or the inventory service is not to be asked."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from iomconnector.model.endpoints import Endpoint, EndpointRule
from iomconnector.ports.inventory_service import InventoryUnavailableError, ReservationUnclearError
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory import ManualClock, MemoryInventoryService
from iomconnector.testing.reservation_stage import ReservationStage
from iomconnector.testing.reservations_in_memory import ShopInMemory
from iomconnector.testing.samples import CHANNEL

BASKET = "basket-1"


@in_event_loop
async def test_a_service_that_hangs_opens_the_circuit_and_then_is_not_asked() -> None:
    shop = ShopInMemory(ManualClock(), {"A": 5})
    fragile = Endpoint("memory", EndpointRule(open_after=1))
    service = MemoryInventoryService(shop.inventory, shop.parts.service.rules, fragile)
    stage = ReservationStage(
        replace(shop.parts, service=service), shop.clock, patience=timedelta(milliseconds=50)
    )
    shop.inventory.answering.clear()
    with pytest.raises(ReservationUnclearError, match="did not answer"):
        await stage.process.hold(CHANNEL, {"A": 3}, basket=BASKET)
    with pytest.raises(InventoryUnavailableError, match="not asked at present") as closed:
        await stage.process.hold(CHANNEL, {"A": 3}, basket="basket-2")
    assert not isinstance(closed.value, ReservationUnclearError)
    await stage.aclose()


@in_event_loop
async def test_a_basket_that_is_emptied_while_its_pieces_are_reserved_holds_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shop = ShopInMemory(ManualClock(), {"A": 5}, recognizes_keys=False)
    async with shop.stage() as stage, shop.stage() as other:
        reserve = shop.parts.service.reserve

        async def slowly(*given: Any, **named: Any) -> Any:
            await other.process.release(CHANNEL, BASKET)
            return await reserve(*given, **named)

        monkeypatch.setattr(shop.parts.service, "reserve", slowly)
        with pytest.raises(ReservationUnclearError, match="at this moment"):
            await stage.process.hold(CHANNEL, {"A": 3}, basket=BASKET)
        assert shop.inventory.reservations() == []
