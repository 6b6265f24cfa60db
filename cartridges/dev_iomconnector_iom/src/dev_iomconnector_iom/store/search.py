"""Searching orders: filters, sorting, pages, and the cursor over changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

import orjson

from dev_iomconnector_iom.store.database import Database
from dev_iomconnector_iom.store.orders import SELECT_ORDERS, StoredOrder, order_from

_LISTS = {
    "numbers": "number IN (SELECT value FROM json_each(:numbers))",
    "customers": "customer IN (SELECT value FROM json_each(:customers))",
    "states": "state IN (SELECT value FROM json_each(:states))",
    "products": (
        "id IN (SELECT order_id FROM products WHERE number IN (SELECT value FROM json_each(:products)))"
    ),
    "emails": (
        "id IN (SELECT e.order_id FROM emails AS e, json_each(:emails) AS j"
        " WHERE e.address = j.value COLLATE NOCASE)"
    ),
}
_SORTINGS = {
    ("shopOrderNumber", "ASC"): "number, id",
    ("shopOrderNumber", "DESC"): "number DESC, id DESC",
    ("shopCustomerNumber", "ASC"): "customer, id",
    ("shopCustomerNumber", "DESC"): "customer DESC, id DESC",
    ("shopOrderCreationDate", "ASC"): "created_ms, id",
    ("shopOrderCreationDate", "DESC"): "created_ms DESC, id DESC",
}

OrderBy = Literal["shopOrderNumber", "shopCustomerNumber", "shopOrderCreationDate"]
SortDirection = Literal["ASC", "DESC"]


@dataclass(frozen=True, slots=True)
class OrderQuery:
    """A search: any of each list, all of the criteria. [iom-api 1.1]

    Arguments:
        numbers, customers, products, states, emails: Accepted values; an empty list accepts all. E-mail
            addresses are compared without regard to case.
        created_from, created_to: First and last day (UTC) of the shop's creation date, both inclusive.
        order_by: What to sort by; orders with equal values stand in the order of their arrival.
        sort_direction: Ascending or descending.
        offset, limit: The page.
    """

    numbers: Sequence[str] = ()
    customers: Sequence[str] = ()
    products: Sequence[str] = ()
    states: Sequence[str] = ()
    emails: Sequence[str] = ()
    created_from: date | None = None
    created_to: date | None = None
    order_by: OrderBy = "shopOrderCreationDate"
    sort_direction: SortDirection = "ASC"
    offset: int = 0
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the orders that match, and how many match in all."""

    orders: list[StoredOrder]
    total: int


def search(database: Database, shop: int, query: OrderQuery) -> Page:
    """The page of a shop's orders that the query asks for.

    Where a criterion picks few orders, a plus sign before a column keeps SQLite from walking through all
    orders along the index of that column.
    """
    goes_by_id = (query.products or query.emails) and not query.numbers
    conditions = ["+shop = :shop" if goes_by_id else "shop = :shop"]
    values: dict[str, Any] = {"shop": shop, "limit": query.limit, "offset": query.offset}
    for name, condition in _LISTS.items():
        if accepted := getattr(query, name):
            conditions.append(condition)
            values[name] = orjson.dumps(list(accepted)).decode()
    if query.created_from is not None:
        conditions.append("created_ms >= :from_ms")
        values["from_ms"] = _midnight_ms(query.created_from)
    if query.created_to is not None:
        conditions.append("created_ms < :to_ms")
        values["to_ms"] = _midnight_ms(query.created_to) + 86_400_000
    sorting = _SORTINGS[query.order_by, query.sort_direction]
    is_selective = query.numbers or query.products or query.emails
    return _page(database, conditions, f"+{sorting}" if is_selective else sorting, values)


def modified_since(database: Database, shop: int, moment: datetime, limit: int) -> Page:
    """Orders that changed at that moment or later, the oldest change first."""
    since_ms = -((_EPOCH - moment) // timedelta(milliseconds=1))
    values = {"shop": shop, "since_ms": since_ms, "limit": limit, "offset": 0}
    return _page(database, ["shop = :shop", "modified_ms >= :since_ms"], "cursor", values)


def modified_from(database: Database, shop: int, cursor: int, limit: int) -> Page:
    """Orders whose latest change has that cursor or a greater one, the oldest change first."""
    values = {"shop": shop, "cursor": cursor, "limit": limit, "offset": 0}
    return _page(database, ["shop = :shop", "cursor >= :cursor"], "cursor", values)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _page(database: Database, conditions: Sequence[str], sorting: str, values: dict[str, Any]) -> Page:
    where = " AND ".join(conditions)
    counting = " ".join(("SELECT COUNT(*) FROM orders WHERE", where))
    (total,) = database.connection.execute(counting, values).fetchone()
    reading = " ".join((SELECT_ORDERS, "WHERE", where, "ORDER BY", sorting, "LIMIT :limit OFFSET :offset"))
    rows = database.connection.execute(reading, values).fetchall()
    return Page([order_from(row) for row in rows], total)


def _midnight_ms(day: date) -> int:
    return (datetime(day.year, day.month, day.day, tzinfo=UTC) - _EPOCH) // timedelta(milliseconds=1)
