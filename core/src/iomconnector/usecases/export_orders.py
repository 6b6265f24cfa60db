"""Export one order: exactly one copy in the order management system, whatever dies when."""

import random
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from datetime import timedelta

import structlog

from iomconnector.errors import ConnectorError, StorageError
from iomconnector.model.exports import ExportState, PlacedOrder
from iomconnector.ports.clock import Clock
from iomconnector.ports.export_ledger import Claim, ExportOutcomes, Postponement
from iomconnector.ports.order_export_service import (
    ExportUnavailableError,
    FoundOrder,
    OrderExportError,
    OrderExportService,
    OrderNotExportableError,
    OrderRefusedError,
    OutcomeUnclearError,
)
from iomconnector.usecases.approve_orders import may_leave
from iomconnector.usecases.gate_closed import GateClosedError

log = structlog.get_logger(__name__)

ResolveExportService = Callable[[str], Awaitable[OrderExportService]]

CONFLICT = "export.conflict"
SUPERSEDED = "export.conflict.superseded"
EXHAUSTED = "export.attempts_exhausted"
ABANDONED = "export.abandoned"
NOT_APPROVED = "export.not_approved"
ERASED = "export.erased"

LONGEST_WAIT = timedelta(days=1)
"""Longer than this no receiver is obeyed that asks to wait."""


Turn = Callable[[], AbstractAsyncContextManager[None]]
"""Each request of an attempt is sent inside one of these: it waits until it is the attempt's turn.

Raises:
    GateClosedError: Nothing is to be sent at present.
    LostLeaseError: Another process has the order.
"""


class LostLeaseError(Exception):
    """Another process took the order over before the request was sent."""


def at_once() -> AbstractAsyncContextManager[None]:
    """The turn of an attempt that waits for nobody."""
    return nullcontext()


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """When a failed export is tried again.

    Arguments:
        base: Wait at most this long after the first failure, twice as long after each further one.
        limit: Never wait longer, unless the receiver asks for it.
        max_attempts: Park the order after so many attempts that failed for a reason of its own; outages of
            the order management system never count.
        max_abandoned: Park the order after so many attempts in a row that never ended: it may be what the
            processes that worked on it died of.
    """

    base: timedelta = timedelta(seconds=1)
    limit: timedelta = timedelta(minutes=5)
    max_attempts: int = 25
    max_abandoned: int = 5

    def delay(self, attempts: int, retry_after: float | None, jitter: float) -> timedelta:
        """How long to wait.

        Arguments:
            attempts: How many attempts were made.
            retry_after: Seconds that the receiver asked for; never less than these, or than a day.
            jitter: Between 0 and 1, chosen at random: which part of the wait to take.
        """
        doubled = self.base.total_seconds() * 2 ** min(max(attempts - 1, 0), 30)
        wait = min(self.limit.total_seconds(), doubled)
        asked = min(max(0.0, retry_after or 0.0), LONGEST_WAIT.total_seconds())
        return timedelta(seconds=max(asked, wait / 2 + wait / 2 * jitter))


@dataclass(frozen=True, slots=True)
class ExportResult:
    """What became of one attempt.

    Arguments:
        claim: The attempt.
        state: The state of the export afterwards.
        reason: Why it is not exported; or, where it is, how that was found out.
        whole_service: The failure concerns every order of the channel.
        lost_lease: Another process took the order over; what this attempt did is not in the ledger.
    """

    claim: Claim
    state: ExportState
    reason: str = ""
    whole_service: bool = False
    lost_lease: bool = False


