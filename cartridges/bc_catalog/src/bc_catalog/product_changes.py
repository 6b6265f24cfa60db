"""Changing what the shop sells: imports and removals, each with who did it and why."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bc_catalog.product_document import document_of
from bc_catalog.product_rows import product_of, row_of
from bc_catalog.tables import catalog_products
from iomconnector.model.audit import AuditEntry
from iomconnector.model.products import CatalogProduct
from iomconnector.ports.clock import Clock
from iomconnector.storage.audit_trail import record_entries
from iomconnector.storage.database import Database
from iomconnector.storage.upsert import insert

_products = catalog_products.c


class Effect(StrEnum):
    """What becomes of a product."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class ProductEffect:
    """What an import does to one product.

    Arguments:
        sku: The product.
        before: What was true of it, as a document; empty where it was not sold.
        after: What is true then.
    """

    sku: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]

    @property
    def effect(self) -> Effect:
        """What becomes of it."""
        if not self.before:
            return Effect.ADDED
        return Effect.UNCHANGED if self.before == self.after else Effect.CHANGED

    @property
    def differences(self) -> dict[str, tuple[Any, Any]]:
        """What differs, with what it was and what it is then, for JSON."""
        names = dict.fromkeys((*self.before, *self.after))
        pairs = {name: (self.before.get(name), self.after.get(name)) for name in names if name != "sku"}
        return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


@dataclass
class ImportReport:
    """What an import did, or would do.

    Arguments:
        counts: How many products, by what becomes of them.
        effects: What becomes of those that do not stay as they are.
    """

    counts: Counter[Effect] = field(default_factory=Counter)
    effects: list[ProductEffect] = field(default_factory=list)

    def add(self, effects: Sequence[ProductEffect]) -> None:
        """Count."""
        self.counts.update(each.effect for each in effects)
        self.effects += [each for each in effects if each.effect is not Effect.UNCHANGED]


class ProductChanges:
    """Changes what is sold.

    Arguments:
        database: The shop's database.
        clock: Tells the time.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def plan(self, channel: str, products: Sequence[CatalogProduct]) -> Sequence[ProductEffect]:
        """What an import would do now; nothing is changed.

        Arguments:
            channel: Where the products are sold.
            products: At most :data:`~bc_catalog.product_rows.AT_ONCE`, of different SKUs.

        Raises:
            StorageError: The database cannot be read.
        """
        async with self._database.reading() as connection:
            return await _effects(connection, channel, products)

    async def put(
        self, channel: str, products: Sequence[CatalogProduct], *, by: str, reason: str
    ) -> Sequence[ProductEffect]:
        """Sell products as they are given, in one transaction with their entries in the audit trail.

        Arguments:
            channel: Where they are sold.
            products: At most :data:`~bc_catalog.product_rows.AT_ONCE`, of different SKUs.
            by: Who does it.
            reason: Why.

        Raises:
            StorageError: The database cannot be written; nothing was changed.
        """

        async def write(connection: AsyncConnection) -> Sequence[ProductEffect]:
            now = self._clock.now()
            effects = await _effects(connection, channel, products)
            done = {each.sku: each for each in effects if each.effect is not Effect.UNCHANGED}
            await _store(connection, [row_of(each, channel, now) for each in products if each.sku in done])
            await record_entries(
                connection,
                [
                    _entry("product.imported", sku, channel, now, by, reason, each.differences)
                    for sku, each in done.items()
                ],
            )
            return effects

        return await self._database.write(write)

    async def remove(self, channel: str, sku: str, *, by: str, reason: str) -> bool:
        """Sell a product no more. Gives whether it was sold; orders that have it stay as they are.

        Raises:
            StorageError: The database cannot be written; nothing was changed.
        """

        async def write(connection: AsyncConnection) -> bool:
            gone = delete(catalog_products).where(_products.channel == channel, _products.sku == sku)
            if not (await connection.execute(gone)).rowcount:
                return False
            entry = _entry("product.removed", sku, channel, self._clock.now(), by, reason, {})
            await record_entries(connection, [entry])
            return True

        return await self._database.write(write)


async def _effects(
    connection: AsyncConnection, channel: str, products: Sequence[CatalogProduct]
) -> list[ProductEffect]:
    query = select(catalog_products).where(
        _products.channel == channel, _products.sku.in_([each.sku for each in products])
    )
    sold = {row.sku: document_of(product_of(row)) for row in await connection.execute(query)}
    return [ProductEffect(each.sku, sold.get(each.sku, {}), document_of(each)) for each in products]


async def _store(connection: AsyncConnection, rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        return
    statement = insert(connection, catalog_products).values(list(rows))
    changed = {name: statement.excluded[name] for name in rows[0] if name not in ("channel", "sku")}
    await connection.execute(statement.on_conflict_do_update(index_elements=["channel", "sku"], set_=changed))


def _entry(
    action: str,
    sku: str,
    channel: str,
    now: datetime,
    by: str,
    reason: str,
    differences: Mapping[str, tuple[Any, Any]],
) -> AuditEntry:
    changes = {**differences, "reason": (None, reason)}
    return AuditEntry(at=now, by=by, action=action, subject=sku, context=channel, changes=changes)
