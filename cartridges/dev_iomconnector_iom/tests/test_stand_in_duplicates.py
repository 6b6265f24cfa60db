"""An order number is taken once, however many ask at the same time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from dev_iomconnector_iom import ClockConfig, ClockMode, RunningStandIn
from dev_iomconnector_iom.samples import sample_order
from dev_iomconnector_iom.testing import Answer, Caller, altered, manual_stand_in


@pytest.fixture(scope="module")
def iom() -> Iterator[RunningStandIn]:
    with manual_stand_in(clock=ClockConfig(mode=ClockMode.FAST)) as running:
        yield running


def test_a_number_that_is_taken_is_refused(iom: RunningStandIn) -> None:
    caller = Caller(iom.url)
    assert caller.post_order(sample_order("Taken")).status == 201
    for order in (sample_order("Taken"), altered(sample_order("Taken"), {"project": "other"})):
        answer = caller.post_order(order)
        assert (answer.status, answer.fields()) == (400, ["shopOrderNumber"])
        (error,) = answer.errors()
        assert error["code"] == "DUPLICATE_SHOP_ORDER_NUMBER"
        assert error["value"]["rejected"] == "Taken"
    assert "project" not in caller.order("Taken").json
    assert Caller(iom.url, shop=10010).post_order(sample_order("Taken")).status == 201


def test_numbers_differ_by_case_and_blanks(iom: RunningStandIn) -> None:
    for number in ("case", "Case", "Case ", " Case"):
        assert Caller(iom.url).post_order(sample_order(number)).status == 201


def test_of_many_at_once_exactly_one_wins(iom: RunningStandIn) -> None:
    numbers = [f"Race-{place}" for place in range(12)]

    def post(number: str) -> tuple[str, Answer]:
        return number, Caller(iom.url).post_order(sample_order(number))

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(post, numbers * 10))
    created = Counter(number for number, answer in answers if answer.status == 201)
    assert created == Counter(numbers)
    refused = [answer for _, answer in answers if answer.status != 201]
    assert {answer.errors()[0]["code"] for answer in refused} == {"DUPLICATE_SHOP_ORDER_NUMBER"}
    stored = iom.control.stored_numbers(10020)
    assert sorted(number for number in stored if number.startswith("Race-")) == sorted(numbers)
