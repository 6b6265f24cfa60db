"""Stock by shop, product and location, and what is available of it. [iom-api 4.2]"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dev_iomconnector_iom.config import ShopConfig
from dev_iomconnector_iom.inventory.moment import InventoryClock
from dev_iomconnector_iom.store.database import Database

LARGEST_STOCK = (1 << 31) - 1

_LEVELS = """
SELECT s.product, s.location, s.stock, s.modified,
    COALESCE((SELECT SUM(p.quantity) FROM reserved_pieces p JOIN reservations r ON r.id = p.reservation
        WHERE r.shop = s.shop AND p.product = s.product AND p.location = s.location
        AND r.expired = 0 AND r.valid_until > :now AND r.id IS NOT :own), 0),
    COALESCE((SELECT SUM(b.blocked) FROM sold_pieces b
        WHERE b.shop = s.shop AND b.product = s.product AND b.location = s.location), 0)
FROM stock s WHERE s.shop = :shop
"""


class NotEnoughStockError(Exception):
    """There are fewer pieces than somebody wants to take."""


@dataclass(frozen=True, slots=True)
class StockLevel:
    """What there is of a product at a location.

    Arguments:
        product: The shop's product id.
        location: The name of the supplier.
        stock: Pieces in the warehouse.
        reserved: Pieces that reservations hold.
        blocked: Pieces that are sold and not sent yet.
        modified: When the stock was last changed, in seconds since 1970.
    """

    product: str
    location: str
    stock: int
    reserved: int
    blocked: int
    modified: float

    @property
    def atp(self) -> int:
        """Available to promise; below zero where more was sold than there is."""
        return self.stock - self.blocked - self.reserved

    @property
    def state(self) -> str:
        """The words are IOM's, when each holds is decided here. [iom-api 4.2]"""
        if self.atp > 0:
            return "available"
        return "temporarily not available" if self.stock > 0 else "sold out"


class StockTable:
    """The stock of all shops.

    Arguments:
        database: Where it is kept.
        shops: The shops by id, whose suppliers are the locations.
        clock: By which reservations expire.
    """

    def __init__(self, database: Database, shops: Mapping[int, ShopConfig], clock: InventoryClock) -> None:
        self._database = database
        self._shops = shops
        self._clock = clock

    def levels(
        self, shop: int, products: Sequence[str] | None = None, own_reservation: int | None = None
    ) -> list[StockLevel]:
        """Levels in the order of the products and then of the shop's suppliers.

        Arguments:
            shop: The shop.
            products: Which products; all where it is None. Unknown ones are left out.
            own_reservation: A reservation that does not count as reserved.
        """
        values = {"shop": shop, "now": self._clock.now(), "own": own_reservation}
        if products is None:
            rows = self._database.connection.execute(f"{_LEVELS} ORDER BY s.product", values).fetchall()
            return self._sorted(shop, rows)
        found: list[StockLevel] = []
        for product in dict.fromkeys(products):
            query = f"{_LEVELS} AND s.product = :product"
            rows = self._database.connection.execute(query, {**values, "product": product}).fetchall()
            found += self._sorted(shop, rows)
        return found

    def knows(self, shop: int, product: str) -> bool:
        """Whether the shop has a stock of the product, even an empty one."""
        query = "SELECT 1 FROM stock WHERE shop = ? AND product = ? LIMIT 1"
        return self._database.connection.execute(query, (shop, product)).fetchone() is not None

    def put(self, shop: int, entries: Iterable[tuple[str, str, int]], *, replace: bool = False) -> int:
        """Set stocks, as an import does: product, location, pieces; answers how many.

        Arguments:
            shop: The shop.
            entries: What there is from now on.
            replace: Forget all other stock of the shop.
        """
        rows = [(shop, product, location, pieces, self._clock.now()) for product, location, pieces in entries]
        with self._database.transaction() as connection:
            if replace:
                connection.execute("DELETE FROM stock WHERE shop = ?", (shop,))
            connection.executemany("INSERT OR REPLACE INTO stock VALUES (?, ?, ?, ?, ?)", rows)
        return len(rows)

    def adjust(self, shop: int, product: str, location: str, by: int) -> int:
        """Add pieces, or take some away; answers the new stock.

        Raises:
            LookupError: There is no such stock.
            NotEnoughStockError: Fewer than zero or more than an int32 would be left.
        """
        with self._database.transaction() as connection:
            key = (shop, product, location)
            row = connection.execute(
                "SELECT stock FROM stock WHERE shop = ? AND product = ? AND location = ?", key
            ).fetchone()
            if row is None:
                raise LookupError(f"Shop {shop} has no stock of {product!r} at {location!r}.")
            left = int(row[0]) + by
            if not 0 <= left <= LARGEST_STOCK:
                raise NotEnoughStockError(f"{row[0]} pieces of {product!r} cannot become {left}.")
            connection.execute(
                "UPDATE stock SET stock = ?, modified = ? WHERE shop = ? AND product = ? AND location = ?",
                (left, self._clock.now(), *key),
            )
        return left

    def _sorted(self, shop: int, rows: Iterable[tuple[str, str, int, float, int, int]]) -> list[StockLevel]:
        suppliers = self._shops[shop].suppliers if shop in self._shops else ()
        places = {name: place for place, name in enumerate(suppliers)}
        found = [
            StockLevel(product, location, stock, reserved, blocked, modified)
            for product, location, stock, modified, reserved, blocked in rows
        ]
        return sorted(
            found, key=lambda each: (each.product, places.get(each.location, len(places)), each.location)
        )
