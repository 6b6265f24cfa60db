"""What IOM may send, and what then leaves the adapter: the right error, no secret, no request elsewhere."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest

from ac_iomconnector_orderhistory.service import IomOrderHistoryService
from ac_iomconnector_orderhistory.testing import history_at
from ac_iomconnector_rest_common.json_numbers import encode
from ac_iomconnector_rest_common.testing.raw_server import RawConnection, RawServer
from ac_iomconnector_rest_common.testing.rest_clients import KeptMessages
from iomconnector.errors import ConnectorError
from iomconnector.ports.document_service import (
    DocumentNotFoundError,
    DocumentRefusedError,
    DocumentsBusyError,
)
from iomconnector.ports.order_history_service import (
    HistoryNotOfferedError,
    HistoryUnavailableError,
    StateQuery,
)
from iomconnector.testing.event_loop import in_event_loop

KEY = "17deadbeef"
PATH = "/servlets/DocumentServlet/v1.0/invoiceNote/InvoiceNote.pdf"
PDF = b"%PDF-1.7\nAn invoice.\n%%EOF\n"
JSON = "Content-Type: application/json"
Answer = Callable[[RawConnection], Awaitable[None]]


def _states(link: str) -> bytes:
    document = {"type": "invoiceNote", "downloadLink": link}
    state = {"shopOrderNumber": "1", "status": "STATE_DISPATCHED", "documents": [document]}
    return encode({"data": [state], "meta": {"totalCount": 1}})


class _Iom:
    """A server that shows one order with one document, and answers its link as told."""

    def __init__(self, link: str, answer: Answer) -> None:
        self.link = link
        self.answer = answer
        self.asked: list[str] = []

    async def __call__(self, connection: RawConnection) -> None:
        while True:
            request = await connection.read_request()
            self.asked.append(request.target)
            if "/order-states" in request.target:
                await connection.answer(200, _states(self.link), JSON)
            else:
                await self.answer(connection)


def _file(content: bytes, *headers: str, status: int = 200) -> Answer:
    async def answer(connection: RawConnection) -> None:
        await connection.answer(status, content, *(headers or ("Content-Type: application/pdf",)))

    return answer


@asynccontextmanager
async def _service(
    answer: Answer, link: str = f"{PATH}?k={KEY}&i=17&s=10010", **settings: Any
) -> AsyncIterator[tuple[IomOrderHistoryService, _Iom, KeptMessages]]:
    iom, log = _Iom(link, answer), KeptMessages()
    async with RawServer(iom) as server, aclosing(history_at(server.url, log=log, **settings)) as service:
        yield service, iom, log


async def _read(service: IomOrderHistoryService) -> bytes:
    [state] = await service.states(["1"])
    [document] = state.documents
    async with service.open_document("1", document.id) as stream:
        return b"".join([chunk async for chunk in stream.chunks])


@in_event_loop
async def test_a_sound_document_comes_whole_and_its_key_is_in_no_log() -> None:
    async with _service(_file(PDF)) as (service, iom, log):
        assert await _read(service) == PDF
        assert iom.asked[-1] == f"{PATH}?k={KEY}&i=17&s=10010"
        assert log.messages
        assert KEY not in "".join(f"{each.url} {each.response_headers}" for each in log.messages)


@pytest.mark.parametrize(
    ("answer", "settings"),
    [
        (_file(b"<html>Please sign in</html>", "Content-Type: text/html"), {}),
        (_file(b"<script>alert(1)</script>"), {}),
        (_file(b"", "Content-Type: application/pdf"), {}),
        (_file(PDF, "X-Nothing: at all"), {}),
        (_file(PDF * 100), {"largest_document": 200}),
        (_file(PDF, "Content-Type: image/svg+xml"), {}),
        (_file(PDF, "Content-Type: image/png"), {}),
        (_file(PDF, "Content-Type: image/jpeg"), {}),
        (_file(PDF), {"largest_document": len(PDF) - 1}),
        (_file(b"", "Content-Type: text/plain"), {"document_types": "text/plain"}),
    ],
)
@in_event_loop
async def test_what_may_not_be_passed_on_is_refused(answer: Answer, settings: dict[str, Any]) -> None:
    async with _service(answer, **settings) as (service, _, log):
        with pytest.raises(DocumentRefusedError) as refused:
            await _read(service)
        assert "order 1" in refused.value.message
        assert KEY not in str(refused.value) + "".join(each.url for each in log.messages)


@in_event_loop
async def test_a_document_may_be_as_large_as_the_limit() -> None:
    async with _service(_file(PDF), largest_document=len(PDF)) as (service, _, _log):
        assert await _read(service) == PDF


@in_event_loop
async def test_a_document_that_comes_compressed_though_nobody_asked_is_whole() -> None:
    packed = gzip.compress(PDF * 10)
    answer = _file(packed, "Content-Type: application/pdf", "Content-Encoding: gzip")
    async with _service(answer, largest_document=len(PDF) * 10) as (service, _, _log):
        assert await _read(service) == PDF * 10


@pytest.mark.parametrize("below", ["", "/iom"])
@in_event_loop
async def test_behind_a_proxy_links_with_and_without_its_path_are_understood(below: str) -> None:
    iom = _Iom(f"{below}{PATH}?i=17", _file(PDF))
    async with RawServer(iom) as server, aclosing(history_at(f"{server.url}/iom")) as service:
        assert await _read(service) == PDF
        assert iom.asked[-1] == f"/iom{PATH}?i=17"


@in_event_loop
async def test_an_endless_document_ends_at_the_limit() -> None:
    async def endless(connection: RawConnection) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nTransfer-Encoding: chunked\r\n\r\n"
        await connection.write(head + b"5\r\n%PDF-\r\n")
        while True:
            await connection.write(b"1000\r\n" + b"x" * 4096 + b"\r\n")

    async with _service(endless, largest_document=100_000) as (service, _, _log):
        with pytest.raises(DocumentRefusedError):
            await asyncio.wait_for(_read(service), 20)


@in_event_loop
async def test_a_document_that_breaks_off_is_no_document() -> None:
    async def broken(connection: RawConnection) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nContent-Length: 1000\r\n\r\n"
        await connection.write(head + PDF)
        connection.reset()

    async with _service(broken) as (service, _, _log):
        with pytest.raises((DocumentRefusedError, HistoryUnavailableError)):
            await _read(service)


@pytest.mark.parametrize(
    ("status", "expected"),
    [(404, DocumentNotFoundError), (403, HistoryUnavailableError), (500, HistoryUnavailableError)],
)
@in_event_loop
async def test_refusals_of_iom_are_told_apart(status: int, expected: type[ConnectorError]) -> None:
    async with _service(_file(b"{}", JSON, status=status)) as (service, _, _log):
        with pytest.raises(expected):
            await _read(service)


@pytest.mark.parametrize(
    "link",
    [
        "http://169.254.169.254/latest/meta-data",
        "https://elsewhere.example/rest/order-service/shops/10010/orders",
        "/servlets/DocumentServlet/../../rest/order-service/shops/10010/order-states",
        "/servlets/DocumentServlet/%2e%2e/%252e%252e/rest",
        "/servlets/DocumentServlet/%252e%252e/rest",
        "/servlets/DocumentServlet\\..\\rest",
        "/servlets/DocumentServlet/..\\..\\rest",
        "/servlets/DocumentServlet/%255c..%5crest",
        "//elsewhere.example/admin",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "http://[broken",
    ],
)
@in_event_loop
async def test_a_link_elsewhere_is_never_followed(link: str) -> None:
    async with _service(_file(PDF), link) as (service, iom, _log):
        [state] = await service.states(["1"])
        for document in state.documents:
            with pytest.raises(DocumentRefusedError):
                async with service.open_document("1", document.id):
                    pass
        assert all("/order-states" in target for target in iom.asked)


@in_event_loop
async def test_a_foreign_host_in_a_link_gets_neither_request_nor_credentials() -> None:
    link = f"http://elsewhere.example{PATH}?k={KEY}&i=17&s=10010"
    async with _service(_file(PDF), link) as (service, iom, _log):
        assert await _read(service) == PDF
        assert iom.asked[-1].startswith(PATH)


@in_event_loop
async def test_a_redirect_is_not_followed() -> None:
    answer = _file(b"", "Location: http://169.254.169.254/", "Content-Type: application/pdf", status=302)
    async with _service(answer) as (service, iom, _log):
        with pytest.raises(HistoryUnavailableError):
            await _read(service)
        assert len(iom.asked) == 2 + 1


@in_event_loop
async def test_no_address_is_longer_than_servers_and_proxies_take() -> None:
    numbers = [f"{number:0>250}" for number in range(60)]
    async with _service(_file(PDF)) as (service, iom, _log):
        await service.states(numbers)
        assert max(map(len, iom.asked)) < 8000
        assert all(sum(number in target for target in iom.asked) == 1 for number in numbers)


@in_event_loop
async def test_what_iom_answers_about_many_orders_is_in_no_log() -> None:
    async with _service(_file(PDF)) as (service, _, log):
        await service.states(["1", "2"])
        assert log.messages
        assert KEY not in "".join(each.response_body for each in log.messages)


@in_event_loop
async def test_emails_and_changes_say_since_when_they_are_possible() -> None:
    async with _service(_file(PDF), api_version="2.2") as (service, _, _log):
        with pytest.raises(HistoryNotOfferedError, match=r"2\.3"):
            await service.search(StateQuery(emails=("anna@example.com",)))
        with pytest.raises(HistoryNotOfferedError, match=r"2\.4"):
            await service.changes(None)


@in_event_loop
async def test_customers_who_read_slowly_hold_up_documents_and_never_states() -> None:
    async with _service(_file(PDF), max_connections=2, pool_timeout=1) as (service, _, _log):
        [state] = await service.states(["1"])
        [document] = state.documents
        async with service.open_document("1", document.id):
            with pytest.raises(DocumentsBusyError, match="Too many documents"):
                async with service.open_document("1", document.id):
                    pass
            assert await service.states(["1"])
        assert await _read(service) == PDF
