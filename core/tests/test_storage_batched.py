"""What many tasks write at once goes into the database with few statements, and none pays for another."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from datetime import timedelta

import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.model.exports import ExportState
from iomconnector.ports.export_ledger import Claim, Postponement
from iomconnector.storage.batched import BatchedWrites
from iomconnector.storage.context_repository import SqlContextRepository
from iomconnector.storage.database import BrokenConstraintError, Database, UnreachableError
from iomconnector.storage.export_ledger import SqlExportLedger
from iomconnector.storage.order_repository import SqlOrderRepository
from iomconnector.storage.tables import contexts, export_attempts
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory import ManualClock
from iomconnector.testing.samples import CHANNEL, CONTEXTS, sample_orders


class Batches:
    """Writes contexts, and remembers which came together."""

    def __init__(self, database: Database) -> None:
        self.sizes: list[int] = []
        self.writes = BatchedWrites(database, self._store)

    async def _store(self, connection: AsyncConnection, names: Sequence[str]) -> Sequence[str]:
        self.sizes.append(len(names))
        rows = [
            {
                "id": name,
                "kind": "organization",
                "display_name": name,
                "parent": None if name[0] == "o" else "-",
            }
            for name in names
        ]
        await connection.execute(insert(contexts), rows)
        return [f"stored {name}" for name in names]


@in_event_loop
async def test_what_waits_is_written_together_and_each_gets_its_own_answer(each_database: Database) -> None:
    async with aclosing(each_database) as database:
        batches = Batches(database)
        names = [f"o{number}" for number in range(50)]
        answers = await asyncio.gather(*(batches.writes.write(name) for name in names))
        assert answers == [f"stored {name}" for name in names]
        assert len(batches.sizes) < 10
        assert {context.id for context in await SqlContextRepository(database).all()} == set(names)


@in_event_loop
async def test_one_that_cannot_be_written_hurts_no_other(each_database: Database) -> None:
    async with aclosing(each_database) as database:
        batches = Batches(database)
        names = ["o1", "x", "o2"]
        outcomes = await asyncio.gather(
            *(batches.writes.write(name) for name in names), return_exceptions=True
        )
        assert [outcomes[0], outcomes[2]] == ["stored o1", "stored o2"]
        assert isinstance(outcomes[1], BrokenConstraintError)
        assert {context.id for context in await SqlContextRepository(database).all()} == {"o1", "o2"}


@in_event_loop
async def test_a_caller_that_gave_up_hinders_nobody(each_database: Database) -> None:
    async with aclosing(each_database) as database:
        batches = Batches(database)
        one, other = (asyncio.create_task(batches.writes.write(name)) for name in ("o1", "o2"))
        await asyncio.sleep(0)
        one.cancel()
        assert await other == "stored o2"
        assert {context.id for context in await SqlContextRepository(database).all()} == {"o1", "o2"}


@in_event_loop
async def test_where_no_connection_can_be_made_all_that_wait_are_told() -> None:
    async with aclosing(Database("postgresql://nobody@127.0.0.1:1/nowhere")) as database:
        batches = Batches(database)
        outcomes = await asyncio.gather(
            *(batches.writes.write(name) for name in ("o1", "o2", "o3")), return_exceptions=True
        )
        assert [type(outcome) for outcome in outcomes] == [UnreachableError] * 3
        with pytest.raises(UnreachableError):
            await batches.writes.write("o4")


async def _claims(database: Database, clock: ManualClock) -> tuple[SqlExportLedger, Sequence[Claim]]:
    for context in CONTEXTS:
        await SqlContextRepository(database).save(context)
    orders = [(order, ExportState.DUE) for order in sample_orders(["1", "2", "3", "4"])]
    await SqlOrderRepository(database, clock).place(orders)
    ledger = SqlExportLedger(database)
    lease = timedelta(minutes=1)
    return ledger, await ledger.claim(CHANNEL, worker="w 1", now=clock.now(), lease=lease, limit=9)


@in_event_loop
async def test_each_attempt_is_kept_with_its_outcome_and_a_lost_one_is_not(each_database: Database) -> None:
    clock = ManualClock()
    async with aclosing(each_database) as database:
        ledger, (one, two, three, lost) = await _claims(database, clock)
        began = clock.now()
        clock.advance(timedelta(seconds=3))
        at = clock.now()
        later = Postponement(due_at=at, code="export.unavailable", reason="Away.", unclear=False)
        kept = await asyncio.gather(
            ledger.record_exported(one, reference="/orders/1", at=at),
            ledger.record_postponed(two, later, at=at),
            ledger.record_parked(three, code="VALIDATION", reason="No\0such SKU.", at=at),
            ledger.record_exported(one, reference="/orders/2", at=at),
        )
        assert list(kept) == [True, True, True, False]
        clock.advance(timedelta(minutes=2))
        lease = timedelta(minutes=1)
        await ledger.claim(CHANNEL, worker="w 2", now=clock.now(), lease=lease, limit=9)
        assert not await ledger.record_exported(lost, reference="/orders/9", at=clock.now())
        async with database.reading() as connection:
            query = select(export_attempts).order_by(export_attempts.c.order_id)
            rows = [tuple(row) for row in await connection.execute(query)]
    assert rows == [
        (1, 1, "w 1", began, at, "exported", None, None, None),
        (2, 1, "w 1", began, at, "due", "export.unavailable", "Away.", None),
        (3, 1, "w 1", began, at, "parked", "VALIDATION", "No␀such SKU.", None),
    ]
