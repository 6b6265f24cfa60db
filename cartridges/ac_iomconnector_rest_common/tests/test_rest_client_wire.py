"""What goes over the wire, and what a real server sees of it."""

import asyncio
import base64
import gzip
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import jwt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ac_iomconnector_rest_common.client import RestClient
from ac_iomconnector_rest_common.errors import IomInvalidRequest, IomUnexpectedAnswer
from ac_iomconnector_rest_common.testing.raw_server import RawConnection, RawServer, answering
from ac_iomconnector_rest_common.testing.rest_clients import (
    NOON,
    KeptMessages,
    open_order_client,
)

VENDOR_TYPE = "application/vnd.intershop.order.v2+json"
ORDERS = ("shops", "10020", "orders")

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=50)
SEGMENTS = TEXT.filter(lambda text: text not in {".", ".."})


def talk(
    server: RawServer, use: Callable[[RestClient], Awaitable[None]], **changes: Any
) -> tuple[RawServer, KeptMessages]:
    log = KeptMessages()

    async def run() -> None:
        async with server, open_order_client(server.url, log, **changes) as client:
            await use(client)

    asyncio.run(run())
    return server, log


def test_a_post_carries_credentials_and_vendor_types_without_being_asked() -> None:
    async def use(client: RestClient) -> None:
        answer = await client.send("POST", ORDERS, body=b'{"a": 1}', order_number="A1")
        assert answer.status == 201
        assert answer.headers["Location"] == "/x/1"
        assert answer.json() is None

    server, log = talk(RawServer(answering(201, b"", "Location: /x/1")), use)
    [request] = server.requests
    assert request.method == "POST"
    assert request.target == "/rest/order-service/shops/10020/orders"
    assert request.body == b'{"a": 1}'
    credentials = base64.b64decode(request.headers["authorization"].removeprefix("Basic "))
    assert credentials == b"webservice_shop:correct horse battery"
    assert request.headers["content-type"] == VENDOR_TYPE
    assert request.headers["accept"] == VENDOR_TYPE
    assert request.headers["content-length"] == "8"
    assert "transfer-encoding" not in request.headers
    [message] = log.messages
    assert (message.status, message.order_number, message.at) == (201, "A1", NOON)


def test_a_get_has_no_body_and_no_content_type() -> None:
    async def use(client: RestClient) -> None:
        answer = await client.send("GET", ORDERS)
        assert answer.json() == {"a": 1}

    server, _ = talk(RawServer(answering(200, b'{"a": 1}', f"Content-Type: {VENDOR_TYPE}")), use)
    assert not {"content-type", "content-length", "transfer-encoding"} & set(server.requests[0].headers)


def test_a_static_token_is_sent_as_it_is() -> None:
    async def use(client: RestClient) -> None:
        await client.send("GET", ORDERS)

    server, _ = talk(RawServer(answering(200)), use, authentication="bearer_token", token="abc.def.ghi")
    assert server.requests[0].headers["authorization"] == "Bearer abc.def.ghi"


def test_a_signed_token_has_the_claims_that_iom_reads() -> None:
    secret = "length_must_be_at_least_32_chars"

    async def use(client: RestClient) -> None:
        await client.send("GET", ORDERS)

    server, _ = talk(RawServer(answering(200)), use, authentication="jwt", jwt_secret=secret)
    token = server.requests[0].headers["authorization"].removeprefix("Bearer ")
    assert jwt.get_unverified_header(token)["alg"] == "HS256"
    claims = jwt.decode(
        token, secret, algorithms=["HS256"], options={"verify_exp": False, "verify_iat": False}
    )
    assert claims == {
        "iss": "iomconnector",
        "iat": int(NOON.timestamp()),
        "exp": int((NOON + timedelta(hours=1)).timestamp()),
        "sub": "Authentication",
        "user": "webservice_shop",
    }


@given(paths=st.lists(st.lists(SEGMENTS, min_size=1, max_size=4), min_size=1, max_size=8))
@settings(deadline=None, max_examples=50)
def test_every_segment_arrives_as_it_was_given(paths: list[list[str]]) -> None:
    async def use(client: RestClient) -> None:
        for segments in paths:
            await client.send("GET", segments)

    server, _ = talk(RawServer(answering(200)), use)
    assert [request.segments for request in server.requests] == [
        ["rest", "order-service", *segments] for segments in paths
    ]


