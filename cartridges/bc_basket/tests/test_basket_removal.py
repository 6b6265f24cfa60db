"""What is removed of baskets is gone from the file."""

from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from bc_basket.baskets import SqlBasketRepository
from bc_basket.personal import BasketsOfPeople
from iomconnector.storage.context_repository import SqlContextRepository
from iomconnector.storage.database import Database
from iomconnector.storage.preparation import CORE_PREPARER, SchemaPreparer
from iomconnector.storage.remnants import forget_remnants
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.samples import (
    CONTEXTS,
    sample_basket,
    sample_customer_user,
    sample_order,
)

STREET = b"Unforgettable Street"


@pytest.fixture(autouse=True)
def _sqlite_clears_nothing_by_itself() -> Iterator[None]:
    def connected(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA secure_delete=OFF")

    event.listen(Engine, "connect", connected)
    yield
    event.remove(Engine, "connect", connected)


@asynccontextmanager
async def prepared(url: str) -> AsyncIterator[Database]:
    async with aclosing(Database(url)) as database:
        await CORE_PREPARER.schema.upgrade(database)
        await SchemaPreparer("bc_basket:revisions").schema.upgrade(database)
        for context in CONTEXTS:
            await SqlContextRepository(database).save(context)
        yield database


@pytest.mark.parametrize("erased", [False, True], ids=["ordered", "erased"])
@in_event_loop
async def test_the_address_of_a_buyer_is_overwritten_once_it_is_in_the_order(
    tmp_path: Path, erased: bool
) -> None:
    """Also where SQLite was built to leave what it frees."""
    file = tmp_path / "shop.sqlite"
    order = sample_order()
    address = order.invoice_address.model_copy(update={"street": STREET.decode()})
    draft = order.model_copy(update={"invoice_address": address, "message_to_merchant": "x" * 6000})
    async with prepared(f"sqlite+aiosqlite:///{file}") as database:
        baskets = SqlBasketRepository(database)
        ordering = await baskets.change((await baskets.begin(sample_basket())).being_ordered(draft))
        assert ordering is not None
        await forget_remnants(database)
        assert STREET in file.read_bytes()
        assert await baskets.change(ordering.ordered("1")) is not None
        if erased:
            assert await BasketsOfPeople(database).erase(sample_customer_user()) == 1
        await forget_remnants(database)
        assert STREET not in file.read_bytes()
