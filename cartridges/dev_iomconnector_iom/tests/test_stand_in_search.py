"""Searching order states: filters, sorting, pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import product
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dev_iomconnector_iom.samples import sample_order
from dev_iomconnector_iom.testing import Caller, altered, manual_stand_in


@dataclass(frozen=True)
class Known:
    """What a test knows about an order."""

    number: str
    customer: str
    sku: str
    email: str
    created: datetime
    state: str


CUSTOMERS, SKUS = ("C-1", "C-2", "c 3&"), ("SKU-A", "SKU b/2")
START = datetime(2026, 10, 30, 23, 30, tzinfo=UTC)
ORDERS = [
    Known(
        number=f"S-{place:02d}",
        customer=customer,
        sku=sku,
        email=f"user{place % 5}@example.com",
        created=START + timedelta(hours=7 * (place % 9)),
        state="STATE_CHECKED" if place % 4 == 0 else "STATE_INITIAL",
    )
    for place, (customer, sku, _) in enumerate(product(CUSTOMERS, SKUS, range(4)))
]


@pytest.fixture(scope="module")
def caller() -> Iterator[Caller]:
    with manual_stand_in() as running:
        caller = Caller(running.url)
        for order in ORDERS:
            document = altered(
                sample_order(order.number),
                {
                    "customerData.shopCustomerNumber": order.customer,
                    "shopOrderCreationDate": order.created.isoformat(),
                    "shippingBuckets[0].positions[1].product.number": order.sku,
                    "shippingBuckets[0].shippingAddress.contact.email": order.email,
                },
            )
            assert caller.post_order(document).status == 201
            if order.state == "STATE_CHECKED":
                running.control.push(10020, order.number)
        yield caller


def found(caller: Caller, *parameters: tuple[str, object]) -> tuple[list[str], int]:
    answer = caller.get(f"/order-states?{urlencode(parameters)}")
    assert answer.status == 200, answer.body
    return [state["shopOrderNumber"] for state in answer.json["data"]], answer.json["meta"]["totalCount"]


numbers = st.lists(st.sampled_from([order.number for order in ORDERS] + ["none"]), max_size=6)
customers = st.lists(st.sampled_from([*CUSTOMERS, "none"]), max_size=2)
skus = st.lists(st.sampled_from([*SKUS, "none"]), max_size=2)
emails = st.lists(
    st.sampled_from([f"user{n}@example.com" for n in range(7)] + ["USER1@example.com"]), max_size=3
)
states = st.lists(st.sampled_from(["STATE_INITIAL", "STATE_CHECKED", "STATE_DISPATCHED"]), max_size=2)
days = st.none() | st.dates(START.date() - timedelta(days=1), START.date() + timedelta(days=4))
orderings = st.sampled_from(["shopOrderNumber", "shopCustomerNumber", "shopOrderCreationDate"])


@settings(max_examples=40, deadline=None)
@given(numbers, customers, skus, emails, states, days, days, orderings, st.booleans(), st.integers(1, 9))
def test_pages_hold_every_match_once_and_in_order(
    caller: Caller,
    numbers: list[str],
    customers: list[str],
    skus: list[str],
    emails: list[str],
    states: list[str],
    first: date | None,
    last: date | None,
    order_by: str,
    is_descending: bool,
    limit: int,
) -> None:
    parameters: list[tuple[str, object]] = [
        ("orderBy", order_by),
        ("sortDirection", "DESC" if is_descending else "ASC"),
    ]
    for name, values in (
        ("shopOrderNumbers", numbers),
        ("shopCustomerNumbers", customers),
        ("productNumbers", skus),
        ("emails", emails),
        ("statuses", states),
    ):
        parameters += [(name, value) for value in values]
    parameters += [("shopOrderCreationDate[gte]", first)] if first else []
    parameters += [("shopOrderCreationDate[lte]", last)] if last else []
    lower_emails = [email.lower() for email in emails]
    expected = [
        order
        for order in ORDERS
        if (not numbers or order.number in numbers)
        and (not customers or order.customer in customers)
        and (not skus or order.sku in skus)
        and (not emails or order.email in lower_emails)
        and (not states or order.state in states)
        and (first is None or order.created.date() >= first)
        and (last is None or order.created.date() <= last)
    ]
    pages: list[str] = []
    for offset in range(0, len(expected) + 1, limit):
        page, total = found(caller, *parameters, ("offset", offset), ("limit", limit))
        assert total == len(expected)
        assert len(page) <= limit
        pages += page
    by_number = {order.number: order for order in expected}
    assert sorted(pages) == sorted(by_number)
    keys = {
        "shopOrderNumber": lambda order: order.number,
        "shopCustomerNumber": lambda order: order.customer,
        "shopOrderCreationDate": lambda order: order.created,
    }
    values = [keys[order_by](by_number[number]) for number in pages]
    assert values == sorted(values, reverse=is_descending)


def test_without_parameters_the_oldest_fifty_come(caller: Caller) -> None:
    page, total = found(caller)
    assert total == len(ORDERS) == len(page)
    assert page == [order.number for order in sorted(ORDERS, key=lambda order: order.created)]


def test_links_lead_through_the_pages(caller: Caller) -> None:
    url = "/order-states?orderBy=shopOrderNumber&limit=10&statuses=STATE_INITIAL"
    seen: list[str] = []
    answer = caller.get(url)
    while True:
        seen += [state["shopOrderNumber"] for state in answer.json["data"]]
        if "next" not in answer.json["links"]:
            break
        following = answer.json["links"]["next"]
        answer = caller.call("GET", following[following.index("/rest/") :])
    assert seen == [order.number for order in ORDERS if order.state == "STATE_INITIAL"]
    previous = answer.json["links"]["prev"]
    assert (
        caller.call("GET", previous[previous.index("/rest/") :]).json["data"][0]["shopOrderNumber"] == seen[0]
    )


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=ten", "limit"),
        ("limit=99999999999", "limit"),
        ("offset=1.5", "offset"),
        ("orderBy=id", "orderBy"),
        ("sortDirection=UP", "sortDirection"),
        ("shopOrderCreationDate[gte]=2026-13-01", "shopOrderCreationDate[gte]"),
        ("shopOrderCreationDate%5Blte%5D=01.11.2026", "shopOrderCreationDate[lte]"),
    ],
)
def test_wrong_parameters_are_named(query: str, field: str, caller: Caller) -> None:
    answer = caller.get(f"/order-states?{query}")
    assert (answer.status, answer.fields()) == (400, [field])
    assert answer.errors()[0]["code"] == "INVALID_PARAMETER"
