"""Reading a long period costs what is read, however many orders there are."""

from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection

from iomconnector.ports.reconciliation_store import OrderKey
from iomconnector.storage.context_repository import SqlContextRepository
from iomconnector.storage.database import Database
from iomconnector.storage.reconciliation_store import SqlReconciliationStore
from iomconnector.storage.schema import CORE_SCHEMA
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.samples import CHANNEL, CONTEXTS, NOON, OTHER_CHANNEL


@in_event_loop
async def test_pages_of_a_period_are_walked_along_the_index_of_its_time(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'shop.sqlite'}")
    await CORE_SCHEMA.upgrade(database)
    for context in CONTEXTS:
        await SqlContextRepository(database).save(context)
    asked: list[tuple[str, Any]] = []

    def listen(_: Connection, __: object, statement: str, parameters: Any, *___: object) -> None:
        asked.append((statement, parameters))

    event.listen(database.engine.sync_engine, "before_cursor_execute", listen)
    store = SqlReconciliationStore(database)
    end = NOON.replace(year=2027)
    await store.placed_between([CHANNEL, OTHER_CHANNEL], NOON, end, after=OrderKey(NOON, 5, "5"))
    event.remove(database.engine.sync_engine, "before_cursor_execute", listen)
    [(statement, parameters)] = [each for each in asked if each[0].startswith("SELECT")]
    async with database.reading() as connection:
        plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        steps = [row.detail for row in plan]
    await database.aclose()
    assert steps == ["SEARCH orders USING INDEX ix_orders_placed_at (placed_at>? AND placed_at<?)"]
