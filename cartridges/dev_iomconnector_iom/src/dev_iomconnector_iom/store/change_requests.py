"""Stored change requests."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dev_iomconnector_iom.exact_json import JsonObject, dump, parse
from dev_iomconnector_iom.fulfilment.accounts import instant
from dev_iomconnector_iom.store.database import Database
from dev_iomconnector_iom.store.orders import utc

OPEN, ACCEPTED, APPLIED, FAILED_TO_APPLY = "OPEN", "ACCEPTED", "APPLIED", "FAILED_TO_APPLY"

_SELECT = (
    "SELECT id, order_id, change_request_id, creator, created_at, updated_at, status, document"
    " FROM change_requests"
)


class DuplicateChangeRequestError(Exception):
    """The order has a change request with this id already."""


@dataclass(slots=True)
class StoredChangeRequest:
    """A change request of an order."""

    id: int
    order_id: int
    change_request_id: str
    creator: str
    created_at: str
    updated_at: str | None
    status: str
    document: JsonObject


class ChangeRequestTable:
    """The table of change requests."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, order_id: int, change_request_id: str, creator: str, document: JsonObject) -> None:
        """Store a change request in status OPEN.

        Raises:
            DuplicateChangeRequestError: The order has one with this id.
        """
        now = time.time()
        try:
            self._database.connection.execute(
                "INSERT INTO change_requests"
                " (order_id, change_request_id, creator, created_at, status, since, document)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (order_id, change_request_id, creator, instant(utc(now)), OPEN, now, dump(document)),
            )
        except sqlite3.IntegrityError as error:
            raise DuplicateChangeRequestError(change_request_id) from error

    def of_order(self, order_id: int) -> list[StoredChangeRequest]:
        """All change requests of an order in the order of their arrival."""
        rows = self._database.connection.execute(_SELECT + " WHERE order_id = ? ORDER BY id", (order_id,))
        return [_from(row) for row in rows]

    def get(self, order_id: int, change_request_id: str) -> StoredChangeRequest | None:
        """The change request with that id, or None."""
        row = self._database.connection.execute(
            _SELECT + " WHERE order_id = ? AND change_request_id = ?", (order_id, change_request_id)
        ).fetchone()
        return _from(row) if row else None

    def undecided(self, before: float) -> list[StoredChangeRequest]:
        """Change requests that are neither applied nor failed and took their last step before."""
        rows = self._database.connection.execute(
            _SELECT + " WHERE status IN ('OPEN', 'ACCEPTED') AND since <= ? ORDER BY id", (before,)
        ).fetchall()
        return [_from(row) for row in rows]

    def set_status(self, identity: int, status: str) -> None:
        """Move a change request on."""
        now = time.time()
        self._database.connection.execute(
            "UPDATE change_requests SET status = ?, updated_at = ?, since = ? WHERE id = ?",
            (status, instant(utc(now)), now, identity),
        )


def _from(row: Sequence[Any]) -> StoredChangeRequest:
    identity, order_id, change_request_id, creator, created_at, updated_at, status, document = row
    return StoredChangeRequest(
        identity, order_id, change_request_id, creator, created_at, updated_at, status, parse(document)
    )
