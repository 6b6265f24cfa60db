"""Correcting orders: what is refused, what is told before it is saved, and what the receiver gets."""

from collections.abc import Callable
from typing import Any

import pytest

from iomconnector.errors import ConfigurationError
from iomconnector.model.document_edits import ABSENT, FieldPathError, differences, with_field
from iomconnector.model.exports import ExportState
from iomconnector.model.order_documents import OrderDocumentError
from iomconnector.ports.order_export_service import OrderExportService
from iomconnector.testing.contracts import ExportOffice
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory import (
    ManualClock,
    MemoryOrderExportService,
    MemoryOrderManagement,
    Mood,
)
from iomconnector.testing.samples import CHANNEL, approval_step, sample_order
from iomconnector.usecases.correct_orders import CorrectionError, CorrectOrders
from iomconnector.usecases.export_act_plans import ReasonMissingError
from iomconnector.usecases.export_orders import SUPERSEDED, ExportOrders, RetryPolicy

TWO_PAYMENTS = [{"service_id": "ISH_INVOICE"}, {"service_id": "ISH_GIFT_CARD"}]
CITY = "invoice_address.city"


def setting(path: str, value: Any) -> Callable[[Any], Any]:
    return lambda document: with_field(document, path, value)


class _Stage:
    def __init__(self) -> None:
        self.clock = ManualClock()
        self.shop = ExportOffice.in_memory(self.clock)
        self.management = MemoryOrderManagement()
        self.correct = CorrectOrders(self.shop.queries, self.shop.desk, self.resolve, self.clock)

    async def resolve(self, channel: str) -> OrderExportService:
        return MemoryOrderExportService(self.management)

    async def attempt(self) -> ExportState:
        exports = ExportOrders(self.shop.ledger, self.resolve, self.clock, RetryPolicy(), lambda: 1.0)
        [claim] = await self.shop.claim()
        return (await exports.export(claim)).state

    async def corrected(self, path: str, value: Any) -> None:
        draft = await self.correct.draft(CHANNEL, "1", setting(path, value))
        await self.correct.save(draft, by="olga", reason="The customer called.")


@in_event_loop
async def test_a_refused_order_is_corrected_and_exported_once() -> None:
    stage = _Stage()
    stage.management.refused_numbers.add("1")
    await stage.shop.place("1")
    assert await stage.attempt() is ExportState.PARKED
    draft = await stage.correct.draft(CHANNEL, "1", setting(CITY, "Weimar"))
    assert [(each.path, each.before, each.after) for each in draft.differences] == [(CITY, "Jena", "Weimar")]
    assert (draft.problem, draft.unchecked) == (None, None)
    assert await stage.shop.state("1") is ExportState.PARKED, "a draft changes nothing"
    woken: list[None] = []
    stage.correct.when_due(lambda: woken.append(None))
    saved = await stage.correct.save(draft, by="olga", reason="The customer called.")
    assert (saved.request.state, saved.request.revision) == (ExportState.DUE, 1)
    assert len(woken) == 1
    stage.management.refused_numbers.clear()
    assert await stage.attempt() is ExportState.EXPORTED
    [copy] = stage.management.copies
    assert copy.order.invoice_address.city == "Weimar"


@in_event_loop
async def test_the_version_from_before_the_correction_does_not_count_as_exported() -> None:
    stage = _Stage()
    await stage.shop.place("1")
    stage.management.mood = Mood.LOSING_ANSWERS
    assert await stage.attempt() is ExportState.DUE
    stage.management.mood = Mood.ACCEPTING
    await stage.corrected(CITY, "Weimar")
    assert await stage.attempt() is ExportState.PARKED
    request = (await stage.shop.stored("1")).request
    assert request.reason_code == SUPERSEDED
    assert request.reason is not None
    assert "from before its correction stands at /orders/1" in request.reason
    assert "city: Weimar here, Jena there" in request.reason
    assert len(stage.management.copies) == 1, "nothing was sent beside it"


@in_event_loop
async def test_a_correction_that_is_taken_back_is_the_order_that_was_sent() -> None:
    stage = _Stage()
    await stage.shop.place("1")
    stage.management.mood = Mood.LOSING_ANSWERS
    assert await stage.attempt() is ExportState.DUE
    stage.management.mood = Mood.ACCEPTING
    await stage.corrected(CITY, "Weimar")
    await stage.corrected(CITY, "Jena")
    assert await stage.attempt() is ExportState.EXPORTED
    assert len(stage.management.copies) == 1


@in_event_loop
async def test_an_order_that_is_still_wrong_is_told_before_it_is_saved() -> None:
    stage = _Stage()
    await stage.shop.place("1")
    draft = await stage.correct.draft(CHANNEL, "1", setting("payments", TWO_PAYMENTS))
    assert draft.problem is not None
    assert "2 payments" in draft.problem
    assert stage.management.copies == ()


