"""Bringing the stock of a file into the database: first a plan, then batch by batch."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from bc_inventory.skus import batches
from bc_inventory.stock_changes import ChangeEffect, Effect, StockChange, StockChanges


@dataclass
class ImportReport:
    """What an import did, or would do.

    Arguments:
        counts: How many products, by what happens to them.
        pieces: How many pieces more there are in all.
        refused: Those that cannot be as the file says.
    """

    counts: Counter[Effect] = field(default_factory=Counter)
    pieces: int = 0
    refused: list[ChangeEffect] = field(default_factory=list)

    def add(self, effects: Sequence[ChangeEffect]) -> None:
        """Count."""
        for each in effects:
            self.counts[each.effect] += 1
            if each.effect is Effect.REFUSED:
                self.refused.append(each)
            else:
                self.pieces += each.after["on_hand"] - each.before.get("on_hand", 0)

    @property
    def total(self) -> int:
        """How many products there were until now."""
        return self.counts.total()


async def plan_import(
    changes: StockChanges, channel: str, wanted: Sequence[StockChange], advance: Callable[[int], None]
) -> ImportReport:
    """What an import would do now.

    Arguments:
        changes: Reads the stock.
        channel: Where the products are sold.
        wanted: What the file says.
        advance: Is told how many more products were looked at.

    Raises:
        StorageError: The database cannot be read.
    """
    report = ImportReport()
    for batch in batches(wanted):
        report.add(await changes.plan(channel, batch))
        advance(len(batch))
    return report


async def run_import(
    changes: StockChanges,
    channel: str,
    wanted: Sequence[StockChange],
    advance: Callable[[int], None],
    *,
    report: ImportReport,
    by: str,
    reason: str,
) -> None:
    """Import, batch by batch, each in one transaction. What was committed stays; whoever imports the file
    again goes on.

    Arguments:
        changes: Changes the stock.
        channel: Where the products are sold.
        wanted: What the file says.
        advance: Is told how many more products were imported.
        report: Is filled meanwhile.
        by: Who does it.
        reason: Why.

    Raises:
        StorageError: The database cannot be written.
    """
    for batch in batches(wanted):
        report.add(await changes.apply(channel, batch, action="stock.imported", by=by, reason=reason))
        advance(len(batch))


def day_of(text: str) -> date | None:
    """The day that an option names; none for ``none``.

    Raises:
        ValueError: It names none.
    """
    return None if text.lower() == "none" else date.fromisoformat(text)
