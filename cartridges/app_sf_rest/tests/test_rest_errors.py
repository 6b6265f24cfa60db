"""What an error is to a client: its status, ICM's body and header, and no word of what is within."""

import httpx
import pytest
from fastapi import APIRouter, FastAPI

from app_sf_rest.rest_route import RETRY_AFTER, RestRoute, TokenRefusedError
from iomconnector.errors import ConnectorError, NotFoundError, StorageError
from iomconnector.ports.document_service import (
    DocumentNotFoundError,
    DocumentRefusedError,
    DocumentsBusyError,
)
from iomconnector.ports.order_history_service import HistoryUnavailableError
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.usecases.customer_tokens import RefreshRefusedError
from iomconnector.usecases.password_proof import SignInRefusedError

SAID = "what is within"


async def _answer(error: ConnectorError) -> httpx.Response:
    router = APIRouter(route_class=RestRoute)

    @router.get("/orders")
    async def orders() -> None:
        raise error

    app = FastAPI()
    app.include_router(router)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://shop.example") as client:
        return await client.get("/orders")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFoundError(SAID), 404),
        (DocumentNotFoundError(SAID), 404),
        (SignInRefusedError(SAID), 401),
        (RefreshRefusedError(SAID), 400),
        (DocumentRefusedError(SAID), 502),
    ],
)
@in_event_loop
async def test_an_error_that_the_client_can_understand_has_its_status(
    error: ConnectorError, status: int
) -> None:
    answer = await _answer(error)
    assert (answer.status_code, answer.json()) == (status, {"code": error.code, "message": SAID})
    assert answer.headers["error-key"] == error.code
    assert "retry-after" not in answer.headers


@pytest.mark.parametrize(
    "error", [StorageError(SAID), HistoryUnavailableError(SAID), DocumentsBusyError(SAID)]
)
@in_event_loop
async def test_what_cannot_be_answered_now_can_be_asked_again(error: ConnectorError) -> None:
    answer = await _answer(error)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, RETRY_AFTER)
    assert answer.json()["code"] == answer.headers["error-key"] == error.code
    assert SAID not in answer.text


@in_event_loop
async def test_an_unexpected_error_tells_nothing() -> None:
    answer = await _answer(ConnectorError(SAID))
    assert (answer.status_code, answer.json()["code"]) == (500, "server.error")
    assert SAID not in answer.text


@in_event_loop
async def test_a_token_that_is_over_is_told_in_the_word_that_clients_look_for() -> None:
    answer = await _answer(TokenRefusedError(SAID))
    assert answer.status_code == 401
    assert answer.headers["content-type"].startswith("text/plain")
    assert "AuthenticationTokenInvalid" in answer.text
