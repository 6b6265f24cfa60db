"""The export ledger in memory."""

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from iomconnector.model.exports import ExportAttempt, ExportRequest, ExportState
from iomconnector.ports.export_ledger import Claim, Postponement
from iomconnector.testing.memory.order_rows import MemoryShop, OrderRow


class MemoryExportLedger:
    """Implements :class:`~iomconnector.ports.export_ledger.ExportLedger` for the orders of a shop."""

    def __init__(self, shop: MemoryShop) -> None:
        self._shop = shop

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
        """Take up to ``limit`` exports of a channel that are due or abandoned, oldest first."""
        token = uuid4().hex
        claimable = [
            row
            for row in self._shop
            if row.request.channel == channel and channel not in self._shop.paused and _is_claimable(row, now)
        ]
        claimable.sort(key=lambda row: (row.request.due_at, row.request.order_id))
        suspected = [row for row in claimable if _is_suspect(row)][max(0, suspects) :]
        taken = [row for row in claimable if row not in suspected][:limit]
        return [_claimed(row, token, worker, now, lease) for row in taken]

    async def extend(self, claims: Sequence[Claim], until: datetime) -> Set[int]:
        """Prolong leases."""
        return {claim.request.order_id for claim in claims if self._change(claim, lease_until=until)}

    async def record_exported(self, claim: Claim, *, reference: str, at: datetime) -> bool:
        """The order is in the order management system."""
        return self._release(
            claim,
            state=ExportState.EXPORTED,
            unclear=False,
            reference=reference,
            reason_code=None,
            reason=None,
            exported_at=at,
            updated_at=at,
        )

    async def record_postponed(self, claim: Claim, postponement: Postponement, *, at: datetime) -> bool:
        """The order is to be tried again."""
        return self._release(
            claim,
            state=ExportState.DUE,
            unclear=postponement.unclear,
            failures=claim.request.failures + int(postponement.counts),
            due_at=postponement.due_at,
            reason_code=postponement.code,
            reason=postponement.reason,
            updated_at=at,
        )

    async def record_parked(self, claim: Claim, *, code: str, reason: str, at: datetime) -> bool:
        """The order needs a person."""
        return self._release(claim, state=ExportState.PARKED, reason_code=code, reason=reason, updated_at=at)

    def _change(self, claim: Claim, **values: Any) -> bool:
        row = self._shop.get(claim.request.order_id)
        if row is None or row.token != claim.token:
            return False
        row.request = replace(row.request, **values)
        return True

    def _release(self, claim: Claim, **values: Any) -> bool:
        changed = self._change(claim, lease_until=None, held_by=None, abandoned=0, **values)
        row = self._shop.get(claim.request.order_id)
        if changed and row is not None:
            row.token = None
            row.attempts.append(_ended(claim, row.request))
        return changed

    async def retry(self, order_id: int, *, at: datetime) -> bool:
        """Make a parked export due again; what stands in the receiver is asked for first."""
        row = self._shop.get(order_id)
        if row is None or row.request.state is not ExportState.PARKED:
            return False
        row.request = replace(
            row.request,
            state=ExportState.DUE,
            unclear=True,
            failures=0,
            abandoned=0,
            reason_code=None,
            reason=None,
            due_at=at,
            updated_at=at,
        )
        return True

    async def expedite(self, *, at: datetime) -> int:
        """Make every waiting retry due now."""
        waiting = [
            row for row in self._shop if row.request.state is ExportState.DUE and row.request.due_at > at
        ]
        for row in waiting:
            row.request = replace(row.request, due_at=at)
        return len(waiting)

    async def counts(self) -> Mapping[ExportState, int]:
        """How many exports are in each state."""
        counted = Counter(row.request.state for row in self._shop)
        return {state: counted[state] for state in ExportState}

    async def next_moments(self) -> Mapping[str, datetime]:
        """By channel, when its next export is due or its next lease ends."""
        moments: dict[str, datetime] = {}
        for row in self._shop:
            moment, channel = _next_moment(row), row.request.channel
            if moment is not None and channel not in self._shop.paused:
                moments[channel] = min(moment, moments.get(channel, moment))
        return moments


def _ended(claim: Claim, after: ExportRequest) -> ExportAttempt:
    return ExportAttempt(
        order_id=after.order_id,
        attempt=after.attempts,
        worker=claim.worker,
        claimed_at=claim.claimed_at,
        ended_at=after.updated_at,
        outcome=after.state,
        code=after.reason_code,
        reason=after.reason,
    )


def _next_moment(row: OrderRow) -> datetime | None:
    if row.request.state is ExportState.DUE:
        return row.request.due_at
    return row.request.lease_until if row.request.state is ExportState.SENDING else None


def _is_claimable(row: OrderRow, now: datetime) -> bool:
    moment = _next_moment(row)
    return moment is not None and moment <= now


def _is_suspect(row: OrderRow) -> bool:
    return row.request.state is ExportState.SENDING and row.request.abandoned > 0


def _claimed(row: OrderRow, token: str, worker: str, now: datetime, lease: timedelta) -> Claim:
    was_held = row.request.state is ExportState.SENDING
    unclear = row.request.unclear or was_held
    row.request = replace(
        row.request,
        state=ExportState.SENDING,
        attempts=row.request.attempts + 1,
        abandoned=row.request.abandoned + was_held,
        unclear=unclear,
        lease_until=now + lease,
        held_by=worker,
        updated_at=now,
    )
    row.token = token
    return Claim(row.request, row.placed, token, unclear, worker, now)
