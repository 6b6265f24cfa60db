"""What orders do to the stock: a reservation is taken over, pieces are blocked, and go out of the house."""

from __future__ import annotations

from dev_iomconnector_iom.exact_json import JsonObject
from dev_iomconnector_iom.fulfilment.progress import PositionProgress, positions_of
from dev_iomconnector_iom.inventory.reservations import ReservationTable
from dev_iomconnector_iom.inventory.stock import StockTable
from dev_iomconnector_iom.store.database import Database
from dev_iomconnector_iom.store.orders import StoredOrder


class OrderStock:
    """Keeps the stock in step with the orders; every method runs inside the transaction of the order.

    Arguments:
        database: Where sold pieces are kept.
        stock: The stock.
        reservations: The reservations.
    """

    def __init__(self, database: Database, stock: StockTable, reservations: ReservationTable) -> None:
        self._database = database
        self._stock = stock
        self._reservations = reservations

    def arrived(self, shop: int, order: int, document: JsonObject) -> None:
        """Take the order's reservation over: what it held is blocked for the order, the rest is free.

        A reservation that is unknown, of another shop or over is ignored: the order's pieces are blocked when
        it is commissioned, like those of every order without one.
        """
        number = document.get("reservationId")
        reservation = None if number is None else self._reservations.find(number)
        if reservation is None or reservation.shop != shop or reservation.expired:
            return
        held = {product: dict(places) for product, places in reservation.pieces.items()}
        for index, position in enumerate(positions_of(document)):
            product, left = position["product"]["number"], position["quantity"]
            for location, pieces in held.get(product, {}).items():
                taken = min(left, pieces)
                if taken:
                    self._block(shop, order, index, product, location, taken)
                    held[product][location] -= taken
                    left -= taken
        connection = self._database.connection
        connection.execute("DELETE FROM reserved_pieces WHERE reservation = ?", (reservation.id,))
        connection.execute("DELETE FROM reservations WHERE id = ?", (reservation.id,))

    def moved(self, order: StoredOrder) -> None:
        """Block what was commissioned, and book out what was dispatched or cancelled."""
        for index, (progress, position) in enumerate(
            zip(order.progress.positions, positions_of(order.document), strict=True)
        ):
            product = position["product"]["number"]
            if progress.commissioned_at is not None and self._stock.knows(order.shop, product):
                self._commission(order, index, product, progress)
            self._book_out(order, index, progress)

    def forget(self, order: int) -> None:
        """Free what is blocked for an order that is gone or begins anew."""
        self._database.connection.execute("DELETE FROM sold_pieces WHERE order_id = ?", (order,))

    def _commission(self, order: StoredOrder, index: int, product: str, progress: PositionProgress) -> None:
        rows = self._rows(order.id, index)
        missing = progress.open + progress.dispatched - sum(blocked + sent for _, blocked, sent in rows)
        if missing <= 0:
            if rows:
                progress.supplier = rows[0][0]
            return
        levels = self._stock.levels(order.shop, [product])
        enough = (level.location for level in levels if level.atp >= missing)
        location = rows[0][0] if rows else next(enough, progress.supplier)
        assert location is not None
        progress.supplier = location
        self._block(order.shop, order.id, index, product, location, missing)

    def _book_out(self, order: StoredOrder, index: int, progress: PositionProgress) -> None:
        rows = self._rows(order.id, index)
        sending = progress.dispatched - sum(sent for _, _, sent in rows)
        freeing = sum(blocked for _, blocked, _ in rows) - sending - progress.open
        for location, blocked, _ in rows:
            sent = min(max(sending, 0), blocked)
            freed = min(max(freeing, 0), blocked - sent)
            sending, freeing = sending - sent, freeing - freed
            if not sent and not freed:
                continue
            connection = self._database.connection
            connection.execute(
                "UPDATE sold_pieces SET blocked = blocked - ?, sent = sent + ?"
                " WHERE order_id = ? AND position = ? AND location = ?",
                (sent + freed, sent, order.id, index, location),
            )
            connection.execute(
                "UPDATE stock SET stock = MAX(stock - ?, 0) WHERE shop = ? AND location = ? AND product ="
                " (SELECT product FROM sold_pieces WHERE order_id = ? AND position = ? AND location = ?)",
                (sent, order.shop, location, order.id, index, location),
            )

    def _rows(self, order: int, index: int) -> list[tuple[str, int, int]]:
        return self._database.connection.execute(
            "SELECT location, blocked, sent FROM sold_pieces WHERE order_id = ? AND position = ?"
            " ORDER BY rowid",
            (order, index),
        ).fetchall()

    def _block(self, shop: int, order: int, index: int, product: str, location: str, pieces: int) -> None:
        self._database.connection.execute(
            "INSERT INTO sold_pieces (order_id, position, location, shop, product, blocked, sent)"
            " VALUES (?, ?, ?, ?, ?, ?, 0)"
            " ON CONFLICT (order_id, position, location) DO UPDATE SET blocked = blocked + excluded.blocked",
            (order, index, location, shop, product, pieces),
        )
