"""One attempt to export an order: what each outcome makes of the ledger."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from iomconnector.errors import ConfigurationError, StorageError
from iomconnector.model.exports import ExportState, PlacedOrder
from iomconnector.ports.export_ledger import Claim
from iomconnector.ports.order_export_service import (
    OrderExportService,
    OrderRefusedError,
    Receipt,
)
from iomconnector.testing.contracts import OrderStorage
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.export_fates import (
    CONFLICTING,
    NOT_EXPORTABLE,
    PLAIN,
    REFUSED_BY_RECEIVER,
    UNAPPROVED,
    Fate,
    prepare_far_side,
)
from iomconnector.testing.memory import (
    ManualClock,
    MemoryContextRepository,
    MemoryExportLedger,
    MemoryOrderExportService,
    MemoryOrderManagement,
    MemoryShop,
    Mood,
)
from iomconnector.testing.moody_service import MoodyExportService
from iomconnector.usecases.export_orders import EXHAUSTED, ExportOrders, ExportResult, RetryPolicy


@dataclass
class Shop:
    """One order and its export."""

    clock: ManualClock = field(default_factory=ManualClock)
    management: MemoryOrderManagement = field(default_factory=MemoryOrderManagement)
    moods: list[Mood] = field(default_factory=list)
    policy: RetryPolicy = field(default_factory=RetryPolicy)

    def __post_init__(self) -> None:
        self.storage = OrderStorage.in_memory(self.clock)
        self.calls: list[str] = []
        self.service: OrderExportService = MoodyExportService(self.management, self.moods, self.calls)

    async def resolve(self, channel: str) -> OrderExportService:
        """The service."""
        return self.service

    async def place(self, fate: Fate = PLAIN) -> None:
        """Place the order."""
        await prepare_far_side(self.management, "4711", fate)
        await self.storage.orders.place([(fate.order("4711"), fate.first_state)])

    async def attempt(self, resolve: Any = None) -> ExportResult:
        """Claim and export the order; what is left of the lease is over afterwards."""
        due_at = await self.storage.next_moment()
        assert due_at is not None
        self.clock.advance_to(due_at)
        [claim] = await self.storage.claim()
        exports = ExportOrders(
            self.storage.ledger, resolve or self.resolve, self.clock, self.policy, lambda: 1.0
        )
        return await exports.export(claim)

    async def facts(self) -> tuple[str, str | None, bool]:
        """State, reason code, and whether the outcome is unclear."""
        request = (await self.storage.stored("4711")).request
        return request.state.value, request.reason_code, request.unclear


@in_event_loop
async def test_an_order_is_sent_once_without_asking_first() -> None:
    shop = Shop()
    await shop.place()
    result = await shop.attempt()
    assert (result.state, result.reason, result.lost_lease) == (ExportState.EXPORTED, "", False)
    assert shop.calls == ["submit"]
    request = (await shop.storage.stored("4711")).request
    assert request.reference == shop.management.copies[0].reference
    assert request.exported_at == shop.clock.now()


@pytest.mark.parametrize(
    ("fate", "calls"),
    [
        (CONFLICTING, ["submit", "find"]),
        (REFUSED_BY_RECEIVER, ["submit", "find"]),
        (NOT_EXPORTABLE, ["submit"]),
        (UNAPPROVED, []),
    ],
)
@in_event_loop
async def test_what_can_never_be_exported_is_parked_at_once_with_its_reason(
    fate: Fate, calls: list[str]
) -> None:
    shop = Shop()
    await shop.place(fate)
    result = await shop.attempt()
    assert result.state is ExportState.PARKED
    assert "4711" in result.reason
    assert await shop.facts() == ("parked", fate.code, False)
    assert shop.calls == calls
    assert len(shop.management.copies) == fate.copies


@in_event_loop
async def test_an_order_without_its_personal_data_is_never_sent() -> None:
    shop = Shop()
    await shop.place()
    [claim] = await shop.storage.claim()
    erased = replace(claim, placed=replace(claim.placed, erased_at=shop.clock.now()))
    exports = ExportOrders(shop.storage.ledger, shop.resolve, shop.clock, shop.policy)
    result = await exports.export(erased)
    assert (result.state, shop.calls) == (ExportState.PARKED, [])
    assert await shop.facts() == ("parked", "export.erased", False)


@in_event_loop
async def test_a_conflict_names_what_differs() -> None:
    shop = Shop()
    await shop.place(CONFLICTING)
    assert "stands at /orders/1. It differs: project: nothing here, another there." in (
        (await shop.attempt()).reason
    )


@pytest.mark.parametrize(
    ("moods", "calls", "facts"),
    [
        ([Mood.LOSING_ANSWERS, Mood.ACCEPTING], ["submit", "find"], ("exported", None, False)),
        ([Mood.GARBLING, Mood.ACCEPTING], ["submit", "find"], ("exported", None, False)),
        ([Mood.LOSING_ANSWERS], ["submit", "find"], ("due", "export.outcome_unclear", True)),
        ([Mood.IGNORING, Mood.ACCEPTING], ["submit", "find"], ("due", "export.outcome_unclear", True)),
        ([Mood.FAILING], ["submit", "find"], ("due", "export.outcome_unclear", True)),
        ([Mood.DOWN], ["submit"], ("due", "export.unavailable", False)),
        ([Mood.THROTTLING], ["submit"], ("due", "export.unavailable", False)),
        ([Mood.FORBIDDING], ["submit"], ("due", "export.unavailable", False)),
        ([Mood.REFUSING, Mood.DOWN], ["submit", "find"], ("due", "export.unavailable", True)),
    ],
)
@in_event_loop
async def test_what_may_pass_is_tried_again_and_asks_first_where_the_outcome_is_unclear(
    moods: list[Mood], calls: list[str], facts: tuple[str, str | None, bool]
) -> None:
    shop = Shop(moods=list(moods))
    await shop.place()
    await shop.attempt()
    assert shop.calls == calls
    assert await shop.facts() == facts
    if facts[0] == "due":
        await shop.management.accept()
        await shop.attempt()
        assert shop.calls[len(calls)] == ("find" if facts[2] else "submit")
        assert (await shop.facts())[0] == "exported"
    assert len(shop.management.copies) == 1


@in_event_loop
async def test_an_unclear_outcome_stays_unclear_while_nobody_can_be_asked() -> None:
    shop = Shop(moods=[Mood.LOSING_ANSWERS, Mood.DOWN])
    await shop.place()
    for _ in range(3):
        await shop.attempt()
        assert (await shop.facts())[2]
    assert shop.calls == ["submit", "find", "find", "find"]


@in_event_loop
async def test_a_receiver_that_asks_to_wait_is_obeyed() -> None:
    shop = Shop(moods=[Mood.THROTTLING])
    shop.management.throttled_for = 3600
    await shop.place()
    await shop.attempt()
    assert await shop.storage.next_moment() == shop.clock.now() + timedelta(hours=1)


@in_event_loop
async def test_an_order_that_fails_again_and_again_where_others_do_not_is_parked() -> None:
    sent, asked = Mood.FAILING, Mood.ACCEPTING
    shop = Shop(
        moods=[sent, asked, asked, sent, asked, asked, sent, asked], policy=RetryPolicy(max_attempts=3)
    )
    await shop.place()
    results = [await shop.attempt() for _ in range(3)]
    assert [result.state for result in results] == [ExportState.DUE, ExportState.DUE, ExportState.PARKED]
    assert results[-1].reason.startswith("Failed 3 times: ")
    assert await shop.facts() == ("parked", EXHAUSTED, True)


@in_event_loop
@pytest.mark.parametrize("mood", [Mood.DOWN, Mood.THROTTLING, Mood.FAILING, Mood.IGNORING, Mood.GARBLING])
async def test_an_outage_parks_no_order_however_long_it_lasts(mood: Mood) -> None:
    shop = Shop(moods=[mood], policy=RetryPolicy(max_attempts=1))
    await shop.place()
    results = [await shop.attempt() for _ in range(40)]
    assert {result.state for result in results} == {ExportState.DUE}
    shop.moods[:] = [Mood.ACCEPTING]
    assert (await shop.attempt()).state is ExportState.EXPORTED


@in_event_loop
async def test_what_concerns_the_whole_service_parks_no_order() -> None:
    shop = Shop(moods=[Mood.FORBIDDING], policy=RetryPolicy(max_attempts=3))
    await shop.place()
    results = [await shop.attempt() for _ in range(10)]
    assert all(result.whole_service and result.state is ExportState.DUE for result in results)


@in_event_loop
async def test_a_channel_without_service_makes_its_orders_wait_and_says_why() -> None:
    async def unresolved(channel: str) -> OrderExportService:
        raise ConfigurationError(f"No adapter is operational in context {channel}.")

    shop = Shop(policy=RetryPolicy(max_attempts=1))
    await shop.place()
    result = await shop.attempt(unresolved)
    assert (result.state, result.whole_service) == (ExportState.DUE, True)
    request = (await shop.storage.stored("4711")).request
    assert request.reason == "No adapter is operational in context inSPIRED-inTRONICS."
    assert not request.unclear


@pytest.mark.parametrize(("in_submit", "unclear"), [(False, False), (True, True)])
@in_event_loop
async def test_a_mistake_in_an_adapter_concerns_its_order_only(in_submit: bool, unclear: bool) -> None:
    class BrokenService(MemoryOrderExportService):
        async def submit(self, placed: PlacedOrder) -> Receipt:
            raise KeyError("typing error")

    async def resolve(channel: str) -> OrderExportService:
        if in_submit:
            return BrokenService(shop.management)
        raise KeyError("typing error")

    shop = Shop()
    await shop.place()
    with capture_logs() as logs:
        result = await shop.attempt(resolve)
    assert result.state is ExportState.DUE
    assert "KeyError: 'typing error'" in result.reason
    assert await shop.facts() == ("due", "export.failed", unclear)
    assert [entry["order"] for entry in logs] == ["4711"]


@in_event_loop
async def test_who_lost_the_lease_says_so_and_changes_nothing() -> None:
    shop = Shop()
    await shop.place()
    [slow] = await shop.storage.claim()
    shop.clock.advance(timedelta(hours=1))
    await shop.attempt()
    before = await shop.storage.stored("4711")
    exports = ExportOrders(shop.storage.ledger, shop.resolve, shop.clock, shop.policy)
    result = await exports.export(slow)
    assert (result.state, result.lost_lease) == (ExportState.EXPORTED, True)
    assert await shop.storage.stored("4711") == before
    assert len(shop.management.copies) == 1


@in_event_loop
async def test_an_outcome_that_cannot_be_written_is_found_out_later() -> None:
    class BrokenLedger(MemoryExportLedger):
        async def record_exported(self, claim: Claim, *, reference: str, at: Any) -> bool:
            raise StorageError("The disk is full.")

        async def record_postponed(self, claim: Claim, postponement: Any, *, at: Any) -> bool:
            raise AssertionError("What the ledger cannot write is no failure of the export.")

    shop = Shop()
    await shop.place()
    [claim] = await shop.storage.claim()
    ledger = BrokenLedger(MemoryShop(MemoryContextRepository()))
    exports = ExportOrders(ledger, shop.resolve, shop.clock, shop.policy)
    with pytest.raises(StorageError, match="The disk is full"):
        await exports.export(claim)
    assert await shop.facts() == ("sending", None, False)
    result = await shop.attempt()
    assert result.reason == "It was there already, and it is the same order."
    assert shop.calls == ["submit", "find"]


@in_event_loop
async def test_a_refusal_without_code_has_one_of_ours() -> None:
    class TerseService(MemoryOrderExportService):
        async def submit(self, placed: PlacedOrder) -> Receipt:
            raise OrderRefusedError(f"Order {placed.order.number} was refused.")

    shop = Shop()
    shop.service = TerseService(shop.management)
    await shop.place()
    await shop.attempt()
    assert await shop.facts() == ("parked", "export.order.refused", False)