@in_event_loop
async def test_without_a_service_it_is_said_that_nobody_could_look() -> None:
    stage = _Stage()

    async def nobody(channel: str) -> OrderExportService:
        raise ConfigurationError("No service is operational.")

    correct = CorrectOrders(stage.shop.queries, stage.shop.desk, nobody, stage.clock)
    await stage.shop.place("1")
    draft = await correct.draft(CHANNEL, "1", setting(CITY, "Weimar"))
    assert (draft.problem, draft.unchecked) == (None, "No service is operational.")


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("number", "2", "would change number of order 1"),
        ("channel", "inSPIRED-inTRONICS_Business", "would change channel"),
        ("approval_steps", [{"kind": "user", "approvers": ["otto"]}], "would change approval_steps"),
        (CITY, "Jena", "Nothing of order 1 would be different"),
    ],
)
@in_event_loop
async def test_which_order_it_is_and_who_approves_it_stays(path: str, value: Any, told: str) -> None:
    stage = _Stage()
    await stage.shop.place("1")
    with pytest.raises(CorrectionError, match=told):
        await stage.correct.draft(CHANNEL, "1", setting(path, value))


@in_event_loop
async def test_approval_steps_cannot_be_taken_out() -> None:
    stage = _Stage()
    order = sample_order("1", approval_steps=[approval_step("anna")])
    await stage.shop.orders.place([(order, ExportState.DUE)])
    with pytest.raises(CorrectionError, match="approval_steps"):
        await stage.correct.draft(CHANNEL, "1", setting("approval_steps", ABSENT))


@in_event_loop
async def test_what_is_no_order_is_refused_with_every_wrong_field() -> None:
    stage = _Stage()
    await stage.shop.place("1")
    with pytest.raises(OrderDocumentError, match=r"total"):
        await stage.correct.draft(CHANNEL, "1", setting("total", ABSENT))


@in_event_loop
async def test_a_misspelt_field_of_an_address_is_named_by_its_path_in_the_document() -> None:
    stage = _Stage()
    await stage.shop.place("1")
    with pytest.raises(OrderDocumentError) as refused:
        await stage.correct.draft(CHANNEL, "1", setting("invoice_address.postl_code", "07743"))
    assert str(refused.value) == (
        "invoice_address.postl_code: Extra inputs are not permitted. Correct the fields named."
    )


@in_event_loop
async def test_an_order_that_is_sent_meanwhile_is_not_corrected() -> None:
    stage = _Stage()
    await stage.shop.place("1")
    draft = await stage.correct.draft(CHANNEL, "1", setting(CITY, "Weimar"))
    with pytest.raises(ReasonMissingError):
        await stage.correct.save(draft, by="olga", reason="")
    [claim] = await stage.shop.claim()
    with pytest.raises(CorrectionError, match="is being sent at this moment"):
        await stage.correct.save(draft, by="olga", reason="The customer called.")
    with pytest.raises(CorrectionError, match="is being sent at this moment"):
        await stage.correct.draft(CHANNEL, "1", setting(CITY, "Weimar"))
    await stage.shop.export(claim)
    with pytest.raises(CorrectionError, match="correct it in the order management system"):
        await stage.correct.save(draft, by="olga", reason="The customer called.")
    assert (await stage.shop.stored("1")).placed.order == sample_order("1")


@in_event_loop
async def test_of_two_operators_the_second_is_told() -> None:
    stage = _Stage()
    await stage.shop.place("1")
    first, second = [
        await stage.correct.draft(CHANNEL, "1", setting(CITY, city)) for city in ("Weimar", "Gera")
    ]
    await stage.correct.save(first, by="olga", reason="The customer called.")
    with pytest.raises(CorrectionError, match="by somebody else meanwhile"):
        await stage.correct.save(second, by="otto", reason="The customer wrote.")


DOCUMENT = {"a": {"b": [1, {"c": "x"}]}, "d": None}


@pytest.mark.parametrize(
    ("path", "value", "changed"),
    [
        ("a.b[1].c", "y", {"a": {"b": [1, {"c": "y"}]}, "d": None}),
        ("a.b[2]", 3, {"a": {"b": [1, {"c": "x"}, 3]}, "d": None}),
        ("a.b[0]", ABSENT, {"a": {"b": [{"c": "x"}]}, "d": None}),
        ("e", {}, {"a": {"b": [1, {"c": "x"}]}, "d": None, "e": {}}),
        ("d", ABSENT, {"a": {"b": [1, {"c": "x"}]}}),
    ],
)
def test_one_field_is_changed(path: str, value: Any, changed: Any) -> None:
    found = with_field(DOCUMENT, path, value)
    assert found == changed
    assert [each.path for each in differences(DOCUMENT, found)]
    assert list(differences(found, found)) == []


@pytest.mark.parametrize(
    "path", ["", "a.", ".a", "a..b", "a[x]", "a[-1]", "a.x.y", "a.b[3]", "a.b[2].c", "d.x", "a.b.c", "e[0]"]
)
def test_a_way_that_does_not_exist_is_refused(path: str) -> None:
    with pytest.raises(FieldPathError):
        with_field(DOCUMENT, path, 1)
    if path not in ("a.b[3]",):
        with pytest.raises(FieldPathError):
            with_field(DOCUMENT, path, ABSENT)


def test_differences_say_what_is_new_and_what_is_gone() -> None:
    found = differences({"a": [1], "b": 1}, {"a": [], "c": True})
    assert [(each.path, each.before, each.after) for each in found] == [
        ("a[0]", 1, ABSENT),
        ("b", 1, ABSENT),
        ("c", ABSENT, True),
    ]
    assert [each.path for each in differences({"a": 1}, {"a": True})] == ["a"]
