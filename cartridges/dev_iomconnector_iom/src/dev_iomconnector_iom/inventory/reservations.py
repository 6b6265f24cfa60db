"""Reservations: pieces held until a moment, or until an order takes them. [iom-api 4.3]"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dev_iomconnector_iom.inventory.moment import InventoryClock
from dev_iomconnector_iom.inventory.stock import StockTable
from dev_iomconnector_iom.store.database import Database

COMPLETE = "COMPLETE"
PARTLY = "PARTLY"


class ReservationRefusedError(Exception):
    """There is not enough of something; the text says of what."""


@dataclass(frozen=True, slots=True)
class Reservation:
    """A reservation.

    Arguments:
        id: Its number.
        shop: The shop.
        type: ``COMPLETE`` or ``PARTLY``.
        valid_until: The moment from which it holds nothing, in seconds since 1970.
        expired: Whether that moment has come.
        pieces: Product -> location -> pieces.
    """

    id: int
    shop: int
    type: str
    valid_until: float
    expired: bool
    pieces: Mapping[str, Mapping[str, int]]

    @property
    def quantities(self) -> dict[str, int]:
        """Product -> pieces at all locations."""
        return {product: sum(held.values()) for product, held in self.pieces.items()}


class ReservationTable:
    """The reservations of all shops.

    Arguments:
        database: Where they are kept.
        stock: What there is to reserve.
        clock: By which they expire.
    """

    def __init__(self, database: Database, stock: StockTable, clock: InventoryClock) -> None:
        self._database = database
        self._stock = stock
        self._clock = clock

    def create(self, shop: int, kind: str, seconds: float, wanted: Mapping[str, int]) -> Reservation:
        """Hold pieces.

        Raises:
            ReservationRefusedError: ``COMPLETE`` and not all is there, or ``PARTLY`` and nothing is.
        """
        with self._database.transaction() as connection:
            until = self._clock.now() + seconds
            identity = connection.execute(
                "INSERT INTO reservations (shop, type, valid_until) VALUES (?, ?, ?)", (shop, kind, until)
            ).lastrowid
            assert identity is not None
            self._hold(identity, shop, kind, wanted)
        return self._known(identity)

    def find(self, identity: int) -> Reservation | None:
        """The reservation with that number; none where there is none, or an order took it."""
        row = self._database.connection.execute(
            "SELECT id, shop, type, valid_until, expired FROM reservations WHERE id = ?", (identity,)
        ).fetchone()
        if row is None:
            return None
        pieces: dict[str, dict[str, int]] = {}
        for product, location, quantity in self._database.connection.execute(
            "SELECT product, location, quantity FROM reserved_pieces WHERE reservation = ? ORDER BY place",
            (identity,),
        ):
            pieces.setdefault(product, {})[location] = quantity
        expired = bool(row[4]) or row[3] <= self._clock.now()
        return Reservation(row[0], row[1], row[2], row[3], expired, pieces)

    def of_shop(self, shop: int) -> list[Reservation]:
        """All reservations of a shop, expired ones too, the oldest first."""
        rows = self._database.connection.execute(
            "SELECT id FROM reservations WHERE shop = ? ORDER BY id", (shop,)
        ).fetchall()
        return [self._known(identity) for (identity,) in rows]

    def change(
        self, old: Reservation, kind: str, seconds: float | None, wanted: Mapping[str, int] | None
    ) -> Reservation:
        """Change how long it lasts and what it holds; an expired one is made anew under its number.

        Arguments:
            old: The reservation as it is.
            kind: The type from now on.
            seconds: How long it lasts from now on; None leaves that as it is.
            wanted: All that it holds from now on; None leaves that as it is.

        Raises:
            ReservationRefusedError: As for a new one; the reservation stays as it is then.
        """
        until = old.valid_until if seconds is None else self._clock.now() + seconds
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE reservations SET type = ?, valid_until = ?, expired = 0 WHERE id = ?",
                (kind, until, old.id),
            )
            if wanted is not None or old.expired:
                connection.execute("DELETE FROM reserved_pieces WHERE reservation = ?", (old.id,))
                self._hold(old.id, old.shop, kind, old.quantities if wanted is None else wanted)
        return self._known(old.id)

    def remove(self, identity: int) -> None:
        """Forget a reservation and what it holds."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM reserved_pieces WHERE reservation = ?", (identity,))
            connection.execute("DELETE FROM reservations WHERE id = ?", (identity,))

    def mark_expired(self) -> None:
        """Write down what is over by now, so that it stays over after a restart."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE reservations SET expired = 1 WHERE valid_until <= ?", (self._clock.now(),)
            )

    def _hold(self, identity: int, shop: int, kind: str, wanted: Mapping[str, int]) -> None:
        missing: list[str] = []
        place = 0
        for product, quantity in wanted.items():
            left = quantity
            for level in self._stock.levels(shop, [product], own_reservation=identity):
                taken = min(left, level.atp)
                if taken > 0:
                    self._database.connection.execute(
                        "INSERT INTO reserved_pieces VALUES (?, ?, ?, ?, ?)",
                        (identity, product, level.location, taken, place),
                    )
                    left -= taken
                    place += 1
            if left:
                missing.append(f"{product} ({left} of {quantity} are missing)")
        if missing and (kind == COMPLETE or not place):
            raise ReservationRefusedError(f"Not enough stock: {', '.join(missing)}")

    def _known(self, identity: int) -> Reservation:
        found = self.find(identity)
        assert found is not None
        return found


def unknown_products(stock: StockTable, shop: int, products: Sequence[str]) -> list[str]:
    """Those of which the shop has no stock at all."""
    return [product for product in products if not stock.knows(shop, product)]