@given(params=st.lists(st.tuples(TEXT, st.one_of(TEXT, st.just(""))), max_size=10))
@settings(deadline=None, max_examples=50)
def test_every_parameter_arrives_as_it_was_given(params: list[tuple[str, str]]) -> None:
    async def use(client: RestClient) -> None:
        await client.send("GET", ORDERS, params=params)

    server, _ = talk(RawServer(answering(200)), use)
    assert server.requests[0].params == params


@pytest.mark.parametrize("segment", ["", ".", "..", "half \ud83d of a pair"])
def test_what_no_encoding_can_save_is_refused(segment: str) -> None:
    async def use(client: RestClient) -> None:
        with pytest.raises(IomInvalidRequest):
            await client.send("GET", (*ORDERS, segment))
        with pytest.raises(IomInvalidRequest):
            await client.send("GET", ORDERS, params=[("q", "half \ud83d of a pair")])

    server, log = talk(RawServer(answering(200)), use)
    assert server.requests == []
    assert log.messages == []


def test_the_path_of_a_proxy_stays_before_the_path_of_the_interface() -> None:
    async def run() -> None:
        async with RawServer(answering(200)) as server:
            async with open_order_client(f"{server.url}/iom/", KeptMessages()) as client:
                await client.send("GET", ORDERS)
            assert server.requests[0].target == "/iom/rest/order-service/shops/10020/orders"

    asyncio.run(run())


def test_cookies_are_not_sent_back() -> None:
    async def use(client: RestClient) -> None:
        for _ in range(2):
            await client.send("GET", ORDERS)

    server, _ = talk(
        RawServer(answering(200, b"", "Set-Cookie: JSESSIONID=1; Path=/", "Set-Cookie: ;;=")), use
    )
    assert len(server.requests) == 2
    assert all("cookie" not in request.headers for request in server.requests)


def test_redirects_are_not_followed() -> None:
    async def use(client: RestClient) -> None:
        with pytest.raises(IomUnexpectedAnswer, match="Redirects are not followed") as caught:
            await client.send("POST", ORDERS, body=b"{}")
        assert caught.value.status == 302

    server, _ = talk(RawServer(answering(302, b"", "Location: /login")), use)
    assert len(server.requests) == 1


def test_many_tasks_share_the_connections_and_keep_them() -> None:
    async def use(client: RestClient) -> None:
        await asyncio.gather(
            *(client.send("POST", (*ORDERS, str(number)), body=b"{}") for number in range(200))
        )

    server, log = talk(RawServer(answering(201)), use, max_connections=5)
    assert sorted(int(request.segments[-1]) for request in server.requests) == list(range(200))
    assert server.connections <= 5
    assert len({message.message_id for message in log.messages}) == 200


def test_a_body_of_megabytes_arrives_whole() -> None:
    body = b'{"x": "' + b"y" * 5_000_000 + b'"}'

    async def use(client: RestClient) -> None:
        await client.send("POST", ORDERS, body=body)

    server, log = talk(RawServer(answering(201)), use)
    assert server.requests[0].body == body
    assert log.messages[0].request_body.endswith("… (4000009 more bytes)")


def test_a_compressed_answer_is_read() -> None:
    async def use(client: RestClient) -> None:
        answer = await client.send("GET", ORDERS)
        assert answer.json() == {"amount": 1}

    headers = (f"Content-Type: {VENDOR_TYPE};charset=UTF-8", "Content-Encoding: gzip")
    _, log = talk(RawServer(answering(200, gzip.compress(b'{"amount": 1}'), *headers)), use)
    assert log.messages[0].response_body == '{"amount": 1}'


def test_an_interim_answer_is_passed_over() -> None:
    async def continue_first(connection: RawConnection) -> None:
        await connection.read_request()
        await connection.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        await connection.answer(201, b"", "Location: /x/7")

    async def use(client: RestClient) -> None:
        answer = await client.send("POST", ORDERS, body=b"{}")
        assert (answer.status, answer.headers["location"]) == (201, "/x/7")

    talk(RawServer(continue_first), use)
