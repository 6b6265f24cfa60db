"""The export ledger: which order is due, who works on it, what became of it. It is the truth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from iomconnector.model.exports import ExportRequest, ExportState, PlacedOrder


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to work on one export until the lease ends.

    Arguments:
        request: The ledger's row as it was when it was claimed, ``attempts`` counting this attempt.
        placed: What is to be exported.
        token: Proves the right; every change of the row needs the token of its latest claim.
        unclear: An earlier attempt may have reached the receiver: ask before sending.
    """

    request: ExportRequest
    placed: PlacedOrder
    token: str
    unclear: bool


@dataclass(frozen=True, slots=True)
class Postponement:
    """Try again later.

    Arguments:
        due_at: Not before this time.
        code: Why, as a code.
        reason: Why, as a sentence.
        unclear: The attempt may have reached the receiver.
        counts: The attempt failed for a reason of the order's own, so it counts as one of its failures.
    """

    due_at: datetime
    code: str
    reason: str
    unclear: bool
    counts: bool = False


class ExportLedger(Protocol):
    """One row an order. Only the holder of the latest claim can change a row; who lost the lease cannot."""

    async def claim(self, *, now: datetime, lease: timedelta, limit: int) -> Sequence[Claim]:
        """Take up to ``limit`` exports that are due, or whose holder's lease has ended, oldest first.

        No two callers, in whatever process, hold a live claim on one order.
        """
        ...

    async def extend(self, claim: Claim, until: datetime) -> bool:
        """Prolong the lease; False where the claim is not the latest any more."""
        ...

    async def record_exported(self, claim: Claim, *, reference: str, at: datetime) -> bool:
        """The order is in the order management system; False where the claim is not the latest any more."""
        ...

    async def record_postponed(self, claim: Claim, postponement: Postponement, *, at: datetime) -> bool:
        """The order is to be tried again; False where the claim is not the latest any more."""
        ...

    async def record_parked(self, claim: Claim, *, code: str, reason: str, at: datetime) -> bool:
        """The order needs a person; False where the claim is not the latest any more."""
        ...

    async def retry(self, order_id: int, *, at: datetime) -> bool:
        """Make a parked export due again, its failures and its reason forgotten; False where it is not
        parked."""
        ...

    async def expedite(self, *, at: datetime) -> int:
        """Make every waiting retry due now; how many there were."""
        ...

    async def counts(self) -> Mapping[ExportState, int]:
        """How many exports are in each state; every state has an entry."""
        ...

    async def next_due_at(self) -> datetime | None:
        """When the next export is due or the next lease ends; none where nothing is open."""
        ...
