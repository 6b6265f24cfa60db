"""The states of endpoints in the database."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.model.endpoint_shares import Admission, Demand, Share, Standing
from iomconnector.model.endpoints import CircuitState, Endpoint, EndpointState, Report
from iomconnector.storage.database import Database
from iomconnector.storage.tables import endpoint_shares, endpoints
from iomconnector.storage.upsert import insert


class SqlEndpointStates:
    """Implements :class:`~iomconnector.ports.endpoint_states.EndpointStates` on the database.

    Who changes an endpoint or its shares locks the endpoint's row, so that nobody comes between.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def sync(
        self,
        endpoint: Endpoint,
        worker: str,
        report: Report,
        demand: Demand,
        *,
        now: datetime,
        lease: timedelta,
    ) -> Admission:
        """Report, give a sign of life, and ask for permits."""

        async def agree(connection: AsyncConnection) -> Admission:
            before = await _locked(connection, endpoint.name)
            if before is None:
                await connection.execute(
                    insert(connection, endpoints)
                    .values(_row(EndpointState.unknown(endpoint, now)))
                    .on_conflict_do_nothing(index_elements=["name"])
                )
                before = await _locked(connection, endpoint.name)
                assert before is not None, "the endpoint was just stored"
            after, admission = before.synced(endpoint, worker, report, demand, now, lease)
            await _store(connection, before, after)
            return admission

        return await self._database.write(agree, isolation="read committed")

    async def leave(self, worker: str) -> None:
        """Give back all that a worker holds."""

        async def leave(connection: AsyncConnection) -> None:
            of_worker = select(endpoint_shares.c.endpoint).where(endpoint_shares.c.worker == worker)
            for name in sorted((await connection.execute(of_worker)).scalars()):
                before = await _locked(connection, name)
                if before is not None:
                    await _store(connection, before, before.without(worker))

        await self._database.write(leave, isolation="read committed")

    async def reset(self, name: str, *, at: datetime) -> bool:
        """Close the circuit of an endpoint."""

        async def reset(connection: AsyncConnection) -> bool:
            before = await _locked(connection, name)
            if before is None:
                return False
            await _store(connection, before, Standing(before.state.reset(at), before.shares))
            return True

        return await self._database.write(reset, isolation="read committed")

    async def all(self) -> Sequence[Standing]:
        """Every endpoint, by name."""
        async with self._database.reading() as connection:
            states = (await connection.execute(select(endpoints))).all()
            shares = (await connection.execute(select(endpoint_shares))).all()
        return [
            Standing(_state(row), _shares(share for share in shares if share.endpoint == row.name))
            for row in sorted(states, key=lambda row: str(row.name))
        ]


async def _locked(connection: AsyncConnection, name: str) -> Standing | None:
    query = select(endpoints).where(endpoints.c.name == name).with_for_update()
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return None
    shares = await connection.execute(select(endpoint_shares).where(endpoint_shares.c.endpoint == name))
    return Standing(_state(row), _shares(shares))


async def _store(connection: AsyncConnection, before: Standing, after: Standing) -> None:
    name = after.state.name
    if after.state != before.state:
        await connection.execute(update(endpoints).where(endpoints.c.name == name).values(_row(after.state)))
    gone = {share.worker for share in before.shares} - {share.worker for share in after.shares}
    if gone:
        await connection.execute(
            delete(endpoint_shares).where(
                endpoint_shares.c.endpoint == name, endpoint_shares.c.worker.in_(sorted(gone))
            )
        )
    changed = [share for share in after.shares if share not in before.shares]
    if changed:
        statement = insert(connection, endpoint_shares).values(
            [{"endpoint": name, **asdict(share)} for share in changed]
        )
        await connection.execute(
            statement.on_conflict_do_update(
                index_elements=["endpoint", "worker"],
                set_={each: statement.excluded[each] for each in ("permits", "wanted", "lease_until")},
            )
        )


def _row(state: EndpointState) -> dict[str, Any]:
    values = asdict(state)
    values["permit_limit"] = values.pop("limit")
    values["circuit"] = state.circuit.value
    return values


def _state(row: Row[Any]) -> EndpointState:
    values = row._asdict()
    values["limit"] = values.pop("permit_limit")
    values["circuit"] = CircuitState(row.circuit)
    return EndpointState(**values)


def _shares(rows: Iterable[Row[Any]]) -> tuple[Share, ...]:
    return tuple(
        Share(row.worker, row.permits, row.wanted, row.lease_until)
        for row in sorted(rows, key=lambda row: str(row.worker))
    )
