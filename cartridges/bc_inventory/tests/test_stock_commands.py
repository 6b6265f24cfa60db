"""``iomconnector stock`` as users call it."""

import asyncio
import json
from contextlib import aclosing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bc_inventory.reservations import StockReservations
from bc_order.testing.shop import Ended, Shop, prepared_shop
from iomconnector.cli.acting_user import acting_user
from iomconnector.jobs.clock import SystemClock
from iomconnector.model.availability import Reservation, ReservationType
from iomconnector.storage.database import Database
from iomconnector.testing.samples import CHANNEL, ORGANIZATION, OTHER_CHANNEL

_ASSEMBLY = """
[assembly]
name = "stock-shop"
extends = "test-shop"

[[include]]
cartridges = ["bc_inventory"]

[database]
init = ["bc_inventory"]
"""
STOCK = "sku,on_hand,safety_stock,restock_on\nA,5,2,\nB,0,,2099-12-31\nC,7,,\n"


class StockShop:
    """A shop that keeps stock."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        (shop.directory / "assemblies" / "stock-shop.toml").write_text(_ASSEMBLY)
        assert self.run("dbprepare").code == 0

    def run(self, *arguments: str, stdin: str | bytes = b"") -> Ended:
        return self.shop.run(*arguments, stdin=stdin, variables={"IOMC_ASSEMBLY": "stock-shop"})

    def stock(self, command: str, *arguments: str, stdin: str | bytes = b"", channel: str = CHANNEL) -> Ended:
        return self.run("stock", command, *arguments, "--channel", channel, stdin=stdin)

    def json(self, command: str, *arguments: str, code: int = 0, stdin: str | bytes = b"") -> Any:
        ended = self.stock(command, *arguments, "--format", "json", stdin=stdin)
        assert (ended.code, ended.err) == (code, ""), ended
        return json.loads(ended.out)

    def on_hand(self) -> dict[str, int]:
        return {each["sku"]: each["on_hand"] for each in self.json("list")}


@pytest.fixture
def shop(tmp_path: Path) -> StockShop:
    return StockShop(prepared_shop(tmp_path))


def test_a_file_is_planned_then_imported_and_importing_it_again_changes_nothing(shop: StockShop) -> None:
    file = shop.shop.write("stock.csv", STOCK.encode())
    planned = shop.stock("import", file, "--plan")
    assert (planned.code, planned.out, planned.err) == (
        0,
        "It would be: 3 added, 0 changed, 0 unchanged, 0 refused; +12 pieces.\n",
        "",
    )
    assert shop.json("list") == []
    done = shop.json("import", file)
    assert done == {
        "planned": False,
        "added": 3,
        "changed": 0,
        "unchanged": 0,
        "pieces": 12,
        "refused": [],
    }
    again = shop.stock("import", "-", stdin=STOCK)
    assert (again.code, again.out) == (0, "0 added, 0 changed, 3 unchanged, 0 refused; +0 pieces.\n")
    listed = shop.json("list")
    for each in listed:
        assert each.pop("updated_at")
    product = {"channel": CHANNEL, "sku": "A", "on_hand": 5, "safety_stock": 2, "reserved": 0}
    assert listed[0] == {**product, "available": 3, "restock_on": None}
    assert [each["restock_on"] for each in listed] == [None, "2099-12-31", None]
    assert "A    5        2             0         3" in shop.stock("list").out
    assert "There may be more: --after A" in shop.stock("list", "--limit", "1").out
    assert [each["sku"] for each in shop.json("list", "--after", "A", "--limit", "1")] == ["B"]
    assert [each["sku"] for each in shop.json("list", "--sku", "C", "--sku", "none")] == ["C"]
    [entry] = shop.json("history", "B")
    assert (entry["by"], entry["reason"]) == (acting_user(), "import of stock.csv")
    assert entry["changes"]["restock_on"] == {"from": None, "to": "2099-12-31"}


def test_a_file_with_mistakes_is_not_imported_and_every_line_is_told(shop: StockShop) -> None:
    content = "sku,on_hand\nA,5\nB,many\nA,6\n"
    ended = shop.stock("import", "-", stdin=content)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.splitlines() == [
        "Nothing was imported: the file has 2 mistakes.",
        "line 3: B: on_hand: 'many' is no number of pieces from 0 to 2147483647.",
        "line 4: A: The product stands in line 2 already.",
    ]
    told = shop.json("import", "-", stdin=content, code=1)
    assert [each["line"] for each in told["mistakes"]] == [3, 4]
    assert shop.json("list") == []


def test_adjusting_says_what_it_did_and_who_and_why_stand_in_the_history(shop: StockShop) -> None:
    shop.json("import", "-", stdin=STOCK)
    planned = shop.stock("adjust", "A", "--by", "-2", "--reason", "broken", "--plan")
    assert (planned.code, planned.out) == (0, "A would be changed: on hand 5 -> 3.\n")
    done = shop.stock("adjust", "A", "--by", "-2", "--safety-stock", "0", "--reason", "broken")
    assert (done.code, done.out) == (0, "A is changed: on hand 5 -> 3, safety stock 2 -> 0.\n")
    same = shop.json("adjust", "A", "--to", "3", "--reason", "counted")
    assert (same["effect"], same["changes"]) == ("unchanged", {})
    assert shop.on_hand() == {"A": 3, "B": 0, "C": 7}
    assert [each["reason"] for each in shop.json("history", "A")] == ["broken", "import of standard input"]
    assert "5 -> 3" in shop.stock("history", "A").out
    shop.stock("adjust", "B", "--restock", "none", "--reason", "given up")
    assert {each["restock_on"] for each in shop.json("list")} == {None}
    assert shop.stock("list", channel=OTHER_CHANNEL).out.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "code", "why"),
    [
        (
            ["adjust", "A", "--by", "-6", "--reason", "x"],
            1,
            "There are 5 pieces, so there cannot be 6 fewer.",
        ),
        (["adjust", "Z", "--by", "1", "--reason", "x"], 1, "The product is not known here"),
        (["adjust", "A", "--reason", "x"], 2, "otherwise nothing is changed"),
        (["adjust", "A", "--to", "1", "--by", "1", "--reason", "x"], 2, "Choose one of the two"),
        (["adjust", "A", "--to", "1"], 2, "Missing option '--reason'"),
        (["adjust", "A", "--to", "1", "--reason", " "], 2, "Say why"),
        (["adjust", "A", "--to", "-1", "--reason", "x"], 2, "should be greater than or equal to 0"),
        (["adjust", "A", "--restock", "soon", "--reason", "x"], 2, "neither a day such as 2026-12-31"),
        (["import", "no-such-file.csv"], 3, "The file no-such-file.csv cannot be read"),
        (["release", "no-such", "--reason", "x"], 1, "has no reservation no-such that holds something"),
    ],
)
def test_what_cannot_be_is_refused_with_a_reason(
    shop: StockShop, arguments: list[str], code: int, why: str
) -> None:
    shop.json("import", "-", stdin=STOCK)
    ended = shop.stock(*arguments)
    assert (ended.code, ended.out) == (code, ""), ended
    assert why in " ".join(ended.err.replace("│", " ").split())
    assert shop.on_hand() == {"A": 5, "B": 0, "C": 7}


async def _reserve(shop: StockShop, key: str, **items: int) -> Reservation:
    async with aclosing(Database(f"sqlite:///{shop.shop.data / 'shop.sqlite'}")) as database:
        return await StockReservations(database, SystemClock()).reserve(
            CHANNEL, items, kind=ReservationType.COMPLETE, lifetime=timedelta(hours=1), key=key
        )


def test_reservations_are_shown_keep_stock_from_shrinking_and_can_be_released(shop: StockShop) -> None:
    shop.json("import", "-", stdin=STOCK)
    first = asyncio.run(_reserve(shop, "basket-1", A=3, C=1))
    second = asyncio.run(_reserve(shop, "basket-2", C=2))
    listed = shop.json("reservations")
    assert [(each["id"], each["key"], each["state"], each["pieces"]) for each in listed] == [
        (first.id, "basket-1", "held", {"A": 3, "C": 1}),
        (second.id, "basket-2", "held", {"C": 2}),
    ]
    assert [each["id"] for each in shop.json("reservations", "--sku", "A")] == [first.id]
    assert "3 x A, 1 x C" in shop.stock("reservations").out
    refused = shop.stock("adjust", "A", "--to", "2", "--reason", "counted")
    assert (refused.code, refused.out, refused.err) == (
        1,
        "",
        "A was not changed. 3 pieces are reserved, so there cannot be only 2. "
        "`iomconnector stock reservations` shows them.\n",
    )
    some = shop.stock("import", "-", stdin="sku,on_hand\nA,2\nC,4\n")
    assert (some.code, some.out.splitlines()) == (
        1,
        [
            "0 added, 1 changed, 0 unchanged, 1 refused; -3 pieces.",
            "line 2: A: 3 pieces are reserved, so there cannot be only 2.",
        ],
    )
    done = shop.stock("release", first.id, "--reason", "the shopper called")
    assert (done.code, done.out) == (0, f"Reservation {first.id} is released.\n")
    assert shop.stock("release", first.id, "--reason", "again").code == 1
    assert [each["id"] for each in shop.json("reservations")] == [second.id]
    [ended] = shop.json("reservations", "--ended")
    assert (ended["id"], ended["state"]) == (first.id, "released")
    [entry] = shop.json("history", first.id)
    assert (entry["action"], entry["reason"]) == ("stock.reservation_released", "the shopper called")
    assert shop.stock("adjust", "A", "--to", "2", "--reason", "counted").code == 0


@pytest.mark.parametrize("context", ["nowhere", ORGANIZATION])
def test_stock_belongs_to_channels(shop: StockShop, context: str) -> None:
    for arguments in (
        ["list"],
        ["import", "-"],
        ["adjust", "A", "--to", "1", "--reason", "x"],
        ["reservations"],
        ["history", "A"],
    ):
        ended = shop.stock(*arguments, stdin=STOCK, channel=context)
        assert (ended.code, ended.out) == (1, ""), ended
        assert context in ended.err


def test_without_its_tables_it_says_what_to_do(tmp_path: Path) -> None:
    shop = prepared_shop(tmp_path)
    (shop.directory / "assemblies" / "stock-shop.toml").write_text(_ASSEMBLY)
    ended = shop.run("stock", "list", "--channel", CHANNEL, variables={"IOMC_ASSEMBLY": "stock-shop"})
    assert ended.code == 4
    assert "Run `iomconnector dbprepare` first." in ended.err
