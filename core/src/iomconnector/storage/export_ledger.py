"""The export ledger in the database."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Row, and_, bindparam, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.model.exports import ExportRequest, ExportState
from iomconnector.ports.export_ledger import Claim, Postponement
from iomconnector.storage.database import Database
from iomconnector.storage.order_rows import (
    UnreadableOrderError,
    decision_rows,
    order_rows,
    request_from,
    stored_order,
)
from iomconnector.storage.tables import export_requests

DUE = ExportState.DUE.value
SENDING = ExportState.SENDING.value


class SqlExportLedger:
    """Implements :class:`~iomconnector.ports.export_ledger.ExportLedger` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(self, *, now: datetime, lease: timedelta, limit: int) -> Sequence[Claim]:
        """Take up to ``limit`` exports that are due or abandoned, oldest first.

        An order that cannot be read is parked, and hinders no other.
        """
        while True:
            token = uuid4().hex
            taken = await self._take(token, now=now, lease=lease, limit=limit)
            claims = []
            for row, decisions in taken:
                request = _claimed(request_from(row), now + lease, now)
                try:
                    placed = stored_order(row, decisions).placed
                except UnreadableOrderError as error:
                    await self._park(row.order_id, token, code=error.code, reason=error.message, at=now)
                else:
                    claims.append(Claim(request, placed, token, request.unclear))
            if claims or not taken:
                return claims

    async def _take(
        self, token: str, *, now: datetime, lease: timedelta, limit: int
    ) -> list[tuple[Row[Any], Sequence[Row[Any]]]]:
        async def take(connection: AsyncConnection) -> list[tuple[Row[Any], Sequence[Row[Any]]]]:
            keys = await _claimable(connection, now, limit)
            if not keys:
                return []
            found = await connection.execute(order_rows().where(export_requests.c.order_id.in_(keys)))
            rows = sorted(found, key=lambda row: keys.index(row.order_id))
            await connection.execute(
                update(export_requests)
                .where(export_requests.c.order_id.in_(keys))
                .values(
                    state=SENDING,
                    attempts=export_requests.c.attempts + 1,
                    unclear=or_(export_requests.c.unclear, export_requests.c.state == SENDING),
                    lease_until=now + lease,
                    lease_token=token,
                    updated_at=now,
                )
            )
            decisions = await decision_rows(connection, keys)
            return [(row, decisions.get(row.order_id, ())) for row in rows]

        return await self._database.write(take, isolation="read committed")

    async def extend(self, claim: Claim, until: datetime) -> bool:
        """Prolong the lease."""
        return await self._change(claim.request.order_id, claim.token, lease_until=until)

    async def record_exported(self, claim: Claim, *, reference: str, at: datetime) -> bool:
        """The order is in the order management system."""
        return await self._change(
            claim.request.order_id,
            claim.token,
            state=ExportState.EXPORTED.value,
            unclear=False,
            reference=reference,
            reason_code=None,
            reason=None,
            exported_at=at,
            updated_at=at,
            lease_until=None,
            lease_token=None,
        )

    async def record_postponed(self, claim: Claim, postponement: Postponement, *, at: datetime) -> bool:
        """The order is to be tried again."""
        return await self._change(
            claim.request.order_id,
            claim.token,
            state=DUE,
            failures=export_requests.c.failures + int(postponement.counts),
            unclear=postponement.unclear,
            due_at=postponement.due_at,
            reason_code=postponement.code,
            reason=postponement.reason,
            updated_at=at,
            lease_until=None,
            lease_token=None,
        )

    async def record_parked(self, claim: Claim, *, code: str, reason: str, at: datetime) -> bool:
        """The order needs a person."""
        return await self._park(claim.request.order_id, claim.token, code=code, reason=reason, at=at)

    async def _park(self, order_id: int, token: str, *, code: str, reason: str, at: datetime) -> bool:
        return await self._change(
            order_id,
            token,
            state=ExportState.PARKED.value,
            reason_code=code,
            reason=reason,
            updated_at=at,
            lease_until=None,
            lease_token=None,
        )

    async def _change(self, order_id: int, token: str, **values: Any) -> bool:
        statement = (
            update(export_requests)
            .where(
                export_requests.c.order_id == bindparam("claimed"),
                export_requests.c.lease_token == bindparam("token"),
                export_requests.c.state == SENDING,
            )
            .values(**values)
        )

        async def change(connection: AsyncConnection) -> bool:
            done = await connection.execute(statement, {"claimed": order_id, "token": token})
            return done.rowcount == 1

        return await self._database.write(change, isolation="read committed")

    async def retry(self, order_id: int, *, at: datetime) -> bool:
        """Make a parked export due again; what stands in the receiver is asked for first."""

        async def change(connection: AsyncConnection) -> bool:
            done = await connection.execute(
                update(export_requests)
                .where(
                    export_requests.c.order_id == order_id,
                    export_requests.c.state == ExportState.PARKED.value,
                )
                .values(
                    state=DUE,
                    unclear=True,
                    failures=0,
                    reason_code=None,
                    reason=None,
                    due_at=at,
                    updated_at=at,
                )
            )
            return done.rowcount == 1

        return await self._database.write(change, isolation="read committed")

    async def expedite(self, *, at: datetime) -> int:
        """Make every waiting retry due now."""

        async def change(connection: AsyncConnection) -> int:
            done = await connection.execute(
                update(export_requests)
                .where(export_requests.c.state == DUE, export_requests.c.due_at > at)
                .values(due_at=at)
            )
            return done.rowcount

        return await self._database.write(change, isolation="read committed")

    async def counts(self) -> Mapping[ExportState, int]:
        """How many exports are in each state."""
        query = select(export_requests.c.state, func.count().label("exports")).group_by(
            export_requests.c.state
        )
        async with self._database.reading() as connection:
            found = {row.state: row.exports for row in await connection.execute(query)}
        return {state: found.get(state.value, 0) for state in ExportState}

    async def next_due_at(self) -> datetime | None:
        """When the next export is due or the next lease ends."""
        due = select(func.min(export_requests.c.due_at)).where(export_requests.c.state == DUE)
        leased = select(func.min(export_requests.c.lease_until)).where(export_requests.c.state == SENDING)
        async with self._database.reading() as connection:
            times = [(await connection.execute(query)).scalar_one() for query in (due, leased)]
        return min((time for time in times if time is not None), default=None)


def _claimed(request: ExportRequest, lease_until: datetime, now: datetime) -> ExportRequest:
    return replace(
        request,
        state=ExportState.SENDING,
        attempts=request.attempts + 1,
        unclear=request.unclear or request.state is ExportState.SENDING,
        lease_until=lease_until,
        updated_at=now,
    )


async def _claimable(connection: AsyncConnection, now: datetime, limit: int) -> list[int]:
    """The keys of the oldest exports that may be claimed.

    What another process takes at this moment is passed over, not waited for. Each of the two queries walks
    an index from its beginning, however many wait.
    """
    requests = export_requests.c
    found: list[tuple[datetime, int]] = []
    for condition in (
        and_(requests.state == DUE, requests.due_at <= now),
        and_(requests.state == SENDING, requests.lease_until <= now),
    ):
        oldest = (
            select(requests.due_at, requests.order_id)
            .where(condition)
            .order_by(requests.due_at, requests.order_id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        found.extend((row.due_at, row.order_id) for row in await connection.execute(oldest))
    return [order_id for _, order_id in sorted(found)[:limit]]
