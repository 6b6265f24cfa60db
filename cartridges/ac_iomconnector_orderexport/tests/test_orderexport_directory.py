"""Reading IOM's orders page by page while they change, and asking for many numbers."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any, cast
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ac_iomconnector_orderexport import order_directory
from ac_iomconnector_orderexport.testing.scripted_iom import STATES, Answer, running
from ac_iomconnector_rest_common.order_api import OrderApi
from ac_iomconnector_rest_common.order_state_pages import OrderStatePage

NUMBER = st.integers(0, 99).map("{:02}".format)
NUMBERS = st.lists(NUMBER, max_size=40)
CHANGES = st.lists(st.tuples(st.booleans(), NUMBER), max_size=30)


class ChangingOrders:
    """Order states of a day, of which some disappear and some arrive after each page."""

    def __init__(self, numbers: Sequence[str], changes: Sequence[tuple[bool, str]], at_once: int) -> None:
        self.numbers = sorted(numbers)
        self.removed: Counter[str] = Counter()
        self.arrived: Counter[str] = Counter()
        self._changes = iter(changes)
        self._at_once = at_once

    async def order_states(self, *, offset: int, limit: int, **_: Any) -> OrderStatePage:
        """A page; the states change behind it."""
        page = self.numbers[offset : offset + limit]
        answer = OrderStatePage(tuple({"shopOrderNumber": each} for each in page), len(self.numbers))
        for _count in range(self._at_once):
            self._change()
        return answer

    def _change(self) -> None:
        arrives, number = next(self._changes, (True, ""))
        if arrives and number:
            self.arrived[number] += 1
            self.numbers = sorted([*self.numbers, number])
        elif number in self.numbers:
            self.removed[number] += 1
            self.numbers.remove(number)


def read(orders: ChangingOrders, page: int) -> Counter[str]:
    """What comes of a day, page by page."""

    async def collect() -> Counter[str]:
        api = cast(OrderApi, orders)
        pages = [each async for each in order_directory._of_day(api, date(2026, 11, 2))]
        return Counter(state["shopOrderNumber"] for states in pages for state in states)

    with patch.object(order_directory, "PAGE_SIZE", page):
        return asyncio.run(collect())


@given(once=st.sets(NUMBER, max_size=40), twice=st.sets(NUMBER, max_size=5), page=st.integers(1, 50))
def test_what_does_not_change_comes_exactly_as_often_as_it_is_there(
    once: set[str], twice: set[str], page: int
) -> None:
    numbers = [*once, *twice, *(twice - once)]
    assert read(ChangingOrders(numbers, [], 0), page) == Counter(numbers)


@given(numbers=NUMBERS, changes=CHANGES, page=st.integers(2, 20), at_once=st.integers(1, 5))
def test_what_stays_is_not_lost_whatever_comes_and_goes(
    numbers: list[str], changes: list[tuple[bool, str]], page: int, at_once: int
) -> None:
    orders = ChangingOrders(numbers, changes, at_once)
    found = read(orders, page)
    stayed = {number for number in numbers if not orders.removed[number]}
    assert stayed <= found.keys()


@given(numbers=st.sets(NUMBER, max_size=40), changes=CHANGES)
def test_what_arrives_makes_nothing_come_twice(numbers: set[str], changes: list[tuple[bool, str]]) -> None:
    arriving = {number: (True, number) for arrives, number in changes if arrives and number not in numbers}
    found = read(ChangingOrders(sorted(numbers), list(arriving.values()), 2), 8)
    assert {number: found[number] for number in numbers} == dict.fromkeys(numbers, 1)
    assert all(count == 1 for count in found.values())


def _page(*numbers: str) -> Answer:
    data = [{"shopOrderNumber": number, "status": "X"} for number in numbers]
    return 200, {"data": data, "meta": {"totalCount": len(numbers)}}, ()


@pytest.mark.anyio
async def test_numbers_are_asked_for_in_addresses_that_a_server_takes() -> None:
    numbers = [f"{number:050}" for number in range(250)]
    async with running({f"GET {STATES}": _page(numbers[0], "not asked for")}) as (service, server):
        found = await service.look_up(numbers)
    assert {each.number for each in found} == {numbers[0]}
    asked = [each.target for each in server.requests]
    assert all(len(target) < 4500 for target in asked)
    assert len(asked) < 6
    assert sum(target.count("shopOrderNumbers=") for target in asked) == len(numbers)


@pytest.mark.anyio
async def test_what_cannot_be_read_of_a_date_is_none() -> None:
    states = [
        {"shopOrderNumber": str(index), "shopOrderCreationDate": text} for index, text in enumerate(DATES)
    ]
    answer: Answer = (200, {"data": states, "meta": {"totalCount": len(states)}}, ())
    async with running({f"GET {STATES}": answer}) as (service, _):
        found = await service.look_up([str(index) for index in range(len(DATES))])
    assert [each.created_at is None for each in found] == [False, True, True, True]


DATES = ("2026-11-02T12:00:00.000+01:00", "2026-11-02T12:00:00", "yesterday", None)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
