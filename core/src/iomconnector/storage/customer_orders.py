"""The shop's orders in the database, as their customers look for them."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Row, Select, and_, exists, false, func, or_, select

from iomconnector.errors import NotFoundError
from iomconnector.model.customer_users import OrderOwner
from iomconnector.model.exports import ExportState
from iomconnector.ports.customer_orders import CustomerOrderPage, CustomerOrderQuery, HistorySort
from iomconnector.ports.order_repository import StoredOrder
from iomconnector.storage.database import Database
from iomconnector.storage.order_repository import KEPT_OF_CUSTOMER
from iomconnector.storage.order_rows import UnreadableOrderError, decision_rows, order_rows, stored_order
from iomconnector.storage.tables import export_requests, order_products, order_states, orders
from iomconnector.storage.tables.metadata import replaced
from iomconnector.storage.text_search import has_text

log = structlog.get_logger(__name__)

EXPORTED = ExportState.EXPORTED.value


class SqlCustomerOrders:
    """Implements :class:`~iomconnector.ports.customer_orders.CustomerOrders` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, owner: OrderOwner, query: CustomerOrderQuery) -> CustomerOrderPage:
        """One page of the owner's orders."""
        conditions = list(_conditions(owner, query))
        found = select(orders.c.id)
        if query.status_codes or query.export_states:
            found = found.join(export_requests, export_requests.c.order_id == orders.c.id)
        found = found.where(*conditions)
        newest = query.sort is HistorySort.NEWEST
        by_key = orders.c.id.desc() if newest else orders.c.id.asc()
        on_page = found.order_by(by_key).offset(query.offset).limit(query.limit)
        async with self._database.reading() as connection:
            total = (
                await connection.execute(select(func.count()).select_from(found.subquery()))
            ).scalar_one()
            keys = (await connection.execute(on_page)).scalars().all()
            rows = (
                await connection.execute(order_rows().where(orders.c.id.in_(keys)).order_by(by_key))
            ).all()
            decisions = await decision_rows(connection, keys)
        readable = [stored for row in rows if (stored := _readable(row, decisions.get(row.order_id, ())))]
        return CustomerOrderPage([each for each in readable if _is_owned(each, owner)], total)

    async def get(self, owner: OrderOwner, order_id: int) -> StoredOrder:
        """An order by its key."""
        if not 0 < order_id < 2**63:
            raise _not_there(owner, str(order_id))
        return await self._one(owner, orders.c.id == order_id, str(order_id))

    async def by_number(self, owner: OrderOwner, number: str) -> StoredOrder:
        """An order by its number."""
        if not _possible([number]):
            raise _not_there(owner, number)
        return await self._one(owner, orders.c.number == number, number)

    async def _one(self, owner: OrderOwner, condition: ColumnElement[bool], name: str) -> StoredOrder:
        query = order_rows().where(condition, *_owned(owner))
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
            decisions = await decision_rows(connection, [row.order_id] if row else [])
        stored = stored_order(row, decisions.get(row.order_id, ())) if row else None
        if stored is None or not _is_owned(stored, owner):
            raise _not_there(owner, name)
        return stored


def _not_there(owner: OrderOwner, name: str) -> NotFoundError:
    return NotFoundError(f"There is no order {name}.", order=name, channel=owner.channel)


def _readable(row: Row[Any], decisions: Sequence[Row[Any]]) -> StoredOrder | None:
    try:
        return stored_order(row, decisions)
    except UnreadableOrderError as error:
        log.error(
            "an order that cannot be read is not shown",
            order=row.number,
            channel=row.channel,
            code=error.code,
        )
        return None


def _is_owned(stored: StoredOrder, owner: OrderOwner) -> bool:
    """Whether the content says so too: the columns keep the beginning of long numbers only."""
    order = stored.placed.order
    contact = order.invoice_address.contact
    email = contact.email if contact else None
    return order.customer.number == owner.customer and (
        owner.email is None or (email or "").casefold() == owner.email.casefold()
    )


def _owned(owner: OrderOwner) -> Iterator[ColumnElement[bool]]:
    if not owner.customer or owner.email == "":
        yield false()
    yield orders.c.channel == owner.channel
    yield orders.c.customer == owner.customer[:KEPT_OF_CUSTOMER]
    if owner.email is not None:
        yield orders.c.email == owner.email.casefold()[:KEPT_OF_CUSTOMER]


def _conditions(owner: OrderOwner, query: CustomerOrderQuery) -> Iterator[ColumnElement[bool]]:
    yield from _owned(owner)
    if query.numbers:
        yield orders.c.number.in_(_possible(query.numbers))
    if query.number_part:
        yield (
            has_text(orders.c.number, query.number_part.lower())
            if _possible([query.number_part])
            else false()
        )
    if query.customer_order_numbers:
        yield orders.c.customer_order_number.in_(_possible(query.customer_order_numbers))
    if query.skus:
        yield _has_products(query.skus)
    if query.emails:
        yield orders.c.email.in_(_possible([each.casefold() for each in query.emails]))
    if query.created_from is not None:
        yield orders.c.created_at >= _midnight(query.created_from)
    if query.created_to is not None and query.created_to < date.max:
        yield orders.c.created_at < _midnight(query.created_to + timedelta(days=1))
    if query.status_codes or query.export_states:
        yield _stands(query)


def _possible(texts: Sequence[str]) -> list[str]:
    """Those that can stand in a database at all, cut to what is kept of them."""
    return [each[:KEPT_OF_CUSTOMER] for each in texts if each == replaced(each)]


def _has_products(skus: Sequence[str]) -> ColumnElement[bool]:
    return exists(
        select(order_products.c.order_id).where(
            order_products.c.order_id == orders.c.id,
            order_products.c.sku.in_(_possible(skus)),
        )
    )


def _stands(query: CustomerOrderQuery) -> ColumnElement[bool]:
    state = export_requests.c.state
    ways: list[ColumnElement[bool]] = []
    local = [each.value for each in query.export_states if each is not ExportState.EXPORTED]
    if local:
        ways.append(state.in_(local))
    if ExportState.EXPORTED in query.export_states:
        ways.append(
            and_(state == EXPORTED, ~exists(_state_of_order().where(order_states.c.content.is_not(None))))
        )
    if query.status_codes:
        known = _state_of_order().where(order_states.c.status.in_(_possible(query.status_codes)))
        ways.append(and_(state == EXPORTED, exists(known)))
    return or_(*ways)


def _state_of_order() -> Select[Any]:
    return select(order_states.c.number).where(
        order_states.c.channel == orders.c.channel, order_states.c.number == orders.c.number
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