class ExportOrders:
    """Takes a claimed order to the order management system.

    The claim is on disk before anything is sent. An attempt whose outcome is not known, be it that no answer
    came or that the process died, makes the next one ask for the order before it sends again.

    Arguments:
        ledger: The export ledger.
        resolve: Gives the export service of a channel.
        clock: Tells the time.
        policy: When to try again.
        jitter: Gives numbers between 0 and 1.
    """

    def __init__(
        self,
        ledger: ExportOutcomes,
        resolve: ResolveExportService,
        clock: Clock,
        policy: RetryPolicy,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._ledger = ledger
        self._resolve = resolve
        self._clock = clock
        self._policy = policy
        self._jitter = jitter

    async def export(self, claim: Claim, turn: Turn = at_once) -> ExportResult:
        """Make one attempt and write its outcome into the ledger.

        Arguments:
            claim: The attempt.
            turn: What each of its requests waits for.

        Raises:
            StorageError: The outcome could not be written. The lease will end, and another attempt will
                find out what happened.
        """
        placed = claim.placed
        if (forbidden := _forbidden(placed)) is not None:
            return await self._park(claim, *forbidden)
        if claim.request.abandoned >= self._policy.max_abandoned:
            return await self._park(claim, ABANDONED, _abandoned(claim))
        unclear = claim.unclear
        try:
            service = await self._resolve(placed.order.channel)
            if unclear:
                settled = await self._settle_earlier(claim, service, turn)
                if settled is not None:
                    return settled
            unclear = True
            return await self._submit(claim, service, turn)
        except StorageError:
            raise
        except LostLeaseError:
            return ExportResult(claim, ExportState.SENDING, "Another process has it.", lost_lease=True)
        except GateClosedError as error:
            return await self._wait_for_gate(claim, error, unclear=claim.unclear)
        except OrderNotExportableError as error:
            return await self._park(claim, error.code, error.message)
        except ExportUnavailableError as error:
            return await self._postpone(claim, error, unclear=claim.unclear)
        except ConnectorError as error:
            return await self._postpone(claim, error, unclear=unclear)
        except Exception as error:
            failure = OrderExportError(f"{type(error).__name__}: {error}", order=placed.order.number)
            log.exception("an export failed unexpectedly", order=placed.order.number)
            return await self._postpone(claim, failure, unclear=unclear, counts=True)

    async def _settle_earlier(
        self, claim: Claim, service: OrderExportService, turn: Turn
    ) -> ExportResult | None:
        try:
            async with turn():
                found = await service.find(claim.placed)
        except OrderNotExportableError as error:
            reason = f"An order of that number stands there, but cannot be compared: {error.message}"
            return await self._park(claim, error.code, reason)
        return None if found is None else await self._settle_found(claim, found)

    async def _submit(self, claim: Claim, service: OrderExportService, turn: Turn) -> ExportResult:
        try:
            async with turn():
                receipt = await service.submit(claim.placed)
        except OrderRefusedError as refusal:
            return await self._settle_refused(claim, service, refusal, turn)
        except OutcomeUnclearError as error:
            return await self._settle_unclear(claim, service, error, turn)
        return await self._exported(claim, receipt.reference, "")

    async def _settle_refused(
        self, claim: Claim, service: OrderExportService, refusal: OrderRefusedError, turn: Turn
    ) -> ExportResult:
        found = await self._look(service, claim.placed, turn)
        if isinstance(found, GateClosedError):
            return await self._wait_for_gate(claim, found, unclear=True)
        if isinstance(found, OrderExportError):
            return await self._postpone(claim, found, unclear=True)
        if found is not None:
            return await self._settle_found(claim, found)
        return await self._park(claim, refusal.their_code or refusal.code, refusal.message)

    async def _settle_unclear(
        self, claim: Claim, service: OrderExportService, problem: OutcomeUnclearError, turn: Turn
    ) -> ExportResult:
        if problem.retry_after:
            return await self._postpone(claim, problem, unclear=True, whole_service=True)
        found = await self._look(service, claim.placed, turn)
        if isinstance(found, FoundOrder):
            return await self._settle_found(claim, found)
        if isinstance(found, ExportUnavailableError | GateClosedError):
            return await self._postpone(claim, problem, unclear=True, whole_service=True)
        return await self._postpone(claim, problem, unclear=True, counts=True)

    async def _look(
        self, service: OrderExportService, placed: PlacedOrder, turn: Turn
    ) -> FoundOrder | OrderExportError | GateClosedError | None:
        try:
            async with turn():
                return await service.find(placed)
        except (OrderExportError, GateClosedError) as error:
            return error

    async def _settle_found(self, claim: Claim, found: FoundOrder) -> ExportResult:
        if not found.differences:
            return await self._exported(
                claim, found.reference, "It was there already, and it is the same order."
            )
        number = claim.placed.order.number
        differs = (
            f"It differs: {'; '.join(map(str, found.differences[:5]))}"
            f"{' and more' if len(found.differences) > 5 else ''}."
        )
        if found.superseded:
            where = f"The version of order {number} from before its correction stands at {found.reference}."
            return await self._park(claim, SUPERSEDED, f"{where} {differs}")
        return await self._park(
            claim, CONFLICT, f"Another order {number} stands at {found.reference}. {differs}"
        )

    async def _exported(self, claim: Claim, reference: str, reason: str) -> ExportResult:
        kept = await self._ledger.record_exported(claim, reference=reference, at=self._clock.now())
        return ExportResult(claim, ExportState.EXPORTED, reason, lost_lease=not kept)

    async def _park(self, claim: Claim, code: str, reason: str) -> ExportResult:
        kept = await self._ledger.record_parked(claim, code=code, reason=reason, at=self._clock.now())
        return ExportResult(claim, ExportState.PARKED, reason, lost_lease=not kept)

    async def _wait_for_gate(self, claim: Claim, closed: GateClosedError, *, unclear: bool) -> ExportResult:
        postponement = Postponement(
            due_at=closed.until, code=closed.code, reason=str(closed), unclear=unclear
        )
        kept = await self._ledger.record_postponed(claim, postponement, at=self._clock.now())
        return ExportResult(claim, ExportState.DUE, str(closed), whole_service=True, lost_lease=not kept)

    async def _postpone(
        self,
        claim: Claim,
        error: ConnectorError,
        *,
        unclear: bool,
        counts: bool = False,
        whole_service: bool = False,
    ) -> ExportResult:
        failures = claim.request.failures + counts
        if counts and failures >= self._policy.max_attempts:
            return await self._park(claim, EXHAUSTED, f"Failed {failures} times: {error.message}")
        kept = await self._ledger.record_postponed(
            claim, self._postponement(claim.request.attempts, error, unclear, counts), at=self._clock.now()
        )
        concerns_all = (
            whole_service
            or not isinstance(error, OrderExportError)
            or (isinstance(error, ExportUnavailableError) and error.whole_service)
        )
        return ExportResult(claim, ExportState.DUE, str(error), concerns_all, lost_lease=not kept)

    def _postponement(
        self, attempts: int, error: ConnectorError, unclear: bool, counts: bool
    ) -> Postponement:
        retry_after = None
        if isinstance(error, ExportUnavailableError | OutcomeUnclearError):
            retry_after = error.retry_after
        wait = self._policy.delay(attempts, retry_after, self._jitter())
        return Postponement(
            due_at=self._clock.now() + wait,
            code=error.code,
            reason=str(error),
            unclear=unclear,
            counts=counts,
        )


def _forbidden(placed: PlacedOrder) -> tuple[str, str] | None:
    """Why an order must not leave the shop, as a code and as a sentence; none where it may."""
    number = placed.order.number
    if not may_leave(placed):
        return NOT_APPROVED, f"Order {number} is not approved."
    if placed.erased_at is not None:
        return ERASED, f"The personal data of order {number} were erased, so it cannot be sent."
    return None


def _abandoned(claim: Claim) -> str:
    return (
        f"{claim.request.abandoned} processes in a row ended while they worked on order "
        f"{claim.placed.order.number}, or lost it. See their logs before it is tried again."
    )
