"""The IOM Order Export Service keeps the contract of its port, over real sockets to the stand-in."""

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from ac_iomconnector_orderexport.service import IomOrderExportService
from ac_iomconnector_orderexport.testing.scripted_iom import service_at
from dev_iomconnector_iom import FaultKind, FaultRule
from dev_iomconnector_iom.config import DEMO_PASSWORD
from dev_iomconnector_iom.testing.moods import MoodyStandIn
from iomconnector.model.exports import PlacedOrder
from iomconnector.model.orders import Order
from iomconnector.testing.contracts import ExportScene, OrderExportServiceContract
from iomconnector.testing.samples import placed_order, sample_order

SHOP = 10010


class _Iom(MoodyStandIn):
    """The stand-in as the far side of the contract."""

    def __init__(self, folder: Path, version: str) -> None:
        super().__init__(folder, version)
        self._version = version

    def service(self) -> IomOrderExportService:
        return service_at(
            self.url,
            api_version=self._version,
            shop_id=SHOP,
            user="webservice_shop",
            password=DEMO_PASSWORD.get_secret_value(),
            read_timeout=5,
        )

    async def garble(self) -> None:
        await self.only(FaultRule(kind=FaultKind.WRONG_CONTENT_TYPE))

    async def refuse(self) -> str:
        await self.only(FaultRule(kind=FaultKind.STATUS, status=400, method="POST"))
        return ""

    async def plant(self, placed: PlacedOrder) -> None:
        desk = await self.start()
        with self.unharmed(desk):
            async with aclosing(self.service()) as somebody_else:
                await somebody_else.submit(placed)

    async def numbers(self) -> Sequence[str]:
        return (await self.start()).stored_numbers(SHOP)


class _IomContract(OrderExportServiceContract):
    version: str

    @asynccontextmanager
    async def scene(self) -> AsyncIterator[ExportScene]:
        iom = _Iom(self.folder, self.version)
        await iom.start()
        try:
            async with aclosing(iom.service()) as service:
                yield ExportScene(service, iom)
        finally:
            await iom.go_down()

    def unexportable(self) -> PlacedOrder:
        gift_card = {"service_id": "ISH_GIFTCARD", "tender": "limited"}
        return placed_order(sample_order("20260001", payments=[{"service_id": "ISH_INVOICE"}, gift_card]))


class TestOrderRest20(_IomContract):
    version = "2.0"

    def placed(self, number: str = "20260001", **fields: Any) -> PlacedOrder:
        """Without tax rates, which 2.0 has no field for."""
        content = super().placed(number, **fields).order.model_dump(mode="json")
        return placed_order(Order.model_validate(_without(content, "rate")))


def _without(node: Any, name: str) -> Any:
    if isinstance(node, dict):
        return {key: _without(value, name) for key, value in node.items() if key != name}
    return [_without(element, name) for element in node] if isinstance(node, list) else node


class TestOrderRest22(_IomContract):
    version = "2.2"


class TestOrderRest24(_IomContract):
    version = "2.4"


@pytest.mark.parametrize("suite", [TestOrderRest20, TestOrderRest22, TestOrderRest24])
def test_the_suite_is_run_for_each_official_version(suite: type[_IomContract]) -> None:
    assert len([name for name in dir(suite) if name.startswith("test_")]) > 15
