"""Stored orders: adding, reading, saving."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from dev_iomconnector_iom.contract.intake import milliseconds
from dev_iomconnector_iom.exact_json import JsonObject, dump, parse
from dev_iomconnector_iom.fulfilment import states
from dev_iomconnector_iom.fulfilment.progress import Progress, fresh_progress, positions_of
from dev_iomconnector_iom.store.database import Database

if TYPE_CHECKING:
    from dev_iomconnector_iom.inventory.order_stock import OrderStock

SELECT_ORDERS = "SELECT id, shop, number, cursor, document, progress FROM orders"


class DuplicateOrderError(Exception):
    """The shop has an order with this number already."""


@dataclass(slots=True)
class StoredOrder:
    """An order with its progress.

    Arguments:
        id: The number of the order in the store.
        shop: The id of the shop.
        number: The shop's order number.
        cursor: The cursor of its latest change.
        document: The order as it was sent, settled.
        progress: How far it is.
    """

    id: int
    shop: int
    number: str
    cursor: int
    document: JsonObject
    progress: Progress

    @property
    def state(self) -> str:
        """The state as services answer it, with prefix."""
        return states.PREFIX + states.order_state(self.progress)


def order_from(row: Sequence[Any]) -> StoredOrder:
    """An order from a row of :data:`SELECT_ORDERS`."""
    identity, shop, number, cursor, document, progress = row
    return StoredOrder(
        identity, shop, number, cursor, parse(document), Progress.model_validate_json(progress)
    )


class OrderTable:
    """The table of orders.

    Arguments:
        database: Where it is.
        stock: The stock that follows the orders.
    """

    def __init__(self, database: Database, stock: OrderStock) -> None:
        self._database = database
        self._stock = stock

    def add(self, shop: int, document: JsonObject, received: bytes, trace_parent: str | None = None) -> int:
        """Store an order, all of it or nothing, and answer its number in the store.

        Arguments:
            shop: The id of its shop.
            document: The order, settled.
            received: The body that it came in.
            trace_parent: The header ``traceparent`` of the request.

        Raises:
            DuplicateOrderError: The shop has an order with this number.
        """
        now = time.time()
        progress = fresh_progress(document)
        row = (
            shop,
            document["shopOrderNumber"],
            document["customerData"].get("shopCustomerNumber", ""),
            milliseconds(document["shopOrderCreationDate"]),
            states.PREFIX + states.INITIAL,
            1,
            now,
            self._database.next_cursor(),
            int(now * 1000),
            received,
            dump(document),
            progress.model_dump_json().encode(),
        )
        try:
            with self._database.transaction() as connection:
                identity = connection.execute(
                    "INSERT INTO orders (shop, number, customer, created_ms, state, waiting, since, cursor,"
                    " modified_ms, received, document, progress) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    row,
                ).lastrowid
                assert identity is not None
                self._index(connection, identity, document)
                self._stock.arrived(shop, identity, document)
                if trace_parent is not None:
                    connection.execute("INSERT INTO traces VALUES (?, ?)", (identity, trace_parent))
        except sqlite3.IntegrityError as error:
            raise DuplicateOrderError(document["shopOrderNumber"]) from error
        return identity

    def get(self, shop: int, number: str) -> StoredOrder | None:
        """The order with that number, or None."""
        row = self._database.connection.execute(
            SELECT_ORDERS + " WHERE shop = ? AND number = ?", (shop, number)
        ).fetchone()
        return order_from(row) if row else None

    def by_id(self, identity: int) -> StoredOrder | None:
        """The order with that number in the store, or None."""
        row = self._database.connection.execute(SELECT_ORDERS + " WHERE id = ?", (identity,)).fetchone()
        return order_from(row) if row else None

    def received(self, shop: int, number: str) -> bytes | None:
        """The body of the request that created the order, byte by byte."""
        row = self._database.connection.execute(
            "SELECT received FROM orders WHERE shop = ? AND number = ?", (shop, number)
        ).fetchone()
        return bytes(row[0]) if row else None

    def trace_parent(self, identity: int) -> str | None:
        """The header ``traceparent`` of the request that created the order; none where it had none."""
        row = self._database.connection.execute(
            "SELECT trace_parent FROM traces WHERE order_id = ?", (identity,)
        ).fetchone()
        return str(row[0]) if row else None

    def numbers(self, shop: int) -> list[str]:
        """The numbers of all orders of a shop in the order of their arrival."""
        rows = self._database.connection.execute(
            "SELECT number FROM orders WHERE shop = ? ORDER BY id", (shop,)
        )
        return [number for (number,) in rows]

    def counts(self) -> dict[int, int]:
        """How many orders each shop has."""
        return dict(self._database.connection.execute("SELECT shop, COUNT(*) FROM orders GROUP BY shop"))

    def waiting(self, before: float, limit: int) -> list[tuple[int, float]]:
        """Orders that go on by themselves and took their last step before, with the time of that step.

        The longest waiting ones come first, each as its number in the store.
        """
        return self._database.connection.execute(
            "SELECT id, since FROM orders WHERE waiting = 1 AND since <= ? ORDER BY since, id LIMIT ?",
            (before, limit),
        ).fetchall()

    def waiting_ids(self) -> list[int]:
        """The orders that go on by themselves, by their numbers in the store."""
        rows = self._database.connection.execute("SELECT id FROM orders WHERE waiting = 1 ORDER BY id")
        return [identity for (identity,) in rows]

    def save(self, order: StoredOrder, *, waiting: bool, since: float) -> None:
        """Write the progress of an order and give it a new cursor.

        Arguments:
            waiting: Whether the order goes on by itself.
            since: When it took the step, in seconds since 1970.
        """
        self._stock.moved(order)
        order.cursor = self._database.next_cursor()
        self._database.connection.execute(
            "UPDATE orders SET state = ?, waiting = ?, since = ?, cursor = ?, modified_ms = ?, progress = ?"
            " WHERE id = ?",
            (
                order.state,
                int(waiting),
                since,
                order.cursor,
                int(time.time() * 1000),
                order.progress.model_dump_json().encode(),
                order.id,
            ),
        )

    def remove(self, order: StoredOrder) -> None:
        """Forget an order, as if it had never come; its change requests go with it."""
        with self._database.transaction() as connection:
            for table in ("products", "emails", "change_requests"):
                connection.execute(f"DELETE FROM {table} WHERE order_id = ?", (order.id,))  # noqa: S608
            connection.execute("DELETE FROM orders WHERE id = ?", (order.id,))
            self._stock.forget(order.id)

    def replace_document(self, order: StoredOrder, document: JsonObject) -> None:
        """Put another order in the place of this one, as a change request asks; :meth:`save` must follow."""
        connection = self._database.connection
        self._stock.forget(order.id)
        for number in _product_numbers(order.document):
            connection.execute("DELETE FROM products WHERE number = ? AND order_id = ?", (number, order.id))
        for address in _emails(order.document):
            connection.execute("DELETE FROM emails WHERE address = ? AND order_id = ?", (address, order.id))
        order.document = document
        connection.execute(
            "UPDATE orders SET document = ?, customer = ?, created_ms = ? WHERE id = ?",
            (
                dump(document),
                document["customerData"].get("shopCustomerNumber", ""),
                milliseconds(document["shopOrderCreationDate"]),
                order.id,
            ),
        )
        self._index(connection, order.id, document)

    @staticmethod
    def _index(connection: sqlite3.Connection, identity: int, document: JsonObject) -> None:
        connection.executemany(
            "INSERT INTO products VALUES (?, ?)",
            [(number, identity) for number in _product_numbers(document)],
        )
        connection.executemany(
            "INSERT OR IGNORE INTO emails VALUES (?, ?)",
            [(address, identity) for address in _emails(document)],
        )


def utc(seconds: float) -> datetime:
    """Seconds since 1970 as an aware instant."""
    return datetime.fromtimestamp(seconds, UTC)


def _product_numbers(document: JsonObject) -> set[str]:
    return {position["product"]["number"] for position in positions_of(document)}


def _emails(document: JsonObject) -> set[str]:
    return set(_addresses(document))


def _addresses(document: JsonObject) -> Iterator[str]:
    for address in (
        document["invoiceAddress"],
        *(bucket["shippingAddress"] for bucket in document["shippingBuckets"]),
    ):
        with suppress(KeyError):
            yield address["contact"]["email"]
