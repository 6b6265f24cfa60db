"""The tree of contexts in the database."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.errors import NotFoundError
from iomconnector.model.contexts import Context, ContextKind
from iomconnector.storage.database import Database
from iomconnector.storage.tables import contexts
from iomconnector.storage.upsert import insert


class SqlContextRepository:
    """Implements :class:`~iomconnector.ports.context_repository.ContextRepository` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, context: Context) -> None:
        """Add a context, or change its display name."""
        values = {**context.model_dump(), "kind": context.kind.value}

        async def store(connection: AsyncConnection) -> None:
            context.check_place(
                parent=await _find(connection, context.parent), present=await _find(connection, context.id)
            )
            statement = insert(connection, contexts).values(**values)
            await connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["id"], set_={"display_name": context.display_name}
                )
            )

        await self._database.write(store)

    async def path_to(self, context_id: str) -> Sequence[Context]:
        """The context and those above it, itself first."""
        known = {context.id: context for context in await self.all()}
        path: list[Context] = []
        following: str | None = context_id
        while following is not None:
            if following not in known:
                channels = [c.id for c in known.values() if c.kind is ContextKind.CHANNEL]
                raise NotFoundError(
                    f"There is no channel or other context {context_id!r}; "
                    f"the channels are: {', '.join(channels) or 'none'}.",
                    hint="Correct the channel, or add it with `iomconnector context add`.",
                    context=context_id,
                )
            path.append(known[following])
            following = known[following].parent
        return path

    async def all(self) -> Sequence[Context]:
        """Every context, a parent before its children."""
        async with self._database.reading() as connection:
            rows = (await connection.execute(select(contexts))).all()
        level = list(ContextKind)
        found = (_context(row) for row in rows)
        return sorted(found, key=lambda context: (level.index(context.kind), context.id))


def _context(row: Row[Any]) -> Context:
    return Context(id=row.id, kind=ContextKind(row.kind), display_name=row.display_name, parent=row.parent)


async def _find(connection: AsyncConnection, context_id: str | None) -> Context | None:
    row = (await connection.execute(select(contexts).where(contexts.c.id == context_id))).one_or_none()
    return None if row is None else _context(row)
