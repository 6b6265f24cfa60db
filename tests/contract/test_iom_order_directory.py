"""IOM can be asked about many orders at once, over real sockets to the stand-in, in every version."""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

import pytest

from ac_iomconnector_orderexport import order_directory
from ac_iomconnector_orderexport.service import IomOrderExportService
from ac_iomconnector_orderexport.testing.scripted_iom import service_at
from ac_iomconnector_rest_common import states_by_number
from dev_iomconnector_iom import ApiVersion, ClockConfig, ClockMode, StandIn, StandInConfig
from dev_iomconnector_iom.config import DEMO_PASSWORD
from dev_iomconnector_iom.control.messages import AlterCommand
from iomconnector.model.exports import PlacedOrder
from iomconnector.testing.contracts import DirectoryScene, OrderDirectoryContract

SHOP = 10010


def service(stand_in: StandIn, version: str) -> IomOrderExportService:
    return service_at(
        stand_in.url,
        api_version=version,
        shop_id=SHOP,
        user="webservice_shop",
        password=DEMO_PASSWORD.get_secret_value(),
        unmapped_fields="drop",
    )


class _Iom:
    """The stand-in as the far side of the contract."""

    def __init__(self, stand_in: StandIn, version: str) -> None:
        self._stand_in = stand_in
        self._version = version

    async def plant(self, placed: PlacedOrder) -> None:
        async with aclosing(service(self._stand_in, self._version)) as somebody_else:
            await somebody_else.submit(placed)

    async def forget(self, number: str) -> None:
        self._stand_in.desk.forget(SHOP, number)

    async def alter(self, number: str) -> None:
        fields = {"sales.total.gross.amount": 1, "shippingBuckets.0.positions.0.product.name": "Boots"}
        self._stand_in.desk.alter(SHOP, number, AlterCommand(fields=fields))

    async def go_down(self) -> None:
        await self._stand_in.__aexit__(None, None, None)


class _AtIom(OrderDirectoryContract):
    version: str

    @pytest.fixture(autouse=True)
    def _small_pages(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(order_directory, "PAGE_SIZE", 3)
        monkeypatch.setattr(states_by_number, "PAGE_SIZE", 3)

    @asynccontextmanager
    async def scene(self) -> AsyncIterator[DirectoryScene]:
        config = StandInConfig(
            api_version=ApiVersion(self.version),
            port=0,
            storage=self.folder / "orders.sqlite3",
            clock=ClockConfig(mode=ClockMode.MANUAL),
        )
        async with StandIn(config) as stand_in, aclosing(service(stand_in, self.version)) as adapter:
            yield DirectoryScene(adapter, _Iom(stand_in, self.version))


class TestOrderRest20(_AtIom):
    version = "2.0"


class TestOrderRest22(_AtIom):
    version = "2.2"


class TestOrderRest24(_AtIom):
    version = "2.4"
