"""The contract of :class:`~iomconnector.ports.preparation_protocol.PreparationProtocol`."""

from abc import abstractmethod
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import timedelta

import pytest

from iomconnector.errors import NotFoundError
from iomconnector.ports.preparation_protocol import (
    Mode,
    Outcome,
    Phase,
    PreparationProtocol,
    Registration,
    StepEntry,
)
from iomconnector.testing.contracts.contract import Contract
from iomconnector.testing.samples import NOON

LATER = NOON + timedelta(seconds=2, microseconds=1)


def _begun(step: str, cartridge: str = "tax_rules") -> StepEntry:
    return StepEntry(
        cartridge,
        "7.0",
        Phase.MAIN,
        step,
        Mode.INIT,
        Outcome.RUNNING,
        started_at=NOON,
        host="shop-1",
        pid=4711,
    )


def _ended(step: str, outcome: Outcome, message: str = "done") -> StepEntry:
    return replace(_begun(step), outcome=outcome, finished_at=LATER, seconds=2.5, message=message)


class PreparationProtocolContract(Contract):
    """Promises of a preparation protocol."""

    @abstractmethod
    def preparation_protocol(self) -> AbstractAsyncContextManager[PreparationProtocol]:
        """The protocol to test, without entries at first."""

    async def test_an_entry_is_there_from_the_beginning_of_its_step(self) -> None:
        async with self.preparation_protocol() as protocol:
            assert await protocol.exists()
            assert list(await protocol.entries()) == []
            await protocol.add(_begun("rates"))
        async with self.preparation_protocol() as protocol:
            assert list(await protocol.entries()) == [_begun("rates")]

    async def test_a_finished_entry_says_what_became_of_its_step_and_hurts_no_other(self) -> None:
        async with self.preparation_protocol() as protocol:
            await protocol.add(_begun("first"))
            number = await protocol.add(_begun("rates"))
            done = _ended("rates", Outcome.DONE, "12 rates, 3 für Österreich")
            await protocol.finish(number, done)
        async with self.preparation_protocol() as protocol:
            assert list(await protocol.entries()) == [_begun("first"), done]

    async def test_every_attempt_is_kept_in_the_order_of_its_beginning(self) -> None:
        async with self.preparation_protocol() as protocol:
            numbers = [await protocol.add(_begun(step)) for step in ("b", "a", "b")]
            assert numbers == sorted(set(numbers))
            await protocol.finish(numbers[0], _ended("b", Outcome.FAILED, "no rates"))
            assert [(entry.step, entry.outcome) for entry in await protocol.entries()] == [
                ("b", Outcome.FAILED),
                ("a", Outcome.RUNNING),
                ("b", Outcome.RUNNING),
            ]

    async def test_an_entry_that_is_not_there_cannot_be_finished(self) -> None:
        async with self.preparation_protocol() as protocol:
            number = await protocol.add(_begun("rates"))
            with pytest.raises(NotFoundError, match=str(number + 1)):
                await protocol.finish(number + 1, _ended("rates", Outcome.DONE))
            assert list(await protocol.entries()) == [_begun("rates")]

    async def test_what_is_running_can_be_given_up_and_nothing_else_changes(self) -> None:
        async with self.preparation_protocol() as protocol:
            first = await protocol.add(_begun("first"))
            await protocol.finish(first, _ended("first", Outcome.DONE))
            await protocol.add(_begun("rates"))
            given_up = replace(_begun("rates"), outcome=Outcome.FAILED, message="the process died")
            assert list(await protocol.abandon_running("the process died")) == [given_up]
            assert list(await protocol.abandon_running("again")) == []
            assert [entry.outcome for entry in await protocol.entries()] == [Outcome.DONE, Outcome.FAILED]
            assert (await protocol.entries())[1] == given_up

    async def test_a_cartridge_keeps_its_first_registration(self) -> None:
        async with self.preparation_protocol() as protocol:
            assert list(await protocol.registrations()) == []
            for cartridge, version in (("b", "1.0"), ("a", "7.0"), ("b", "2.0")):
                await protocol.register(Registration(cartridge, version, LATER))
        async with self.preparation_protocol() as protocol:
            assert list(await protocol.registrations()) == [
                Registration("a", "7.0", LATER),
                Registration("b", "1.0", LATER),
            ]
