"""Products as files and programs have them."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import ValidationError

from bc_catalog.product_rows import can_be
from iomconnector.model.products import DECIMALS, CatalogProduct
from iomconnector.model.values import canonical

FIELDS: Final = (
    "sku",
    "names",
    "descriptions",
    "net_price",
    "currency",
    "tax_class",
    "tax_rate",
    "unit",
)
REQUIRED: Final = ("sku", "names", "net_price", "currency", "tax_class", "tax_rate")
_SHOWN: Final = {"net": "net_price", "net.amount": "net_price", "net.currency": "currency"}


class ProductDocumentError(ValueError):
    """A document is no product.

    Arguments:
        reasons: What is wrong, a sentence each.
    """

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


def document_of(product: CatalogProduct) -> dict[str, Any]:
    """A product ready for JSON; the names are stable, and :func:`product_from` reads them."""
    return {
        "sku": product.sku,
        "names": dict(product.names),
        "descriptions": dict(product.descriptions),
        "net_price": canonical(product.net.amount),
        "currency": product.currency,
        "tax_class": product.tax_class,
        "tax_rate": canonical(product.tax_rate),
        "unit": product.unit,
    }


def product_from(document: Any) -> CatalogProduct:
    """Read a product.

    Raises:
        ProductDocumentError: It is none; every wrong field is named.
    """
    if not isinstance(document, dict):
        raise ProductDocumentError(["A product is an object with the fields " + ", ".join(FIELDS) + "."])
    reasons = [
        f"There is no field {str(name)[:40]!r}; the fields are {', '.join(FIELDS)}."
        for name in document
        if name not in FIELDS
    ]
    reasons += [f"{name} is missing." for name in REQUIRED if document.get(name) in (None, "", {})]
    reasons += [
        f"{name}: must be a number or a text." for name, value in document.items() if isinstance(value, bool)
    ]
    if reasons:
        raise ProductDocumentError(reasons)
    sku = document["sku"]
    if isinstance(sku, str) and not can_be(sku):
        raise ProductDocumentError([f"{sku[:40]!r} cannot be a SKU."])
    try:
        product = CatalogProduct.model_validate(_fields(document))
    except ValidationError as error:
        raise ProductDocumentError(
            [_sentence(each["loc"], each["msg"]) for each in error.errors(include_url=False)]
        ) from error
    decimals = product.net.amount.normalize().as_tuple().exponent
    if isinstance(decimals, int) and -decimals > DECIMALS:
        raise ProductDocumentError([f"net_price: has {-decimals} decimals, at most {DECIMALS} are possible."])
    return product


def _fields(document: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "sku": document["sku"],
        "names": document["names"],
        "descriptions": document.get("descriptions") or {},
        "net": {"amount": document["net_price"], "currency": document["currency"]},
        "tax_class": document["tax_class"],
        "tax_rate": document["tax_rate"],
        "unit": document.get("unit") or None,
    }


def _sentence(location: tuple[int | str, ...], message: str) -> str:
    path = ".".join(str(part) for part in location if part != "[key]")
    said = message.removeprefix("Value error, ")
    return f"{_SHOWN.get(path, path)}: {said[:1].lower()}{said[1:]}."
