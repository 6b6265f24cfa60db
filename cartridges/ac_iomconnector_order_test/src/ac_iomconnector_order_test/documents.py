"""Hypothesis strategies for whole order documents: valid ones, and ones with exactly one rule broken.

They come from the contract alone and share no code with any mapper. The documents are dictionaries, amounts
are Decimal; :func:`~ac_iomconnector_order_test.json_text.encode_json` writes them for the wire. Amounts of
different parts are independent: sums do not add up, which the contract does not ask for.
"""

import copy
import functools
from collections.abc import Iterator

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from ac_iomconnector_order_test.breakages import breakages
from ac_iomconnector_order_test.document_parts import (
    addresses,
    charges,
    customers,
    limited,
    net_and_gross,
    shippings,
    sum_prices,
    total_prices,
)
from ac_iomconnector_order_test.formats import INT32, INT64
from ac_iomconnector_order_test.limits import ranges
from ac_iomconnector_order_test.openapi import basis
from ac_iomconnector_order_test.wire_values import (
    Json,
    attributes,
    currencies,
    long_numbers,
    moments,
    numbers,
    order_numbers,
    part,
    some,
    text,
)


def order_documents(
    version: str, *, shop_order_numbers: SearchStrategy[str] | None = None
) -> SearchStrategy[Json]:
    """Valid Order documents of a version, rich in every optional part.

    Arguments:
        version: One of 2.0, 2.1, 2.2, 2.3, 2.4.
        shop_order_numbers: Where the order numbers come from, for servers that keep what they get; without it
            any valid number, and the same one again.

    Raises:
        UnknownApiVersionError: Not a version of the Order API.
    """
    if shop_order_numbers is None:
        return _any_order(basis(version).version)
    return _numbered(version, _unnumbered(basis(version).version, shop_order_numbers))


def change_request_documents(
    version: str, *, shop_order_numbers: SearchStrategy[str] | None = None
) -> SearchStrategy[Json]:
    """Valid ChangeRequestCreate documents; the API has change requests from version 2.2."""
    order = st.builds(
        lambda document, moment: {**document, "shopOrderUpdateDate": moment},
        order_documents(version, shop_order_numbers=shop_order_numbers),
        moments(),
    )
    return part({"changeRequestId": text(1, 255), "changeRequest": order})


@st.composite
def broken_order_documents(draw: DrawFn, version: str) -> tuple[Json, str, str]:
    """An Order document with exactly one rule broken: the document, the JSON path of the fault, the rule.

    The rule is the one that :class:`~ac_iomconnector_order_test.violation.Violation` carries.
    """
    document = copy.deepcopy(draw(order_documents(version)))
    breakage = draw(st.sampled_from(breakages(version)))
    return document, breakage.apply(document), breakage.rule


@functools.cache
def _any_order(version: str) -> SearchStrategy[Json]:
    return _numbered(version, _unnumbered(version, order_numbers()))


def _unnumbered(version: str, shop_order_numbers: SearchStrategy[str]) -> SearchStrategy[Json]:
    return part(
        {
            "shopOrderNumber": shop_order_numbers,
            "shopOrderCreationDate": moments(),
            "customerData": customers(version),
            "invoiceAddress": addresses(version, packstation=False),
            "sales": _sales(version),
            "payment": _payments(version),
            "shippingBuckets": st.lists(_buckets(version), min_size=1, max_size=3),
        },
        {
            "shopOrderUpdateDate": moments(),
            "reservationId": long_numbers(),
            **limited("Order", version, "costCenter", "project"),
            "optimizationRule": text(),
            "splitShipmentAllowed": st.booleans(),
            "additionalAttributes": attributes(),
        },
    )


@st.composite
def _numbered(draw: DrawFn, version: str, orders: SearchStrategy[Json]) -> Json:
    """Orders with numbers on some of their buckets, positions and charges."""
    order = draw(orders)
    _number_buckets(draw, order)
    least, greatest = ranges(version)["OrderPosition"]["number"]
    _number(draw, list(_positions(order)), st.one_of(st.integers(least, greatest), st.integers(0, 99)))
    _number(draw, list(_charges(order)), st.one_of(st.integers(*INT64), st.integers(0, 99)))
    return order


def _sales(version: str) -> SearchStrategy[Json]:
    return part(
        {"currencyCode": currencies(), "subTotal": sum_prices(version), "total": total_prices(version)},
        {"charges": some(charges(version), 2)},
    )


def _payments(version: str) -> SearchStrategy[Json]:
    names = ("paymentProviderOrderNo", "paymentProviderRefNo", "paymentProviderMerchantAccount")
    method = st.one_of(st.sampled_from(["ISH_INVOICE", "PAYPAL", "CREDITCARD"]), text(1))
    return part({"paymentMethod": method}, limited("Payment", version, *names))


def _buckets(version: str) -> SearchStrategy[Json]:
    return part(
        {
            "shippingAddress": addresses(version, packstation=True),
            "positions": st.lists(_order_positions(version), min_size=1, max_size=2),
        },
        {
            "shippingMethod": text(),
            "charges": some(charges(version), 1),
            "additionalAttributes": attributes(),
        },
    )


def _order_positions(version: str) -> SearchStrategy[Json]:
    product = part(
        {"name": text(1), "number": text(1, 50)}, {"isbn": st.just("978-1732102200"), "ean": long_numbers()}
    )
    return part(
        {
            "quantity": numbers(1, INT32[1]),
            "product": product,
            "sum": sum_prices(version),
            "shipping": shippings(),
        },
        {
            "productUnit": text(),
            **limited("OrderPosition", version, "costCenter", "project"),
            "additionalAttributes": attributes(),
            "unitPrice": net_and_gross(decimals=4, list_price=True),
        },
    )


def _positions(order: Json) -> Iterator[Json]:
    for bucket in order["shippingBuckets"]:
        yield from bucket["positions"]


def _charges(order: Json) -> Iterator[Json]:
    for holder in (order["sales"], *order["shippingBuckets"]):
        yield from holder.get("charges", ())


def _number(draw: DrawFn, entries: list[Json], values: SearchStrategy[int]) -> None:
    """Give some of the entries a number, each a different one."""
    drawn = draw(st.lists(values, max_size=len(entries), unique=True))
    for entry, number in zip(entries, drawn, strict=False):
        entry["number"] = number


def _number_buckets(draw: DrawFn, order: Json) -> None:
    """Give some of the buckets a number: different ones, and blanks, which count as none."""
    names = st.one_of(st.integers(1, 99).map(str), text(1, 20).map(str.strip))
    drawn = draw(st.lists(names, max_size=len(order["shippingBuckets"]), unique=True))
    blank = draw(st.sampled_from(["", "  "]))
    for bucket, number in zip(order["shippingBuckets"], drawn, strict=False):
        bucket["number"] = number
    for bucket in order["shippingBuckets"][len(drawn) + 1 :]:
        bucket["number"] = blank
