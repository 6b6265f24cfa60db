"""A process that orders a basket is killed; another one goes on, on the sample shop and its own stock."""

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from demo_inspired.customers import PATRICIA
from iomconnector.application import Application
from iomconnector.model.customer_users import OrderOwner
from iomconnector.ports.customer_orders import CustomerOrderQuery
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.systems import prepared_system
from iomconnector.usecases.price_baskets import price_basket

QUICK: dict[str, Any] = {"password_memory_kib": 32, "password_passes": 1}
HEADSET, PIECES = "896737", 159
ORDERING = """
import asyncio, os, signal, sys
from pathlib import Path
from typing import Any
from bc_basket.baskets import SqlBasketRepository
from bc_inventory.service import SimpleInventoryService
from demo_inspired.customers import PATRICIA
from iomconnector.model.addresses import Person, StreetAddress
from iomconnector.testing.systems import prepared_system
from iomconnector.usecases.basket_orders import CheckoutWish
from iomconnector.usecases.place_orders import PlaceOrders

directory, deadly, times, basket, seen = sys.argv[1:]
left = int(times)
STEPS = {
    "hold": (SimpleInventoryService, "reserve"),
    "basket": (SqlBasketRepository, "change"),
    "place": (PlaceOrders, "one"),
}
kind, name = STEPS[deadly.split()[0]]
before = deadly.endswith("before")
whole = getattr(kind, name)


async def dying(self, *given, **named):
    global left
    left -= 1
    if left == 0 and before:
        os.kill(os.getpid(), signal.SIGKILL)
    result = await whole(self, *given, **named)
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return result


setattr(kind, name, dying)
address = StreetAddress(
    type="street",
    person=Person(last_name="Miller"),
    street="Steinweg",
    postal_code="1",
    city="Jena",
    country_code="DE",
)


async def main():
    async with prepared_system("inspired-b2x", Path(directory)) as system:
        wish = CheckoutWish(address, address, "ISH_INVOICE")
        await system.check_out.order(PATRICIA, basket, wish, seen=seen)


asyncio.run(main())
"""


def ordering(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a process that orders a basket."""
    return subprocess.run(
        [sys.executable, "-c", ORDERING, *map(str, arguments)], capture_output=True, text=True, check=False
    )


async def settled(system: Application) -> int:
    """How many headsets can be bought when everything is settled."""
    await system.reservations.settling.sweep()
    return (await system.availability.of(PATRICIA.channel, [HEADSET]))[HEADSET].quantity or 0


@pytest.mark.parametrize(
    ("deadly", "times"),
    [("hold after", 1), ("basket after", 1), ("place after", 1), ("basket before", 2)],
)
@in_event_loop
async def test_one_order_comes_of_it(tmp_path: Path, deadly: str, times: int) -> None:
    async with prepared_system("inspired-b2x", tmp_path, **QUICK) as system:
        assert system.baskets is not None
        basket = await system.baskets.add(PATRICIA, HEADSET, 2)
        seen = (await price_basket(basket, system.catalog)).fingerprint
    for how in ((deadly, str(times)), ("hold before", "1000")):
        ended = ordering(tmp_path, *how, basket.id, seen)
        killed = how == (deadly, str(times))
        assert ended.returncode == (-signal.SIGKILL if killed else 0), ended.stderr
    async with prepared_system("inspired-b2x", tmp_path, **QUICK) as system:
        page = await system.customer_orders.page(OrderOwner.of(PATRICIA), CustomerOrderQuery())
        assert [item.quantity.value for item in page.orders[0].placed.order.line_items] == [2]
        assert page.total == 1
        assert await settled(system) == PIECES - 2
