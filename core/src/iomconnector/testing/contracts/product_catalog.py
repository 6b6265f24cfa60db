"""The contract of :class:`~iomconnector.ports.product_catalog.ProductCatalog`."""

from abc import abstractmethod
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

import pytest

from iomconnector.model.products import CatalogProduct
from iomconnector.ports.product_catalog import ProductCatalog, ProductQuery
from iomconnector.testing.contracts.contract import Contract
from iomconnector.testing.samples import CHANNEL, OTHER_CHANNEL, sample_product


@dataclass(frozen=True, slots=True)
class CatalogScene:
    """A catalogue, and a way to fill it.

    Arguments:
        catalog: The catalogue to test, empty at first.
        put: Lets a channel sell products; those of the same SKU are replaced.
    """

    catalog: ProductCatalog
    put: Callable[[str, Iterable[CatalogProduct]], Awaitable[None]]


class ProductCatalogContract(Contract):
    """Promises of a catalogue."""

    @abstractmethod
    def scene(self) -> AbstractAsyncContextManager[CatalogScene]:
        """A catalogue for the channels of the samples."""

    async def test_a_product_comes_back_as_it_was_put(self) -> None:
        whole = sample_product(
            "SKU/1 ü",
            names={"en": "Blue mug", "de": "Blaue Tasse"},
            descriptions={"de": "Für Tee.\nUnd Kaffee."},
            net={"amount": "0.105", "currency": "JPY"},
            tax_rate="7.7",
            unit="piece",
        )
        bare = sample_product("B", names={"fr": "Tasse"}, descriptions={}, unit=None)
        async with self.scene() as scene:
            await scene.put(CHANNEL, [whole, bare])
            assert await scene.catalog.products(CHANNEL, ["B", "SKU/1 ü", "none"]) == {
                whole.sku: whole,
                "B": bare,
            }

    async def test_each_channel_sells_its_own(self) -> None:
        async with self.scene() as scene:
            await scene.put(CHANNEL, [sample_product("A"), sample_product("B")])
            dear = sample_product("A", net={"amount": "999", "currency": "USD"})
            await scene.put(OTHER_CHANNEL, [dear])
            assert await scene.catalog.products(OTHER_CHANNEL, ["A", "B"]) == {"A": dear}
            assert (await scene.catalog.search(OTHER_CHANNEL, ProductQuery())).total == 1

    async def test_nothing_is_found_where_nothing_is_sold(self) -> None:
        async with self.scene() as scene:
            assert await scene.catalog.products(CHANNEL, ["A"]) == {}
            assert await scene.catalog.products(CHANNEL, []) == {}
            assert await scene.catalog.products("no channel", ["A"]) == {}
            assert (await scene.catalog.search(CHANNEL, ProductQuery())).total == 0
            assert (await scene.catalog.search("no channel", ProductQuery())).total == 0

    async def test_putting_again_replaces(self) -> None:
        async with self.scene() as scene:
            await scene.put(CHANNEL, [sample_product("A", names={"en": "Old name"})])
            new = sample_product("A", names={"en": "New name"})
            await scene.put(CHANNEL, [new])
            assert await scene.catalog.products(CHANNEL, ["A"]) == {"A": new}
            assert (await scene.catalog.search(CHANNEL, ProductQuery("old"))).total == 0
            assert (await scene.catalog.search(CHANNEL, ProductQuery("new"))).products == [new]

    async def test_pages_together_are_everything_in_order(self) -> None:
        skus = [f"S-{number:03}" for number in range(25)]
        async with self.scene() as scene:
            await scene.put(CHANNEL, [sample_product(sku) for sku in reversed(skus)])
            pages = [
                await scene.catalog.search(CHANNEL, ProductQuery(offset=offset, limit=10))
                for offset in (0, 10, 20, 30)
            ]
            assert [page.total for page in pages] == [25] * 4
            assert [len(page.products) for page in pages] == [10, 10, 5, 0]
            assert [each.sku for page in pages for each in page.products] == skus

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("mug", ["M-1", "m-2"]),
            ("MUG", ["M-1", "m-2"]),
            ("tasse", ["M-1"]),
            ("grösse", ["m-2"]),
            ("GRÖSSE", ["m-2"]),
            ("m-", ["M-1", "m-2"]),
            (" -2 ", ["m-2"]),
            ("100%", ["X"]),
            ("100_", []),
            ("%", ["X"]),
            ("_", []),
            ("*", []),
            ("'", []),
            ("\\", []),
            ("mug x", []),
        ],
    )
    async def test_a_part_of_sku_or_name_is_found_and_nothing_is_a_wildcard(
        self, text: str, found: list[str]
    ) -> None:
        sold = [
            sample_product("M-1", names={"en": "Blue mug", "de": "Blaue Tasse"}),
            sample_product("m-2", names={"en": "Big Mug", "de": "Becher, Größe L / GRÖSSE L"}),
            sample_product("X", names={"en": "100% cotton"}),
        ]
        async with self.scene() as scene:
            await scene.put(CHANNEL, sold)
            page = await scene.catalog.search(CHANNEL, ProductQuery(text))
            assert ([each.sku for each in page.products], page.total) == (found, len(found))

    async def test_many_products_are_read_at_once(self) -> None:
        sold = [sample_product(f"S-{number}") for number in range(1200)]
        async with self.scene() as scene:
            await scene.put(CHANNEL, sold)
            asked = [*(each.sku for each in sold), "none", "S-1"]
            assert await scene.catalog.products(CHANNEL, asked) == {each.sku: each for each in sold}

    @pytest.mark.parametrize("odd", ["", " ", "\0", "a\nb", "\ud800", "x" * 10_000])
    async def test_what_can_be_no_sku_is_not_found(self, odd: str) -> None:
        async with self.scene() as scene:
            await scene.put(CHANNEL, [sample_product("A")])
            assert list(await scene.catalog.products(CHANNEL, [odd, "A"])) == ["A"]
            if odd.strip():
                assert (await scene.catalog.search(CHANNEL, ProductQuery(odd))).total == 0
