"""Documents of orders: listed, counted and downloaded, by nobody but their owners."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from app_sf_responsive.testing.stage import BUYER, COLLEAGUE, PATRICIA, Guest, Stage, open_stage, order_of
from app_sf_responsive.visitor import shop_path
from as_iomconnector import cartridge
from as_iomconnector.documents_views import router
from iomconnector.hooks import hookimpl
from iomconnector.ports.document_service import DocumentRefusedError, DocumentsBusyError, DocumentStream
from iomconnector.ports.order_export_service import OrderExportService
from iomconnector.ports.order_history_service import HistoryRules, OrderHistoryService
from iomconnector.services.definition import ServiceDefinition
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory.order_export_service import MemoryOrderExportService
from iomconnector.testing.memory.order_history_service import MemoryOrderHistory, MemoryOrderHistoryService
from iomconnector.testing.samples import CHANNEL, ORGANIZATION, OTHER_CHANNEL
from iomconnector.web.cartridge_routes import routes_of

QUICK = HistoryRules(timedelta(0), timedelta(0), budget=timedelta(seconds=0.3))
BUSY = "so many that there is room for no more"
PDF = b"%PDF-1.7 " + b"x" * 200_000


class Nothing(BaseModel):
    """There is nothing to set."""


class WatchedHistoryService(MemoryOrderHistoryService):
    """Counts the documents that are open, and breaks off what a content tells it to."""

    def __init__(self, management: MemoryOrderHistory, opened: list[str]) -> None:
        super().__init__(management, QUICK)
        self._opened = opened

    @asynccontextmanager
    async def open_document(self, number: str, document_id: str) -> AsyncIterator[DocumentStream]:
        async with super().open_document(number, document_id) as stream:
            if BUSY in self._opened:
                raise DocumentsBusyError("Another document is on its way.")
            self._opened.append(number)
            try:
                yield replace(stream, chunks=self._spoilt(stream.chunks))
            finally:
                self._opened.remove(number)

    @staticmethod
    async def _spoilt(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        async for chunk in chunks:
            if chunk.startswith(b"refused"):
                raise DocumentRefusedError("This is no document.")
            yield chunk
            if chunk.startswith(b"broken"):
                raise DocumentRefusedError("It ends too early.")


class FarSide:
    """A cartridge with an order management system in memory."""

    def __init__(self) -> None:
        self.management = MemoryOrderHistory()
        self.opened: list[str] = []

    @hookimpl
    def iomconnector_service_definitions(self) -> Sequence[ServiceDefinition[Any]]:
        return [
            self._definition("export", OrderExportService, MemoryOrderExportService),
            self._definition("history", OrderHistoryService, self._history),
        ]

    def _history(self, management: MemoryOrderHistory) -> MemoryOrderHistoryService:
        return WatchedHistoryService(management, self.opened)

    def _definition(
        self, name: str, port: type[Any], make: Callable[[MemoryOrderHistory], Any]
    ) -> ServiceDefinition[Any]:
        return ServiceDefinition(name, name, "Tests", port, Nothing, lambda _, __: make(self.management))


@dataclass
class Scene:
    """A shop with an exported order of each buyer."""

    stage: Stage
    management: MemoryOrderHistory
    keys: dict[str, int]
    documents: dict[str, str]
    opened: list[str]

    def documents_of(self, login: str) -> str:
        channel = CHANNEL if login == "patricia" else OTHER_CHANNEL
        return shop_path(channel, "orders", self.keys[login], "documents")

    def document_of(self, login: str) -> str:
        return f"{self.documents_of(login)}/{self.documents[login]}"


@asynccontextmanager
async def scene(directory: Path) -> AsyncIterator[Scene]:
    far = FarSide()
    async with open_stage(directory, cartridge, far) as stage:
        system = stage.application
        for name in ("export", "history"):
            await system.services.add(name, definition=name, context=ORGANIZATION, values={}, by="tests")
        keys, documents = {}, {}
        for user in (PATRICIA, BUYER, COLLEAGUE):
            order = order_of(user, f"2026-{user.login}")
            await system.place_orders.many([order])
            keys[user.login] = (await system.orders.get(order.channel, order.number)).request.order_id
        await system.exporter().drain()
        for login in keys:
            await far.management.add_document(f"2026-{login}", PDF + login.encode())
            documents[login] = next(iter(far.management.contents(f"2026-{login}")))
        yield Scene(stage, far.management, keys, documents, far.opened)


@in_event_loop
async def test_documents_are_counted_listed_and_downloaded(tmp_path: Path) -> None:
    async with scene(tmp_path) as shown:
        patricia = await shown.stage.customer("patricia")
        page = await patricia.get(shop_path(CHANNEL, "orders", shown.keys["patricia"]))
        assert "View All documents 1" in page.text
        assert shown.documents_of("patricia") in page.links
        history = await patricia.get(shop_path(CHANNEL, "orders"))
        assert "Documents 1" in history.text
        listed = await patricia.get(shown.documents_of("patricia"))
        assert "Invoice Invoice_2026-patricia_" in listed.text
        assert shown.document_of("patricia") in listed.links
        answer = await patricia.client.get(shown.document_of("patricia"))
        assert (answer.status_code, answer.content) == (200, PDF + b"patricia")
        headers = answer.headers
        assert headers["content-type"] == "application/pdf"
        assert headers["content-length"] == str(len(answer.content))
        assert headers["content-disposition"].startswith(
            f'attachment; filename="Invoice_2026-patricia_{shown.documents["patricia"]}.pdf";'
        )
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert headers["content-security-policy"].startswith("sandbox")


@in_event_loop
async def test_kinds_narrow_the_list_and_unknown_ones_do_not(tmp_path: Path) -> None:
    async with scene(tmp_path) as shown:
        patricia = await shown.stage.customer("patricia")
        path = shown.documents_of("patricia")
        assert "Invoice_2026" in (await patricia.get(f"{path}?kind=invoices")).text
        assert "There is no document of this kind." in (await patricia.get(f"{path}?kind=returnslip")).text
        assert "Invoice_2026" in (await patricia.get(f'{path}?kind="><b>')).text


def test_every_route_is_in_the_matrix() -> None:
    assert {f"{method} {path}" for method, path, _ in routes_of(router)} == {
        "GET /shop/{channel}/orders/{order_id}/documents",
        "GET /shop/{channel}/orders/{order_id}/documents/{document_id}",
    }


@in_event_loop
async def test_nobody_but_the_owner_gets_a_list_or_a_document(tmp_path: Path) -> None:
    async with scene(tmp_path) as shown:
        guests = {login: await shown.stage.customer(login, channel) for login, channel in (
            ("patricia", CHANNEL), ("linus", CHANNEL), ("bea", OTHER_CHANNEL), ("carl", OTHER_CHANNEL),
            ("anna", OTHER_CHANNEL),
        )}  # fmt: skip
        sees = {
            "patricia": {"patricia"},
            "linus": set(),
            "bea": {"bea"},
            "carl": {"carl"},
            "anna": {"bea", "carl"},
        }
        nobody = await shown.stage.guest()
        for owner in shown.keys:
            for path in (shown.documents_of(owner), shown.document_of(owner)):
                assert (await nobody.get(path)).status == 303, path
                for login, guest in guests.items():
                    here = guest_is_at_home(login, owner)
                    expected = 200 if owner in sees[login] else 404 if here else 303
                    assert (await guest.client.get(path)).status_code == expected, (login, path)


def guest_is_at_home(login: str, owner: str) -> bool:
    """Whether somebody is signed in at the shop where an order was placed."""
    return (login in {"patricia", "linus"}) == (owner == "patricia")


@in_event_loop
async def test_a_document_of_another_order_or_none_is_not_there(tmp_path: Path) -> None:
    async with scene(tmp_path) as shown:
        patricia: Guest = await shown.stage.customer("patricia")
        path = shown.documents_of("patricia")
        for wrong in (shown.documents["bea"], "nothing", "%2e%2e%2f1", "a%00", "x" * 65, "ä", "a b"):
            assert (await patricia.get(f"{path}/{wrong}")).status == 404, wrong


@in_event_loop
async def test_while_nobody_answers_the_last_known_list_stands_with_its_age(tmp_path: Path) -> None:
    async with scene(tmp_path) as shown:
        patricia = await shown.stage.customer("patricia")
        never_seen = await shown.stage.customer("bea", OTHER_CHANNEL)
        assert "Invoice_2026" in (await patricia.get(shown.documents_of("patricia"))).text
        shown.management.answering.clear()
        page = await patricia.get(shown.documents_of("patricia"))
        assert "Invoice_2026" in page.text
        assert "The latest status cannot be fetched at the moment." in page.text
        other = await never_seen.get(shown.documents_of("bea"))
        assert other.status == 200
        assert "Die Dokumente können gerade nicht angezeigt werden." in other.text
        panel = await never_seen.get(shop_path(OTHER_CHANNEL, "orders", shown.keys["bea"]))
        assert "Die Dokumente können gerade nicht angezeigt werden." in panel.text
        shown.management.answering.set()


@in_event_loop
async def test_a_document_that_cannot_be_fetched_is_told_on_a_page(tmp_path: Path) -> None:
    async with scene(tmp_path) as shown:
        patricia = await shown.stage.customer("patricia")
        await patricia.get(shown.documents_of("patricia"))
        await shown.management.go_down()
        answer = await patricia.get(shown.document_of("patricia"))
        assert answer.status == 503
        assert "The document cannot be fetched at the moment" in answer.text
        assert "content-disposition" not in answer.headers


@in_event_loop
async def test_a_document_that_has_to_wait_for_others_is_told_on_a_page(tmp_path: Path) -> None:
    async with scene(tmp_path) as shown:
        patricia = await shown.stage.customer("patricia")
        shown.opened.append(BUSY)
        answer = await patricia.get(shown.document_of("patricia"))
        assert answer.status == 503
        assert "The document cannot be fetched at the moment" in answer.text
        shown.opened.clear()
        assert (await patricia.get(shown.document_of("patricia"))).status == 200


@in_event_loop
async def test_what_may_not_be_passed_on_is_told_or_broken_off(tmp_path: Path) -> None:
    async with scene(tmp_path) as shown:
        patricia = await shown.stage.customer("patricia")
        for content in (b"refused", b"broken" + b"x" * 200_000):
            await shown.management.add_document("2026-patricia", content)
        _, refused, broken = shown.management.contents("2026-patricia")
        page = await patricia.get(f"{shown.documents_of('patricia')}/{refused}")
        assert (page.status, shown.opened) == (502, [])
        assert "The document cannot be fetched at the moment" in page.text
        answer = await patricia.client.get(f"{shown.documents_of('patricia')}/{broken}")
        assert len(answer.content) < int(answer.headers["content-length"]), "it cannot be taken for whole"
        assert shown.opened == []


@in_event_loop
async def test_a_reader_who_goes_away_gives_the_document_back(tmp_path: Path) -> None:
    async with scene(tmp_path) as shown:
        patricia = await shown.stage.customer("patricia")
        path = shown.document_of("patricia")
        cookies = "; ".join(f"{name}={value}" for name, value in patricia.client.cookies.items())
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET",
            "scheme": "http", "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "",
            "headers": [(b"host", b"shop.example"), (b"cookie", cookies.encode())],
            "client": ("192.0.2.1", 1), "server": ("shop.example", 80),
        }  # fmt: skip
        seen: list[int] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            seen.append(len(shown.opened))
            if message["type"] == "http.response.body":
                raise OSError("the connection is gone")

        with suppress(Exception):
            await shown.stage.web(scope, receive, send)
        assert shown.opened == []
        assert 1 in seen, "it was open when the answer began"


@in_event_loop
async def test_many_downloads_at_once_are_whole(tmp_path: Path) -> None:
    async with scene(tmp_path) as shown:
        patricia = await shown.stage.customer("patricia")
        answers = await asyncio.gather(
            *(patricia.client.get(shown.document_of("patricia")) for _ in range(8))
        )
        assert {answer.content for answer in answers} == {PDF + b"patricia"}
