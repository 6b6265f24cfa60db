"""What can be done to stock and reservations from behind."""

from __future__ import annotations

from collections.abc import Mapping

from dev_iomconnector_iom.config import ShopConfig
from dev_iomconnector_iom.control import stock_messages as messages
from dev_iomconnector_iom.fulfilment.actions import ActionRefusedError
from dev_iomconnector_iom.inventory import Inventory
from dev_iomconnector_iom.inventory.stock import NotEnoughStockError
from dev_iomconnector_iom.store.orders import utc


class UnknownStockError(LookupError):
    """There is no such shop, or no such stock of it."""


class StockDesk:
    """The control interface of inventory; use it in the thread of the event loop.

    Arguments:
        inventory: Stock and reservations.
        shops: The shops by id.
    """

    def __init__(self, inventory: Inventory, shops: Mapping[int, ShopConfig]) -> None:
        self._inventory = inventory
        self._shops = shops

    def put(self, shop: int, command: messages.StockImport) -> int:
        """Set stocks; answers how many. Raises UnknownStockError."""
        entries = [(each.product, self._location(shop, each.location), each.pieces) for each in command.stock]
        return self._inventory.stock.put(shop, entries, replace=command.replace)

    def adjust(self, shop: int, command: messages.StockAdjustment) -> int:
        """Change a stock; answers the new one.

        Raises:
            UnknownStockError: There is no such stock.
            ActionRefusedError: Less than nothing would be left.
        """
        location = self._location(shop, command.location)
        try:
            return self._inventory.stock.adjust(shop, command.product, location, command.by)
        except LookupError as error:
            raise UnknownStockError(str(error)) from error
        except NotEnoughStockError as error:
            raise ActionRefusedError(str(error)) from error

    def levels(self, shop: int) -> list[messages.StockReport]:
        """All stock of a shop. Raises UnknownStockError."""
        self._location(shop, "")
        return [
            messages.StockReport(
                product=level.product,
                location=level.location,
                stock=level.stock,
                reserved=level.reserved,
                blocked=level.blocked,
                atp=level.atp,
            )
            for level in self._inventory.stock.levels(shop)
        ]

    def reservations(self, shop: int) -> list[messages.ReservationReport]:
        """The reservations of a shop that no order took, expired ones too. Raises UnknownStockError."""
        self._location(shop, "")
        return [
            messages.ReservationReport(
                id=each.id,
                type=each.type,
                valid_until=utc(each.valid_until),
                expired=each.expired,
                pieces={product: dict(places) for product, places in each.pieces.items()},
            )
            for each in self._inventory.reservations.of_shop(shop)
        ]

    def advance(self, command: messages.AdvanceCommand) -> None:
        """Move the time by which reservations expire on."""
        self._inventory.clock.advance(command.seconds)
        self._inventory.reservations.mark_expired()

    def _location(self, shop: int, given: str) -> str:
        if shop not in self._shops:
            raise UnknownStockError(f"There is no shop {shop}.")
        return given or self._shops[shop].suppliers[0]
