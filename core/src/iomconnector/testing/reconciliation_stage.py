"""A shop and an order management system in memory, with planted disagreements."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum

from iomconnector.model.exports import ExportRequest, ExportState
from iomconnector.model.order_documents import digest_of
from iomconnector.model.orders import Order
from iomconnector.model.reconciliation import Disagreement, Finding, Period
from iomconnector.ports.order_export_service import OrderExportService
from iomconnector.testing.memory import (
    ManualClock,
    MemoryAuditTrail,
    MemoryContextRepository,
    MemoryOrderDirectory,
    MemoryOrderManagement,
    MemoryReconciliationStore,
    MemoryShop,
)
from iomconnector.testing.memory.export_desk import MemoryExportDesk
from iomconnector.testing.memory.order_rows import OrderRow
from iomconnector.testing.samples import CHANNEL, CONTEXTS, NOON, sample_order
from iomconnector.usecases.reconcile import Comparison, Reconcile

PERIOD = Period(NOON, NOON + timedelta(hours=1))
LONG_AGO = NOON - timedelta(days=400)


class Fate(Enum):
    """What is planted: what happened, the state here, whether it is there, and what a comparison must say."""

    SETTLED = "exported", ExportState.EXPORTED, True, None
    NEW = "never tried", ExportState.DUE, False, None
    FAILED_BEFORE = "tried in vain", ExportState.DUE, False, None
    NOT_SENT = "refused", ExportState.PARKED, False, None
    REJECTED = "not approved", ExportState.REJECTED, False, None
    UNDER_WAY = "being recorded", ExportState.SENDING, True, None
    FOUND_BY_NUMBER = "created long ago", ExportState.EXPORTED, True, None
    MISSING = "lost there", ExportState.EXPORTED, False, Disagreement.MISSING
    DIFFERENT = "changed there", ExportState.EXPORTED, True, Disagreement.DIFFERENT
    CONFLICT = "parked because of another order", ExportState.PARKED, True, Disagreement.DIFFERENT
    DUE_BUT_THERE = "the answer was lost", ExportState.DUE, True, Disagreement.UNRECORDED
    PARKED_BUT_THERE = "parked in error", ExportState.PARKED, True, Disagreement.UNRECORDED
    GIVEN_UP_BUT_THERE = "given up in error", ExportState.GIVEN_UP, True, Disagreement.UNRECORDED
    DEAD_WORKER = "died before it was recorded", ExportState.SENDING, True, Disagreement.UNRECORDED
    DUPLICATE = "stored twice", ExportState.EXPORTED, True, Disagreement.DUPLICATE
    UNKNOWN = "of somebody else", None, True, Disagreement.UNKNOWN
    UNKNOWN_BEFORE = "of somebody else, before the period", None, True, None
    MISSING_BEFORE = "lost there, before the period", ExportState.EXPORTED, False, None

    def __init__(
        self, what: str, state: ExportState | None, there: bool, expected: Disagreement | None
    ) -> None:
        self.what = what
        self.state = state
        self.there = there
        self.expected = expected


DIFFERENT_THERE = (Fate.DIFFERENT, Fate.CONFLICT)
BEFORE_THE_PERIOD = (Fate.UNKNOWN_BEFORE, Fate.MISSING_BEFORE)
NEVER_TRIED = (Fate.NEW, Fate.REJECTED)


class BusyDirectory(MemoryOrderDirectory):
    """Lets something happen whenever it is asked.

    Arguments:
        management: Where orders are.
    """

    def __init__(self, management: MemoryOrderManagement) -> None:
        super().__init__(management)
        self.happenings: list[Callable[[], object]] = []

    async def _answer(self) -> None:
        if self.happenings:
            self.happenings.pop(0)()
        await super()._answer()


class ReconciliationStage:
    """One shop whose channels send to one order management system."""

    def __init__(self) -> None:
        self.clock = ManualClock(PERIOD.end)
        self.contexts = MemoryContextRepository(CONTEXTS)
        self.shop = MemoryShop(self.contexts)
        self.management = MemoryOrderManagement(unique_numbers=False)
        self.directory = BusyDirectory(self.management)
        self.audit_trail = MemoryAuditTrail()
        self.store = MemoryReconciliationStore(self.shop)
        desk = MemoryExportDesk(self.shop, self.audit_trail)
        self.reconcile = Reconcile(self.store, self.contexts, self.resolve, desk, self.clock)

    async def resolve(self, channel: str) -> OrderExportService:
        """The export service of every channel."""
        return self.directory

    def plant(self, number: str, fate: Fate) -> None:
        """Plant an order."""
        created = LONG_AGO if fate is Fate.FOUND_BY_NUMBER or fate in BEFORE_THE_PERIOD else NOON
        order = sample_order(number, created_at=created)
        if fate.state is not None:
            placed_at = LONG_AGO if fate in BEFORE_THE_PERIOD else NOON
            self.keep(order, fate.state, placed_at=placed_at, fate=fate)
        if fate.there:
            there = order.model_copy(update={"project": "another"}) if fate in DIFFERENT_THERE else order
            for _ in range(2 if fate is Fate.DUPLICATE else 1):
                self.management.store(there)

    def keep(
        self, order: Order, state: ExportState, *, placed_at: datetime = NOON, fate: Fate | None = None
    ) -> OrderRow:
        """Put an order into the shop, with its export in a state."""
        request = ExportRequest(
            order_id=self.shop.next_id(),
            channel=order.channel,
            number=order.number,
            state=state,
            attempts=0 if fate in NEVER_TRIED else 1,
            unclear=False,
            due_at=placed_at,
            lease_until=self._lease(state, fate),
            reference=None,
            reason_code=None,
            reason=None,
            requested_at=placed_at,
            updated_at=placed_at,
            exported_at=placed_at if state is ExportState.EXPORTED else None,
        )
        row = OrderRow(order, digest_of(order), placed_at, request)
        self.shop.add(row)
        return row

    def arrives(self, number: str) -> None:
        """An order is placed, sent and recorded."""
        order = sample_order(number)
        self.keep(order, ExportState.EXPORTED)
        self.management.store(order)

    def is_exported(self, number: str) -> None:
        """An order that was due is sent and recorded."""
        row = self.shop.find(CHANNEL, number)
        assert row is not None
        self.management.store(row.order)
        row.request = replace(row.request, state=ExportState.EXPORTED, exported_at=self.clock.now())

    async def compare(self, channels: Iterable[str] = ()) -> list[Finding]:
        """Every disagreement about the period."""
        chosen = await self.reconcile.channels(list(channels))
        self.comparison = Comparison(PERIOD)
        return [finding async for finding in self.reconcile.compare(chosen, self.comparison)]

    def _lease(self, state: ExportState, fate: Fate | None) -> datetime | None:
        if state is not ExportState.SENDING:
            return None
        return self.clock.now() + timedelta(minutes=-1 if fate is Fate.DEAD_WORKER else 1)


def told(findings: Iterable[Finding]) -> list[tuple[str, Disagreement]]:
    """What findings say of which orders, in an order of their own."""
    return sorted((finding.number, finding.disagreement) for finding in findings)


def expected(planted: Iterable[tuple[str, Fate]]) -> list[tuple[str, Disagreement]]:
    """What must be said of planted orders."""
    return sorted((number, fate.expected) for number, fate in planted if fate.expected is not None)
