"""Work off the export ledger once, and say what became of every order."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from iomconnector.jobs.exporter import Exporter
from iomconnector.jobs.garbage import rare_collections
from iomconnector.model.exports import ExportState
from iomconnector.ports.clock import Clock
from iomconnector.ports.export_ledger import ExportLedger
from iomconnector.usecases.export_orders import ExportResult

SHORTEST_WAIT = 0.05
"""Seconds between two looks at what is due and cannot be sent at present."""


@dataclass(slots=True)
class ExportRun:
    """What one run did.

    Arguments:
        attempts: How many attempts were made.
        left: The latest attempt on each order that is not exported, by its key.
        done: The keys of the orders that are exported; of a long backlog nothing else is kept.
    """

    attempts: int = 0
    left: dict[int, ExportResult] = field(default_factory=dict)
    done: set[int] = field(default_factory=set)

    def add(self, result: ExportResult) -> None:
        """Take account of an attempt."""
        self.attempts += 1
        order_id = result.claim.request.order_id
        if result.state is ExportState.EXPORTED:
            self.left.pop(order_id, None)
            self.done.add(order_id)
        else:
            self.done.discard(order_id)
            self.left[order_id] = result

    def _in(self, state: ExportState) -> list[ExportResult]:
        return [result for result in self.left.values() if result.state is state]

    @property
    def exported(self) -> int:
        """How many orders were exported."""
        return len(self.done)

    @property
    def parked(self) -> list[ExportResult]:
        """The orders that need a person."""
        return self._in(ExportState.PARKED)

    @property
    def waiting(self) -> list[ExportResult]:
        """The orders that will be tried again."""
        return self._in(ExportState.DUE)

    @property
    def exit_code(self) -> int:
        """0: nothing is left to do; 1: some orders are not exported; 4: no order can be at present."""
        if any(result.whole_service for result in self.waiting):
            return 4
        return 1 if self.parked or self.waiting else 0


class _System(Protocol):
    @property
    def ledger(self) -> ExportLedger: ...

    @property
    def clock(self) -> Clock: ...

    def exporter(self, observe: Callable[[ExportResult], None] | None = None) -> Exporter: ...


async def work_off(
    system: _System, *, wait: float, observe: Callable[[ExportResult], None] | None = None
) -> ExportRun:
    """Export all that is due, then for up to ``wait`` seconds what becomes due later.

    Arguments:
        system: Gives the ledger, the clock and an exporter.
        wait: Seconds.
        observe: Is told of each attempt.

    Raises:
        StorageError: The ledger cannot be read or written.
    """
    run = ExportRun()

    def seen(result: ExportResult) -> None:
        run.add(result)
        if observe is not None:
            observe(result)

    with rare_collections():
        await _drain(system, system.exporter(seen), wait)
    return run


async def _drain(system: _System, exporter: Exporter, wait: float) -> None:
    loop = asyncio.get_running_loop()
    end = loop.time() + wait
    await exporter.drain()
    while moments := (await system.ledger.next_moments()).values():
        seconds = max(SHORTEST_WAIT, (min(moments) - system.clock.now()).total_seconds())
        if loop.time() + seconds > end:
            break
        await asyncio.sleep(min(seconds, 1.0))
        await exporter.drain()
