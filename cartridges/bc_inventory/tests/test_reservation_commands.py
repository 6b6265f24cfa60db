"""``iomconnector reservation`` and what an order's life tells of its pieces, as operators see them."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest

from bc_inventory.testing_reservations import shop_with_stock
from bc_order.testing.shop import Ended, Shop, prepared_shop
from iomconnector.jobs.clock import SystemClock
from iomconnector.model.exports import ExportState
from iomconnector.storage.database import Database
from iomconnector.testing.databases import DATABASE_FILE
from iomconnector.testing.memory import ManualClock
from iomconnector.testing.reservation_stage import ReservationStage
from iomconnector.testing.samples import CHANNEL, approval_step, sample_order

T = TypeVar("T")

_ASSEMBLY = """
[assembly]
name = "stock-shop"
extends = "test-shop"

[[include]]
cartridges = ["bc_inventory"]

[database]
init = ["bc_inventory"]
"""


class ReservingShop:
    """A shop whose shoppers hold pieces."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        (shop.directory / "assemblies" / "stock-shop.toml").write_text(_ASSEMBLY)
        assert self.run("dbprepare").code == 0
        assert (
            self.run("service", "add", "stock", "--type", "simple-inventory", "--context", CHANNEL).code == 0
        )

    def run(self, *arguments: str) -> Ended:
        return self.shop.run(*arguments, variables={"IOMC_ASSEMBLY": "stock-shop"})

    def json(self, *arguments: str) -> Any:
        ended = self.run(*arguments, "--format", "json")
        assert (ended.code, ended.err) == (0, ""), ended
        return json.loads(ended.out)

    def on_stage(self, work: Callable[[ReservationStage], Awaitable[T]]) -> T:
        async def play() -> T:
            clock = ManualClock(SystemClock().now())
            database = Database(f"sqlite:///{self.shop.data / DATABASE_FILE}")
            parts = await shop_with_stock(database, clock, {"A": 5})
            stage = ReservationStage(parts, clock)
            try:
                return await work(stage)
            finally:
                await stage.aclose()
                await database.aclose()

        return asyncio.run(play())


@pytest.fixture
def shop(tmp_path: Path) -> ReservingShop:
    return ReservingShop(prepared_shop(tmp_path))


async def _hold(stage: ReservationStage, basket: str = "basket-17") -> str:
    return (await stage.process.hold(CHANNEL, {"A": 2}, basket=basket)).reservation.id


def test_what_a_basket_has_is_shown_and_freed(shop: ReservingShop) -> None:
    reservation = shop.on_stage(_hold)
    [row] = shop.json("reservation", "list", "--channel", CHANNEL)
    assert {name: row[name] for name in ("basket", "order", "state", "pieces", "reservation", "service")} == {
        "basket": "basket-17",
        "order": None,
        "state": "held",
        "pieces": {"A": 2},
        "reservation": reservation,
        "service": "the shop's own stock (inventory)",
    }
    assert shop.json("reservation", "show", row["key"]) == row
    shown = shop.run("reservation", "show", row["key"])
    assert "basket basket-17" in shown.out
    assert "2 x A" in shop.run("reservation", "list").out
    without_reason = shop.run("reservation", "release", row["key"], "--reason", " ")
    assert "needs a reason" in without_reason.err
    freed = shop.run("reservation", "release", row["key"], "--reason", "the shopper called")
    assert (freed.code, freed.out) == (0, f"Reservation {row['key']} holds nothing any more.\n")
    assert shop.json("reservation", "list") == []
    [ended] = shop.json("reservation", "list", "--ended")
    assert (ended["end"], ended["basket"]) == ("released", None)
    assert shop.json("stock", "reservations", "--channel", CHANNEL) == []
    assert "Held" in shop.run("reservation", "show", row["key"]).out
    again = shop.run("reservation", "release", row["key"], "--reason", "again")
    assert "holds nothing any more" in again.err
    assert "There is no reservation 'absent'" in shop.run("reservation", "show", "absent").err
    assert "--order needs --channel" in shop.run("reservation", "list", "--order", "1").err


async def _place(stage: ReservationStage) -> None:
    waits = sample_order("1", reservation_id=await _hold(stage), approval_steps=[approval_step("anna")])
    goes = sample_order("2", reservation_id=await _hold(stage, "basket-18"))
    await stage.parts.orders.place([(waits, ExportState.WAITING_FOR_APPROVAL), (goes, ExportState.DUE)])
    await stage.process.settling.sweep()


def test_what_an_order_has_stays_held_and_its_life_tells_of_its_pieces(shop: ReservingShop) -> None:
    shop.on_stage(_place)
    [row] = shop.json("reservation", "list", "--channel", CHANNEL, "--order", "1")
    assert (row["order_state"], row["state"], row["basket"]) == ("waiting for approval", "held", None)
    refused = shop.run("reservation", "release", row["key"], "--reason", "test")
    assert "Order 1 needs the reservation" in refused.err
    [other] = shop.json("reservation", "list", "--channel", CHANNEL, "--order", "2")
    assert other["state"] == "fulfilled"
    assert "Stock taken: 2 of A." in shop.run("order", "show", "2", "--channel", CHANNEL).out
    history = shop.json("stock", "history", "A", "--channel", CHANNEL)
    assert [entry["action"] for entry in history] == ["stock.sold", "stock.adjusted"]
    given_up = shop.run("order", "give-up", "1", "--channel", CHANNEL, "--reason", "test")
    assert given_up.code == 0, given_up
    [freed] = shop.json("reservation", "list", "--channel", CHANNEL, "--order", "1")
    assert freed["end"] == "released"
