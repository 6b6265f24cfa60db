"""What the statuses of IOM mean, and what the errors say."""

import asyncio
import logging
import time
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from email.utils import format_datetime
from typing import Any

import httpx
import pytest

from ac_iomconnector_rest_common.answer import Answer
from ac_iomconnector_rest_common.error_report import ReportedError
from ac_iomconnector_rest_common.errors import (
    IomBadRequest,
    IomForbidden,
    IomNotFound,
    IomOutcomeUnclear,
    IomRestError,
    IomThrottled,
    IomUnauthorized,
    IomUnexpectedAnswer,
)
from ac_iomconnector_rest_common.testing.rest_clients import (
    NOON,
    KeptMessages,
    connection_settings,
    order_rest_client,
)
from iomconnector.errors import StorageError
from iomconnector.ports.message_log import Message

VENDOR = {"Content-Type": "application/vnd.intershop.order.v2+json"}


def send(
    method: str, *responses: httpx.Response, log: KeptMessages | None = None, **changes: Any
) -> Answer | IomRestError:
    """Ask once; the answers come in turn, the last one for ever."""
    given = list(responses)

    def answer(request: httpx.Request) -> httpx.Response:
        return given.pop(0) if len(given) > 1 else given[0]

    async def run() -> Answer | IomRestError:
        settings = connection_settings("https://iom.example", **changes)
        client = order_rest_client(settings, log or KeptMessages(), httpx.MockTransport(answer))
        body = None if method == "GET" else b"{}"
        try:
            return await client.send(method, ("shops", "1", "orders"), body=body, order_number="A1")
        except IomRestError as error:
            return error
        finally:
            await client.aclose()

    return asyncio.run(run())


KINDS: Mapping[int, tuple[type[IomRestError], type[IomRestError]]] = {
    202: (IomOutcomeUnclear, IomUnexpectedAnswer),
    302: (IomUnexpectedAnswer, IomUnexpectedAnswer),
    400: (IomBadRequest, IomBadRequest),
    401: (IomUnauthorized, IomUnauthorized),
    403: (IomForbidden, IomForbidden),
    404: (IomNotFound, IomNotFound),
    405: (IomUnexpectedAnswer, IomUnexpectedAnswer),
    406: (IomUnexpectedAnswer, IomUnexpectedAnswer),
    408: (IomOutcomeUnclear, IomOutcomeUnclear),
    409: (IomUnexpectedAnswer, IomUnexpectedAnswer),
    415: (IomUnexpectedAnswer, IomUnexpectedAnswer),
    422: (IomUnexpectedAnswer, IomUnexpectedAnswer),
    429: (IomThrottled, IomThrottled),
    500: (IomOutcomeUnclear, IomOutcomeUnclear),
    501: (IomOutcomeUnclear, IomOutcomeUnclear),
    502: (IomOutcomeUnclear, IomOutcomeUnclear),
    503: (IomOutcomeUnclear, IomThrottled),
    504: (IomOutcomeUnclear, IomOutcomeUnclear),
    599: (IomOutcomeUnclear, IomOutcomeUnclear),
    777: (IomOutcomeUnclear, IomOutcomeUnclear),
}


@pytest.mark.parametrize("status", KINDS)
def test_each_status_has_its_meaning_for_writing_and_reading(status: int) -> None:
    for method, kind in zip(("POST", "GET"), KINDS[status], strict=True):
        error = send(method, httpx.Response(status), read_retries=0)
        assert type(error) is kind
        assert error.status == status
        assert (error.method, error.path) == (method, "/rest/order-service/shops/1/orders")
        assert error.hint
        assert error.ids["message_id"] == error.message_id
        assert error.ids["service"] == "iom-order-export"
        assert error.ids["order_number"] == "A1"


def test_a_refusal_carries_the_words_of_iom() -> None:
    report = {
        "status": 400,
        "errors": [
            {"code": "VALIDATION_EXCEPTION", "message": "Attribute XYZ is mandatory", "value": {"a": None}},
            {"code": "OTHER", "message": "Something else"},
        ],
    }
    error = send("POST", httpx.Response(400, json=report))
    assert isinstance(error, IomBadRequest)
    assert error.errors == (
        ReportedError("VALIDATION_EXCEPTION", "Attribute XYZ is mandatory", '{"a":null}'),
        ReportedError("OTHER", "Something else"),
    )
    assert error.their_code == "VALIDATION_EXCEPTION"
    assert str(error) == (
        "IOM answered 400 Bad Request to POST /rest/order-service/shops/1/orders: VALIDATION_EXCEPTION: "
        'Attribute XYZ is mandatory (value {"a":null}); OTHER: Something else. '
        "Correct what IOM objects to; the same request is refused again."
    )


