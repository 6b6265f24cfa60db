"""The IOM Order History Service keeps the contracts of its ports, over real sockets to the stand-in, in every
version, and under the eyes of the referee."""

import base64
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from ac_iomconnector_order_test.middleware import Judged, RefereeMiddleware, assert_clean
from ac_iomconnector_orderexport.testing.scripted_iom import service_at
from ac_iomconnector_orderhistory.service import IomOrderHistoryService
from ac_iomconnector_orderhistory.testing import history_at
from dev_iomconnector_iom import FaultKind, FaultRule
from dev_iomconnector_iom.config import DEMO_PASSWORD
from dev_iomconnector_iom.control.messages import DocumentCommand, StepCommand
from dev_iomconnector_iom.testing.moods import MoodyStandIn
from iomconnector.model.exports import PlacedOrder
from iomconnector.testing.contracts import (
    DocumentScene,
    DocumentServiceContract,
    HistoryScene,
    OrderHistoryServiceContract,
)

SHOP = 10010
STATES = f"/rest/order-service/shops/{SHOP}/order-states"


class CountQuestions:
    """Counts the requests for order states that the stand-in handles."""

    def __init__(self, app: ASGIApp, *, counts: list[str]) -> None:
        self._app = app
        self._counts = counts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(STATES):
            self._counts.append(scope["path"])
        await self._app(scope, receive, send)


class _Iom(MoodyStandIn):
    """The stand-in as the far side of the contracts."""

    def __init__(self, folder: Path, version: str, record: list[Judged]) -> None:
        self._asked: list[str] = []
        counting = partial(CountQuestions, counts=self._asked)
        referee = partial(RefereeMiddleware, version=version, record=record)
        super().__init__(folder, version, [counting, referee])
        self._access: dict[str, Any] = {
            "api_version": version,
            "shop_id": SHOP,
            "user": "webservice_shop",
            "password": DEMO_PASSWORD.get_secret_value(),
            "read_timeout": 5,
        }

    def service(self) -> IomOrderHistoryService:
        return history_at(self.url, **self._access)

    async def garble(self) -> None:
        await self.only(FaultRule(kind=FaultKind.TRUNCATED_JSON))

    async def plant(self, placed: PlacedOrder) -> None:
        desk = await self.start()
        settings = {**self._access, "unmapped_fields": "drop"}
        with self.unharmed(desk):
            async with aclosing(service_at(self.url, **settings)) as somebody_else:
                await somebody_else.submit(placed)

    async def advance(self, number: str) -> None:
        (await self.start()).step(StepCommand(shop=SHOP, number=number))

    async def add_document(self, number: str, content: bytes) -> None:
        command = DocumentCommand(type="invoiceNote", title="Invoice", content=base64.b64encode(content))
        (await self.start()).add_document(SHOP, number, command)

    def questions(self) -> int:
        return len(self._asked)


@asynccontextmanager
async def _running(folder: Path, version: str) -> AsyncIterator[tuple[IomOrderHistoryService, _Iom]]:
    record: list[Judged] = []
    iom = _Iom(folder, version, record)
    await iom.start()
    try:
        async with aclosing(iom.service()) as service:
            yield service, iom
    finally:
        await iom.go_down()
    assert_clean(record, at_least=0)


class _History(OrderHistoryServiceContract):
    version: str

    @asynccontextmanager
    async def scene(self) -> AsyncIterator[HistoryScene]:
        async with _running(self.folder, self.version) as (service, iom):
            yield HistoryScene(service, iom)


class _Documents(DocumentServiceContract):
    version: str

    @asynccontextmanager
    async def scene(self) -> AsyncIterator[DocumentScene]:
        async with _running(self.folder, self.version) as (service, iom):
            yield DocumentScene(service, iom)


class TestOrderHistoryRest20(_History):
    version = "2.0"


class TestOrderHistoryRest22(_History):
    version = "2.2"


class TestOrderHistoryRest23(_History):
    version = "2.3"


class TestOrderHistoryRest24(_History):
    version = "2.4"


class TestDocumentsRest20(_Documents):
    version = "2.0"


class TestDocumentsRest24(_Documents):
    version = "2.4"
