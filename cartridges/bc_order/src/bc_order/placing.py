"""Place the orders of a file, batch by batch, and keep account of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from bc_order.order_files import Entry
from iomconnector.ports.order_repository import PlacementOutcome
from iomconnector.usecases.place_orders import PlaceOrders

BATCH = 100


@dataclass(slots=True)
class PlacingReport:
    """What became of the orders of a file.

    Arguments:
        counts: How many were placed, and how many had been placed before.
        rejected: The entries that were not placed, each with its reason.
    """

    counts: Counter[PlacementOutcome] = field(default_factory=Counter)
    rejected: list[Entry] = field(default_factory=list)

    @property
    def total(self) -> int:
        """How many entries were looked at."""
        return self.counts.total() + len(self.rejected)


async def place_entries(
    entries: Iterable[Entry], place: PlaceOrders, progress: Callable[[int], None]
) -> PlacingReport:
    """Place orders in batches of 100; each batch is on disk before the next is read.

    Arguments:
        entries: The orders, read as they are needed.
        place: The use case.
        progress: Is told how many more entries are done.

    Raises:
        StorageError: A batch could not be stored; those before it are placed, and placing the file again
            goes on where it ended.
    """
    report = PlacingReport()
    for batch in _batches(entries):
        sound = [entry for entry in batch if entry.order is not None]
        report.rejected += [entry for entry in batch if entry.order is None]
        placements = await place.many([entry.order for entry in sound if entry.order is not None])
        for entry, placement in zip(sound, placements, strict=True):
            if placement.outcome in (PlacementOutcome.PLACED, PlacementOutcome.ALREADY_PLACED):
                report.counts[placement.outcome] += 1
            else:
                report.rejected.append(
                    Entry(entry.line, entry.text, reason=placement.reason, number=entry.number)
                )
        progress(len(batch))
    report.rejected.sort(key=lambda entry: entry.line)
    return report


def _batches(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    remaining = iter(entries)
    while batch := list(islice(remaining, BATCH)):
        yield batch
