"""The contract of :class:`~iomconnector.ports.order_number_source.OrderNumberSource`."""

from abc import abstractmethod
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager

import pytest

from iomconnector.ports.order_number_source import OrderNumberSource
from iomconnector.testing.contracts.contract import Contract

NUMBERS = ("00000002", "10", "9", "A-7", "20160128017063", "00000100", "3")


class OrderNumberSourceContract(Contract):
    """Promises of a system that can be asked for its order numbers. Let it have small pages, so that
    :data:`NUMBERS` do not fit on one."""

    @abstractmethod
    def source(self, numbers: Sequence[str]) -> AbstractAsyncContextManager[OrderNumberSource]:
        """A source that has orders of these numbers, which came in this order."""

    async def test_every_number_comes(self) -> None:
        async with self.source(NUMBERS) as source:
            assert isinstance(source, OrderNumberSource)
            pages = [page async for page in source.all_numbers()]
        assert len(pages) > 1
        assert {number for page in pages for number in page.numbers} == set(NUMBERS)
        assert max(page.total for page in pages) == len(NUMBERS)

    async def test_some_come_quickly(self) -> None:
        async with self.source(NUMBERS) as source:
            pages = [page async for page in source.latest_numbers()]
        found = {number for page in pages for number in page.numbers}
        assert found
        assert found < set(NUMBERS)
        assert {page.total for page in pages} == {len(NUMBERS)}

    @pytest.mark.parametrize("quick", [True, False])
    async def test_there_may_be_none(self, quick: bool) -> None:
        async with self.source(()) as source:
            pages = [page async for page in (source.latest_numbers() if quick else source.all_numbers())]
        assert [number for page in pages for number in page.numbers] == []
        assert {page.total for page in pages} <= {0}

    async def test_its_name_stays(self) -> None:
        async with self.source(()) as source:
            assert source.number_space() == source.number_space() != ""
