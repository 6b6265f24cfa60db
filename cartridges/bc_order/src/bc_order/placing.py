"""Place the orders of a file, batch by batch, and keep account of each."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from bc_order.order_files import Entry
from iomconnector.model.unnumbered_orders import UnnumberedOrder
from iomconnector.ports.order_repository import PlacementOutcome
from iomconnector.usecases.place_orders import PlaceOrders

BATCH = 100


@dataclass(frozen=True, slots=True)
class Rejection:
    """An order that was not placed.

    Arguments:
        line: The line of the file on which it begins, from 1.
        number: The number that it claims to have; empty where that cannot be read.
        reason: Why it was not placed.
    """

    line: int
    number: str
    reason: str


@dataclass(frozen=True, slots=True)
class GivenNumber:
    """The number of an order that stood in the file without one.

    Arguments:
        line: The line of the file on which it begins, from 1.
        idempotency_key: What the file calls it.
        number: Its number.
    """

    line: int
    idempotency_key: str
    number: str


@dataclass(slots=True)
class PlacingReport:
    """What became of the orders of a file.

    Arguments:
        counts: How many were placed, and how many had been placed before.
        numbered: The numbers of orders that came without, in the order of the file.
        rejected: Those that were not placed, in the order of the file.
    """

    counts: Counter[PlacementOutcome] = field(default_factory=Counter)
    numbered: list[GivenNumber] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)

    @property
    def placed(self) -> int:
        """How many were placed."""
        return self.counts[PlacementOutcome.PLACED]

    @property
    def placed_before(self) -> int:
        """How many had been placed before."""
        return self.counts[PlacementOutcome.ALREADY_PLACED]

    @property
    def total(self) -> int:
        """How many orders were looked at."""
        return self.counts.total() + len(self.rejected)


async def place_entries(
    entries: Iterable[Entry],
    place: PlaceOrders,
    progress: Callable[[int], None],
    *,
    report: PlacingReport | None = None,
    keep_rejected: Callable[[Entry], None] = lambda _: None,
) -> PlacingReport:
    """Place orders in batches of 100; each batch is on disk before the next is read.

    Arguments:
        entries: The orders, read as they are needed.
        place: The use case.
        progress: Is told how many more entries are done.
        report: Is filled batch by batch, so that it tells what was done where this does not return.
        keep_rejected: Is given each entry that was not placed, in the order of the file.

    Where this is cancelled the batch under way is placed and counted first.

    Raises:
        StorageError: A batch could not be stored; those before it are placed, and placing the file again
            goes on where it ended.
    """
    report = PlacingReport() if report is None else report
    for batch in _batches(entries):
        await _to_its_end(_place_batch(batch, place, report, keep_rejected))
        progress(len(batch))
    return report


async def _place_batch(
    batch: list[Entry], place: PlaceOrders, report: PlacingReport, keep_rejected: Callable[[Entry], None]
) -> None:
    orders = [entry.order for entry in batch if entry.order is not None]
    placements = iter(await place.many(orders))
    for entry in batch:
        reason = entry.reason
        if entry.order is not None:
            placement = next(placements)
            reason = placement.reason
            if placement.outcome in (PlacementOutcome.PLACED, PlacementOutcome.ALREADY_PLACED):
                report.counts[placement.outcome] += 1
                if isinstance(entry.order, UnnumberedOrder):
                    key = entry.order.idempotency_key
                    report.numbered.append(GivenNumber(entry.line, key, placement.number))
                continue
        report.rejected.append(Rejection(entry.line, entry.number, reason))
        keep_rejected(entry)


async def _to_its_end(batch: Coroutine[Any, Any, None]) -> None:
    """Where this is cancelled, a batch that may be on disk already is counted first."""
    task = asyncio.ensure_future(batch)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        if not task.cancelled() and (error := task.exception()) is not None:
            raise error from None
        raise


def _batches(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    remaining = iter(entries)
    while batch := list(islice(remaining, BATCH)):
        yield batch
