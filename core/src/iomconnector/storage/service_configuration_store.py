"""Configurations of managed services in the database."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, delete, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.errors import NotFoundError
from iomconnector.ports.service_configuration_store import ServiceConfiguration, Sharing
from iomconnector.storage.database import Database
from iomconnector.storage.tables import service_configurations


class SqlServiceConfigurationStore:
    """Implements :class:`~iomconnector.ports.service_configuration_store.ServiceConfigurationStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, configuration: ServiceConfiguration) -> None:
        """Add or replace the configuration of that id."""
        values = {
            "id": configuration.id,
            "definition": configuration.definition,
            "context": configuration.context,
            "display_name": configuration.display_name,
            "settings": dict(configuration.values),
            "active": configuration.active,
            "sharing": configuration.sharing.value,
            "updated_at": configuration.updated_at,
        }

        async def store(connection: AsyncConnection) -> None:
            await connection.execute(
                insert(service_configurations)
                .values(**values)
                .on_conflict_do_update(index_elements=["id"], set_=values)
            )

        await self._database.write(store)

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
        query = select(service_configurations).order_by(service_configurations.c.id)
        async with self._database.reading() as connection:
            return [_configuration(row) for row in await connection.execute(query)]

    async def delete(self, configuration_id: str) -> None:
        """Remove the configuration of that id, if there is one."""

        async def remove(connection: AsyncConnection) -> None:
            await connection.execute(
                delete(service_configurations).where(service_configurations.c.id == configuration_id)
            )

        await self._database.write(remove)


def _configuration(row: Row[Any]) -> ServiceConfiguration:
    return ServiceConfiguration(
        id=row.id,
        definition=row.definition,
        context=row.context,
        display_name=row.display_name,
        values=row.settings,
        active=row.active,
        sharing=Sharing(row.sharing),
        updated_at=row.updated_at,
    )
