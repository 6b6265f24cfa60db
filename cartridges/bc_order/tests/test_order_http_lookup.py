"""``GET /api/orders`` over a real port; every answer is compared with the OpenAPI description."""

from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest

from bc_order.testing.described_caller import DescribedCaller
from bc_order.testing.http_caller import Caller
from bc_order.testing.order_documents import json_lines, order_document
from bc_order.testing.shop import Shop, prepared_shop
from iomconnector.testing.samples import CHANNEL, OTHER_CHANNEL

STEPS = [{"kind": "user", "approvers": ["bob"]}]


Call = Callable[[str], DescribedCaller]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    return prepared_shop(tmp_path_factory.mktemp("shop"))


@pytest.fixture(scope="module")
def call(shop: Shop) -> Iterator[Call]:
    """Callers with the token of one channel, of the other, of both, or with another token."""
    tokens = {
        "website": shop.token("website", CHANNEL),
        "procurement": shop.token("procurement", OTHER_CHANNEL),
        "both": shop.token("both", CHANNEL, OTHER_CHANNEL),
    }
    with shop.serving("--no-export") as server:
        yield lambda name: DescribedCaller(Caller(server.address, tokens.get(name, name)))


@pytest.fixture(scope="module")
def website(call: Call) -> DescribedCaller:
    return call("website")


@pytest.mark.parametrize("number", ["a/b", "/", "a b", "ü&?#%2F", "..", "日本", "x" * 255])
def test_an_order_of_any_number_can_be_asked_for(website: DescribedCaller, number: str) -> None:
    assert website.place(number).status == 201
    found = website.get(f"/api/orders/{CHANNEL}/{quote(number, safe='')}")
    assert (found.status, found.content["number"]) == (200, number)


@pytest.fixture(scope="module")
def mixed(call: Call, shop: Shop) -> int:
    """Eight orders, in turn in both channels, two of them waiting for approval; the key before the first."""
    listed = shop.json("order", "list", "--limit", "10000")["orders"]
    documents = [
        order_document(
            f"list-{index}",
            channel=(CHANNEL, OTHER_CHANNEL)[index % 2],
            approval_steps=STEPS if index in (3, 4) else [],
        )
        for index in range(8)
    ]
    assert shop.run("order", "place", "-", stdin=json_lines(documents)).code == 0
    return int(listed[-1]["key"]) if listed else 0


def test_orders_of_all_channels_of_a_token_are_listed_page_by_page(call: Call, mixed: int) -> None:
    seen: list[str] = []
    after: int | None = mixed
    pages = 0
    while after is not None:
        page = call("both").get(f"/api/orders?after={after}&limit=3").content
        seen += [each["number"] for each in page["orders"]]
        after, pages = page["next"], pages + 1
    assert (seen, pages) == ([f"list-{index}" for index in range(8)], 3)
    exactly = call("both").get(f"/api/orders?after={mixed}&limit=8").content
    assert (len(exactly["orders"]), exactly["next"]) == (8, None)


def test_the_list_can_be_narrowed_and_stays_within_the_channels_of_the_token(call: Call, mixed: int) -> None:
    begin = f"after={mixed}"
    assert call("website").numbers(begin) == [f"list-{index}" for index in (0, 2, 4, 6)]
    assert call("procurement").numbers(begin) == [f"list-{index}" for index in (1, 3, 5, 7)]
    assert call("both").numbers(f"{begin}&channel={OTHER_CHANNEL}&limit=2") == ["list-1", "list-3"]
    waiting = "state=waiting%20for%20approval"
    assert call("both").numbers(f"{begin}&{waiting}") == ["list-3", "list-4"]
    assert call("both").numbers(f"{begin}&{waiting}&state=due&limit=4") == [
        f"list-{index}" for index in range(4)
    ]
    assert call("both").numbers(f"{begin}&state=parked") == []


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("limit=0", "limit"), ("limit=201", "limit"), ("limit=x", "limit"), ("after=-1", "after"),
        (f"after={2**63}", "after"), ("state=gone", "state"),
    ],
)  # fmt: skip
def test_a_wrong_parameter_is_named(website: DescribedCaller, query: str, named: str) -> None:
    answer = website.get(f"/api/orders?{query}")
    assert (answer.status, answer.content["code"]) == (422, "request.invalid")
    assert answer.content["message"].startswith(f"The request is wrong: {named}")
