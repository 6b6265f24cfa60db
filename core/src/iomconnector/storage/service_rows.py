"""Make the rows of managed services what a changed state says."""

from typing import Any

from sqlalchemy import Table, and_, delete
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.ports.service_configuration_store import ServiceConfiguration, ServiceState
from iomconnector.storage.tables import service_configurations, service_enablements, service_overrides
from iomconnector.storage.upsert import insert


async def store_differences(connection: AsyncConnection, before: ServiceState, after: ServiceState) -> bool:
    """Write what is not as it was; False where everything is.

    Overrides of a configuration that is removed are removed with it.
    """
    contents = (
        (service_configurations, _configurations(before), _configurations(after)),
        (
            service_enablements,
            _switches(before.enablements, "enabled"),
            _switches(after.enablements, "enabled"),
        ),
        (service_overrides, _switches(before.overrides, "active"), _switches(after.overrides, "active")),
    )
    changed = False
    for table, old, new in reversed(contents):
        for key in old.keys() - new.keys():
            columns = zip(table.primary_key.columns, key, strict=True)
            await connection.execute(delete(table).where(and_(*(column == part for column, part in columns))))
            changed = True
    for table, old, new in contents:
        for key, values in new.items():
            if key not in old or old[key] != values:
                await _put(connection, table, key, values)
                changed = True
    return changed


async def _put(
    connection: AsyncConnection, table: Table, key: tuple[str, ...], values: dict[str, Any]
) -> None:
    names = [column.name for column in table.primary_key.columns]
    statement = insert(connection, table).values(**dict(zip(names, key, strict=True)), **values)
    await connection.execute(statement.on_conflict_do_update(index_elements=names, set_=values))


def _configurations(state: ServiceState) -> dict[tuple[str, ...], dict[str, Any]]:
    return {(key,): _values(each) for key, each in state.configurations.items()}


def _switches(switches: Any, column: str) -> dict[tuple[str, ...], dict[str, Any]]:
    return {key: {column: on} for key, on in switches.items()}


def _values(configuration: ServiceConfiguration) -> dict[str, Any]:
    return {
        "definition": configuration.definition,
        "context": configuration.context,
        "display_name": configuration.display_name,
        "settings": dict(configuration.values),
        "available": configuration.available,
        "active": configuration.active,
        "sharing": configuration.sharing.value,
        "version": configuration.version,
        "updated_at": configuration.updated_at,
        "updated_by": configuration.updated_by,
    }
