"""Managed services in the database."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

from sqlalchemy import Row, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.errors import NotFoundError
from iomconnector.ports.service_configuration_store import (
    ServiceChange,
    ServiceConfiguration,
    ServiceState,
    Sharing,
)
from iomconnector.storage.audit_trail import record_entries
from iomconnector.storage.database import Database
from iomconnector.storage.service_rows import store_differences
from iomconnector.storage.tables import (
    service_configurations,
    service_enablements,
    service_overrides,
    service_revision,
)


class SqlServiceConfigurationStore:
    """Implements :class:`~iomconnector.ports.service_configuration_store.ServiceConfigurationStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def state(self) -> ServiceState:
        """The state, consistent in itself."""
        async with self._database.reading() as connection:
            return await _state(connection, await _revision(connection))

    async def revision(self) -> str:
        """The revision of the state: one row."""
        async with self._database.reading() as connection:
            return await _revision(connection)

    async def change(self, decide: Callable[[ServiceState], ServiceChange]) -> ServiceState:
        """Change the state, and record who did it, in one transaction."""

        async def store(connection: AsyncConnection) -> ServiceState:
            held = (
                await connection.execute(select(service_revision.c.revision).with_for_update())
            ).scalar_one()
            before = await _state(connection, held)
            change = decide(before)
            await record_entries(connection, change.audit)
            if not await store_differences(connection, before, change.after):
                return before
            revision = uuid4().hex
            await connection.execute(update(service_revision).values(revision=revision))
            return await _state(connection, revision)

        return await self._database.write(store)

    async def get(self, configuration_id: str) -> ServiceConfiguration:
        """The configuration of that id."""
        query = select(service_configurations).where(service_configurations.c.id == configuration_id)
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            raise NotFoundError(
                f"There is no service configuration {configuration_id!r}.",
                hint="`iomconnector service list` shows those that there are.",
                service=configuration_id,
            )
        return _configuration(row)

    async def all(self) -> Sequence[ServiceConfiguration]:
        """Every configuration, by id."""
        async with self._database.reading() as connection:
            rows = (await connection.execute(select(service_configurations))).all()
        return sorted((_configuration(row) for row in rows), key=lambda each: each.id)


async def _revision(connection: AsyncConnection) -> str:
    return str((await connection.execute(select(service_revision.c.revision))).scalar_one())


async def _state(connection: AsyncConnection, revision: str) -> ServiceState:
    configurations = await connection.execute(select(service_configurations))
    enablements = await connection.execute(select(service_enablements))
    overrides = await connection.execute(select(service_overrides))
    return ServiceState(
        configurations={row.id: _configuration(row) for row in configurations},
        enablements={(row.definition, row.organization): row.enabled for row in enablements},
        overrides={(row.configuration, row.context): row.active for row in overrides},
        revision=revision,
    )


def _configuration(row: Row[Any]) -> ServiceConfiguration:
    return ServiceConfiguration(
        id=row.id,
        definition=row.definition,
        context=row.context,
        display_name=row.display_name,
        values=row.settings,
        available=row.available,
        active=row.active,
        sharing=Sharing(row.sharing),
        version=row.version,
        updated_at=row.updated_at,
        updated_by=row.updated_by,
    )
