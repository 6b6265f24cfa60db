"""The clients of ATP and reservations: addresses, statuses, batches."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar
from urllib.parse import quote

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ac_iomconnector_rest_common.client import RestClient
from ac_iomconnector_rest_common.errors import IomInvalidRequest, IomOutcomeUnclear
from ac_iomconnector_rest_common.inventory_api import (
    BASE_PATH,
    MEDIA_TYPE,
    MOST_CHARACTERS,
    MOST_PRODUCTS,
    AtpApi,
    ReservationApi,
    batches,
    can_be_asked,
)
from ac_iomconnector_rest_common.testing.rest_clients import KeptMessages, StoppedClock, connection_settings

T = TypeVar("T")


def asked(
    use: Callable[[RestClient], Awaitable[T]], status: int = 200, body: bytes = b'{"data":[]}'
) -> tuple[T, httpx.Request]:
    """What the client makes of an answer, and what it sent for it."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(status, content=body, headers={"Content-Type": MEDIA_TYPE} if body else {})

    async def main() -> T:
        client = RestClient(
            connection_settings("https://iom.example.com"),
            base_path=BASE_PATH,
            media_type=MEDIA_TYPE,
            clock=StoppedClock(),
            message_log=KeptMessages(),
            service="iom-inventory",
            channel="inSPIRED-inTRONICS",
            transport=httpx.MockTransport(answer),
        )
        try:
            return await use(client)
        finally:
            await client.aclose()

    result = asyncio.run(main())
    (request,) = seen
    return result, request


def test_products_stand_in_one_address_with_encoded_separators() -> None:
    _, request = asked(lambda client: AtpApi(client, 10020).available(["A 1", "ü"], 15280))
    assert request.url.raw_path == b"/servlets/services/atp/10020/A%201%2C%C3%BC?resvId=15280"
    assert request.headers["accept"] == MEDIA_TYPE


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"data":{}}', b'{"data":[1]}', b'{"data":null}'])
def test_an_answer_without_entries_is_never_no_stock(body: bytes) -> None:
    with pytest.raises(IomOutcomeUnclear, match="no list of available products"):
        asked(lambda client: AtpApi(client, 1).available(["A"]), body=body)


@pytest.mark.parametrize("product", ["", " ", "A,B", "A/B", "A\\B", "..", "x" * 31, "A\n", "\ud800"])
def test_what_cannot_stand_in_the_path_is_not_asked_for(product: str) -> None:
    assert not can_be_asked(product)
    with pytest.raises(IomInvalidRequest):
        asked(lambda client: AtpApi(client, 1).available([product]))


@given(st.lists(st.text(min_size=1, max_size=30).filter(can_be_asked), max_size=400, unique=True))
def test_batches_keep_all_products_in_order_and_fit_into_addresses(products: list[str]) -> None:
    parts = list(batches(products))
    assert [product for part in parts for product in part] == products
    for part in parts:
        assert 0 < len(part) <= MOST_PRODUCTS
        assert len(quote(",".join(part), safe="")) <= MOST_CHARACTERS


@pytest.mark.parametrize("status", [200, 201])
def test_both_answers_to_a_new_reservation_are_taken(status: int) -> None:
    answer, request = asked(lambda client: ReservationApi(client, 10020).create(b'{"items":[]}'), status)
    assert (answer.status, request.method) == (status, "POST")
    assert request.url.path == "/servlets/services/reservation/10020"
    assert request.headers["content-type"] == MEDIA_TYPE


def test_a_reservation_is_named_by_its_number() -> None:
    _, request = asked(lambda client: ReservationApi(client, 10020).get(2**63 - 1))
    assert (request.method, request.url.path) == ("GET", "/servlets/services/reservation/9223372036854775807")
    _, request = asked(lambda client: ReservationApi(client, 10020).update(7, b"{}"), 201)
    assert (request.method, request.content) == ("PUT", b"{}")
    _, request = asked(lambda client: ReservationApi(client, 10020).delete(7), 204, b"")
    assert request.method == "DELETE"


@pytest.mark.parametrize("number", [0, -1, 2**63])
def test_a_number_beyond_int64_is_never_sent(number: int) -> None:
    with pytest.raises(IomInvalidRequest, match="int64"):
        asked(lambda client: ReservationApi(client, 1).get(number))
