"""The export ledger in the database."""

from collections.abc import Mapping, Sequence, Set
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Row, exists, func, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.model.exports import ExportState
from iomconnector.ports.export_ledger import Claim, Postponement
from iomconnector.storage.batched import BatchedWrites
from iomconnector.storage.database import Database
from iomconnector.storage.export_claims import take
from iomconnector.storage.export_outcomes import Outcome, record_outcomes
from iomconnector.storage.order_rows import UnreadableOrderError, request_from, stored_order
from iomconnector.storage.tables import contexts, export_pauses, export_requests

DUE = ExportState.DUE.value
SENDING = ExportState.SENDING.value


class SqlExportLedger:
    """Implements :class:`~iomconnector.ports.export_ledger.ExportLedger` on the database.

    Outcomes that come in together are written together.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._outcomes = BatchedWrites(database, record_outcomes)

    async def claim(
        self,
        channel: str,
        *,
        worker: str,
        now: datetime,
        lease: timedelta,
        limit: int,
        suspects: int = 1,
    ) -> Sequence[Claim]:
        """Take up to ``limit`` exports of a channel that are due or abandoned, oldest first.

        An order that cannot be read is parked, and hinders no other.
        """
        while limit > 0:
            token = uuid4().hex

            async def claim(connection: AsyncConnection, token: str = token) -> list[Taken]:
                return await take(
                    connection,
                    channel,
                    token=token,
                    worker=worker,
                    now=now,
                    lease=lease,
                    limit=limit,
                    suspects=suspects,
                )

            taken = await self._database.write(claim, isolation="read committed")
            claims = [
                each for row in taken if (each := await self._claim(row, token, worker, now)) is not None
            ]
            if claims or not taken:
                return claims
        return []

    async def _claim(self, taken: "Taken", token: str, worker: str, now: datetime) -> Claim | None:
        row, decisions = taken
        request = request_from(row)
        try:
            placed = stored_order(row, decisions).placed
        except UnreadableOrderError as error:
            outcome = Outcome(
                order_id=request.order_id,
                attempt=request.attempts,
                token=token,
                worker=worker,
                claimed_at=now,
                at=now,
                state=ExportState.PARKED,
                code=error.code,
                reason=error.message,
            )
            await self._outcomes.write(outcome)
            return None
        return Claim(request, placed, token, request.unclear, worker, now)

    async def extend(self, claims: Sequence[Claim], until: datetime) -> Set[int]:
        """Prolong leases."""
        tokens = {claim.request.order_id: claim.token for claim in claims}
        if not tokens:
            return frozenset()

        async def prolong(connection: AsyncConnection) -> Set[int]:
            done = await connection.execute(
                update(export_requests)
                .where(
                    export_requests.c.order_id.in_(sorted(tokens)),
                    export_requests.c.lease_token.in_(sorted(set(tokens.values()))),
                    export_requests.c.state == SENDING,
                )
                .values(lease_until=until)
                .returning(export_requests.c.order_id, export_requests.c.lease_token)
            )
            return frozenset(row.order_id for row in done if tokens[row.order_id] == row.lease_token)

        return await self._database.write(prolong, isolation="read committed")

    async def record_exported(self, claim: Claim, *, reference: str, at: datetime) -> bool:
        """The order is in the order management system."""
        return await self._outcomes.write(
            Outcome.of(claim, ExportState.EXPORTED, at, unclear=False, reference=reference)
        )

    async def record_postponed(self, claim: Claim, postponement: Postponement, *, at: datetime) -> bool:
        """The order is to be tried again."""
        return await self._outcomes.write(
            Outcome.of(
                claim,
                ExportState.DUE,
                at,
                code=postponement.code,
                reason=postponement.reason,
                unclear=postponement.unclear,
                due_at=postponement.due_at,
                counts=postponement.counts,
            )
        )

    async def record_parked(self, claim: Claim, *, code: str, reason: str, at: datetime) -> bool:
        """The order needs a person."""
        return await self._outcomes.write(Outcome.of(claim, ExportState.PARKED, at, code=code, reason=reason))

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
                    abandoned=0,
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

    async def next_moments(self) -> Mapping[str, datetime]:
        """By channel, when its next export is due or its next lease ends."""
        async with self._database.reading() as connection:
            rows = (await connection.execute(_NEXT_MOMENTS)).all()
        found = {row.id: [moment for moment in (row.due, row.leased) if moment is not None] for row in rows}
        return {channel: min(moments) for channel, moments in found.items() if moments}


Taken = tuple[Row[Any], Sequence[Row[Any]]]


def _first(column: Any, state: str) -> Any:
    """The first moment of a state in a channel; the state is no parameter, so that its index can be used."""
    in_state = export_requests.c.state == literal_column(f"'{state}'")
    return (
        select(column)
        .where(export_requests.c.channel == contexts.c.id, in_state)
        .order_by(column)
        .limit(1)
        .scalar_subquery()
    )


_NEXT_MOMENTS = select(
    contexts.c.id,
    _first(export_requests.c.due_at, DUE).label("due"),
    _first(export_requests.c.lease_until, SENDING).label("leased"),
).where(~exists().where(export_pauses.c.channel == contexts.c.id))
