"""The tables of the job engine on PostgreSQL: those that the installed release of PgQueuer declares."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from iomconnector.storage.job_names import job_settings

if TYPE_CHECKING:
    from pgqueuer.queries import Queries
    from sqlalchemy import Connection


def converge_job_tables(connection: Connection) -> None:
    """Make the tables, or bring those of an older release to what this one declares; jobs stay.

    Called by a revision, in its transaction. A release of PgQueuer that declares other tables needs a
    revision of its own that calls it; a test says so.
    """

    async def converge(queries: Queries) -> None:
        if not await queries.schema_is_installed():
            await queries.install()
        for statement in (await queries.plan_upgrade()).statements:
            await queries.driver.execute(statement)

    _run(connection, converge)


def remove_job_tables(connection: Connection) -> None:
    """Remove the tables, and all jobs with them."""
    _run(connection, lambda queries: queries.uninstall())


def missing_in_job_tables(connection: Connection) -> tuple[str, ...]:
    """The statements that would bring the tables to what the installed release declares."""

    async def plan(queries: Queries) -> tuple[str, ...]:
        return (await queries.plan_upgrade()).statements

    missing: tuple[str, ...] = _run(connection, plan)
    return missing


def _run(connection: Connection, work: Callable[[Queries], Awaitable[Any]]) -> Any:
    from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver

    connection.exec_driver_sql("SELECT 1")  # The driver begins the transaction with the first statement.
    adapted: Any = connection.connection.dbapi_connection
    return adapted.run_async(lambda raw: work(_queries(AsyncpgDriver(raw))))


def _queries(driver: Any) -> Queries:
    from pgqueuer.adapters.persistence import qb
    from pgqueuer.queries import Queries

    settings = job_settings()
    return Queries(
        driver,
        qbe=qb.QueryBuilderEnvironment(settings),
        qbq=qb.QueryQueueBuilder(settings),
        qbs=qb.QuerySchedulerBuilder(settings),
    )
