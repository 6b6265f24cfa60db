"""The sample customers can sign in where nobody can be hurt, and nowhere else; they find something to buy."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bc_inventory.stock_changes import StockChange, StockChanges
from demo_inspired.customers import CUSTOMERS, PATRICIA, SAMPLE_PASSWORD, prepare_customers
from demo_inspired.mail import prepare_mail_service
from demo_inspired.products import CHANNELS, prepare_products
from demo_inspired.stock import PIECES, active_services, prepare_inventory_services, prepare_stock, service_of
from iomconnector.model.availability import AvailabilitySource
from iomconnector.ports.mail_sender import MailSender
from iomconnector.ports.product_catalog import ProductQuery
from iomconnector.services.resolution import ServiceResolutionError
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.systems import prepared_system
from iomconnector.usecases.password_proof import SignInRefusedError

QUICK: dict[str, Any] = {"password_memory_kib": 32, "password_passes": 1}


@pytest.mark.parametrize("environment", ["development", "test"])
@in_event_loop
async def test_all_can_sign_in_in_development_and_test(tmp_path: Path, environment: str) -> None:
    async with prepared_system("inspired-b2x", tmp_path, environment=environment, **QUICK) as system:
        for user in CUSTOMERS:
            session = await system.customer_sign_in.sign_in(
                user.channel, user.login, SAMPLE_PASSWORD, client="192.0.2.1"
            )
            assert session.user.customer == user.customer


@in_event_loop
async def test_the_known_password_never_gets_into_production(tmp_path: Path) -> None:
    async with prepared_system("inspired-b2x", tmp_path, **QUICK) as system:
        assert {user.login for user in await system.customer_users.all()} == {
            each.login for each in CUSTOMERS
        }
        with pytest.raises(SignInRefusedError):
            await system.customer_sign_in.sign_in(
                PATRICIA.channel, PATRICIA.login, SAMPLE_PASSWORD, client="192.0.2.1"
            )


@in_event_loop
async def test_preparing_again_changes_nothing(tmp_path: Path) -> None:
    async with prepared_system("inspired-b2x", tmp_path, environment="test", **QUICK) as system:
        before = await system.customer_users.all()
        assert await prepare_customers(system) == "all are there already"
        assert await system.customer_users.all() == before


@pytest.mark.parametrize("channel", CHANNELS)
@in_event_loop
async def test_there_is_something_to_buy_few_of_one_and_nothing_of_others(
    tmp_path: Path, channel: str
) -> None:
    async with prepared_system("inspired-b2x", tmp_path, **QUICK) as system:
        sold = await system.catalog.search(channel, ProductQuery())
        assert {each.sku for each in sold.products} == set(PIECES)
        told = await system.availability.of(channel, list(PIECES))
        assert {sku: each.quantity for sku, each in told.items()} == PIECES
        assert {each.source for each in told.values()} == {AvailabilitySource.INVENTORY_SERVICE}
        assert not told["201807195"].available
        assert told["201807195"].restock_on == system.clock.now().date() + timedelta(days=14)
        assert not told["201807202"].available
        assert told["201807202"].restock_on is None


@in_event_loop
async def test_preparing_products_and_stock_again_changes_nothing(tmp_path: Path) -> None:
    async with prepared_system("inspired-b2x", tmp_path, **QUICK) as system:
        changes = StockChanges(system.database, system.clock)
        fewer = StockChange(sku="896737", on_hand=1)
        await changes.apply(CHANNELS[0], [fewer], action="stock.adjusted", by="anna", reason="counted")
        for prepare in (prepare_products, prepare_stock, prepare_inventory_services):
            assert await prepare(system) == "all are there already"
        assert (await system.availability.of(CHANNELS[0], ["896737"]))["896737"].quantity == 1


@pytest.mark.parametrize("assembly", ["inspired-b2x", "inspired-iomconnector", "headless-iomconnector"])
@in_event_loop
async def test_exactly_one_inventory_service_is_active_in_each_channel(tmp_path: Path, assembly: str) -> None:
    async with prepared_system(assembly, tmp_path, environment="test", **QUICK) as system:
        for channel in CHANNELS:
            active = await active_services(system, channel)
            assert active == [service_of(channel)] if assembly == "inspired-b2x" else len(active) == 1
            await system.inventory_service(channel)


@in_event_loop
async def test_there_is_a_mail_service_where_nobody_waits_for_mails(tmp_path: Path) -> None:
    async with prepared_system("inspired-b2x", tmp_path, environment="test", **QUICK) as system:
        assert isinstance(await system.mail_sender(PATRICIA.channel), MailSender)
        assert await prepare_mail_service(system) == "there is one already"


@in_event_loop
async def test_there_is_none_where_a_mail_would_be_waited_for(tmp_path: Path) -> None:
    async with prepared_system("inspired-b2x", tmp_path, **QUICK) as system:
        with pytest.raises(ServiceResolutionError):
            await system.mail_sender(PATRICIA.channel)
