"""Walking through exports in an order, without looking at those that are not wanted.

A list is the union of *lanes*, each of which is one range of one index, read from its end as far as the page
needs. So a page costs the same whether there are a thousand orders or millions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, func, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.model.export_filters import ExportFilter, ExportOrder
from iomconnector.model.exports import ExportState
from iomconnector.storage.export_conditions import (
    Condition,
    all_conditions,
    in_state,
    in_states,
    of_customer,
    of_export,
    of_number,
    of_order,
    of_placing,
)
from iomconnector.storage.tables import contexts, export_requests, orders

FEW = 2000
"""So many rows are collected and sorted without harm."""
LANES_AT_ONCE = 50

_requests = export_requests.c
_Keys = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Lane:
    """Exports that stand together.

    Arguments:
        conditions: What they have in common, and what else is wanted.
        by_order: Whether the orders are walked through, and not their exports.
    """

    conditions: tuple[Condition, ...]
    by_order: bool = False

    @property
    def key(self) -> Any:
        """The column of the key by which the lane is walked through."""
        return orders.c.id if self.by_order else _requests.order_id

    def keys(self, order: ExportOrder, limit: int | None) -> Select[Any]:
        """Select the first keys of the lane, with the time when each is due."""
        both = orders.join(export_requests, _requests.order_id == orders.c.id)
        query = select(self.key.label("order_id"), _requests.due_at).select_from(both)
        return query.where(*self.conditions).order_by(*_sorting(order, self.key)).limit(limit)


async def first_keys(
    connection: AsyncConnection,
    wanted: ExportFilter,
    order: ExportOrder,
    after: tuple[datetime | None, int] | None,
    limit: int,
) -> list[int]:
    """The keys of the first exports that meet conditions and stand behind a place of the list."""
    found: list[Row[Any]] = []
    lanes = await lanes_of(connection, wanted, order)
    for start in range(0, len(lanes), LANES_AT_ONCE):
        parts = []
        for lane in lanes[start : start + LANES_AT_ONCE]:
            behind = () if after is None else (_behind(order, lane.key, after),)
            part = Lane((*lane.conditions, *behind), lane.by_order).keys(order, limit).subquery()
            parts.append(select(part.c.order_id, part.c.due_at))
        found.extend(await connection.execute(union_all(*parts) if len(parts) > 1 else parts[0]))
    ordered = sorted(found, key=_place(order), reverse=order is ExportOrder.NEWEST)
    return [row.order_id for row in ordered[:limit]]


async def lanes_of(connection: AsyncConnection, wanted: ExportFilter, order: ExportOrder) -> list[Lane]:
    """The lanes whose union are the exports that meet conditions; none has an export of another."""
    if wanted.impossible:
        return []
    states = wanted.possible_states()
    if order is ExportOrder.DUE:
        if states and ExportState.DUE not in states:
            return []
        states = (ExportState.DUE,)
    candidates = await _candidates(connection, wanted)
    if candidates is not None:
        only_due = (in_state(ExportState.DUE),) if order is ExportOrder.DUE else ()
        return [Lane((_requests.order_id.in_(candidates), *all_conditions(wanted), *only_due))]
    conditions = (*of_export(wanted), *of_order(wanted), *await _bounds(connection, wanted))
    if wanted.reason_codes:
        return [
            Lane((_requests.reason_code == code, _requests.channel == channel, in_state(state), *conditions))
            for code in dict.fromkeys(wanted.reason_codes)
            for channel in await _channels(connection, wanted)
            for state in states
        ]
    if states:
        return [
            await _state_lane(connection, state, channel, conditions, order)
            for channel in await _channels(connection, wanted)
            for state in states
        ]
    if wanted.channels:
        return [
            Lane((orders.c.channel == channel, *conditions), by_order=True)
            for channel in dict.fromkeys(wanted.channels)
        ]
    return [Lane(conditions)]


async def _state_lane(
    connection: AsyncConnection,
    state: ExportState,
    channel: str,
    conditions: tuple[Condition, ...],
    order: ExportOrder,
) -> Lane:
    of_state = (_requests.channel == channel, in_state(state))
    if state is ExportState.DUE and order is not ExportOrder.DUE:
        some = select(_requests.order_id).where(*of_state).limit(FEW + 1).subquery()
        if (await connection.execute(select(func.count()).select_from(some))).scalar_one() > FEW:
            return Lane((orders.c.channel == channel, in_states([state]), *conditions), by_order=True)
    return Lane((*of_state, *conditions))


async def _channels(connection: AsyncConnection, wanted: ExportFilter) -> Sequence[str]:
    if wanted.channels:
        return list(dict.fromkeys(wanted.channels))
    query = select(contexts.c.id).where(contexts.c.kind == "channel").order_by(contexts.c.id)
    return list((await connection.execute(query)).scalars())


async def _candidates(connection: AsyncConnection, wanted: ExportFilter) -> list[int] | None:
    """The keys of the orders that can be meant, where one condition leaves only a few."""
    for conditions in (of_number(wanted), of_customer(wanted), of_placing(wanted)):
        if conditions:
            query = select(orders.c.id).where(*conditions).limit(FEW + 1)
            keys = list((await connection.execute(query)).scalars())
            if len(keys) <= FEW:
                return keys
    return None


async def _bounds(connection: AsyncConnection, wanted: ExportFilter) -> tuple[Condition, ...]:
    """Between which keys the orders stand that were placed in the time wanted."""
    placed = of_placing(wanted)
    if not placed:
        return ()
    query = select(func.min(orders.c.id), func.max(orders.c.id)).where(*placed)
    first, last = (await connection.execute(query)).one()
    return (orders.c.id >= first, orders.c.id <= last)


def _sorting(order: ExportOrder, key: Any) -> _Keys:
    if order is ExportOrder.DUE:
        return (_requests.due_at, _requests.order_id)
    return (key.desc(),) if order is ExportOrder.NEWEST else (key,)


def _behind(order: ExportOrder, key: Any, after: tuple[datetime | None, int]) -> Condition:
    moment, last = after
    if order is ExportOrder.DUE:
        return and_(
            _requests.due_at >= moment,
            or_(_requests.due_at > moment, _requests.order_id > last),
        )
    behind: Condition = key < last if order is ExportOrder.NEWEST else key > last
    return behind


def _place(order: ExportOrder) -> Any:
    if order is ExportOrder.DUE:
        return lambda row: (row.due_at, row.order_id)
    return lambda row: row.order_id
