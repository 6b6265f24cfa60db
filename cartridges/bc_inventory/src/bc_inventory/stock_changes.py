"""Changing how much the shop has: adjustments and imports, each with who did it and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bc_inventory.held_pieces import end_expired_of, held_pieces
from bc_inventory.skus import MOST
from bc_inventory.stock_levels import locked_levels
from bc_inventory.tables import stock_levels
from iomconnector.model.audit import AuditEntry
from iomconnector.ports.clock import Clock
from iomconnector.storage.audit_trail import record_entries
from iomconnector.storage.database import Database
from iomconnector.storage.upsert import insert

_FIELDS = ("on_hand", "safety_stock", "restock_on")


@dataclass(frozen=True, slots=True)
class StockChange:
    """What is to be true of a product; what is none stays as it is.

    Arguments:
        sku: The product.
        on_hand: So many pieces there are.
        more: So many more pieces there are than before, or fewer where it is negative.
        safety_stock: So many are not sold.
        restock_on: The day from which more is expected.
        no_restock: No more is expected.
        line: Where it stands in a file; 0 where it stands in none.
    """

    sku: str
    on_hand: int | None = None
    more: int | None = None
    safety_stock: int | None = None
    restock_on: date | None = None
    no_restock: bool = False
    line: int = 0


class Effect(StrEnum):
    """What a change does."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ChangeEffect:
    """What became, or would become, of a change.

    Arguments:
        change: The change.
        effect: What it does.
        before: What was true of the product; empty where it was not known.
        after: What is true then.
        reason: Why it is refused; empty where it is not.
    """

    change: StockChange
    effect: Effect
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""

    @property
    def differences(self) -> dict[str, tuple[Any, Any]]:
        """What differs, with what it was and what it is then, for JSON."""
        return {
            name: (_plain(self.before.get(name)), _plain(self.after[name]))
            for name in _FIELDS
            if name in self.after and self.before.get(name) != self.after[name]
        }


class StockChanges:
    """Changes stock. There are never fewer pieces than are reserved.

    Arguments:
        database: The shop's database.
        clock: Tells the time.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def plan(self, channel: str, changes: Sequence[StockChange]) -> Sequence[ChangeEffect]:
        """What changes would do now; nothing is changed.

        Arguments:
            channel: Where the products are sold.
            changes: At most :data:`~bc_inventory.skus.AT_ONCE`, of different products.

        Raises:
            StorageError: The database cannot be read.
        """
        skus = [each.sku for each in changes]
        async with self._database.reading() as connection:
            query = select(stock_levels).where(
                stock_levels.c.channel == channel, stock_levels.c.sku.in_(skus)
            )
            rows = {row.sku: row for row in await connection.execute(query)}
            held = await held_pieces(connection, channel, skus, after=self._clock.now())
        return [effect_of(each, _before(rows.get(each.sku)), held.get(each.sku, 0)) for each in changes]

    async def apply(
        self, channel: str, changes: Sequence[StockChange], *, action: str, by: str, reason: str
    ) -> Sequence[ChangeEffect]:
        """Do changes in one transaction, together with their entries in the audit trail; refused ones are
        left out.

        Arguments:
            channel: Where the products are sold.
            changes: At most :data:`~bc_inventory.skus.AT_ONCE`, of different products.
            action: What the audit trail calls it, ``stock.adjusted`` or ``stock.imported``.
            by: Who does it.
            reason: Why.

        Raises:
            StorageError: The database cannot be written; nothing was changed.
        """

        async def write(connection: AsyncConnection) -> Sequence[ChangeEffect]:
            now = self._clock.now()
            added = await _make_missing(connection, channel, changes, now)
            skus = sorted(each.sku for each in changes)
            rows = await locked_levels(connection, channel, skus)
            await end_expired_of(connection, channel, skus, now)
            held = await held_pieces(connection, channel, skus)
            effects = [
                effect_of(
                    each,
                    _before(None if each.sku in added else rows.get(each.sku)),
                    held.get(each.sku, 0),
                )
                for each in changes
            ]
            done = [each for each in effects if each.effect in (Effect.ADDED, Effect.CHANGED)]
            await _store(connection, channel, done, now)
            await record_entries(
                connection, [_entry(each, channel, now, action, by, reason) for each in done]
            )
            return effects

        return await self._database.write(write, isolation="read committed")


def effect_of(change: StockChange, before: Mapping[str, Any], held: int) -> ChangeEffect:
    """What a change does to a product.

    Arguments:
        change: The change.
        before: What is true of the product; empty where it is not known.
        held: How many of its pieces are reserved.
    """
    refused = _refusal(change, before, held)
    if refused:
        return ChangeEffect(change, Effect.REFUSED, before, before, refused)
    after = {
        "on_hand": _on_hand(change, before),
        "safety_stock": before.get("safety_stock", 0) if change.safety_stock is None else change.safety_stock,
        "restock_on": None if change.no_restock else change.restock_on or before.get("restock_on"),
    }
    if not before:
        return ChangeEffect(change, Effect.ADDED, before, after)
    return ChangeEffect(change, Effect.UNCHANGED if after == before else Effect.CHANGED, before, after)


def _refusal(change: StockChange, before: Mapping[str, Any], held: int) -> str:
    if not before and change.on_hand is None:
        return "The product is not known here: say how many pieces there are."
    on_hand = _on_hand(change, before)
    if on_hand < 0:
        return f"There are {before['on_hand']} pieces, so there cannot be {-(change.more or 0)} fewer."
    if max(on_hand, change.safety_stock or 0) > MOST:
        return f"More than {MOST} pieces cannot be kept."
    if on_hand < held:
        return f"{held} pieces are reserved, so there cannot be only {on_hand}."
    return ""


def _on_hand(change: StockChange, before: Mapping[str, Any]) -> int:
    present: int = before.get("on_hand", 0)
    return (present if change.on_hand is None else change.on_hand) + (change.more or 0)


def _before(row: Row[Any] | None) -> dict[str, Any]:
    return {} if row is None else {name: getattr(row, name) for name in _FIELDS}


async def _make_missing(
    connection: AsyncConnection, channel: str, changes: Sequence[StockChange], now: datetime
) -> set[str]:
    """Make the rows of new products, so that they can be locked. Gives the products that were missing."""
    rows = [
        {
            "channel": channel,
            "sku": each.sku,
            "on_hand": 0,
            "safety_stock": 0,
            "restock_on": None,
            "updated_at": now,
        }
        for each in sorted(changes, key=lambda each: each.sku)
        if not _refusal(each, {}, 0)
    ]
    if not rows:
        return set()
    statement = (
        insert(connection, stock_levels)
        .values(rows)
        .on_conflict_do_nothing(index_elements=["channel", "sku"])
        .returning(stock_levels.c.sku)
    )
    return set((await connection.execute(statement)).scalars())


async def _store(
    connection: AsyncConnection, channel: str, effects: Sequence[ChangeEffect], now: datetime
) -> None:
    if not effects:
        return
    rows = [{"channel": channel, "sku": each.change.sku, "updated_at": now, **each.after} for each in effects]
    statement = insert(connection, stock_levels).values(rows)
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["channel", "sku"],
            set_={name: statement.excluded[name] for name in (*_FIELDS, "updated_at")},
        )
    )


def _entry(
    effect: ChangeEffect, channel: str, now: datetime, action: str, by: str, reason: str
) -> AuditEntry:
    return AuditEntry(
        at=now,
        by=by,
        action=action,
        subject=effect.change.sku,
        context=channel,
        changes={**effect.differences, "reason": (None, reason)},
    )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
