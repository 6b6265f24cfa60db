"""From the storefront to IOM: what is bought is held there and used up by its order; and while it is away."""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Any

from ac_iomconnector_order_test.middleware import RefereeMiddleware
from ac_iomconnector_order_test.record import Judged, assert_clean
from app_bo.testing.served_office import in_thread
from app_sf_responsive.testing.stage import QUICK_PASSWORDS, Guest, Stage
from demo_inspired.customers import PATRICIA, SAMPLE_PASSWORD
from dev_iomconnector_iom import RunningStandIn, StandInConfig, run_in_thread
from dev_iomconnector_iom.sample_stock import SAMPLE_STOCK, with_sample_stock
from dev_iomconnector_iom.testing import CONTROL_TOKEN
from iomconnector.application import Application
from iomconnector.jobs.work_off import work_off
from iomconnector.model.customer_users import OrderOwner
from iomconnector.model.orders import Order
from iomconnector.ports.customer_orders import CustomerOrderQuery
from iomconnector.testing.samples import CHANNEL
from iomconnector.testing.systems import prepared_system
from iomconnector.usecases.check_orders import Verdict, check_order

ASSEMBLY = Path(__file__).parents[2] / "assemblies" / "inspired-iomconnector.toml"
SHOP = f"/shop/{CHANNEL}"
IOM_SHOP = 10010
HEADSET = "896737"
HEADSETS = sum(SAMPLE_STOCK[HEADSET])
ADDRESS = {
    "invoice_last_name": "Miller",
    "invoice_street": "Steinweg",
    "invoice_postal_code": "07743",
    "invoice_city": "Jena",
    "invoice_country": "DE",
    "payment": "ISH_INVOICE",
}


def atp(iom: RunningStandIn) -> int:
    """How many headsets IOM can promise."""
    return sum(each.atp for each in iom.control.stock.levels(IOM_SHOP) if each.product == HEADSET)


async def shopper(stage: Stage) -> Guest:
    """Somebody of the sample customers, signed in."""
    guest = await stage.guest()
    assert (await guest.sign_in(SHOP, PATRICIA.login, SAMPLE_PASSWORD)).status == 303
    return guest


async def buy(guest: Guest, quantity: int) -> None:
    """Buy headsets, from the page of the product to the confirmation."""
    product = await guest.get(f"{SHOP}/products/{HEADSET}")
    added = await guest.post(f"{SHOP}/cart/add", {**product.hidden, "quantity": str(quantity)})
    assert added.status == 303, added
    form = await guest.get(f"{SHOP}/checkout")
    ordered = await guest.post(f"{SHOP}/checkout", {**form.hidden, **ADDRESS})
    assert ordered.status == 303, ordered
    assert "Thank you for your order" in (await guest.get(ordered.location)).text


async def latest(system: Application) -> Order:
    """The order that was placed last."""
    query = CustomerOrderQuery(limit=1)
    page = await system.customer_orders.page(OrderOwner.of(PATRICIA), query)
    return page.orders[0].placed.order


def at_the_shop(
    directory: Path, url: str, work: Callable[[Application, Guest], Awaitable[None]], **values: Any
) -> None:
    """Do something in a shop that is connected to an IOM."""

    async def main() -> None:
        async with (
            prepared_system(
                ASSEMBLY,
                directory,
                environment="test",
                services={"base_url": url, **values},
                **QUICK_PASSWORDS,
            ) as system,
            AsyncExitStack() as stack,
        ):
            await work(system, await shopper(Stage(system, stack)))

    in_thread(main)


def test_what_is_bought_is_held_in_iom_and_used_up_by_its_order(tmp_path: Path) -> None:
    async def work(system: Application, guest: Guest) -> None:
        assert "In stock" in (await guest.get(f"{SHOP}/products/{HEADSET}")).text
        await buy(guest, 2)
        order = await latest(system)
        assert order.reservation_id is not None
        assert atp(iom) == HEADSETS - 2
        assert [str(each.id) for each in iom.control.stock.reservations(IOM_SHOP)] == [order.reservation_id]
        assert (await work_off(system, wait=0)).exported == 1
        stored = await system.orders.get(order.channel, order.number)
        assert (await check_order(system, stored)).verdict is Verdict.SAME
        assert iom.control.document(IOM_SHOP, order.number)["reservationId"] == int(order.reservation_id)
        assert atp(iom) == HEADSETS - 2

    record: list[Judged] = []
    referee = partial(RefereeMiddleware, version="2.4", record=record)
    config = with_sample_stock(StandInConfig(control_token=CONTROL_TOKEN))
    with run_in_thread(config, middleware=[referee]) as iom:
        at_the_shop(tmp_path, iom.url, work)
    assert_clean(record, at_least=2)
    assert [each.request_violations for each in record if each.request_violations] == []


def test_while_iom_is_away_the_own_stock_checks_and_the_order_says_so(tmp_path: Path) -> None:
    async def work(system: Application, guest: Guest) -> None:
        page = await guest.get(f"{SHOP}/products/{HEADSET}")
        assert "Stock as the shop knows it" in page.text
        await buy(guest, 3)
        order = await latest(system)
        assert order.reservation_id is None
        assert order.attributes == {"availability": {"checked_by": "local stock"}}

    at_the_shop(tmp_path, "http://127.0.0.1:9", work)
