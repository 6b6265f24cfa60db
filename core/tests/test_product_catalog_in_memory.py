"""The contract of catalogues, kept by the adapter in memory, and what products make of their fields."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from iomconnector.ports.product_catalog import ProductQuery
from iomconnector.testing.contracts import CatalogScene, ProductCatalogContract
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory import MemoryProductCatalog
from iomconnector.testing.samples import CHANNEL, sample_product
from iomconnector.usecases.empty_catalog import EmptyCatalog


class TestMemoryProductCatalog(ProductCatalogContract):
    @asynccontextmanager
    async def scene(self) -> AsyncIterator[CatalogScene]:
        catalog = MemoryProductCatalog()
        yield CatalogScene(catalog, catalog.put)


@pytest.mark.parametrize(
    ("net", "rate", "gross"),
    [
        ("16.80", "19", "19.99"),
        ("10.00", "7.7", "10.77"),
        ("10.00", "0", "10.00"),
        ("0.25", "10", "0.28"),
        ("0", "19", "0"),
    ],
)
def test_tax_is_rounded_half_up(net: str, rate: str, gross: str) -> None:
    product = sample_product(net={"amount": net, "currency": "EUR"}, tax_rate=rate)
    assert product.gross.amount == Decimal(gross)
    assert product.net.amount + product.tax.amount == product.gross.amount


def test_texts_come_in_the_language_or_the_next_best() -> None:
    product = sample_product(names={"en": "Mug", "de": "Tasse"}, descriptions={"fr": "Pour le thé."})
    assert [product.name(code) for code in ("de", "en", "it")] == ["Tasse", "Mug", "Mug"]
    assert product.description("de") == "Pour le thé."
    assert sample_product(descriptions={}).description("de") == ""


@pytest.mark.parametrize(
    "wrong",
    [
        {"sku": ""},
        {"sku": "x" * 256},
        {"names": {}},
        {"names": {"en": ""}},
        {"names": {"english": "Mug"}},
        {"net": {"amount": "-1", "currency": "EUR"}},
        {"net": {"amount": "1", "currency": "XXY"}},
        {"tax_rate": "101"},
        {"tax_rate": "-1"},
        {"tax_class": ""},
    ],
    ids=str,
)
def test_what_makes_no_product_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        sample_product(**wrong)


@in_event_loop
async def test_without_a_catalogue_nothing_is_sold() -> None:
    assert await EmptyCatalog().products(CHANNEL, ["A"]) == {}
    assert (await EmptyCatalog().search(CHANNEL, ProductQuery())).products == ()
