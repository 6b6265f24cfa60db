"""Working off the ledger once, with figures for the person who asked for it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from iomconnector.jobs.clock import SystemClock
from iomconnector.jobs.exporter import Exporter
from iomconnector.jobs.work_off import work_off
from iomconnector.model.exports import ExportState
from iomconnector.ports.clock import Clock
from iomconnector.ports.order_export_service import OrderExportService
from iomconnector.testing.contracts import OrderStorage
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.export_fates import FATES, prepare_far_side
from iomconnector.testing.memory import (
    ManualClock,
    MemoryOrderExportService,
    MemoryOrderManagement,
    Mood,
)
from iomconnector.usecases.export_orders import ExportOrders, ExportResult, RetryPolicy


class System:
    """What the job asks of a running system."""

    def __init__(self, clock: Clock, policy: RetryPolicy = RetryPolicy()) -> None:
        self.clock = clock
        self.management = MemoryOrderManagement()
        self.storage = OrderStorage.in_memory(clock)
        self.ledger = self.storage.ledger
        self._policy = policy

    async def _resolve(self, channel: str) -> OrderExportService:
        return MemoryOrderExportService(self.management)

    def exporter(self, observe: Callable[[ExportResult], None] | None = None) -> Exporter:
        """An exporter."""
        return Exporter(
            self.ledger,
            ExportOrders(self.ledger, self._resolve, self.clock, self._policy),
            self.clock,
            worker="worker 1",
            concurrency=3,
            lease=timedelta(minutes=2),
            poll_interval=3600,
            observe=observe,
        )


@in_event_loop
async def test_a_run_says_what_became_of_every_order() -> None:
    system = System(ManualClock())
    for name, fate in FATES.items():
        await prepare_far_side(system.management, name, fate)
        await system.storage.orders.place([(fate.order(name), fate.first_state)])
    observed: list[ExportResult] = []
    run = await work_off(system, wait=0, observe=observed.append)
    assert (run.exported, run.attempts, len(observed), run.exit_code) == (1, 5, 5, 1)
    parked = {"conflicting", "refused", "not exportable", "not approved"}
    assert {result.claim.request.number for result in run.parked} == parked
    assert run.waiting == []


@pytest.mark.parametrize(
    ("mood", "exit_code", "waiting"),
    [(Mood.ACCEPTING, 0, 0), (Mood.DOWN, 1, 2), (Mood.THROTTLING, 1, 2), (Mood.FORBIDDING, 4, 2)],
)
@in_event_loop
async def test_the_exit_code_says_whether_something_is_left_to_do(
    mood: Mood, exit_code: int, waiting: int
) -> None:
    system = System(ManualClock())
    await system.storage.place("1", "2")
    system.management.mood = mood
    run = await work_off(system, wait=0)
    assert (run.exit_code, len(run.waiting), run.exported) == (exit_code, waiting, 2 - waiting)


@in_event_loop
async def test_an_empty_ledger_is_no_error() -> None:
    run = await work_off(System(ManualClock()), wait=10)
    assert (run.exit_code, run.attempts) == (0, 0)


@in_event_loop
async def test_what_becomes_due_within_the_time_is_tried_again() -> None:
    system = System(SystemClock(), RetryPolicy(base=timedelta(milliseconds=5)))
    await system.storage.place("1")
    await system.management.go_down()

    def recover(result: ExportResult) -> None:
        if result.claim.request.attempts == 3:
            system.management.mood = Mood.ACCEPTING

    run = await work_off(system, wait=10, observe=recover)
    assert (run.exit_code, run.attempts, run.exported) == (0, 4, 1)


@in_event_loop
async def test_what_becomes_due_later_stays() -> None:
    system = System(SystemClock(), RetryPolicy(base=timedelta(hours=1), limit=timedelta(hours=1)))
    await system.storage.place("1")
    await system.management.go_down()
    run = await work_off(system, wait=10)
    assert (run.attempts, len(run.waiting)) == (1, 1)
    assert (await system.storage.stored("1")).request.state is ExportState.DUE
