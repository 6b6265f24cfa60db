"""Stock per supplier, reservations, and what orders do to both. [iom-api 4]"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dev_iomconnector_iom.config import ShopConfig
from dev_iomconnector_iom.inventory.moment import InventoryClock
from dev_iomconnector_iom.inventory.order_stock import OrderStock
from dev_iomconnector_iom.inventory.reservations import ReservationTable
from dev_iomconnector_iom.inventory.stock import StockTable
from dev_iomconnector_iom.store.database import Database


@dataclass(frozen=True, slots=True)
class Inventory:
    """The parts of inventory."""

    clock: InventoryClock
    stock: StockTable
    reservations: ReservationTable
    orders: OrderStock

    @classmethod
    def at(cls, database: Database, shops: Mapping[int, ShopConfig], time_zone: str) -> Inventory:
        """The inventory in a database; a shop that has no stock there gets that of its configuration."""
        clock = InventoryClock(time_zone)
        stock = StockTable(database, shops, clock)
        reservations = ReservationTable(database, stock, clock)
        for shop in shops.values():
            if shop.stock and not stock.levels(shop.id):
                stock.put(
                    shop.id,
                    [
                        (product, location, pieces)
                        for product, places in shop.stock.items()
                        for location, pieces in places.items()
                    ],
                )
        return cls(clock, stock, reservations, OrderStock(database, stock, reservations))
