"""Comparing the shop with its order management system: who is asked how often, what cannot be compared."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from iomconnector.errors import NotFoundError
from iomconnector.model.exports import ExportState
from iomconnector.model.reconciliation import Disagreement, Period
from iomconnector.ports.order_export_service import OrderExportService
from iomconnector.ports.reconciliation_store import ShopOrder
from iomconnector.services.resolution import ServiceResolutionError
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory import (
    MemoryOrderDirectory,
    MemoryOrderExportService,
    MemoryOrderManagement,
    Mood,
)
from iomconnector.testing.reconciliation_stage import PERIOD, Fate, ReconciliationStage, told
from iomconnector.testing.samples import CHANNEL, NOON, ORGANIZATION, OTHER_CHANNEL, sample_order
from iomconnector.usecases.order_keys import OrderKeys


@in_event_loop
async def test_many_orders_cost_few_questions() -> None:
    stage = ReconciliationStage()
    for number in range(60):
        stage.plant(f"{number:04}", Fate.SETTLED)
    assert await stage.compare() == []
    assert stage.directory.questions == 60 / 3 + 1
    assert stage.comparison.tally.agree == 60


@in_event_loop
async def test_a_difference_tells_where_and_what() -> None:
    stage = ReconciliationStage()
    stage.plant("4711", Fate.DIFFERENT)
    stage.plant("4712", Fate.CONFLICT)
    first, second = sorted(await stage.compare(), key=lambda finding: finding.number)
    assert first.detail == "project: nothing here, another there"
    assert second.detail == "It is parked here. project: nothing here, another there"
    assert first.remedy is second.remedy is None


@in_event_loop
async def test_an_unknown_order_that_another_channel_has_says_so() -> None:
    stage = ReconciliationStage()
    elsewhere = MemoryOrderDirectory(MemoryOrderManagement())
    order = sample_order("4711", channel=OTHER_CHANNEL)
    stage.keep(order, ExportState.EXPORTED)
    elsewhere._there.store(order)
    stage.management.store(sample_order("4711"))

    async def resolve(channel: str) -> OrderExportService:
        return elsewhere if channel == OTHER_CHANNEL else stage.directory

    stage.reconcile._resolve = resolve
    [finding] = await stage.compare()
    assert (finding.number, finding.disagreement) == ("4711", Disagreement.UNKNOWN)
    assert f"{OTHER_CHANNEL} has one of that number, but does not send to" in finding.detail


@in_event_loop
async def test_an_order_of_a_channel_that_was_not_chosen_is_known() -> None:
    stage = ReconciliationStage()
    order = sample_order("4711", channel=OTHER_CHANNEL)
    stage.keep(order, ExportState.EXPORTED)
    stage.management.store(order)
    stage.keep(sample_order("4712", channel=OTHER_CHANNEL), ExportState.EXPORTED)
    assert await stage.compare([CHANNEL]) == []
    assert told(await stage.compare([OTHER_CHANNEL])) == [("4712", Disagreement.MISSING)]
    assert told(await stage.compare()) == [("4712", Disagreement.MISSING)]


@in_event_loop
async def test_only_channels_can_be_chosen() -> None:
    with pytest.raises(NotFoundError, match="is no channel"):
        await ReconciliationStage().reconcile.channels([ORGANIZATION])


@pytest.mark.parametrize("mood", [Mood.DOWN, Mood.FORBIDDING])
@in_event_loop
async def test_a_system_that_does_not_answer_leaves_its_orders_unconfirmed(mood: Mood) -> None:
    stage = ReconciliationStage()
    for number in ("1", "2", "3"):
        stage.plant(number, Fate.SETTLED)
    stage.management.mood = mood
    [finding] = await stage.compare()
    assert (finding.disagreement, finding.orders) == (Disagreement.UNCONFIRMED, 3)
    assert finding.channel == f"{CHANNEL}, {OTHER_CHANNEL}"
    assert "does not answer" in finding.detail


@in_event_loop
async def test_a_system_that_stops_answering_leaves_the_rest_unconfirmed() -> None:
    stage = ReconciliationStage()
    for number in range(9):
        stage.plant(f"{number}", Fate.SETTLED)

    def stop() -> None:
        stage.management.mood = Mood.DOWN

    stage.directory.happenings = [lambda: None, lambda: None, stop]
    [finding] = await stage.compare()
    assert (finding.disagreement, finding.orders) == (Disagreement.UNCONFIRMED, 3)
    assert stage.comparison.tally.agree == 6


@in_event_loop
async def test_a_channel_without_a_service_is_unconfirmed_if_it_has_orders() -> None:
    stage = ReconciliationStage()
    stage.keep(sample_order("1", channel=OTHER_CHANNEL), ExportState.EXPORTED)

    async def resolve(channel: str) -> OrderExportService:
        if channel == OTHER_CHANNEL:
            raise ServiceResolutionError("No OrderExportService is operational.")
        return stage.directory

    stage.reconcile._resolve = resolve
    [finding] = await stage.compare()
    assert (finding.channel, finding.orders) == (OTHER_CHANNEL, 1)
    assert "No OrderExportService is operational." in finding.detail
    assert await stage.compare([CHANNEL]) == []


@in_event_loop
async def test_a_system_that_knows_no_lists_is_asked_for_each_order() -> None:
    stage = ReconciliationStage()
    stage.plant("1", Fate.SETTLED)
    stage.plant("2", Fate.MISSING)
    stage.plant("3", Fate.DIFFERENT)
    stage.plant("4", Fate.PARKED_BUT_THERE)
    stage.plant("5", Fate.NEW)
    service = MemoryOrderExportService(stage.management)

    async def resolve(channel: str) -> OrderExportService:
        return service

    stage.reconcile._resolve = resolve
    assert told(await stage.compare()) == [
        ("2", Disagreement.MISSING),
        ("3", Disagreement.DIFFERENT),
        ("4", Disagreement.UNRECORDED),
    ]
    stage.management.mood = Mood.DOWN
    findings = await stage.compare()
    assert {finding.disagreement for finding in findings} == {Disagreement.UNCONFIRMED}
    assert len(findings) == 4


@in_event_loop
async def test_an_order_that_cannot_be_mapped_is_unconfirmed() -> None:
    stage = ReconciliationStage()
    two = [{"service_id": "ISH_INVOICE"}, {"service_id": "ISH_INVOICE"}]
    order = sample_order("4711", payments=two)
    stage.keep(order, ExportState.EXPORTED)
    stage.management.store(order)
    [finding] = await stage.compare()
    assert (finding.disagreement, finding.number) == (Disagreement.UNCONFIRMED, "4711")
    assert "2 payments" in finding.detail


@in_event_loop
async def test_an_order_that_cannot_be_read_is_unconfirmed() -> None:
    stage = ReconciliationStage()
    stage.plant("1", Fate.SETTLED)
    stage.plant("2", Fate.MISSING)
    original = stage.store.of_numbers

    async def of_numbers(numbers: Sequence[str]) -> Sequence[ShopOrder]:
        return [replace(order, stored=None, problem="It is damaged.") for order in await original(numbers)]

    stage.store.of_numbers = of_numbers  # type: ignore[method-assign]
    findings = await stage.compare()
    assert told(findings) == [("1", Disagreement.UNCONFIRMED), ("2", Disagreement.UNCONFIRMED)]
    assert {finding.detail for finding in findings} == {"It is damaged."}


@in_event_loop
async def test_an_erased_order_that_is_missing_cannot_be_mended() -> None:
    stage = ReconciliationStage()
    stage.plant("1", Fate.MISSING)
    [row] = stage.shop
    row.erased_at = NOON
    [finding] = await stage.compare()
    assert (finding.disagreement, finding.remedy) == (Disagreement.MISSING, None)
    assert "erased" in finding.detail
    mend = stage.reconcile.mend
    pretended = replace(finding, erased=False)
    assert await mend([pretended], compared_at=stage.clock.now(), by="anna") == 0


@in_event_loop
async def test_what_changed_after_the_comparison_is_left_alone() -> None:
    stage = ReconciliationStage()
    stage.plant("1", Fate.MISSING)
    compared_at = stage.clock.now()
    findings = await stage.compare()
    [row] = stage.shop
    row.request = replace(row.request, updated_at=compared_at + timedelta(seconds=1))
    assert await stage.reconcile.mend(findings, compared_at=compared_at, by="anna") == 0
    row.request = replace(row.request, updated_at=compared_at)
    assert await stage.reconcile.mend(findings, compared_at=compared_at, by="anna") == 1
    [entry] = await stage.audit_trail.entries()
    assert (entry.by, entry.action, entry.subject) == ("anna", "order.replayed", "1")


def test_a_period_has_its_first_moment_and_not_its_last() -> None:
    assert PERIOD.start in PERIOD
    assert PERIOD.end not in PERIOD
    assert PERIOD.start - timedelta(microseconds=1) not in Period(PERIOD.start, PERIOD.end)


def test_keys_are_kept_a_bit_each() -> None:
    keys = OrderKeys()
    for key in (1, 4095, 4096, 10**12):
        assert key not in keys
        assert keys.add(key)
        assert key in keys
        assert not keys.add(key)
    assert 2 not in keys
