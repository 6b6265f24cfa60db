"""Whoever orders a basket may die between any two steps: there is one order in the end, with its pieces."""

from datetime import timedelta

import pytest

from iomconnector.errors import ConnectorError
from iomconnector.model.addresses import Person, StreetAddress
from iomconnector.model.baskets import Basket, BasketState
from iomconnector.model.endpoints import Endpoint
from iomconnector.model.values import ChannelId
from iomconnector.observability.telemetry import Telemetry
from iomconnector.ports.inventory_service import InventoryRules
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory import (
    ManualClock,
    MemoryAuditTrail,
    MemoryBasketRepository,
    MemoryCache,
    MemoryContextRepository,
    MemoryEndpointStates,
    MemoryExportDesk,
    MemoryExportLedger,
    MemoryInventory,
    MemoryInventoryService,
    MemoryNumberAssignments,
    MemoryOrderRepository,
    MemoryProductCatalog,
    MemoryReservationLedger,
    MemorySequenceStore,
    MemoryShop,
    MemoryUsedNumbers,
)
from iomconnector.testing.mortal import Killed, Mortal
from iomconnector.testing.reservation_stage import PATIENT, ReservationParts, ReservationStage
from iomconnector.testing.samples import CHANNEL, CONTEXTS, sample_customer_user, sample_product
from iomconnector.usecases.availability import check_availability
from iomconnector.usecases.basket_orders import CheckoutWish
from iomconnector.usecases.blockwise_sequence import BlockwiseSequence
from iomconnector.usecases.check_out import CheckOut, CheckoutNotPossibleError
from iomconnector.usecases.gates import Gates
from iomconnector.usecases.inventory_source import InventorySource
from iomconnector.usecases.number_orders import NumberOrders
from iomconnector.usecases.place_orders import PlaceOrders
from iomconnector.usecases.price_baskets import price_basket
from iomconnector.usecases.shop_baskets import ShopBaskets

ANNA = sample_customer_user()
STEPS = 40
"""More than ordering a basket has."""
ADDRESS = StreetAddress(
    type="street",
    person=Person(last_name="Miller"),
    street="Steinweg",
    postal_code="1",
    city="Jena",
    country_code="DE",
)
WISH = CheckoutWish(ADDRESS, ADDRESS, "ISH_INVOICE")


class NoStock:
    """Implements the stock of the stage, which nobody asks here."""


class CheckoutStage:
    """A shop in memory with 20 mugs, two of them in Anna's basket, in processes that die."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.shop = MemoryShop(MemoryContextRepository(CONTEXTS))
        self.inventory = MemoryInventory(self.clock)
        self.inventory.stock["M-1"] = 20
        self.catalog = MemoryProductCatalog()
        self.baskets = MemoryBasketRepository()
        self.assignments = MemoryNumberAssignments()
        audit = MemoryAuditTrail()
        service = MemoryInventoryService(
            self.inventory, InventoryRules(lifetime=timedelta(minutes=30)), Endpoint("memory", PATIENT)
        )
        self.orders = MemoryOrderRepository(self.shop, self.clock)
        self.stage = ReservationStage(
            ReservationParts(
                MemoryReservationLedger(self.shop, audit),
                self.orders,
                MemoryExportLedger(self.shop),
                MemoryExportDesk(self.shop, audit),
                service,
                NoStock(),  # type: ignore[arg-type]
            ),
            self.clock,
        )

    async def fill(self) -> Basket:
        await self.catalog.put(CHANNEL, [sample_product()])
        return await ShopBaskets(self.baskets, self.catalog, self.clock).add(ANNA, "M-1", 2)

    def process(self) -> CheckOut:
        """The use case of the process that lives now."""
        contexts = MemoryContextRepository(CONTEXTS)
        mortality = self.stage.mortality
        numbers = NumberOrders(
            BlockwiseSequence(MemorySequenceStore(contexts, MemoryAuditTrail()), self.clock),
            Mortal(self.assignments, mortality),
            MemoryUsedNumbers(self.shop),
            contexts,
        )

        async def nobody(channel: str) -> InventorySource:
            raise ConnectorError("No adapter is operational.", context=channel)

        gates = Gates(MemoryEndpointStates(), "worker", self.clock)
        return CheckOut(
            Mortal(self.baskets, mortality),
            self.catalog,
            self.stage.process,
            check_availability(MemoryCache(lambda: 0.0), None, nobody, gates, self.clock, Telemetry()),
            PlaceOrders(Mortal(self.orders, mortality), contexts, numbers),
            self.clock,
        )

    def placed(self) -> int:
        """How many orders there are."""
        return self.shop.next_id() - 1


@pytest.mark.parametrize("then", ["press again", "sweep"])
@pytest.mark.parametrize("after_the_step", [False, True])
@in_event_loop
async def test_there_is_one_order_wherever_somebody_dies(then: str, after_the_step: bool) -> None:
    died = 0
    for steps in range(1, STEPS):
        shop = CheckoutStage()
        basket = await shop.fill()
        seen = (await price_basket(basket, shop.catalog)).fingerprint
        shop.stage.mortality.doom(steps, after_the_step=after_the_step)
        try:
            await shop.process().order(ANNA, basket.id, WISH, seen=seen)
        except Killed:
            died += 1
        await shop.stage.next_process()
        shop.clock.advance(timedelta(minutes=2))
        if then == "sweep":
            await shop.process().finish_those_left()
        left = await shop.baskets.get(CHANNEL, ANNA.login, basket.id)
        assert left is not None
        assert left.state is not BasketState.ORDERING or then != "sweep", steps
        done = await shop.process().order(ANNA, basket.id, WISH, seen=seen)
        assert done.order_number is not None
        again = await shop.process().order(ANNA, basket.id, WISH, seen=seen)
        assert again.order_number == done.order_number
        order = (await shop.orders.get(ChannelId(CHANNEL), done.order_number)).placed.order
        assert shop.placed() == 1, steps
        assert order.reservation_id is not None
        assert shop.inventory.available("M-1") == 18, steps
        await shop.stage.aclose()
    assert 5 < died < STEPS - 1, "it died at every step, and the last ones are behind the end"


@in_event_loop
async def test_while_nobody_can_say_what_is_there_the_basket_stays_as_it_is() -> None:
    shop = CheckoutStage()
    basket = await shop.fill()
    seen = (await price_basket(basket, shop.catalog)).fingerprint
    for trouble in ("down", "inactive", "loses answers"):
        shop.stage.trouble = trouble
        with pytest.raises(CheckoutNotPossibleError):
            await shop.process().order(ANNA, basket.id, WISH, seen=seen)
        assert await shop.baskets.current(CHANNEL, ANNA.login) == basket
    shop.stage.trouble = ""
    assert (await shop.process().order(ANNA, basket.id, WISH, seen=seen)).order_number
    assert shop.inventory.available("M-1") == 18
    await shop.stage.aclose()
