"""Products as rows of the table."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy import Row

from iomconnector.model.products import LONGEST_SKU, CatalogProduct
from iomconnector.model.values import canonical

T = TypeVar("T")

AT_ONCE: Final = 500
"""So many products stand in one statement."""


def can_be(text: str) -> bool:
    """Whether a text can be a SKU in the table."""
    return 0 < len(text) <= LONGEST_SKU and text.strip() == text and text.isprintable()


def possible(skus: Iterable[str]) -> list[str]:
    """Those that can be SKUs, each once, in their order."""
    return [sku for sku in dict.fromkeys(skus) if can_be(sku)]


def batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """The same items, :data:`AT_ONCE` at a time."""
    for start in range(0, len(items), AT_ONCE):
        yield items[start : start + AT_ONCE]


def row_of(product: CatalogProduct, channel: str, now: datetime) -> dict[str, Any]:
    """A product as a row."""
    return {
        "channel": channel,
        "sku": product.sku,
        "names": _json(product.names),
        "descriptions": _json(product.descriptions),
        "net": canonical(product.net.amount),
        "currency": product.currency,
        "tax_class": product.tax_class,
        "tax_rate": canonical(product.tax_rate),
        "unit": product.unit,
        "found_by": "\n".join((product.sku, *product.names.values())).casefold(),
        "updated_at": now,
    }


def product_of(row: Row[Any]) -> CatalogProduct:
    """A row as a product."""
    return CatalogProduct.model_validate(
        {
            "sku": row.sku,
            "names": json.loads(row.names),
            "descriptions": json.loads(row.descriptions),
            "net": {"amount": row.net, "currency": row.currency},
            "tax_class": row.tax_class,
            "tax_rate": row.tax_rate,
            "unit": row.unit,
        }
    )


def _json(texts: dict[str, str]) -> str:
    return json.dumps(texts, ensure_ascii=False, sort_keys=True)
