"""A process that notifies shoppers is killed while the mail server has the mail in its hands."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bc_inventory.stock_changes import StockChange, StockChanges
from bc_mail.testing import MailServer
from bc_product_notification.delivery import CLAIM
from bc_product_notification.parts import notify_shoppers
from bc_product_notification.sql_subscriptions import SqlSubscriptions
from bc_product_notification.subscriptions import Limits, SubscriptionQuery, SubscriptionState
from bc_product_notification.testing import wish
from iomconnector.application import Application
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory import ManualClock
from iomconnector.testing.samples import ORGANIZATION
from iomconnector.testing.systems import prepared_system

ASSEMBLY = "inspired-b2x"
PRODUCT = "201807202"
PATIENCE = 120.0

WORKER = """
import asyncio, sys
from pathlib import Path
from bc_product_notification.parts import notify_shoppers
from iomconnector.testing.systems import prepared_system

async def main(directory, database):
    async with prepared_system("inspired-b2x", Path(directory), database_url=database) as application:
        await notify_shoppers(application).look()

asyncio.run(main(*sys.argv[1:]))
"""


async def furnish(application: Application, port: int) -> None:
    values = {
        "host": "127.0.0.1",
        "port": port,
        "security": "none",
        "sender_address": "shop@example.com",
    }
    await application.services.add("mail", definition="smtp", context=ORGANIZATION, values=values, by="tests")
    store = SqlSubscriptions(application.database)
    for name in ("anna", "bert"):
        asked = wish(f"{name}@example.com", PRODUCT, login=name)
        await store.subscribe(asked, Limits(), application.clock.now())
    changes = StockChanges(application.database, application.clock)
    change = StockChange(sku=PRODUCT, on_hand=5)
    await changes.apply(asked.channel, [change], action="stock.adjusted", by="tests", reason="a delivery")


async def until(is_so: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            if await is_so():
                return
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("mood", ["hold", "ignore"])
@in_event_loop
async def test_whoever_comes_after_a_kill_sends_the_same_mail(
    tmp_path: Path, each_database_url: str, mood: str
) -> None:
    async with (
        MailServer() as server,
        prepared_system(ASSEMBLY, tmp_path, database_url=each_database_url) as application,
    ):
        await furnish(application, server.port)
        await getattr(server, mood)()
        worker = await asyncio.create_subprocess_exec(
            sys.executable, "-c", WORKER, str(tmp_path), each_database_url
        )
        store = SqlSubscriptions(application.database)

        async def under_way() -> bool:
            has_it = mood == "ignore" or bool(server.envelopes)
            return has_it and SubscriptionState.SENDING in await states(store)

        await until(under_way)
        os.kill(worker.pid, signal.SIGKILL)
        assert await worker.wait() == -signal.SIGKILL
        await server.accept()

        notify = notify_shoppers(application)
        assert notify is not None
        assert await notify.finish() == 0, "the claim of the dead process still holds"
        assert await notify.look() == 1, "the other one was never begun"
        later = replace(application, clock=ManualClock(application.clock.now() + CLAIM))
        notify = notify_shoppers(later)
        assert notify is not None
        assert await notify.finish() == 1
        assert (await notify.finish(), await notify.look()) == (0, 0)
        assert await states(store) == [SubscriptionState.NOTIFIED] * 2
        received = await server.received()
        told = {(mail.recipient, mail.id) for mail in received}
        assert sorted(recipient for recipient, _ in told) == ["anna@example.com", "bert@example.com"]


async def states(store: SqlSubscriptions) -> list[SubscriptionState]:
    return [each.state for each in await store.page(SubscriptionQuery())]
