"""Asking IOM for its order numbers: what is asked, and what the message log keeps."""

from typing import Any

import pytest

from ac_iomconnector_orderexport.testing.scripted_iom import STATES, Answer, running
from ac_iomconnector_rest_common.testing.rest_clients import KeptMessages
from iomconnector.ports.order_export_service import ExportUnavailableError

pytestmark = pytest.mark.anyio
MODIFIED = f"GET {STATES}/modified"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def page(*numbers: Any, **meta: int) -> Answer:
    data = [{"shopOrderNumber": number, "status": "X"} for number in numbers]
    return 200, {"data": data, "meta": {"totalCount": len(numbers), **meta}}, ()


async def test_changes_are_asked_for_where_iom_has_them() -> None:
    answer = page("1", "2", pageSize=2, minCursor=4, maxCursor=9)
    async with running({MODIFIED: answer}, api_version="2.4") as (service, server):
        pages = [each async for each in service.all_numbers()]
    assert [list(each.numbers) for each in pages] == [["1", "2"]]
    [request] = server.requests
    assert request.target.partition("?")[2] == "limit=500&minCursor=0"


async def test_a_cursor_that_does_not_move_ends_the_question() -> None:
    stuck = page("1", totalCount=5, pageSize=1, minCursor=7, maxCursor=7)
    async with running({MODIFIED: stuck}) as (service, server):
        pages = [each async for each in service.all_numbers()]
    assert [(list(each.numbers), each.total) for each in pages] == [(["1"], 5)] * 2
    assert len(server.requests) == 2


async def test_before_they_are_asked_for_in_the_order_of_their_numbers() -> None:
    async with running({f"GET {STATES}": page("1", None, 7, "2")}, api_version="2.3") as (service, server):
        pages = [each async for each in service.all_numbers()]
    assert [list(each.numbers) for each in pages] == [["1", "2"]]
    [request] = server.requests
    assert dict(request.params) == {
        "orderBy": "shopOrderNumber",
        "sortDirection": "ASC",
        "offset": "0",
        "limit": "500",
    }


async def test_the_latest_are_the_last_by_number_and_by_date() -> None:
    async with running({f"GET {STATES}": page("9", "8", totalCount=77)}) as (service, server):
        pages = [each async for each in service.latest_numbers()]
    assert [(list(each.numbers), each.total) for each in pages] == [(["9", "8"], 77)] * 2
    assert [dict(request.params)["orderBy"] for request in server.requests] == [
        "shopOrderNumber",
        "shopOrderCreationDate",
    ]
    assert {dict(request.params)["sortDirection"] for request in server.requests} == {"DESC"}


async def test_the_message_log_tells_of_the_question_without_keeping_gigabytes() -> None:
    log = KeptMessages()
    async with running({MODIFIED: page("1", maxCursor=1)}, log=log) as (service, _):
        [_ async for _ in service.all_numbers()]
    [message] = log.messages
    assert (message.method, message.status, message.order_number) == ("GET", 200, None)
    assert message.response_body.startswith("(An answer of ")
    assert "shopOrderNumber" not in message.response_body


async def test_a_refusal_is_kept_in_full_and_explained() -> None:
    log = KeptMessages()
    refusal: Answer = (403, {"why": "no right"}, ())
    async with running({MODIFIED: refusal}, log=log) as (service, _):
        with pytest.raises(ExportUnavailableError, match="Order status web service"):
            [_ async for _ in service.all_numbers()]
    assert "no right" in log.messages[-1].response_body


async def test_the_shop_is_named_by_its_address_and_id() -> None:
    async with running({}) as (service, server):
        assert service.number_space() == f"IOM shop 10020 at {server.url}"
