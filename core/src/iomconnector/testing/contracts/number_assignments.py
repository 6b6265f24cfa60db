"""The contract of :class:`~iomconnector.ports.number_assignments.NumberAssignments`."""

import asyncio
from abc import abstractmethod
from contextlib import AbstractAsyncContextManager
from dataclasses import replace

from iomconnector.model.values import OrderNumber
from iomconnector.ports.number_assignments import Assignment, NumberAssignments
from iomconnector.testing.contracts.contract import Contract
from iomconnector.testing.samples import CHANNEL, OTHER_CHANNEL


def _assignment(key: str, number: str, channel: str = CHANNEL) -> Assignment:
    return Assignment(channel, key, "d" * 64, OrderNumber(number))


class NumberAssignmentsContract(Contract):
    """Promises of the numbers that orders got."""

    @abstractmethod
    def number_assignments(self) -> AbstractAsyncContextManager[NumberAssignments]:
        """The assignments to test, with the contexts of :data:`iomconnector.testing.samples.CONTEXTS`; opened
        twice they are the same."""

    async def test_the_first_number_of_a_key_stays(self) -> None:
        first = [_assignment("a", "1"), _assignment("b", "2"), _assignment("a", "3", OTHER_CHANNEL)]
        async with self.number_assignments() as assignments:
            assert list(await assignments.find([(CHANNEL, "a")])) == [None]
            assert list(await assignments.assign(first)) == first
        async with self.number_assignments() as assignments:
            again = [replace(first[1], number=OrderNumber("9"), digest="e" * 64), _assignment("c", "4")]
            assert list(await assignments.assign(again)) == [first[1], again[1]]
            keys = [(CHANNEL, "c"), (CHANNEL, "nobody"), (OTHER_CHANNEL, "a"), (CHANNEL, "a")]
            assert list(await assignments.find(keys)) == [again[1], None, first[2], first[0]]

    async def test_a_key_that_comes_twice_at_once_has_one_number(self) -> None:
        async with self.number_assignments() as assignments:
            twice = [_assignment("a", "1"), _assignment("a", "2")]
            assert list(await assignments.assign(twice)) == [twice[0]] * 2
            raced = await asyncio.gather(
                *(assignments.assign([_assignment("r", str(number))]) for number in range(20))
            )
            assert len({each[0].number for each in raced}) == 1

    async def test_a_number_is_replaced_once(self) -> None:
        taken = _assignment("a", "1")
        async with self.number_assignments() as assignments:
            await assignments.assign([taken])
            raced = await asyncio.gather(
                *(assignments.replace(taken, OrderNumber(str(number))) for number in range(2, 10))
            )
            [kept] = set(raced)
            assert kept.number != "1"
            assert list(await assignments.find([(CHANNEL, "a")])) == [kept]
