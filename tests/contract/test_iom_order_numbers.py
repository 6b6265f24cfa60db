"""IOM can be asked for its order numbers, over real sockets to the stand-in, in every version."""

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import pytest

from ac_iomconnector_orderexport import order_numbers
from ac_iomconnector_orderexport.service import IomOrderExportService
from ac_iomconnector_orderexport.testing.scripted_iom import service_at
from dev_iomconnector_iom import (
    ApiVersion,
    ClockConfig,
    ClockMode,
    FaultKind,
    FaultRule,
    StandIn,
    StandInConfig,
)
from dev_iomconnector_iom.config import DEMO_PASSWORD
from iomconnector.ports.order_export_service import ExportUnavailableError
from iomconnector.testing.contracts import OrderNumberSourceContract
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.samples import placed_order, sample_order

SHOP = 10010


def config(folder: Path, version: str, cursor: str = "inclusive") -> StandInConfig:
    return StandInConfig.model_validate(
        {
            "api_version": ApiVersion(version),
            "port": 0,
            "storage": folder / "orders.sqlite3",
            "clock": ClockConfig(mode=ClockMode.MANUAL),
            "cursor": cursor,
        }
    )


def service(stand_in: StandIn, version: str) -> IomOrderExportService:
    return service_at(
        stand_in.url,
        api_version=version,
        shop_id=SHOP,
        user="webservice_shop",
        password=DEMO_PASSWORD.get_secret_value(),
        unmapped_fields="drop",
    )


class _AtIom(OrderNumberSourceContract):
    version: str
    cursor = "inclusive"

    @pytest.fixture(autouse=True)
    def _small_pages(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(order_numbers, "PAGE_SIZE", 2)

    @asynccontextmanager
    async def source(self, numbers: Sequence[str]) -> AsyncIterator[IomOrderExportService]:
        async with (
            StandIn(config(self.folder, self.version, self.cursor)) as stand_in,
            aclosing(service(stand_in, self.version)) as source,
        ):
            for number in numbers:
                await source.submit(placed_order(sample_order(number)))
            yield source


class TestIomBeforeCursors(_AtIom):
    version = "2.0"


class TestIomWithoutModifiedStates(_AtIom):
    version = "2.3"


class TestIomWithInclusiveCursor(_AtIom):
    version = "2.4"


class TestIomWithExclusiveCursor(_AtIom):
    version = "2.4"
    cursor = "exclusive"


@in_event_loop
async def test_a_broken_answer_ends_the_question(tmp_path: Path) -> None:
    async with StandIn(config(tmp_path, "2.4")) as stand_in, aclosing(service(stand_in, "2.4")) as source:
        stand_in.desk.add_fault(FaultRule(kind=FaultKind.REFUSE))
        with pytest.raises(ExportUnavailableError):
            [page async for page in source.all_numbers()]
        with pytest.raises(ExportUnavailableError):
            [page async for page in source.latest_numbers()]
