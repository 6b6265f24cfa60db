"""``iomconnector product`` as users call it."""

import json
from pathlib import Path
from typing import Any

import pytest

from bc_order.testing.shop import Ended, Shop, prepared_shop
from iomconnector.testing.samples import CHANNEL, OTHER_CHANNEL

_ASSEMBLY = """
[assembly]
name = "product-shop"
extends = "test-shop"

[[include]]
cartridges = ["bc_catalog"]

[database]
init = ["bc_catalog"]
"""
HEAD = "sku,name_en,name_de,net_price,currency,tax_class,tax_rate,unit\n"
PRODUCTS = HEAD + "A,Blue mug,Blaue Tasse,10.00,EUR,VAT,19,piece\nB,Tea,,4.20,EUR,VAT,7,\n"


class ProductShop:
    """A shop that has products."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        (shop.directory / "assemblies" / "product-shop.toml").write_text(_ASSEMBLY)
        assert self.run("dbprepare").code == 0

    def run(self, *arguments: str, stdin: str | bytes = b"") -> Ended:
        return self.shop.run(*arguments, stdin=stdin, variables={"IOMC_ASSEMBLY": "product-shop"})

    def product(
        self, command: str, *arguments: str, stdin: str | bytes = b"", channel: str = CHANNEL
    ) -> Ended:
        return self.run("product", command, *arguments, "--channel", channel, stdin=stdin)

    def json(self, command: str, *arguments: str, code: int = 0, stdin: str | bytes = b"") -> Any:
        ended = self.product(command, *arguments, "--format", "json", stdin=stdin)
        assert (ended.code, ended.err) == (code, ""), ended
        return json.loads(ended.out)


@pytest.fixture
def shop(tmp_path: Path) -> ProductShop:
    return ProductShop(prepared_shop(tmp_path))


def test_a_file_is_planned_then_imported_and_importing_it_again_changes_nothing(shop: ProductShop) -> None:
    file = shop.shop.write("products.csv", PRODUCTS.encode())
    planned = shop.product("import", file, "--plan")
    assert (planned.code, planned.out, planned.err) == (
        0,
        "It would be: 2 added, 0 changed, 0 unchanged.\nA: added\nB: added\n",
        "",
    )
    assert shop.json("list") == []
    assert shop.product("import", file).out == "2 added, 0 changed, 0 unchanged.\n"
    assert shop.product("import", file).out == "0 added, 0 changed, 2 unchanged.\n"
    dearer = PRODUCTS.replace("10.00", "12.00")
    assert shop.json("import", "-", "--plan", stdin=dearer) == {
        "planned": True,
        "added": 0,
        "changed": 1,
        "unchanged": 1,
        "products": [{"sku": "A", "effect": "changed", "changes": {"net_price": {"from": "10", "to": "12"}}}],
    }
    assert shop.product("import", "-", stdin=dearer).out == "0 added, 1 changed, 1 unchanged.\n"
    assert [each["net_price"] for each in shop.json("list")] == ["12", "4.2"]


def test_what_the_list_writes_can_be_imported_in_another_channel(shop: ProductShop) -> None:
    shop.product("import", "-", stdin=PRODUCTS)
    written = shop.product("list", "--format", "json").out
    assert shop.product("import", "-", stdin=written, channel=OTHER_CHANNEL).out.startswith("2 added")
    assert shop.product("list", "--format", "json", channel=OTHER_CHANNEL).out == written
    assert shop.product("import", "-", stdin=written).out == "0 added, 0 changed, 2 unchanged.\n"


def test_a_file_with_mistakes_is_not_imported_and_each_is_named(shop: ProductShop) -> None:
    wrong = PRODUCTS + "C,Cup,,free,EUR,VAT,19,\n,Cup,,1,EUR,VAT,19,\n"
    ended = shop.product("import", "-", stdin=wrong)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == (
        "Nothing was imported: the file has 2 mistakes.\n"
        "line 4: C: net_price: is no number: write digits with a decimal point, and nothing else.\n"
        "line 5: sku is missing.\n"
    )
    told = shop.json("import", "-", stdin=wrong, code=1)
    assert [each["line"] for each in told["mistakes"]] == [4, 5]
    assert shop.json("list") == []


def test_products_are_found_shown_and_removed(shop: ProductShop) -> None:
    shop.product("import", "-", stdin=PRODUCTS)
    assert [each["sku"] for each in shop.json("list", "--find", "TASSE")] == ["A"]
    assert [each["sku"] for each in shop.json("list", "--offset", "1")] == ["B"]
    assert "1 of 2; go on with --offset 1" in shop.product("list", "--limit", "1").out
    assert "Blaue Tasse" in shop.product("show", "A").out
    assert shop.json("show", "B")["unit"] is None
    assert shop.product("remove", "A", "--reason", "not made any more").out == "A is sold no more.\n"
    for command in (("show", "A"), ("remove", "A", "--reason", "again")):
        ended = shop.product(*command)
        assert (ended.code, ended.out) == (1, "")
        assert f"{CHANNEL} does not sell A." in ended.err
    assert [each["sku"] for each in shop.json("list")] == ["B"]


def test_what_makes_no_sense_is_refused(shop: ProductShop) -> None:
    assert shop.product("list", channel="no-shop").code != 0
    assert shop.product("import", "-", stdin=PRODUCTS, channel="no-shop").code != 0
    assert shop.product("import", "no-such-file.csv").code == 3
    assert shop.product("remove", "A", "--reason", " ").code == 2
