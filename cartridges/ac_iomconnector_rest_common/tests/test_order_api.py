"""The typed client of Order REST."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import httpx
import pytest

from ac_iomconnector_rest_common.errors import (
    IomBadRequest,
    IomInvalidRequest,
    IomJsonError,
    IomNotOffered,
    IomOutcomeUnclear,
)
from ac_iomconnector_rest_common.order_api import OrderApi, OrderBy, SortDirection
from ac_iomconnector_rest_common.order_api_version import OrderApiVersion
from ac_iomconnector_rest_common.testing.rest_clients import (
    KeptMessages,
    connection_settings,
    order_rest_client,
)

V2_0, V2_1, V2_2, V2_3, V2_4 = OrderApiVersion
VENDOR = {"Content-Type": "application/vnd.intershop.order.v2+json"}
T = TypeVar("T")


class Iom:
    """Answers from a table of path (below the shop) to answer, and remembers what it was asked."""

    def __init__(self, answers: dict[str, httpx.Response]) -> None:
        self._answers = answers
        self.requests: list[httpx.Request] = []
        self.log = KeptMessages()

    def ask(self, version: OrderApiVersion, use: Callable[[OrderApi], Awaitable[T]]) -> T:
        async def run() -> T:
            settings = connection_settings("https://iom.example", read_retries=0)
            client = order_rest_client(settings, self.log, httpx.MockTransport(self._answer))
            try:
                return await use(OrderApi(client, 10020, version))
            finally:
                await client.aclose()

        return asyncio.run(run())

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        path = request.url.raw_path.decode().partition("?")[0]
        return self._answers[path.removeprefix("/rest/order-service/shops/10020/")]

    @property
    def params(self) -> list[tuple[str, str]]:
        return parse_qsl(self.requests[-1].url.query.decode())


def ok(content: bytes) -> httpx.Response:
    return httpx.Response(200, content=content, headers=VENDOR)


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("/rest/order-service/shops/10020/orders/A1", "/rest/order-service/shops/10020/orders/A1"),
        ("http://iom:8080/orders/A1", "http://iom:8080/orders/A1"),
        ("http://user:secret@iom:8080/orders/A1", "http://iom:8080/orders/A1"),
        ("", "/rest/order-service/shops/10020/orders/A%2F1"),
        ("http://[", "http://["),
    ],
)
def test_a_created_order_has_a_reference(location: str, expected: str) -> None:
    iom = Iom({"orders": httpx.Response(201, headers={"Location": location} if location else {})})
    assert iom.ask(V2_0, lambda api: api.create_order(b'{"a":1}', "A/1")) == expected
    assert iom.requests[0].content == b'{"a":1}'
    assert iom.log.messages[0].order_number == "A/1"


@pytest.mark.parametrize("status", [200, 202, 204])
def test_only_201_means_created(status: int) -> None:
    iom = Iom({"orders": httpx.Response(status)})
    with pytest.raises(IomOutcomeUnclear):
        iom.ask(V2_0, lambda api: api.create_order(b"{}", "A1"))


def test_a_refused_order_carries_the_words_of_iom() -> None:
    report = {"status": 400, "errors": [{"code": "DUPLICATE", "message": "There is one already"}]}
    iom = Iom({"orders": httpx.Response(400, json=report)})
    with pytest.raises(IomBadRequest, match="DUPLICATE: There is one already") as caught:
        iom.ask(V2_0, lambda api: api.create_order(b"{}", "A1"))
    assert caught.value.their_code == "DUPLICATE"
    assert caught.value.ids["order_number"] == "A1"


def test_an_order_is_read_with_exact_amounts() -> None:
    iom = Iom({"orders/Order_1%3A2%2F%C3%A4%21": ok(b'{"shopOrderNumber":"Order_1:2/\xc3\xa4!","sum":9.90}')})
    order = iom.ask(V2_2, lambda api: api.get_order("Order_1:2/ä!"))
    assert order["sum"] == Decimal("9.90")
    assert str(order["sum"]) == "9.90"


@pytest.mark.parametrize("version", [V2_0, V2_1])
def test_reading_an_order_is_not_available_before_2_2(version: OrderApiVersion) -> None:
    iom = Iom({})
    with pytest.raises(IomNotOffered, match=r"getOrder: it is not available before 2\.2"):
        iom.ask(version, lambda api: api.get_order("A1"))
    assert iom.requests == []


@pytest.mark.parametrize(
    "content", [b'{"shopOrderNumber":"B2"}', b"{}", b"[]", b"", b'"A1"', b'{"shopOrderNumber":null}']
)
def test_another_order_is_not_taken_for_the_one_asked_for(content: bytes) -> None:
    iom = Iom({"orders/A1": ok(content)})
    with pytest.raises(IomOutcomeUnclear, match="not the order that was asked for") as caught:
        iom.ask(V2_4, lambda api: api.get_order("A1"))
    assert caught.value.message_id == iom.log.messages[0].message_id


def test_order_states_take_every_filter() -> None:
    iom = Iom({"order-states": ok(b'{"data":[{"shopOrderNumber":"A1"}],"meta":{"totalCount":7}}')})
    page = iom.ask(
        V2_3,
        lambda api: api.order_states(
            order_numbers=["A1", "A2"],
            customer_numbers=["C&1"],
            product_numbers=["P+1"],
            statuses=["STATE_COMMISSIONED"],
            emails=["a+b@example.com"],
            created_from=date(2026, 1, 1),
            created_to=datetime(2026, 1, 31, 23, tzinfo=UTC),
            order_by=OrderBy.ORDER_NUMBER,
            direction=SortDirection.DESCENDING,
            offset=50,
            limit=10,
        ),
    )
    assert [state["shopOrderNumber"] for state in page.data] == ["A1"]
    assert page.total_count == 7
    assert iom.params == [
        ("shopOrderNumbers", "A1"),
        ("shopOrderNumbers", "A2"),
        ("shopCustomerNumbers", "C&1"),
        ("productNumbers", "P+1"),
        ("statuses", "STATE_COMMISSIONED"),
        ("emails", "a+b@example.com"),
        ("shopOrderCreationDate[gte]", "2026-01-01"),
        ("shopOrderCreationDate[lte]", "2026-01-31"),
        ("orderBy", "shopOrderNumber"),
        ("sortDirection", "DESC"),
        ("offset", "50"),
        ("limit", "10"),
    ]


def test_the_email_filter_is_not_sent_to_who_would_ignore_it() -> None:
    iom = Iom({})
    with pytest.raises(IomNotOffered, match=r"emails: it is not available before 2\.3"):
        iom.ask(V2_2, lambda api: api.order_states(emails=["a@example.com"]))
    assert iom.requests == []


@pytest.mark.parametrize("paging", [{"limit": 0}, {"limit": -1}, {"offset": -1}])
def test_impossible_pages_are_not_asked_for(paging: dict[str, int]) -> None:
    with pytest.raises(IomInvalidRequest):
        Iom({}).ask(
            V2_4, lambda api: api.order_states(offset=paging.get("offset", 0), limit=paging.get("limit", 1))
        )


@pytest.mark.parametrize(
    "content", [b'{"data":[],"meta":{"totalCount":0}}', b'{"meta":{"totalCount":0}}', b'{"data":[]}']
)
def test_no_states_are_an_empty_page(content: bytes) -> None:
    page = Iom({"order-states": ok(content)}).ask(V2_0, lambda api: api.order_states())
    assert page.data == ()
    assert page.total_count == 0


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b'{"data":{}}',
        b'{"data":["A1"]}',
        b'{"meta":{"totalCount":3}}',
        b'{"meta":[]}',
    ],
)
def test_a_strange_answer_never_means_that_there_is_no_order(content: bytes) -> None:
    iom = Iom({"order-states": ok(content)})
    with pytest.raises(IomOutcomeUnclear, match="not a page of order states") as caught:
        iom.ask(V2_0, lambda api: api.order_states(order_numbers=["A1"]))
    assert caught.value.ids["order_number"] == "A1"


def test_modified_states_come_with_their_cursors() -> None:
    content = b'{"data":[{}],"meta":{"totalCount":9,"pageSize":1,"minCursor":41,"maxCursor":44}}'
    iom = Iom({"order-states/modified": ok(content)})
    page = iom.ask(V2_4, lambda api: api.modified_order_states(min_cursor=40, limit=1))
    assert (page.total_count, page.page_size, page.min_cursor, page.max_cursor) == (9, 1, 41, 44)
    assert iom.params == [("limit", "1"), ("minCursor", "40")]
    since = datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=2)))
    iom.ask(V2_4, lambda api: api.modified_order_states(modified_since=since))
    assert iom.params == [("limit", "50"), ("modifiedSince", "2026-01-01T00:00:00.000+02:00")]


def test_modified_states_of_nothing_are_an_empty_page() -> None:
    iom = Iom({"order-states/modified": ok(b'{"data":[],"meta":{"totalCount":0,"pageSize":0}}')})
    page = iom.ask(V2_4, lambda api: api.modified_order_states(min_cursor=0))
    assert (page.data, page.total_count, page.page_size, page.max_cursor) == ((), 0, 0, None)


def test_modified_states_without_a_cursor_cannot_be_continued() -> None:
    iom = Iom({"order-states/modified": ok(b'{"data":[{}],"meta":{"totalCount":1}}')})
    with pytest.raises(IomOutcomeUnclear):
        iom.ask(V2_4, lambda api: api.modified_order_states(min_cursor=0))


@pytest.mark.parametrize(
    ("question", "error"),
    [
        ({}, IomInvalidRequest),
        ({"min_cursor": 1, "modified_since": datetime(2026, 1, 1, tzinfo=UTC)}, IomInvalidRequest),
        ({"min_cursor": 1, "limit": 0}, IomInvalidRequest),
        ({"min_cursor": 1, "limit": 10_001}, IomInvalidRequest),
        ({"modified_since": datetime(2026, 1, 1)}, IomJsonError),  # noqa: DTZ001
    ],
)
def test_wrong_questions_for_modified_states_are_not_asked(
    question: dict[str, Any], error: type[Exception]
) -> None:
    iom = Iom({})
    with pytest.raises(error):
        iom.ask(V2_4, lambda api: api.modified_order_states(**question))
    assert iom.requests == []


def test_modified_states_are_not_available_before_2_4() -> None:
    with pytest.raises(IomNotOffered, match=r"not available before 2\.4"):
        Iom({}).ask(V2_3, lambda api: api.modified_order_states(min_cursor=0))
