"""The contract of :class:`~iomconnector.ports.personal_data.PersonalData`."""

import json
from abc import abstractmethod
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from iomconnector.model.erasure import ERASED
from iomconnector.model.export_acts import Correction, ExportAct
from iomconnector.model.exports import ExportState
from iomconnector.model.orders import Order
from iomconnector.ports.audit_trail import AuditTrail
from iomconnector.ports.message_log import MessageLog
from iomconnector.ports.order_repository import PlacementOutcome
from iomconnector.ports.personal_data import HeldOrder, PersonalData
from iomconnector.ports.retention_store import RetentionStore
from iomconnector.testing.contracts.contract import Contract
from iomconnector.testing.contracts.export_office import ExportOffice
from iomconnector.testing.memory.clock import ManualClock
from iomconnector.testing.personal_samples import personal_order
from iomconnector.testing.samples import (
    CHANNEL,
    OTHER_CHANNEL,
    approval,
    approval_step,
    sample_message,
    sample_order,
)

WORD = "Patriciamilleroslo"
OTHER_WORD = "Bertbrownbergen"
SETTLED = (ExportState.EXPORTED, ExportState.REJECTED, ExportState.GIVEN_UP)


@dataclass(frozen=True, slots=True)
class PrivacyStorage:
    """Everything in which personal data stand.

    Arguments:
        office: Orders and their exports.
        message_log: Messages about them.
        personal_data: Finds and erases personal data.
        retention: Removes what is old.
    """

    office: ExportOffice
    message_log: MessageLog
    personal_data: PersonalData
    retention: RetentionStore

    @property
    def audit_trail(self) -> AuditTrail:
        """Who changed what."""
        return self.office.audit_trail

    async def place(self, order: Order, state: ExportState = ExportState.DUE) -> None:
        """Place an order."""
        await self.office.orders.place([(order, state)])

    async def lived(self, number: str, word: str) -> HeldOrder:
        """An order that was approved, refused, corrected and exported, full of a word."""
        step = approval_step(f"approver {word}")
        order = personal_order(number, word, approval_steps=[step])
        await self.place(order, ExportState.WAITING_FOR_APPROVAL)
        key = (await self.office.keys(number))[0]
        decision = approval(by=f"approver {word}", comment=f"for {word}")
        await self.office.orders.decide(key, decision, ExportState.DUE)
        await self.office.park((await self.office.claimed())[number], reason=f"No such person: {word}.")
        await self.message_log.record(_message(number, word, status=400, error=f"refused {word}"))
        corrected = order.model_copy(update={"message_to_merchant": f"corrected by {word}"})
        now = self.office.clock.now()
        await self.office.desk.correct(
            Correction(key, corrected, 0, ("message_to_merchant",), "olga", now, f"{word} called")
        )
        await self.office.export((await self.office.claimed())[number])
        await self.message_log.record(_message(number, word))
        [held] = await self.personal_data.of_order(number)
        return held


def _message(number: str, word: str, **fields: Any) -> Any:
    return sample_message(
        number,
        url=f"https://oms.example.com/orders/{number}?email={word}@example.com",
        request_headers={"X-Customer": word},
        request_body=json.dumps({"name": word}),
        response_headers={"X-Greeting": f"Dear {word}"},
        response_body=f"Thank you, {word}",
        **fields,
    )


