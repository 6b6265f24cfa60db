"""No list of exports reads a whole table: the plans of its queries, where there are many orders.

SQLite tells its plans without running anything, and without statistics they depend on the schema alone.
So this fails when an index is gone, or a condition is written so that the index does not serve it.
"""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.model.export_filters import ExportFilter, ExportOrder
from iomconnector.model.exports import ExportState
from iomconnector.storage import export_lanes
from iomconnector.storage.context_repository import SqlContextRepository
from iomconnector.storage.database import Database
from iomconnector.storage.export_queries import SqlExportQueries
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.samples import CHANNEL, CONTEXTS, NOON

MANY = 60
FILL_ORDERS = """
INSERT INTO orders (id, channel, number, digest, content, placed_at, from_sequence, customer)
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)
SELECT i, 'inSPIRED-inTRONICS', 'N-' || i, '', '', '2026-11-02 12:00:00.000000', 0, '1001' FROM n"""
FILL_EXPORTS = """
INSERT INTO export_requests (order_id, channel, state, attempts, failures, unclear, due_at, requested_at,
    updated_at, reason_code, reason)
SELECT id, channel, CASE id % 3 WHEN 0 THEN 'due' WHEN 1 THEN 'parked' ELSE 'exported' END, 1, 0, 0,
    placed_at, placed_at, placed_at, CASE id % 3 WHEN 1 THEN 'schema' END, CASE id % 3 WHEN 1 THEN 'No.' END
FROM orders"""

FILTERS = {
    "one state": ExportFilter(states=(ExportState.PARKED,)),
    "what is due": ExportFilter(states=(ExportState.DUE,)),
    "what is exported": ExportFilter(states=(ExportState.EXPORTED,), channels=(CHANNEL,)),
    "several states": ExportFilter(states=(ExportState.PARKED, ExportState.GIVEN_UP, ExportState.SENDING)),
    "a channel": ExportFilter(channels=(CHANNEL,)),
    "a code": ExportFilter(reason_codes=("schema",)),
    "a number": ExportFilter(number="N-7"),
    "the beginning of a number": ExportFilter(number_prefix="N-7"),
    "a customer": ExportFilter(customer="7"),
    "a text in the reason": ExportFilter(reason_text="no"),
    "what waits for long": ExportFilter(waiting_since=NOON + timedelta(hours=1)),
    "another attempt": ExportFilter(due_after=NOON),
}


@asynccontextmanager
async def _filled(url: str) -> AsyncIterator[Database]:
    async with aclosing(Database(url)) as database:
        for context in CONTEXTS:
            await SqlContextRepository(database).save(context)

        async def fill(connection: AsyncConnection) -> None:
            await connection.execute(text(FILL_ORDERS))
            await connection.execute(text(FILL_EXPORTS))

        await database.write(fill)
        yield database


async def _plans(database: Database, queries: list[tuple[str, Any]]) -> list[str]:
    async with database.reading() as connection:
        found = []
        for statement, parameters in queries:
            rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            found += [str(row._mapping["detail"]) for row in rows]
        return found


@asynccontextmanager
async def _heard(database: Database) -> AsyncIterator[list[tuple[str, Any]]]:
    """The queries that are run inside the block."""
    heard: list[tuple[str, Any]] = []

    def hear(_: object, __: object, statement: str, parameters: Any, *___: object) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            heard.append((statement, parameters))

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(engine, "before_cursor_execute", hear)


def _whole_tables(plans: list[str]) -> list[str]:
    """The steps that go through all orders, or all exports, without an index that serves their condition."""
    return [
        plan
        for plan in plans
        if plan.startswith(("SCAN orders", "SCAN export_requests")) and "ix_export_requests" not in plan
    ]


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("order", ExportOrder)
@in_event_loop
async def test_a_page_of_a_narrowed_list_reads_no_whole_table(
    database: Database, monkeypatch: pytest.MonkeyPatch, name: str, order: ExportOrder
) -> None:
    monkeypatch.setattr(export_lanes, "FEW", MANY // 6)
    async with _filled(database.url.render_as_string()) as filled, _heard(filled) as heard:
        await SqlExportQueries(filled).page(FILTERS[name], order=order, limit=5)
        plans = await _plans(filled, list(heard))
    assert plans or order is ExportOrder.DUE, "nothing but what is due has a place in that order"
    assert _whole_tables(plans) == [], (name, order, heard)


@in_event_loop
async def test_counts_and_backlog_read_indexes_alone(database: Database) -> None:
    async with _filled(database.url.render_as_string()) as filled, _heard(filled) as heard:
        queries = SqlExportQueries(filled)
        await queries.counts()
        await queries.reasons()
        await queries.backlog(now=NOON)
        plans = await _plans(filled, list(heard))
    assert _whole_tables(plans) == []


@in_event_loop
async def test_a_query_that_no_index_serves_is_found(database: Database) -> None:
    async with _filled(database.url.render_as_string()) as filled:
        plans = await _plans(filled, [("SELECT * FROM export_requests WHERE failures > 3", ())])
    assert _whole_tables(plans) == ["SCAN export_requests"]
