"""Reservations of baskets and orders on the shop's own stock, in processes that die at any time."""

import shutil
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

from bc_inventory.configuration import SimpleInventorySettings
from bc_inventory.testing import stock_database
from bc_inventory.testing_reservations import shop_with_stock
from iomconnector.model.availability import ReservationType
from iomconnector.testing.databases import prepare_database_file
from iomconnector.testing.memory import ManualClock
from iomconnector.testing.reservation_machine import Reservations, as_test
from iomconnector.testing.reservation_stage import ReservationParts


class _OnStock(Reservations):
    kind = ReservationType.COMPLETE

    def __init__(self) -> None:
        super().__init__()
        self.stack = AsyncExitStack()
        self.folder = Path(tempfile.mkdtemp())
        shutil.copyfile(_prepared(), self.folder / "shop.sqlite")

    async def parts(self, clock: ManualClock, pieces: dict[str, int]) -> ReservationParts:
        url = f"sqlite:///{self.folder / 'shop.sqlite'}"
        database = await self.stack.enter_async_context(stock_database(url))
        settings = SimpleInventorySettings(reservation_type=self.kind)
        return await shop_with_stock(database, clock, pieces, settings=settings)

    async def ended(self) -> None:
        await self.stack.aclose()
        shutil.rmtree(self.folder)


class _PartlyOnStock(_OnStock):
    kind = ReservationType.PARTLY


_PREPARED: list[Path] = []


def _prepared() -> Path:
    if not _PREPARED:
        _PREPARED.append(prepare_database_file(Path(tempfile.mkdtemp()) / "prepared.sqlite"))
    return _PREPARED[0]


TestOnStock = as_test(_OnStock, count=15, steps=30)
TestPartlyOnStock = as_test(_PartlyOnStock, count=10, steps=30)
