"""The SQLite file: tables, transactions, cursor of changes."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_TABLES = """
CREATE TABLE IF NOT EXISTS orders (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    shop INTEGER NOT NULL,
    number TEXT NOT NULL,
    customer TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    state TEXT NOT NULL,
    waiting INTEGER NOT NULL,
    since REAL NOT NULL,
    cursor INTEGER NOT NULL,
    modified_ms INTEGER NOT NULL,
    received BLOB NOT NULL,
    document BLOB NOT NULL,
    progress BLOB NOT NULL,
    UNIQUE (shop, number)
);
CREATE INDEX IF NOT EXISTS orders_by_cursor ON orders (shop, cursor);
CREATE INDEX IF NOT EXISTS orders_by_creation ON orders (shop, created_ms);
CREATE INDEX IF NOT EXISTS orders_waiting ON orders (since) WHERE waiting = 1;
CREATE TABLE IF NOT EXISTS products (
    number TEXT NOT NULL, order_id INTEGER NOT NULL, PRIMARY KEY (number, order_id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS emails (
    address TEXT NOT NULL COLLATE NOCASE, order_id INTEGER NOT NULL, PRIMARY KEY (address, order_id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS traces (order_id INTEGER PRIMARY KEY, trace_parent TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS change_requests (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    order_id INTEGER NOT NULL,
    change_request_id TEXT NOT NULL,
    creator TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT,
    status TEXT NOT NULL,
    since REAL NOT NULL,
    document BLOB NOT NULL,
    UNIQUE (order_id, change_request_id)
);
CREATE TABLE IF NOT EXISTS stock (
    shop INTEGER NOT NULL,
    product TEXT NOT NULL,
    location TEXT NOT NULL,
    stock INTEGER NOT NULL,
    modified REAL NOT NULL,
    PRIMARY KEY (shop, product, location)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS reservations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    shop INTEGER NOT NULL,
    type TEXT NOT NULL,
    valid_until REAL NOT NULL,
    expired INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS reserved_pieces (
    reservation INTEGER NOT NULL,
    product TEXT NOT NULL,
    location TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    place INTEGER NOT NULL,
    PRIMARY KEY (reservation, product, location)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS reserved_by_product ON reserved_pieces (product, location);
CREATE TABLE IF NOT EXISTS sold_pieces (
    order_id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    location TEXT NOT NULL,
    shop INTEGER NOT NULL,
    product TEXT NOT NULL,
    blocked INTEGER NOT NULL,
    sent INTEGER NOT NULL,
    PRIMARY KEY (order_id, position, location)
);
CREATE INDEX IF NOT EXISTS sold_by_product ON sold_pieces (shop, product, location);
"""
_EMPTY_ALL = (
    "DELETE FROM orders; DELETE FROM products; DELETE FROM emails; DELETE FROM traces;"
    " DELETE FROM change_requests; DELETE FROM stock; DELETE FROM reservations; DELETE FROM reserved_pieces;"
    " DELETE FROM sold_pieces;"
)


class Database:
    """One connection to the file; use it from the thread that opened it.

    The journal is a write-ahead log with ``synchronous=NORMAL``: what was committed survives the end of the
    process, however it ends, though not the loss of power.

    Arguments:
        path: The file; None makes a temporary one that :meth:`close` removes.

    Raises:
        sqlite3.Error: The file cannot be opened or is no database.
    """

    def __init__(self, path: Path | None) -> None:
        self._temporary = tempfile.TemporaryDirectory(prefix="iom-stand-in-") if path is None else None
        if self._temporary is not None:
            path = Path(self._temporary.name) / "orders.sqlite3"
        assert path is not None
        path.parent.mkdir(parents=True, exist_ok=True)
        self.connection = sqlite3.connect(path, isolation_level=None)
        try:
            self.connection.execute("PRAGMA journal_mode = WAL")
            self.connection.execute("PRAGMA synchronous = NORMAL")
            self.connection.execute("PRAGMA temp_store = MEMORY")
            self.connection.executescript(_TABLES)
            self._cursor = self._highest_cursor()
        except sqlite3.Error:
            self.close()
            raise

    def close(self) -> None:
        """Close the connection and remove a temporary file."""
        self.connection.close()
        if self._temporary is not None:
            self._temporary.cleanup()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing; the block must not await."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield self.connection
        except BaseException:
            with suppress(sqlite3.OperationalError):
                self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def next_cursor(self) -> int:
        """The cursor for a change: it grows by one to three, so that nobody relies on there being no gaps."""
        self._cursor += 1 + self._cursor % 3
        return self._cursor

    @property
    def current_cursor(self) -> int:
        """The cursor of the latest change."""
        return self._cursor

    def empty(self) -> None:
        """Forget all orders, stock and reservations; cursors and numbers of reservations go on growing."""
        with self.transaction() as connection:
            for statement in filter(None, (part.strip() for part in _EMPTY_ALL.split(";"))):
                connection.execute(statement)

    def _highest_cursor(self) -> int:
        (highest,) = self.connection.execute("SELECT COALESCE(MAX(cursor), 1000) FROM orders").fetchone()
        return int(highest)