def test_a_page_of_a_proxy_is_told_in_words() -> None:
    page = "<html><head><title>x</title></head><body><h1>Access&nbsp;denied</h1> by gate 7</body></html>"
    error = send("POST", httpx.Response(403, text=page, headers={"Content-Type": "text/html"}))
    assert isinstance(error, IomForbidden)
    assert "403 Forbidden to POST /rest/order-service/shops/1/orders: Access denied by gate 7." in str(error)
    assert "user webservice_shop" in error.hint
    assert "10020" in error.hint


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Check user and password of the service iom-order-export."),
        ({"authentication": "bearer_token", "token": "abcdefgh"}, "the token, which may have run out"),
        ({"authentication": "jwt", "jwt_secret": "s" * 32}, "jwt_secret and the clock"),
    ],
)
def test_a_401_names_the_settings_to_check(changes: dict[str, Any], words: str) -> None:
    error = send("POST", httpx.Response(401), **changes)
    assert isinstance(error, IomUnauthorized)
    assert words in error.hint


def test_amounts_arrive_exact() -> None:
    answer = send("GET", httpx.Response(200, content=b'{"amount": 0.10000000000000000001}', headers=VENDOR))
    assert isinstance(answer, Answer)
    assert answer.json() == {"amount": Decimal("0.10000000000000000001")}


def test_a_json_answer_without_a_content_type_is_taken() -> None:
    answer = send("GET", httpx.Response(200, content=b"[]"))
    assert isinstance(answer, Answer)
    assert answer.json() == []


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(200, content=b"{", headers=VENDOR),
        httpx.Response(200, content=b"NaN", headers=VENDOR),
        httpx.Response(200, content=b"\xff\xfe{}", headers=VENDOR),
        httpx.Response(200, content=b"[" * 100_000, headers=VENDOR),
        httpx.Response(200, text="<html>Log in</html>", headers={"Content-Type": "text/html"}),
        httpx.Response(200, text="{}", headers={"Content-Type": "text/plain"}),
    ],
)
def test_a_success_that_is_no_json_proves_nothing(method: str, response: httpx.Response) -> None:
    log = KeptMessages()
    error = send(method, response, log=log, read_retries=1)
    assert isinstance(error, IomOutcomeUnclear)
    assert "base_url (https://iom.example)" in error.hint
    assert len(log.messages) == (2 if method == "GET" else 1)
    assert log.messages[0].status == 200
    assert log.messages[0].error == error.message


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_reading_goes_on_after_what_may_pass(status: int) -> None:
    log = KeptMessages()
    good = httpx.Response(200, content=b"{}", headers=VENDOR)
    answer = send("GET", httpx.Response(status), httpx.Response(status), good, log=log)
    assert isinstance(answer, Answer)
    assert [message.status for message in log.messages] == [status, status, 200]
    assert [message.error for message in log.messages] == ["", "", ""]
    assert answer.message_id == log.messages[-1].message_id


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 415])
def test_reading_stops_at_what_will_not_pass(status: int) -> None:
    log = KeptMessages()
    send("GET", httpx.Response(status), log=log)
    assert len(log.messages) == 1


def test_reading_gives_up_after_its_retries() -> None:
    log = KeptMessages()
    error = send("GET", httpx.Response(500), log=log, read_retries=3)
    assert isinstance(error, IomOutcomeUnclear)
    assert error.message_id == log.messages[-1].message_id
    assert len(log.messages) == 4


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_writing_is_never_repeated(method: str, status: int) -> None:
    log = KeptMessages()
    send(method, httpx.Response(status, headers={"Retry-After": "0"}), log=log)
    assert len(log.messages) == 1


def test_a_longer_wait_than_the_limit_is_left_to_the_caller() -> None:
    log = KeptMessages()
    error = send("GET", httpx.Response(503, headers={"Retry-After": "7"}), log=log, backoff_limit=5)
    assert isinstance(error, IomThrottled)
    assert error.retry_after == 7
    assert len(log.messages) == 1


def test_a_short_wait_is_kept_before_the_repetition() -> None:
    log = KeptMessages()
    soon = format_datetime(NOON + timedelta(seconds=-3), usegmt=True)
    good = httpx.Response(200, content=b"{}", headers=VENDOR)
    before = time.monotonic()
    answer = send(
        "GET",
        httpx.Response(429, headers={"Retry-After": "0.05"}),
        httpx.Response(503, headers={"Retry-After": soon}),
        good,
        log=log,
        backoff_limit=1,
    )
    assert isinstance(answer, Answer)
    assert time.monotonic() - before >= 0.05
    assert len(log.messages) == 3


def test_a_post_keeps_the_wait_that_a_proxy_asks_for() -> None:
    error = send("POST", httpx.Response(503, headers={"Retry-After": "120"}))
    assert isinstance(error, IomOutcomeUnclear)
    assert error.retry_after == 120


def test_a_log_that_fails_does_not_hide_the_outcome(caplog: pytest.LogCaptureFixture) -> None:
    class FullDisk(KeptMessages):
        async def record(self, message: Message) -> None:
            raise StorageError("The disk is full.")

    with caplog.at_level(logging.ERROR):
        answer = send("POST", httpx.Response(201, headers={"Location": "/x/1"}), log=FullDisk())
    assert isinstance(answer, Answer)
    assert answer.message_id in caplog.text
    assert "could not be kept" in caplog.text