class PersonalDataContract(Contract):
    """Promises about personal data."""

    @abstractmethod
    def privacy(self, clock: ManualClock) -> AbstractAsyncContextManager[PrivacyStorage]:
        """The storage to test, with the contexts of :data:`iomconnector.testing.samples.CONTEXTS`."""

    async def test_what_is_stored_where_can_be_shown(self) -> None:
        async with self.privacy(ManualClock()) as scene:
            held = await scene.lived("1", WORD)
            stored = await scene.personal_data.stored(held.order_id)
            for place in ("orders", "approval_decisions", "order_corrections", "export_attempts", "messages"):
                assert WORD in _text(stored[place]), place
            assert WORD in _text(stored["audit_entries"])
            assert stored["orders"]["content"]["customer"]["number"] == WORD

    async def test_the_orders_of_a_customer_are_found(self) -> None:
        async with self.privacy(ManualClock()) as scene:
            await scene.place(personal_order("1", WORD))
            await scene.place(personal_order("2", OTHER_WORD))
            await scene.place(personal_order("3", WORD, channel=OTHER_CHANNEL))
            found = await scene.personal_data.of_customer(WORD)
            assert [(each.channel, each.number) for each in found] == [(CHANNEL, "1"), (OTHER_CHANNEL, "3")]
            assert await scene.personal_data.of_customer("nobody") == []
            assert [each.number for each in await scene.personal_data.of_order("2")] == ["2"]
            assert await scene.personal_data.of_order("2", OTHER_CHANNEL) == []

    async def test_customers_with_long_numbers_are_told_apart(self) -> None:
        begin = "4711-" * 60
        async with self.privacy(ManualClock()) as scene:
            for number, ending in (("1", "a"), ("2", "b")):
                customer = {"type": "private", "number": begin + ending}
                await scene.place(sample_order(number, customer=customer))
            assert [each.number for each in await scene.personal_data.of_customer(f"{begin}b")] == ["2"]

    async def test_after_an_erasure_nothing_personal_is_left(self) -> None:
        clock = ManualClock()
        async with self.privacy(clock) as scene:
            held = await scene.lived("1", WORD)
            found = await scene.personal_data.erase(held.order_id, by="anna", at=clock.now())
            assert found == held
            assert WORD not in _text(await scene.personal_data.stored(held.order_id))
            assert await scene.personal_data.of_customer(WORD) == []

    async def test_what_the_bookkeeping_needs_stays(self) -> None:
        clock = ManualClock()
        async with self.privacy(clock) as scene:
            held = await scene.lived("1", WORD)
            before = (await scene.office.orders.get(CHANNEL, "1")).placed
            clock.advance(timedelta(days=1))
            await scene.personal_data.erase(held.order_id, by="anna", at=clock.now())
            stored = await scene.office.orders.get(CHANNEL, "1")
            erased, order = stored.placed.order, before.order
            assert stored.placed.erased_at == clock.now()
            assert (erased.number, erased.channel, erased.created_at) == (
                order.number,
                order.channel,
                order.created_at,
            )
            assert (erased.subtotal, erased.total) == (order.subtotal, order.total)
            assert [(item.product, item.quantity, item.price) for item in erased.line_items] == [
                (item.product, item.quantity, item.price) for item in order.line_items
            ]
            assert erased.invoice_address.country_code == order.invoice_address.country_code
            [decision] = stored.placed.decisions
            assert (decision.decided_by, decision.decision) == (ERASED, before.decisions[0].decision)
            assert stored.request.state is ExportState.EXPORTED
            sent = await scene.message_log.of_order(CHANNEL, "1")
            assert [each.status for each in sent] == [400, 201]
            assert all(each.url == "https://oms.example.com/orders/1" for each in sent)

    async def test_nobody_else_loses_anything(self) -> None:
        clock = ManualClock()
        async with self.privacy(clock) as scene:
            other = await scene.lived("2", OTHER_WORD)
            namesake = personal_order("1", OTHER_WORD, channel=OTHER_CHANNEL)
            await scene.place(namesake, ExportState.EXPORTED)
            [second] = await scene.personal_data.of_order("1", OTHER_CHANNEL)
            held = await self._first(scene)
            before = [await scene.personal_data.stored(each.order_id) for each in (other, second)]
            await scene.personal_data.erase(held.order_id, by="anna", at=clock.now())
            after = [await scene.personal_data.stored(each.order_id) for each in (other, second)]
            assert after == before

    async def test_an_erasure_is_recorded_without_personal_data(self) -> None:
        clock = ManualClock()
        async with self.privacy(clock) as scene:
            held = await scene.lived("1", WORD)
            await scene.personal_data.erase(held.order_id, by="anna", at=clock.now())
            entry, *_ = await scene.audit_trail.entries(topic="privacy")
            assert (entry.by, entry.action, entry.subject) == ("anna", "privacy.erased", "1")
            assert (entry.context, entry.at, entry.changes) == (CHANNEL, clock.now(), {})

    @pytest.mark.parametrize("state", ExportState)
    async def test_only_settled_orders_are_erased(self, state: ExportState) -> None:
        clock = ManualClock()
        async with self.privacy(clock) as scene:
            await scene.place(personal_order("1", WORD), state)
            [held] = await scene.personal_data.of_order("1")
            assert bool(held.obstacle) is (state not in SETTLED)
            before = await scene.personal_data.stored(held.order_id)
            assert await scene.personal_data.erase(held.order_id, by="anna", at=clock.now()) == held
            after = await scene.personal_data.stored(held.order_id)
            assert (after == before) is bool(held.obstacle)
            assert (WORD in _text(after)) is bool(held.obstacle)

    async def test_an_order_on_its_way_is_not_erased(self) -> None:
        clock = ManualClock()
        async with self.privacy(clock) as scene:
            await scene.place(personal_order("1", WORD))
            await scene.office.postpone((await scene.office.claimed())["1"], timedelta(minutes=1))
            assert await scene.office.act(ExportAct.GIVE_UP, "1", reason="enough") == ["1"]
            [held] = await scene.personal_data.of_order("1")
            assert (held.state, held.unclear) == (ExportState.GIVEN_UP, True)
            await scene.personal_data.erase(held.order_id, by="anna", at=clock.now())
            assert WORD in _text(await scene.personal_data.stored(held.order_id))

    async def test_erasing_again_changes_nothing(self) -> None:
        clock = ManualClock()
        async with self.privacy(clock) as scene:
            held = await scene.lived("1", WORD)
            await scene.personal_data.erase(held.order_id, by="anna", at=clock.now())
            before = await scene.personal_data.stored(held.order_id)
            clock.advance(timedelta(days=1))
            again = await scene.personal_data.erase(held.order_id, by="bert", at=clock.now())
            assert again is not None
            assert again.erased_at is not None
            assert await scene.personal_data.stored(held.order_id) == before
            assert await scene.personal_data.erase(10**9, by="anna", at=clock.now()) is None

    async def test_the_same_order_again_is_recognized(self) -> None:
        clock = ManualClock()
        order = personal_order("1", WORD)
        another = order.model_copy(update={"project": "another"})
        async with self.privacy(clock) as scene:
            await scene.place(order, ExportState.EXPORTED)
            [held] = await scene.personal_data.of_order("1")
            await scene.personal_data.erase(held.order_id, by="anna", at=clock.now())
            for placed, outcome in (
                (order, PlacementOutcome.ALREADY_PLACED),
                (another, PlacementOutcome.CONFLICT),
            ):
                assert list(await scene.office.orders.place([(placed, ExportState.DUE)])) == [outcome]
            assert WORD not in _text(await scene.personal_data.stored(held.order_id))

    async def test_a_corrected_order_again_is_recognized(self) -> None:
        clock = ManualClock()
        async with self.privacy(clock) as scene:
            held = await scene.lived("1", WORD)
            await scene.personal_data.erase(held.order_id, by="anna", at=clock.now())
            order = personal_order("1", WORD, approval_steps=[approval_step(f"approver {WORD}")])
            assert list(await scene.office.orders.place([(order, ExportState.DUE)])) == [
                PlacementOutcome.ALREADY_PLACED
            ]

    async def test_what_was_erased_is_never_sent_again(self) -> None:
        clock = ManualClock()
        async with self.privacy(clock) as scene:
            await scene.place(personal_order("1", WORD), ExportState.EXPORTED)
            await scene.place(personal_order("2", WORD), ExportState.GIVEN_UP)
            for held in await scene.personal_data.of_customer(WORD):
                await scene.personal_data.erase(held.order_id, by="anna", at=clock.now())
            assert await scene.office.act(ExportAct.REPLAY, "1") == []
            assert await scene.office.act(ExportAct.RETRY, "2") == []
            [key] = await scene.office.keys("2")
            correction = Correction(key, sample_order("2"), 0, (), "olga", clock.now(), "why not")
            assert not await scene.office.desk.correct(correction)

    async def test_remnants_are_told_of(self) -> None:
        async with self.privacy(ManualClock()) as scene:
            assert await scene.personal_data.forget_remnants()
            assert await scene.personal_data.rewrite()

    async def _first(self, scene: PrivacyStorage) -> HeldOrder:
        await scene.place(personal_order("1", WORD), ExportState.EXPORTED)
        await scene.message_log.record(_message("1", OTHER_WORD, channel=OTHER_CHANNEL))
        [held] = await scene.personal_data.of_order("1", CHANNEL)
        return held


def _text(stored: Mapping[str, Any] | list[Any]) -> str:
    return json.dumps(stored, default=str)
