"""Operators and workers at the same orders at once, on databases with connections of their own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from datetime import timedelta

from iomconnector.jobs.clock import SystemClock
from iomconnector.model.export_acts import ActOrder, Correction, ExportAct
from iomconnector.model.exports import ExportState
from iomconnector.storage.audit_trail import SqlAuditTrail
from iomconnector.storage.context_repository import SqlContextRepository
from iomconnector.storage.database import Database
from iomconnector.storage.export_desk import SqlExportDesk
from iomconnector.storage.export_ledger import SqlExportLedger
from iomconnector.storage.export_pauses import SqlExportPauses
from iomconnector.storage.export_queries import SqlExportQueries
from iomconnector.storage.order_repository import SqlOrderRepository
from iomconnector.testing.contracts import ExportOffice
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.samples import CHANNEL, CONTEXTS, sample_order

LEASE = timedelta(minutes=2)
NUMBERS = [str(number) for number in range(40)]


@asynccontextmanager
async def two_offices(url: str) -> AsyncIterator[tuple[ExportOffice, ExportOffice]]:
    """Two offices on one database, each with connections of its own, as processes have."""
    async with AsyncExitStack() as stack:
        databases = [await stack.enter_async_context(aclosing(Database(url))) for _ in range(2)]
        for context in CONTEXTS:
            await SqlContextRepository(databases[0]).save(context)
        yield (_office(databases[0]), _office(databases[1]))


def _office(database: Database) -> ExportOffice:
    clock = SystemClock()
    return ExportOffice(
        SqlOrderRepository(database, clock),
        SqlExportLedger(database),
        clock,
        SqlExportQueries(database),
        SqlExportDesk(database),
        SqlExportPauses(database),
        SqlAuditTrail(database),
    )


def _give_up(office: ExportOffice, by: str) -> ActOrder:
    return ActOrder(ExportAct.GIVE_UP, by, office.clock.now(), "cancelled")


@in_event_loop
async def test_of_two_operators_each_order_is_given_up_by_one(each_database_url: str) -> None:
    async with two_offices(each_database_url) as (one, other):
        await one.place(*NUMBERS)
        keys = await one.keys(*NUMBERS)
        chunks = [keys[start : start + 5] for start in range(0, len(keys), 5)]
        done = await asyncio.gather(
            *(one.desk.act(chunk, _give_up(one, "olga")) for chunk in chunks),
            *(other.desk.act(chunk[::-1], _give_up(other, "otto")) for chunk in reversed(chunks)),
        )
        changed = [each.request.order_id for part in done for each in part]
        assert sorted(changed) == keys, "each once"
        for number in (NUMBERS[0], NUMBERS[-1]):
            assert len(await one.recorded(number)) == 1


@in_event_loop
async def test_what_a_worker_took_is_not_given_up_and_what_is_given_up_no_worker_takes(
    each_database_url: str,
) -> None:
    async with two_offices(each_database_url) as (operator, worker):
        await operator.place(*NUMBERS)
        keys = await operator.keys(*NUMBERS)

        async def work() -> set[int]:
            taken: set[int] = set()
            while claims := await worker.ledger.claim(
                CHANNEL, worker="worker 1", now=worker.clock.now(), lease=LEASE, limit=3
            ):
                for claim in claims:
                    assert await worker.export(claim), "nobody disturbed it"
                    taken.add(claim.request.order_id)
            return taken

        async def operate() -> set[int]:
            given_up: set[int] = set()
            for key in reversed(keys):
                done = await operator.desk.act([key], _give_up(operator, "olga"))
                given_up.update(each.request.order_id for each in done)
            return given_up

        taken, given_up = await asyncio.gather(work(), operate())
        assert taken.isdisjoint(given_up)
        assert taken | given_up == set(keys)
        counts = await operator.queries.counts()
        assert counts.get((CHANNEL, ExportState.EXPORTED), 0) == len(taken)
        assert counts.get((CHANNEL, ExportState.GIVEN_UP), 0) == len(given_up)


@in_event_loop
async def test_a_worker_sends_an_order_wholly_as_it_was_or_wholly_as_it_was_corrected(
    each_database_url: str,
) -> None:
    async with two_offices(each_database_url) as (operator, worker):
        numbers = NUMBERS[:10]
        await operator.place(*numbers)
        keys = await operator.keys(*numbers)

        async def correct(key: int, number: str) -> bool:
            return await operator.desk.correct(
                Correction(
                    order_id=key,
                    order=sample_order(number, project="Solar"),
                    revision=0,
                    fields=("project",),
                    by="olga",
                    at=operator.clock.now(),
                    reason="wrong project",
                )
            )

        async def work() -> dict[int, tuple[int, str | None]]:
            sent: dict[int, tuple[int, str | None]] = {}
            while len(sent) < len(keys):
                for each in await worker.ledger.claim(
                    CHANNEL, worker="worker 1", now=worker.clock.now(), lease=LEASE, limit=1
                ):
                    sent[each.request.order_id] = (each.placed.revision, each.placed.order.project)
            return sent

        async with asyncio.timeout(60):
            sent, corrected = await asyncio.gather(work(), asyncio.gather(*map(correct, keys, numbers)))
        for key, was_corrected in zip(keys, corrected, strict=True):
            assert sent[key] == ((1, "Solar") if was_corrected else (0, None))
