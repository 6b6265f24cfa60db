"""Databases of the version before keep working: what was configured stays operational."""

from contextlib import aclosing

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.ports.service_configuration_store import Sharing
from iomconnector.storage.database import Database
from iomconnector.storage.preparation import prepare_schema
from iomconnector.storage.service_configuration_store import SqlServiceConfigurationStore
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.samples import NOON

CONTEXTS = (
    "INSERT INTO contexts (id, kind, display_name, parent) VALUES "
    "('org', 'organization', 'Org', NULL), ('shop', 'channel', 'Shop', 'org'), "
    "('app', 'application', 'App', 'shop'), ('empty', 'organization', 'Empty', NULL)"
)
SERVICES = (
    "INSERT INTO service_configurations "
    "(id, definition, context, display_name, settings, active, sharing, updated_at) VALUES "
    "('a', 'order-export', 'org', 'A', '{\"url\": \"x\"}', true, 'shared', '2026-11-02 12:00:00.000000'), "
    "('b', 'order-history', 'app', 'B', '{}', false, 'unshared', '2026-11-02 12:00:00.000000')"
)


def _move(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", "iomconnector.storage:migrations")
    config.attributes["connection"] = connection
    command.downgrade(config, revision)


async def _back_to_first(connection: AsyncConnection) -> None:
    await connection.run_sync(_move, "0001")


async def _fill(connection: AsyncConnection) -> None:
    await connection.execute(text(CONTEXTS))
    await connection.execute(text(SERVICES))


@in_event_loop
async def test_what_was_configured_is_enabled_and_shared_as_before(each_database: Database) -> None:
    async with aclosing(each_database) as database:
        await database.write(_back_to_first)
        await database.write(_fill)
        await prepare_schema(database)
        state = await SqlServiceConfigurationStore(database).state()
    assert state.enablements == {("order-export", "org"): True, ("order-history", "org"): True}
    assert state.overrides == {}
    a, b = state.configurations["a"], state.configurations["b"]
    assert (a.sharing, a.available, a.active, a.version) == (Sharing.SHARED_ACTIVE, True, True, 1)
    assert (b.sharing, b.available, b.active, b.version) == (Sharing.UNSHARED, True, False, 1)
    assert (dict(a.values), a.updated_at) == ({"url": "x"}, NOON)


@in_event_loop
async def test_the_step_can_be_taken_back(each_database: Database) -> None:
    rules = ("shared-active", "shared-inactive", "shared-mandatory", "unshared")

    async def share(connection: AsyncConnection) -> None:
        for rule in rules:
            await connection.execute(
                text(
                    "INSERT INTO service_configurations (id, definition, context, display_name, settings, "
                    "active, sharing, updated_at, available, version, updated_by) "
                    "SELECT :rule, definition, context, display_name, settings, active, :rule, updated_at, "
                    "available, version, updated_by FROM service_configurations WHERE id = 'a'"
                ),
                {"rule": rule},
            )

    async with aclosing(each_database) as database:
        await database.write(_back_to_first)
        await database.write(_fill)
        await prepare_schema(database)
        await database.write(share)
        await database.write(_back_to_first)
        async with database.reading() as connection:
            rows = await connection.execute(text("SELECT id, sharing FROM service_configurations"))
            assert {row.id: row.sharing for row in rows} == {
                "a": "shared",
                "b": "unshared",
                "shared-active": "shared",
                "shared-inactive": "unshared",
                "shared-mandatory": "shared",
                "unshared": "unshared",
            }
