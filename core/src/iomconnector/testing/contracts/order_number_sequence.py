"""The contract of :class:`~iomconnector.ports.order_number_sequence.OrderNumberSequence`."""

import asyncio
from abc import abstractmethod
from contextlib import AbstractAsyncContextManager

import pytest

from iomconnector.errors import NotFoundError
from iomconnector.model.contexts import Context, ContextKind
from iomconnector.ports.order_number_sequence import OrderNumberSequence
from iomconnector.testing.contracts.contract import Contract
from iomconnector.testing.samples import CHANNEL, CONTEXTS, ORGANIZATION

OTHER_ORGANIZATION = "outSPIRED"
TWO_ORGANIZATIONS = (
    *CONTEXTS,
    Context(id=OTHER_ORGANIZATION, kind=ContextKind.ORGANIZATION, display_name="outSPIRED"),
)


class OrderNumberSequenceContract(Contract):
    """Promises of a sequence of order numbers."""

    @abstractmethod
    def sequence(self) -> AbstractAsyncContextManager[OrderNumberSequence]:
        """A sequence as it is by default, in a system with the contexts :data:`TWO_ORGANIZATIONS`; opened
        twice it is another one over the same storage."""

    async def test_no_number_comes_twice(self) -> None:
        async with self.sequence() as sequence:
            numbers = [await sequence.next_number(ORGANIZATION) for _ in range(120)]
        assert len(set(numbers)) == 120

    async def test_no_number_comes_twice_to_tasks_that_ask_at_once(self) -> None:
        async with self.sequence() as sequence:
            numbers = await asyncio.gather(*(sequence.next_number(ORGANIZATION) for _ in range(300)))
        assert len(set(numbers)) == 300

    async def test_no_number_comes_twice_from_two_sequences_nor_after_a_restart(self) -> None:
        numbers: list[str] = []
        for _ in range(2):
            async with self.sequence() as one, self.sequence() as other:
                for _ in range(60):
                    numbers += await asyncio.gather(
                        one.next_number(ORGANIZATION), other.next_number(ORGANIZATION)
                    )
        assert len(set(numbers)) == 240

    async def test_every_organization_has_its_own(self) -> None:
        async with self.sequence() as sequence:
            first = await sequence.next_number(ORGANIZATION)
            assert await sequence.next_number(OTHER_ORGANIZATION) == first

    async def test_a_number_consists_of_digits(self) -> None:
        async with self.sequence() as sequence:
            number = await sequence.next_number(ORGANIZATION)
        assert set(number) <= set("0123456789")
        assert 1 <= len(number) <= 50

    @pytest.mark.parametrize("unknown", ["nowhere", CHANNEL, ""])
    async def test_there_is_none_but_for_organizations(self, unknown: str) -> None:
        async with self.sequence() as sequence:
            with pytest.raises(NotFoundError, match=f"no organization '{unknown}'"):
                await sequence.next_number(unknown)

    async def test_a_task_that_is_given_up_hinders_nobody(self) -> None:
        async with self.sequence() as sequence:
            for _ in range(3):
                asked = [asyncio.create_task(sequence.next_number(ORGANIZATION)) for _ in range(10)]
                await asyncio.sleep(0)
                for task in asked[::2]:
                    task.cancel()
                numbers = await asyncio.gather(*asked, return_exceptions=True)
                given = [number for number in numbers if isinstance(number, str)]
                assert len(given) >= 5
                assert len(set(given)) == len(given)
