"""What is erased of subscribers is gone from the file."""

from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from bc_product_notification.sql_subscriptions import SqlSubscriptions
from bc_product_notification.subscriptions import Limits, Wish
from iomconnector.model.mails import Mailbox
from iomconnector.storage.context_repository import SqlContextRepository
from iomconnector.storage.database import Database
from iomconnector.storage.preparation import CORE_PREPARER, SchemaPreparer
from iomconnector.storage.remnants import forget_remnants
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.samples import CHANNEL, CONTEXTS, NOON

ADDRESS = "unforgettable@example.com"


@pytest.fixture(autouse=True)
def _sqlite_clears_nothing_by_itself() -> Iterator[None]:
    def connected(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA secure_delete=OFF")

    event.listen(Engine, "connect", connected)
    yield
    event.remove(Engine, "connect", connected)


@in_event_loop
async def test_an_erased_address_is_overwritten_also_where_sqlite_leaves_what_it_frees(
    tmp_path: Path,
) -> None:
    file = tmp_path / "shop.sqlite"
    async with aclosing(Database(f"sqlite+aiosqlite:///{file}")) as database:
        await CORE_PREPARER.schema.upgrade(database)
        await SchemaPreparer("bc_product_notification:revisions").schema.upgrade(database)
        for context in CONTEXTS:
            await SqlContextRepository(database).save(context)
        store, mailbox = SqlSubscriptions(database), Mailbox(address=ADDRESS)
        await store.subscribe(Wish(CHANNEL, "M-1", mailbox, "en", "192.0.2.1"), Limits(), NOON)
        await forget_remnants(database)
        assert ADDRESS.encode() in file.read_bytes()
        assert await store.erase_person(mailbox) == 1
        await forget_remnants(database)
        assert ADDRESS.encode() not in file.read_bytes()
