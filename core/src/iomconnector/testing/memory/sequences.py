"""Sequences of order numbers in memory, and which order got which number."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from threading import Lock
from typing import TypeVar

from iomconnector.errors import NotFoundError
from iomconnector.model.contexts import ContextKind
from iomconnector.model.order_number_sequences import SequenceState
from iomconnector.model.values import OrderNumber
from iomconnector.ports.number_assignments import Assignment
from iomconnector.ports.sequence_store import SequenceChange, UsedNumber
from iomconnector.testing.memory.audit_trail import MemoryAuditTrail
from iomconnector.testing.memory.contexts import MemoryContextRepository
from iomconnector.testing.memory.order_rows import MemoryShop

T = TypeVar("T")


class MemorySequenceStore:
    """Implements :class:`~iomconnector.ports.sequence_store.SequenceStore`; threads may share it.

    Arguments:
        contexts: The organizations that there are.
        audit_trail: Where changes by people are told.
    """

    def __init__(self, contexts: MemoryContextRepository, audit_trail: MemoryAuditTrail) -> None:
        self._contexts = contexts
        self._audit_trail = audit_trail
        self._states: dict[str, SequenceState] = {}
        self._lock = Lock()

    async def get(self, organization: str) -> SequenceState:
        """Where a sequence stands."""
        await self._require(organization)
        return self._states.get(organization, SequenceState(organization))

    async def update(self, organization: str, change: Callable[[SequenceState], SequenceChange[T]]) -> T:
        """Read a sequence, change it and store it."""
        await self._require(organization)
        with self._lock:
            made = change(self._states.get(organization, SequenceState(organization)))
            self._states[organization] = made.state
            self._audit_trail.append(*made.entries)
            return made.result

    async def _require(self, organization: str) -> None:
        kinds = {context.id: context.kind for context in await self._contexts.all()}
        if kinds.get(organization) is not ContextKind.ORGANIZATION:
            raise NotFoundError(f"There is no organization {organization!r}.", context=organization)


class MemoryUsedNumbers:
    """Implements :class:`~iomconnector.ports.sequence_store.UsedNumbers`."""

    def __init__(self, shop: MemoryShop) -> None:
        self._shop = shop

    async def page(
        self, channels: Sequence[str], *, after: int = 0, limit: int = 10_000
    ) -> Sequence[UsedNumber]:
        """Numbers of orders by ascending key."""
        found = [
            UsedNumber(row.request.order_id, row.order.channel, row.order.number)
            for row in self._shop
            if row.order.channel in channels and row.request.order_id > after
        ]
        return found[:limit]

    async def among(self, channels: Sequence[str], numbers: Sequence[str]) -> frozenset[str]:
        """Those of the numbers that an order of these channels has."""
        return frozenset(
            row.order.number
            for row in self._shop
            if row.order.channel in channels and row.order.number in numbers
        )


class MemoryNumberAssignments:
    """Implements :class:`~iomconnector.ports.number_assignments.NumberAssignments`."""

    def __init__(self) -> None:
        self._assigned: dict[tuple[str, str], Assignment] = {}

    async def find(self, keys: Sequence[tuple[str, str]]) -> Sequence[Assignment | None]:
        """What was assigned to each channel and idempotency key."""
        return [self._assigned.get(key) for key in keys]

    async def assign(self, assignments: Sequence[Assignment]) -> Sequence[Assignment]:
        """Assign numbers, where none was assigned before."""
        return [self._assigned.setdefault((each.channel, each.idempotency_key), each) for each in assignments]

    async def replace(self, taken: Assignment, number: OrderNumber) -> Assignment:
        """Give an order another number."""
        key = (taken.channel, taken.idempotency_key)
        if self._assigned[key].number == taken.number:
            self._assigned[key] = replace(self._assigned[key], number=number)
        return self._assigned[key]
