"""Whatever is reserved, changed, removed, sold and over: nothing is held twice, and nothing is lost."""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from dev_iomconnector_iom.config import StandInConfig
from dev_iomconnector_iom.inventory import Inventory
from dev_iomconnector_iom.inventory.reservations import COMPLETE, PARTLY, ReservationRefusedError
from dev_iomconnector_iom.store.database import Database

SHOP = 10020
PRODUCTS = ("A", "B")
WANTED = st.dictionaries(st.sampled_from(PRODUCTS), st.integers(1, 12), min_size=1)
KINDS = st.sampled_from([COMPLETE, PARTLY])
PLACE = st.integers(0, 5)


class StockAndReservations(RuleBasedStateMachine):
    """Ten pieces of each product at each of three suppliers, and no more come."""

    def __init__(self) -> None:
        super().__init__()
        self.database = Database(None)
        shops = {shop.id: shop for shop in StandInConfig().shops}
        self.inventory = Inventory.at(self.database, shops, "UTC")
        places = shops[SHOP].suppliers
        self.inventory.stock.put(SHOP, [(product, place, 10) for product in PRODUCTS for place in places])
        self.sold: dict[str, int] = dict.fromkeys(PRODUCTS, 0)
        self.orders = 0

    @rule(wanted=WANTED, kind=KINDS, seconds=st.integers(1, 100))
    def reserve(self, wanted: dict[str, int], kind: str, seconds: int) -> None:
        before = self._available()
        try:
            held = self.inventory.reservations.create(SHOP, kind, seconds, wanted)
        except ReservationRefusedError:
            assert any(before[product] < quantity for product, quantity in wanted.items())
            assert self._available() == before
            return
        expected = {product: min(quantity, before[product]) for product, quantity in wanted.items()}
        assert held.quantities == {product: quantity for product, quantity in expected.items() if quantity}
        assert kind == PARTLY or held.quantities == wanted

    @rule(place=PLACE, wanted=WANTED | st.none(), kind=KINDS, seconds=st.integers(1, 100) | st.none())
    def change(self, place: int, wanted: dict[str, int] | None, kind: str, seconds: int | None) -> None:
        for old in self.inventory.reservations.of_shop(SHOP)[place : place + 1]:
            if old.expired and seconds is None:
                continue
            before = self._available()
            try:
                self.inventory.reservations.change(old, kind, seconds, wanted)
            except ReservationRefusedError:
                assert self._available() == before

    @rule(place=PLACE)
    def remove(self, place: int) -> None:
        for old in self.inventory.reservations.of_shop(SHOP)[place : place + 1]:
            self.inventory.reservations.remove(old.id)
            assert self.inventory.reservations.find(old.id) is None

    @rule(place=PLACE, quantity=st.integers(1, 12))
    def order(self, place: int, quantity: int) -> None:
        for old in self.inventory.reservations.of_shop(SHOP)[place : place + 1]:
            self.orders += 1
            positions = [{"product": {"number": product}, "quantity": quantity} for product in PRODUCTS]
            document: dict[str, Any] = {
                "reservationId": old.id,
                "shippingBuckets": [{"positions": positions}],
            }
            with self.database.transaction():
                self.inventory.orders.arrived(SHOP, self.orders, document)
            if not old.expired:
                for product, held in old.quantities.items():
                    self.sold[product] += min(held, quantity)

    @rule(seconds=st.integers(1, 60))
    def time_passes(self, seconds: int) -> None:
        self.inventory.clock.advance(seconds)
        self.inventory.reservations.mark_expired()

    @invariant()
    def nothing_is_held_twice_or_lost(self) -> None:
        valid = [each for each in self.inventory.reservations.of_shop(SHOP) if not each.expired]
        levels = self.inventory.stock.levels(SHOP)
        for level in levels:
            assert level.atp == level.stock - level.blocked - level.reserved
            assert level.atp >= 0
        for product in PRODUCTS:
            of_product = [level for level in levels if level.product == product]
            assert sum(level.reserved for level in of_product) == sum(
                each.quantities.get(product, 0) for each in valid
            )
            assert sum(level.blocked for level in of_product) == self.sold[product]

    def teardown(self) -> None:
        self.database.close()

    def _available(self) -> dict[str, int]:
        available = dict.fromkeys(PRODUCTS, 0)
        for level in self.inventory.stock.levels(SHOP):
            available[level.product] += level.atp
        return available


TestStockAndReservations = StockAndReservations.TestCase
TestStockAndReservations.settings = settings(stateful_step_count=20, deadline=None)
