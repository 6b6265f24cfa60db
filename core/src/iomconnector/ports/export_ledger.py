"""The export ledger: which order is due, who works on it, what became of it. It is the truth."""

from collections.abc import Mapping, Sequence, Set
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
        worker: Who claimed it.
        claimed_at: When.
    """

    request: ExportRequest
    placed: PlacedOrder
    token: str
    unclear: bool
    worker: str
    claimed_at: datetime


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


class ExportOutcomes(Protocol):
    """Where the outcomes of attempts are recorded.

    Only the holder of the latest claim can change a row; who lost the lease cannot. With each outcome the
    attempt is kept: who made it, when, and what came of it.
    """

    async def record_exported(self, claim: Claim, *, reference: str, at: datetime) -> bool:
        """The order is in the order management system; False where the claim is not the latest any more."""
        ...

    async def record_postponed(self, claim: Claim, postponement: Postponement, *, at: datetime) -> bool:
        """The order is to be tried again; False where the claim is not the latest any more."""
        ...

    async def record_parked(self, claim: Claim, *, code: str, reason: str, at: datetime) -> bool:
        """The order needs a person; False where the claim is not the latest any more."""
        ...


class ExportLedger(ExportOutcomes, Protocol):
    """One row an order: which are due, who works on them, what became of them."""

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
        """Take up to ``limit`` exports of a channel that are due, or whose holder's lease has ended, oldest
        first. A channel that is paused gives none.

        No two callers, in whatever process, hold a live claim on one order.

        Arguments:
            channel: The channel.
            worker: Who asks, for people.
            now: The present.
            lease: How long the claims hold.
            limit: How many at most.
            suspects: How many at most of those whose holder was lost twice in a row or more. One of them may
                be what its holders died of, so that few of them should be worked on together.
        """
        ...

    async def extend(self, claims: Sequence[Claim], until: datetime) -> Set[int]:
        """Prolong leases; the keys of the orders whose claim is still the latest."""
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

    async def next_moments(self) -> Mapping[str, datetime]:
        """By channel, when its next export is due or its next lease ends; channels with nothing open, and
        those that are paused, are left out."""
        ...
