"""``iomconnector notification`` as users call it, and what privacy shows and erases of subscriptions."""

import asyncio
import json
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from bc_order.testing.shop import Ended, Shop, prepared_shop
from bc_product_notification.sql_subscriptions import SqlSubscriptions
from bc_product_notification.subscriptions import Limits, Wish
from bc_product_notification.testing import wish
from iomconnector.jobs.clock import SystemClock
from iomconnector.storage.database import Database
from iomconnector.testing.samples import CHANNEL, OTHER_CHANNEL

_ASSEMBLY = """
[assembly]
name = "notification-shop"
extends = "test-shop"

[[include]]
cartridges = ["bc_product_notification"]

[database]
init = ["bc_product_notification"]
"""


class NotificationShop:
    """A shop with subscriptions."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        (shop.directory / "assemblies" / "notification-shop.toml").write_text(_ASSEMBLY)
        assert self.run("dbprepare").code == 0

    def run(self, *arguments: str) -> Ended:
        return self.shop.run(*arguments, variables={"IOMC_ASSEMBLY": "notification-shop"})

    def json(self, *arguments: str) -> Any:
        ended = self.run(*arguments)
        assert (ended.code, ended.err) == (0, ""), ended
        return json.loads(ended.out)

    def subscribe(self, *wishes: Wish) -> None:
        async def work() -> None:
            path = self.shop.directory / "data" / "shop.sqlite"
            async with aclosing(Database(f"sqlite:///{path}")) as database:
                for each in wishes:
                    await SqlSubscriptions(database).subscribe(each, Limits(), SystemClock().now())

        asyncio.run(work())


@pytest.fixture
def shop(tmp_path: Path) -> NotificationShop:
    return NotificationShop(prepared_shop(tmp_path))


def test_subscriptions_are_listed_with_masked_addresses(shop: NotificationShop) -> None:
    shop.subscribe(wish(), wish("bert@example.com", "M-2", login="bert"), wish(channel=OTHER_CHANNEL))
    table = shop.run("notification", "list")
    assert "a***@example.com" in table.out
    assert "anna@example.com" not in table.out
    assert "guest" in table.out
    listed = shop.json("notification", "list", "--channel", CHANNEL, "--format", "json")
    assert [(each["sku"], each["state"], each["user"]) for each in listed] == [
        ("M-1", "unconfirmed", None),
        ("M-2", "waiting", "bert"),
    ]
    assert "anna@example.com" in shop.run("notification", "list", "--addresses").out
    [found] = shop.json("notification", "list", "--email", "BERT@example.com", "--format", "json")
    assert found["address"] == "b***@example.com"
    assert "--after 1" in shop.run("notification", "list", "--limit", "1").out


def test_one_is_shown(shop: NotificationShop) -> None:
    shop.subscribe(wish())
    assert "a***@example.com" in shop.run("notification", "show", "1").out
    shown = shop.json("notification", "show", "1", "--addresses", "--format", "json")
    assert (shown["address"], shown["attempts"], shown["message_id"]) == ("anna@example.com", 0, None)
    absent = shop.run("notification", "show", "7")
    assert absent.code == 1
    assert "There is no subscription 7." in absent.err


def test_all_of_an_address_is_erased_and_the_trail_does_not_tell_whose(shop: NotificationShop) -> None:
    shop.subscribe(wish(), wish(sku="M-2"), wish("bert@example.com"))
    assert shop.run("notification", "erase", "--email", "nobody", "--yes").code == 2
    erased = shop.json("notification", "erase", "--email", "Anna@example.com", "--yes", "--format", "json")
    assert erased == {"erased": 2}
    [left] = shop.json("notification", "list", "--addresses", "--format", "json")
    assert left["address"] == "bert@example.com"
    data = b"".join(file.read_bytes() for file in (shop.shop.directory / "data").glob("shop.sqlite*"))
    assert b"anna@example.com" not in data.lower()


def test_privacy_shows_and_erases_what_a_customer_subscribed_to(shop: NotificationShop) -> None:
    added = shop.run(
        *("customer", "add", CHANNEL, "anna", "--customer", "1001", "--email", "anna@example.com"),
        *("--last-name", "Berg", "--generate"),
    )
    assert added.code == 0, added
    former = wish("former@example.com", "M-2", login="anna")
    shop.subscribe(wish(login="anna"), former, wish("bert@example.com"))
    shown = shop.json("privacy", "show", "--customer", "1001")
    assert [each["sku"] for each in shown["product_subscriptions"]] == ["M-1", "M-2"]
    erased = shop.run("privacy", "erase", "--customer", "1001", "--yes")
    assert erased.code == 0, erased
    [left] = shop.json("notification", "list", "--addresses", "--format", "json")
    assert left["address"] == "bert@example.com"
