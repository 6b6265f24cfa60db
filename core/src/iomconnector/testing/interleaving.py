"""Exports whose every step a test decides: what arrives when, what is answered, who dies.

An attempt stops at each call to the outside until the test says how the call goes: a question or an order to
the order management system, an outcome for the ledger. So any interleaving of any number of attempts can be
played, and played again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any

from iomconnector.errors import StorageError
from iomconnector.model.endpoints import Endpoint
from iomconnector.model.exports import PlacedOrder
from iomconnector.ports.clock import Clock
from iomconnector.ports.export_ledger import Claim, ExportLedger, ExportOutcomes, Postponement
from iomconnector.ports.order_export_service import (
    ExportUnavailableError,
    FoundOrder,
    OrderExportService,
    OrderRefusedError,
    OutcomeUnclearError,
    Receipt,
)
from iomconnector.testing.memory.order_export_service import MemoryOrderExportService
from iomconnector.testing.memory.order_management import MemoryOrderManagement
from iomconnector.testing.samples import CHANNEL
from iomconnector.usecases.export_orders import ExportOrders, ExportResult, RetryPolicy


class CallKind(Enum):
    """What a call asks of the outside."""

    FIND = auto()
    SUBMIT = auto()
    RECORD = auto()


@dataclass(eq=False)
class Attempt:
    """One attempt to export one order.

    Arguments:
        claim: The claim on which it works.
        task: Its task.
        call: The call at which it stands; none while it runs or when it has ended.
    """

    claim: Claim
    task: "asyncio.Task[ExportResult]"
    call: "Call | None" = None


@dataclass(eq=False)
class Call:
    """A call that waits for the test to say how it goes.

    Arguments:
        kind: What it asks for.
        number: The number of the order that it is about.
        effect: What happens outside when it arrives.
        answer: What the attempt waits for.
        arrived: Whether it arrived.
        result: What the outside says: a value or an error.
    """

    kind: CallKind
    number: str
    effect: Callable[[], Awaitable[Any]]
    answer: "asyncio.Future[Any]"
    arrived: bool = False
    result: Any = None

    async def arrive(self) -> None:
        """Let it arrive; a second time is nothing."""
        if self.arrived:
            return
        self.arrived = True
        try:
            self.result = await self.effect()
        except OrderRefusedError as refusal:
            self.result = refusal

    def give_answer(self) -> None:
        """Let the attempt go on with what the outside says."""
        if isinstance(self.result, Exception):
            self.answer.set_exception(self.result)
        else:
            self.answer.set_result(self.result)

    def give_no_answer(self) -> None:
        """Let the attempt go on without knowing whether the call arrived."""
        said = f"There was no answer about order {self.number}."
        kinds = {
            CallKind.FIND: ExportUnavailableError,
            CallKind.SUBMIT: OutcomeUnclearError,
            CallKind.RECORD: StorageError,
        }
        self.answer.set_exception(kinds[self.kind](said, order=self.number))

    def turn_away(self, *, retry_after: float | None = None, whole_service: bool = False) -> None:
        """Let the attempt go on knowing that the call surely did not arrive."""
        self.answer.set_exception(
            ExportUnavailableError(
                f"Order {self.number} has to wait.", retry_after=retry_after, whole_service=whole_service
            )
        )


@dataclass
class Interleaving:
    """Attempts on the orders of one ledger, and the order management system to which they export.

    Arguments:
        ledger: The ledger.
        management: The order management system.
        clock: Tells the time.
        policy: When to try again.
        attempts: Those that have not ended.
        results: What those that ended said.
    """

    ledger: ExportLedger
    management: MemoryOrderManagement
    clock: Clock
    policy: RetryPolicy
    attempts: list[Attempt] = field(default_factory=list)
    results: list[ExportResult] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._moved = asyncio.Event()
        self._service = _SteppedService(MemoryOrderExportService(self.management), self._stop_at)
        self._exports = ExportOrders(
            _SteppedLedger(self.ledger, self._stop_at), self._resolve, self.clock, self.policy, lambda: 1.0
        )

    async def _resolve(self, channel: str) -> OrderExportService:
        return self._service

    @property
    def calls(self) -> list[tuple[Attempt, Call]]:
        """Every call that waits, in the order of the claims."""
        return [(attempt, attempt.call) for attempt in self.attempts if attempt.call is not None]

    async def claim(self, *, limit: int, lease: timedelta) -> None:
        """Claim orders and begin to export them."""
        claims = await self.ledger.claim(
            CHANNEL, worker="worker", now=self.clock.now(), lease=lease, limit=limit, suspects=limit
        )
        for claim in claims:
            task = asyncio.get_running_loop().create_task(self._exports.export(claim))
            task.add_done_callback(lambda _: self._moved.set())
            self.attempts.append(Attempt(claim, task))
        await self.settle()

    async def settle(self) -> None:
        """Wait until every attempt stands at a call or has ended."""
        while True:
            self._moved.clear()
            for attempt in [attempt for attempt in self.attempts if attempt.task.done()]:
                self.attempts.remove(attempt)
                with suppress(asyncio.CancelledError, StorageError):
                    self.results.append(attempt.task.result())
            if all(attempt.call is not None for attempt in self.attempts):
                return
            await self._moved.wait()

    async def go_on(self, attempt: Attempt, decide: Callable[[Call], None]) -> None:
        """Decide how the call of an attempt goes, and wait until all stand again."""
        call = attempt.call
        assert call is not None, "the attempt stands at no call"
        attempt.call = None
        decide(call)
        await self.settle()

    async def kill(self, attempt: Attempt) -> None:
        """End an attempt where it stands, as the death of its process would."""
        attempt.task.cancel()
        await asyncio.wait({attempt.task})
        await self.settle()

    async def _stop_at(self, kind: CallKind, number: str, effect: Callable[[], Awaitable[Any]]) -> Any:
        task = asyncio.current_task()
        attempt = next(attempt for attempt in self.attempts if attempt.task is task)
        attempt.call = Call(kind, number, effect, asyncio.get_running_loop().create_future())
        answer = attempt.call.answer
        self._moved.set()
        return await answer


StopAt = Callable[[CallKind, str, Callable[[], Awaitable[Any]]], Awaitable[Any]]


class _SteppedService:
    def __init__(self, service: MemoryOrderExportService, stop_at: StopAt) -> None:
        self._service = service
        self._stop_at = stop_at

    @property
    def endpoint(self) -> Endpoint:
        return self._service.endpoint

    async def submit(self, placed: PlacedOrder) -> Receipt:
        self._service.preview(placed)
        receipt: Receipt = await self._stop_at(
            CallKind.SUBMIT, placed.order.number, lambda: self._service.submit(placed)
        )
        return receipt

    async def find(self, placed: PlacedOrder) -> FoundOrder | None:
        self._service.preview(placed)
        found: FoundOrder | None = await self._stop_at(
            CallKind.FIND, placed.order.number, lambda: self._service.find(placed)
        )
        return found

    def preview(self, placed: PlacedOrder) -> Mapping[str, Any]:
        return self._service.preview(placed)

    def notes(self, placed: PlacedOrder) -> Sequence[str]:
        return self._service.notes(placed)

    async def aclose(self) -> None:
        await self._service.aclose()


class _SteppedLedger:
    def __init__(self, ledger: ExportOutcomes, stop_at: StopAt) -> None:
        self._ledger = ledger
        self._stop_at = stop_at

    async def record_exported(self, claim: Claim, *, reference: str, at: datetime) -> bool:
        return await self._record(
            claim, lambda: self._ledger.record_exported(claim, reference=reference, at=at)
        )

    async def record_postponed(self, claim: Claim, postponement: Postponement, *, at: datetime) -> bool:
        return await self._record(claim, lambda: self._ledger.record_postponed(claim, postponement, at=at))

    async def record_parked(self, claim: Claim, *, code: str, reason: str, at: datetime) -> bool:
        return await self._record(
            claim, lambda: self._ledger.record_parked(claim, code=code, reason=reason, at=at)
        )

    async def _record(self, claim: Claim, effect: Callable[[], Awaitable[bool]]) -> bool:
        kept: bool = await self._stop_at(CallKind.RECORD, claim.request.number, effect)
        return kept
