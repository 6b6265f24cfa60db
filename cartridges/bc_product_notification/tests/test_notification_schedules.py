"""What is done at certain times, in whole systems."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta

from structlog.testing import capture_logs

from bc_product_notification import cartridge
from bc_product_notification.schedules import UNCONFIRMED_KEPT, forget_old, schedules_of
from bc_product_notification.sql_subscriptions import SqlSubscriptions
from bc_product_notification.subscriptions import Limits, SubscriptionQuery
from bc_product_notification.tables import metadata
from bc_product_notification.testing import wish
from iomconnector.application import Application
from iomconnector.preparation import prepare_database
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.samples import CONTEXTS, sample_customer_user

HOOK = "iomconnector_personal_records"
Systems = Callable[..., AbstractAsyncContextManager[Application]]


async def furnish(system: Application) -> SqlSubscriptions:
    await prepare_database(system)
    for context in CONTEXTS:
        await system.contexts.save(context)
    return SqlSubscriptions(system.database)


@in_event_loop
async def test_how_often_it_is_looked_is_a_setting(application: Systems) -> None:
    async with application(cartridge, product_notification_minutes=7) as system:
        assert {each.name: each.cron for each in schedules_of(system)} == {
            "notify shoppers of products": "*/7 * * * *",
            "send mails about products": "* * * * *",
            "removal of old product subscriptions": "41 * * * *",
        }


@in_event_loop
async def test_without_a_mail_service_everybody_waits_and_the_log_tells_it(application: Systems) -> None:
    async with application(cartridge) as system:
        store = await furnish(system)
        await store.subscribe(wish(login="anna"), Limits(), system.clock.now())
        before = await store.page(SubscriptionQuery())
        with capture_logs() as logged:
            for each in schedules_of(system):
                await each.work()
        assert any("mails cannot be sent" in each["event"] for each in logged)
        assert await store.page(SubscriptionQuery()) == before


@in_event_loop
async def test_without_an_address_of_the_shop_nothing_is_sent_and_the_log_tells_it(
    application: Systems,
) -> None:
    async with application(cartridge, host="0.0.0.0") as system:
        store = await furnish(system)
        await store.subscribe(wish(login="anna"), Limits(), system.clock.now())
        with capture_logs() as logged:
            for each in schedules_of(system):
                await each.work()
        assert any("shop_address" in each["event"] for each in logged)


@in_event_loop
async def test_what_nobody_confirmed_is_removed_after_a_week(application: Systems) -> None:
    async with application(cartridge) as system:
        store = await furnish(system)
        now, a_minute = system.clock.now(), timedelta(minutes=1)
        await store.subscribe(wish("old@example.com"), Limits(), now - UNCONFIRMED_KEPT - a_minute)
        await store.subscribe(wish("new@example.com"), Limits(), now - UNCONFIRMED_KEPT + a_minute)
        assert await forget_old(system) == 1
        assert [each.address for each in await store.page(SubscriptionQuery())] == ["new@example.com"]


@in_event_loop
async def test_a_rewrite_takes_in_the_tables_of_subscriptions(
    application: Systems, each_database_url: str
) -> None:
    async with application(cartridge, database_url=each_database_url) as system:
        store = await furnish(system)
        await store.subscribe(wish(login="anna"), Limits(), system.clock.now())
        user = sample_customer_user("anna", email="anna@example.com")
        records = await system.privacy.records([user])
        assert [each["sku"] for each in records["product_subscriptions"]] == ["M-1"]
        [holder] = [each for _, each in system.cartridges.collect(HOOK, database=system.database)]
        assert await holder.erase(user) == 1
        assert "anew" in await system.privacy.rewrite()
        assert set(holder.tables) == set(metadata.tables)
