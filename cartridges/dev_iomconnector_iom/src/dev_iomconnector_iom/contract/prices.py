"""Prices, taxes, promotions and charges. [iom-api 1.1, 6.1-6.5]"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

from dev_iomconnector_iom.contract.fields import (
    Integer,
    ListOf,
    Number,
    Record,
    Text,
    choice,
    optional,
    required,
)
from dev_iomconnector_iom.contract.versions import ApiVersion
from dev_iomconnector_iom.contract.violations import Findings
from dev_iomconnector_iom.exact_json import JsonObject

_MONEY = Number()


def decimals(value: Decimal) -> int:
    """How many decimals a number needs: 1.50 needs one, 100 none."""
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _discount_not_above_amount(price: JsonObject, path: str, findings: Findings) -> None:
    discounted = price.get("amountDiscounted")
    if discounted is not None and discounted > price["amount"]:
        findings.add(
            f"{path}.amountDiscounted",
            "discountedNotAboveAmount",
            f"must not be greater than the amount {price['amount']}",
            discounted,
        )


def _net_not_above_gross(holder: JsonObject, path: str, findings: Findings) -> None:
    if "net" in holder and "gross" in holder:
        net, gross = holder["net"]["amount"], holder["gross"]["amount"]
        if net > gross:
            findings.add(
                f"{path}.net.amount", "netNotAboveGross", f"must not be greater than gross, {gross}", net
            )


def _net_or_gross(holder: JsonObject, path: str, findings: Findings) -> None:
    if "net" not in holder and "gross" not in holder:
        findings.add(f"{path}.net", "netOrGross", "or gross must be given")


def _each_type_once(taxes: list[Any], path: str, findings: Findings) -> None:
    if len(taxes) < 2:
        return
    seen = Counter(tax["type"] for tax in taxes)
    for index, tax in enumerate(taxes):
        if seen[tax["type"]] > 1:
            seen[tax["type"]] = 0
            findings.add(f"{path}[{index}].type", "taxTypeOnce", "is in the list more than once", tax["type"])


def _rate_precision(tax: JsonObject, path: str, findings: Findings) -> None:
    rate = tax.get("rate")
    if rate is not None and decimals(rate) > 5:
        findings.add(f"{path}.rate", "ratePrecision", "must not have more than 5 decimals", rate)


def _promotion_values(promotion: JsonObject, path: str, findings: Findings) -> None:
    net, gross = promotion["netValue"], promotion["grossValue"]
    if net > gross:
        findings.add(
            f"{path}.netValue", "netNotAboveGross", f"must not be greater than grossValue, {gross}", net
        )
    for name in ("netValue", "grossValue"):
        if decimals(promotion[name]) > 2:
            findings.add(
                f"{path}.{name}", "promotionPrecision", "must not have more than 2 decimals", promotion[name]
            )


def tax_list(version: ApiVersion) -> ListOf:
    """Taxes: at least one, each type once; rate and location since 2.1."""
    if version < ApiVersion.V2_1:
        tax = Record(required("type", Text()), required("amount", _MONEY))
    else:
        tax = Record(
            required("type", Text(longest=512)),
            required("amount", _MONEY),
            optional("rate", _MONEY),
            optional("location", Text(longest=512)),
            rules=[_rate_precision],
        )
    return ListOf(tax, fewest=1, rules=[_each_type_once])


def promotion_list(version: ApiVersion) -> ListOf:
    """Promotions; the texts were shorter in 2.0. [iom-api 1.1, version differences]"""
    is_first = version < ApiVersion.V2_1
    return ListOf(
        Record(
            required("promotionValueType", choice("PERCENTAGE", "FIXED")),
            required("promotionValue", Number(smallest=0)),
            required("id", Text(longest=None if is_first else 512)),
            required("name", Text(longest=256 if is_first else 1024)),
            required("descriptorId", Text(longest=255 if is_first else 1024)),
            optional("code", Text(longest=256 if is_first else 1024)),
            optional("budgetSourceId", Text(longest=256 if is_first else 1024)),
            required("netValue", _MONEY),
            required("grossValue", _MONEY),
            rules=[_promotion_values],
        )
    )


_PRICE = Record(
    required("amount", _MONEY), optional("amountDiscounted", _MONEY), rules=[_discount_not_above_amount]
)
_LIST_PRICE = _PRICE.plus(optional("listPrice", _MONEY))
_NET_AND_OR_GROSS = Record(
    optional("net", _PRICE), optional("gross", _PRICE), rules=[_net_or_gross, _net_not_above_gross]
)

UNIT_PRICE = Record(
    optional("net", _LIST_PRICE), optional("gross", _LIST_PRICE), rules=[_net_or_gross, _net_not_above_gross]
)


def total_price(version: ApiVersion) -> Record:
    """The total of an order."""
    return _NET_AND_OR_GROSS.plus(required("taxes", tax_list(version)))


def sum_price(version: ApiVersion) -> Record:
    """The sum of a position or of all positions."""
    return total_price(version).plus(optional("promotions", promotion_list(version)))


def charge_list(version: ApiVersion) -> ListOf:
    """Charges of an order or of a shipping bucket; both prices are mandatory."""
    return ListOf(
        Record(
            optional("number", Integer(bits=64)),
            required("type", Text()),
            required("net", _PRICE),
            required("gross", _PRICE),
            required("taxes", tax_list(version)),
            optional("promotions", promotion_list(version)),
            rules=[_net_not_above_gross],
        )
    )
