"""The contract of :class:`~iomconnector.ports.order_export_service.OrderExportService`."""

import asyncio
import json
from abc import abstractmethod
from collections import Counter
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import replace
from typing import Any

import pytest

from iomconnector.model.exports import PlacedOrder
from iomconnector.ports.order_export_service import (
    ExportUnavailableError,
    OrderExportError,
    OrderNotExportableError,
    OrderRefusedError,
    OutcomeUnclearError,
    Receipt,
)
from iomconnector.testing.contracts.contract import Contract
from iomconnector.testing.contracts.far_side import ExportScene
from iomconnector.testing.samples import placed_order, sample_order


class OrderExportServiceContract(Contract):
    """Promises of an adapter that hands orders to an order management system."""

    @abstractmethod
    def scene(self) -> AbstractAsyncContextManager[ExportScene]:
        """The adapter to test and what is behind it, without orders and accepting them."""

    @abstractmethod
    def unexportable(self) -> PlacedOrder:
        """An order that breaks a rule of the receiver which the adapter knows."""

    def placed(self, number: str = "20260001", **fields: Any) -> PlacedOrder:
        """An order that the receiver takes; override it where it cannot take sample orders.

        Arguments:
            number: The order's number.
            fields: Fields of the order to replace.
        """
        return placed_order(sample_order(number, **fields))

    def changed(self, number: str = "20260001") -> PlacedOrder:
        """An order of that number that is not the one of :meth:`placed`."""
        total = {
            "net": {"amount": {"amount": "10", "currency": "EUR"}},
            "gross": {"amount": {"amount": "11.90", "currency": "EUR"}},
            "taxes": [{"tax_class": "FullTax", "amount": {"amount": "1.90", "currency": "EUR"}}],
        }
        return self.placed(number, total=total)

    async def test_a_submitted_order_stands_there_once_and_is_found(self) -> None:
        placed = self.placed()
        async with self.scene() as scene:
            assert await scene.service.find(placed) is None
            receipt = await scene.service.submit(placed)
            assert receipt.reference
            assert list(await scene.far_side.numbers()) == ["20260001"]
            found = await scene.service.find(placed)
            assert found is not None
            assert (found.reference, found.differences) == (receipt.reference, ())

    async def test_another_order_of_that_number_is_found_with_its_differences(self) -> None:
        async with self.scene() as scene:
            await scene.far_side.plant(self.changed())
            found = await scene.service.find(self.placed())
            assert found is not None
            assert found.differences
            assert all(each.path and each.ours != each.theirs for each in found.differences)

    @pytest.mark.parametrize("mood", ["accept", "lose_answers"])
    async def test_what_was_sent_before_a_correction_is_not_the_corrected_order(self, mood: str) -> None:
        corrected = replace(self.changed(), revision=1)
        async with self.scene() as scene:
            await getattr(scene.far_side, mood)()
            with suppress(OutcomeUnclearError):
                await scene.service.submit(self.placed())
            await scene.far_side.accept()
            found = await scene.service.find(corrected)
            assert found is not None
            assert found.differences
            again = await scene.service.find(replace(self.placed(), revision=2))
            assert again is not None
            assert not again.differences, "the second correction took the first one back"

    async def test_a_corrected_order_that_stands_there_is_found(self) -> None:
        corrected = replace(self.changed(), revision=1)
        async with self.scene() as scene:
            await scene.far_side.lose_answers()
            with pytest.raises(OutcomeUnclearError):
                await scene.service.submit(corrected)
            await scene.far_side.accept()
            found = await scene.service.find(corrected)
            assert found is not None
            assert (found.differences, found.superseded) == ((), False)

    async def test_an_order_of_another_number_is_not_found(self) -> None:
        async with self.scene() as scene:
            await scene.service.submit(self.placed("20260001"))
            for number in ("2026000", "202600011", "20260002"):
                assert await scene.service.find(self.placed(number)) is None

    async def test_a_second_order_of_a_number_is_refused(self) -> None:
        async with self.scene() as scene:
            await scene.service.submit(self.placed())
            for placed in (self.placed(), self.changed()):
                with pytest.raises(OrderRefusedError):
                    await scene.service.submit(placed)
            assert list(await scene.far_side.numbers()) == ["20260001"]
            found = await scene.service.find(self.placed())
            assert found is not None
            assert not found.differences

    async def test_of_many_that_submit_one_order_at_once_one_gets_a_receipt(self) -> None:
        placed = self.placed()
        async with self.scene() as scene:
            outcomes = await asyncio.gather(
                *(scene.service.submit(placed) for _ in range(8)), return_exceptions=True
            )
            assert Counter(map(type, outcomes)) == {Receipt: 1, OrderRefusedError: 7}, outcomes
            assert list(await scene.far_side.numbers()) == ["20260001"]

    async def test_many_orders_can_be_submitted_at_once(self) -> None:
        numbers = [f"2026{number:04}" for number in range(20)]
        async with self.scene() as scene:
            await asyncio.gather(*(scene.service.submit(self.placed(number)) for number in numbers))
            assert sorted(await scene.far_side.numbers()) == numbers

    async def test_a_refused_order_comes_with_the_code_of_the_receiver(self) -> None:
        placed = self.placed()
        async with self.scene() as scene:
            code = await scene.far_side.refuse()
            with pytest.raises(OrderRefusedError) as refused:
                await scene.service.submit(placed)
            assert refused.value.their_code == code
            _assert_names_order(refused.value)
            assert await scene.service.find(placed) is None

    async def test_a_lost_answer_is_unclear_and_found_out_by_asking(self) -> None:
        placed = self.placed()
        async with self.scene() as scene:
            await scene.far_side.lose_answers()
            with pytest.raises(OutcomeUnclearError) as unclear:
                await scene.service.submit(placed)
            _assert_names_order(unclear.value)
            with pytest.raises(ExportUnavailableError):
                await scene.service.find(placed)
            await scene.far_side.accept()
            found = await scene.service.find(placed)
            assert found is not None
            assert not found.differences
            assert list(await scene.far_side.numbers()) == ["20260001"]

    async def test_an_answer_that_cannot_be_read_is_unclear(self) -> None:
        placed = self.placed()
        async with self.scene() as scene:
            await scene.far_side.garble()
            with pytest.raises(OutcomeUnclearError):
                await scene.service.submit(placed)
            with pytest.raises(ExportUnavailableError):
                await scene.service.find(placed)
            assert list(await scene.far_side.numbers()) == ["20260001"]

    @pytest.mark.parametrize("mood", ["ignore", "fail"])
    async def test_without_a_clear_no_the_outcome_is_unclear(self, mood: str) -> None:
        placed = self.placed()
        async with self.scene() as scene:
            await getattr(scene.far_side, mood)()
            with pytest.raises(OutcomeUnclearError):
                await scene.service.submit(placed)
            with pytest.raises(ExportUnavailableError):
                await scene.service.find(placed)
            await scene.far_side.accept()
            assert await scene.service.find(placed) is None
            await scene.service.submit(placed)
            assert list(await scene.far_side.numbers()) == ["20260001"]

    async def test_where_nobody_listens_nothing_was_stored(self) -> None:
        placed = self.placed()
        async with self.scene() as scene:
            await scene.far_side.go_down()
            for call in (scene.service.submit, scene.service.find):
                with pytest.raises(ExportUnavailableError) as unavailable:
                    await call(placed)
                _assert_names_order(unavailable.value)
            await scene.far_side.accept()
            assert await scene.service.find(placed) is None
            await scene.service.submit(placed)

    async def test_a_throttling_receiver_is_obeyed(self) -> None:
        placed = self.placed()
        async with self.scene() as scene:
            await scene.far_side.throttle(7)
            for call in (scene.service.submit, scene.service.find):
                with pytest.raises(ExportUnavailableError) as unavailable:
                    await call(placed)
                assert unavailable.value.retry_after == 7
            assert list(await scene.far_side.numbers()) == []

    async def test_missing_rights_concern_the_whole_service(self) -> None:
        placed = self.placed()
        async with self.scene() as scene:
            await scene.far_side.forbid()
            for call in (scene.service.submit, scene.service.find):
                with pytest.raises(ExportUnavailableError) as unavailable:
                    await call(placed)
                assert unavailable.value.whole_service
            assert list(await scene.far_side.numbers()) == []

    async def test_an_order_that_breaks_a_rule_is_not_sent(self) -> None:
        placed = self.unexportable()
        async with self.scene() as scene:
            with pytest.raises(OrderNotExportableError, match=placed.order.number):
                await scene.service.submit(placed)
            with pytest.raises(OrderNotExportableError, match=placed.order.number):
                scene.service.preview(placed)
            assert list(await scene.far_side.numbers()) == []

    async def test_a_preview_sends_nothing_and_can_be_written_as_json(self) -> None:
        async with self.scene() as scene:
            preview = scene.service.preview(self.placed())
            assert "20260001" in json.dumps(preview, default=str)
            assert scene.service.preview(self.placed()) == preview
            assert scene.service.preview(self.changed()) != preview
            assert list(await scene.far_side.numbers()) == []

    async def test_an_exportable_order_suffers_no_loss(self) -> None:
        async with self.scene() as scene:
            assert list(scene.service.notes(self.placed())) == []

    async def test_a_caller_that_gives_up_does_not_break_the_service(self) -> None:
        async with self.scene() as scene:
            attempt = asyncio.create_task(scene.service.submit(self.placed("20260001")))
            await asyncio.sleep(0)
            attempt.cancel()
            await asyncio.wait({attempt})
            await scene.service.submit(self.placed("20260002"))
            assert "20260002" in await scene.far_side.numbers()


def _assert_names_order(error: OrderExportError) -> None:
    assert "20260001" in f"{error} {error.ids}"
