"""An export ledger that a test watches, and can make fail."""

from collections.abc import Awaitable, Callable, Mapping, Sequence, Set
from datetime import datetime, timedelta

from iomconnector.model.exports import ExportState
from iomconnector.ports.export_ledger import Claim, ExportLedger, Postponement


class WatchedExportLedger:
    """Implements :class:`~iomconnector.ports.export_ledger.ExportLedger` with another one.

    Arguments:
        ledger: Does the work.
        watch: Is called with the name of each operation before it is done; what it raises, the operation
            raises in place of being done.
    """

    def __init__(self, ledger: ExportLedger, watch: Callable[[str], Awaitable[None]]) -> None:
        self._ledger = ledger
        self._watch = watch

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
        """Take exports."""
        await self._watch("claim")
        return await self._ledger.claim(
            channel, worker=worker, now=now, lease=lease, limit=limit, suspects=suspects
        )

    async def extend(self, claims: Sequence[Claim], until: datetime) -> Set[int]:
        """Prolong leases."""
        await self._watch("extend")
        return await self._ledger.extend(claims, until)

    async def record_exported(self, claim: Claim, *, reference: str, at: datetime) -> bool:
        """The order is in the order management system."""
        await self._watch("record_exported")
        return await self._ledger.record_exported(claim, reference=reference, at=at)

    async def record_postponed(self, claim: Claim, postponement: Postponement, *, at: datetime) -> bool:
        """The order is to be tried again."""
        await self._watch("record_postponed")
        return await self._ledger.record_postponed(claim, postponement, at=at)

    async def record_parked(self, claim: Claim, *, code: str, reason: str, at: datetime) -> bool:
        """The order needs a person."""
        await self._watch("record_parked")
        return await self._ledger.record_parked(claim, code=code, reason=reason, at=at)

    async def retry(self, order_id: int, *, at: datetime) -> bool:
        """Make a parked export due again."""
        await self._watch("retry")
        return await self._ledger.retry(order_id, at=at)

    async def expedite(self, *, at: datetime) -> int:
        """Make every waiting retry due now."""
        await self._watch("expedite")
        return await self._ledger.expedite(at=at)

    async def counts(self) -> Mapping[ExportState, int]:
        """How many exports are in each state."""
        await self._watch("counts")
        return await self._ledger.counts()

    async def next_moments(self) -> Mapping[str, datetime]:
        """By channel, when its next export is due or its next lease ends."""
        await self._watch("next_moments")
        return await self._ledger.next_moments()
