"""Looking for exports in the database."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Result, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.errors import NotFoundError
from iomconnector.model.export_filters import (
    ExportFilter,
    ExportOrder,
    ExportSummary,
    page_mark,
    read_page_mark,
)
from iomconnector.model.exports import ExportAttempt, ExportState, OrderCorrection
from iomconnector.ports.export_queries import ChannelBacklog, ExportPage, ReasonCount, UnreadableOrder
from iomconnector.ports.order_repository import StoredOrder
from iomconnector.storage.database import Database
from iomconnector.storage.export_conditions import storable
from iomconnector.storage.export_counts import backlog_of_channels, counts_of_states, reasons_of_exports
from iomconnector.storage.export_lanes import first_keys, lanes_of
from iomconnector.storage.export_rows import attempt_from, correction_from, summary_from, summary_rows
from iomconnector.storage.order_rows import UnreadableOrderError, decision_rows, order_rows, stored_order
from iomconnector.storage.tables import export_attempts, export_requests, order_corrections, orders
from iomconnector.storage.tables.metadata import replaced
from iomconnector.storage.text_bytes import in_utf8

ALL_AT_ONCE = 1000


class SqlExportQueries:
    """Implements :class:`~iomconnector.ports.export_queries.ExportQueries` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self,
        wanted: ExportFilter,
        *,
        order: ExportOrder = ExportOrder.NEWEST,
        after: str | None = None,
        limit: int = 50,
    ) -> ExportPage:
        """Some of the exports that meet conditions."""
        behind = None if after is None else read_page_mark(after, order)
        async with self._database.reading() as connection:
            keys = await first_keys(connection, storable(wanted), order, behind, limit + 1)
            summaries = await _summaries(connection, keys[:limit])
        rows = [summaries[key] for key in keys[:limit] if key in summaries]
        return ExportPage(rows, page_mark(rows[-1], order) if len(keys) > limit else None)

    async def count(self, wanted: ExportFilter, *, limit: int | None = None) -> int:
        """How many exports meet conditions."""
        found = 0
        async with self._database.reading() as connection:
            for lane in await lanes_of(connection, storable(wanted), ExportOrder.OLDEST):
                left = None if limit is None else limit - found
                if left is not None and left <= 0:
                    break
                some = lane.keys(ExportOrder.OLDEST, left).order_by(None).subquery()
                found += (await connection.execute(select(func.count()).select_from(some))).scalar_one()
        return found

    async def counts_by_reason(self, wanted: ExportFilter) -> Mapping[tuple[ExportState, str | None], int]:
        """How many exports that meet conditions there are of each state and code of a reason."""
        found: Counter[tuple[ExportState, str | None]] = Counter()
        columns = (export_requests.c.state, export_requests.c.reason_code)
        async with self._database.reading() as connection:
            for lane in await lanes_of(connection, storable(wanted), ExportOrder.OLDEST):
                query = (
                    lane.keys(ExportOrder.OLDEST, None)
                    .with_only_columns(*columns, func.count().label("exports"))
                    .order_by(None)
                    .group_by(*columns)
                )
                for row in await connection.execute(query):
                    found[ExportState(row.state), row.reason_code] += row.exports
        return dict(found)

    async def counts(self) -> Mapping[tuple[str, ExportState], int]:
        """How many exports there are of each channel and state."""
        async with self._database.reading() as connection:
            return await counts_of_states(connection, tuple(ExportState))

    async def reasons(self, *, channels: Sequence[str] = ()) -> Sequence[ReasonCount]:
        """For which reasons exports wait, are parked or were given up."""
        async with self._database.reading() as connection:
            return await reasons_of_exports(connection, [replaced(channel) for channel in channels])

    async def backlog(self, *, now: datetime) -> Sequence[ChannelBacklog]:
        """What has not left the shop, for each channel."""
        async with self._database.reading() as connection:
            return await backlog_of_channels(connection, now)

    async def summary(self, channel: str, number: str) -> ExportSummary:
        """The export of the order of that number."""
        query = summary_rows().where(
            orders.c.channel == replaced(channel), orders.c.number == replaced(number)
        )
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            raise NotFoundError(
                f"There is no order {number} in channel {channel}.",
                hint="`iomconnector order list` shows the orders that there are.",
                order=number,
                channel=channel,
            )
        return summary_from(row)

    async def orders(self, order_ids: Sequence[int]) -> Mapping[int, StoredOrder | UnreadableOrder]:
        """The orders of these keys."""
        found: dict[int, StoredOrder | UnreadableOrder] = {}
        async with self._database.reading() as connection:
            for start in range(0, len(order_ids), ALL_AT_ONCE):
                keys = list(order_ids[start : start + ALL_AT_ONCE])
                decisions = await decision_rows(connection, keys)
                rows = await connection.execute(order_rows().where(export_requests.c.order_id.in_(keys)))
                for row in rows:
                    try:
                        found[row.order_id] = stored_order(row, decisions.get(row.order_id, ()))
                    except UnreadableOrderError as error:
                        found[row.order_id] = UnreadableOrder(
                            error.message, bytes(row.content).decode("utf-8", "replace")
                        )
        return found

    async def attempts(self, order_id: int) -> Sequence[ExportAttempt]:
        """The attempts to export an order whose outcome is known."""
        query = (
            select(export_attempts)
            .where(export_attempts.c.order_id == order_id)
            .order_by(export_attempts.c.attempt)
        )
        async with self._database.reading() as connection:
            return [attempt_from(row) for row in await connection.execute(query)]

    async def corrections(self, order_id: int) -> Sequence[OrderCorrection]:
        """The corrections of an order's content."""
        columns: list[Any] = [each for each in order_corrections.c if each.name != "content_before"]
        before = in_utf8(order_corrections.c.content_before).label("content_before")
        query = (
            select(*columns, before)
            .where(order_corrections.c.order_id == order_id)
            .order_by(order_corrections.c.revision)
        )
        async with self._database.reading() as connection:
            rows: Result[Any] = await connection.execute(query)
            return [correction_from(row) for row in rows]


async def _summaries(connection: AsyncConnection, keys: Sequence[int]) -> Mapping[int, ExportSummary]:
    found: dict[int, ExportSummary] = {}
    for start in range(0, len(keys), ALL_AT_ONCE):
        some = keys[start : start + ALL_AT_ONCE]
        rows = await connection.execute(summary_rows().where(orders.c.id.in_(some)))
        found.update((row.order_id, summary_from(row)) for row in rows)
    return found
