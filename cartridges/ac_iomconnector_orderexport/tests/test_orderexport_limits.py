"""Every limit in the table, broken one by one in the finished document."""

from collections.abc import Callable
from typing import Any

import pytest

from ac_iomconnector_orderexport.document import Document, OrderDocument
from ac_iomconnector_orderexport.extension_points import BIND_ORDER
from ac_iomconnector_orderexport.limits import FIELDS_SINCE, LIMITS, NEVER_EMPTY, Limit, Measure, limits_of
from ac_iomconnector_orderexport.mapping.context import MappingContext
from ac_iomconnector_orderexport.places import SHOP_NAMES, Place, parts_of
from ac_iomconnector_orderexport.testing.mapping import map_order
from ac_iomconnector_orderexport.testing.samples import full_order
from ac_iomconnector_rest_common.order_api_version import OrderApiVersion
from iomconnector.cartridges.extensions import Extension
from iomconnector.model.orders import Order
from iomconnector.ports.order_export_service import OrderNotExportableError

VERSIONS = list(OrderApiVersion)


def _first_and_last(limit: Limit) -> list[OrderApiVersion]:
    held = [version for version in VERSIONS if limit.holds_in(version)]
    return sorted({held[0], held[-1]})


CASES = [(limit, version) for limit in LIMITS for version in _first_and_last(limit)]

TESTED_BY_HAND = {("shop_order_number", 1), ("shop_order_number", 50), ("email", 1), ("taxes", 1)}
"""An extension must not change the order number, one character is no address, and an x is no tax."""
NEWER = [(owner, field, since) for owner, new in FIELDS_SINCE.items() for field, since in new.items()]


def _name(value: object) -> str:
    if isinstance(value, Limit):
        end = f"{value.least}..{value.most}"
        return f"{value.document.__name__}.{value.field}-{end}-since{value.since.value}"
    return str(value)


@pytest.mark.parametrize(("limit", "version"), CASES, ids=_name)
def test_beyond_a_limit_the_order_is_refused_and_the_field_named(
    limit: Limit, version: OrderApiVersion
) -> None:
    tried = 0
    for end, beyond in ((limit.least, -1), (limit.most, 1)):
        if end is None:
            continue
        place, message = _refusal(limit, end + beyond, version)
        assert f"Order 00000042: {place.shop} " in message
        assert f"(document: {place.document})" in message
        assert str(end) in message
        tried += 1
    assert tried


@pytest.mark.parametrize(("limit", "version"), CASES, ids=_name)
def test_at_a_limit_the_order_is_taken(limit: Limit, version: OrderApiVersion) -> None:
    for end in (limit.least, limit.most):
        if end is None or (limit.field, end) in TESTED_BY_HAND:
            continue
        place, message = _problems(limit, end, version)
        assert f"(document: {place.document})" not in message


@pytest.mark.parametrize("length", [1, 50])
def test_the_longest_and_the_shortest_order_number_are_taken(length: int) -> None:
    assert map_order(full_order(number="7" * length)).document["shopOrderNumber"] == "7" * length


@pytest.mark.parametrize("version", OrderApiVersion)
@pytest.mark.parametrize(("owner", "field", "since"), NEWER)
def test_a_field_is_refused_in_a_version_that_does_not_have_it(
    owner: type[Document], field: str, since: OrderApiVersion, version: OrderApiVersion
) -> None:
    places: list[Place] = []

    def fill(document: OrderDocument) -> None:
        for place, part in parts_of(document):
            if type(part) is owner:
                setattr(part, field, "1")
                places.append(place.of(owner, field))

    message = _mapped_with(fill, version)
    named = [f"(document: {place.document})" in message for place in places]
    assert set(named) == {not version.at_least(since)}


@pytest.mark.parametrize(("owner", "field"), [(k, f) for k, fields in NEVER_EMPTY.items() for f in fields])
def test_an_order_without_positions_or_buckets_is_refused(owner: type[Document], field: str) -> None:
    def empty(document: OrderDocument) -> None:
        for _, part in parts_of(document):
            if type(part) is owner:
                getattr(part, field).clear()

    message = _mapped_with(empty, OrderApiVersion.V2_4)
    assert "must have at least 1 elements" in message
    assert Place().of(owner, field).document in message


def test_every_field_of_every_part_has_a_name_in_the_shop() -> None:
    for part, names in SHOP_NAMES.items():
        assert set(names) == set(part.model_fields), part.__name__


def test_limits_name_fields_that_exist_and_no_two_contradict() -> None:
    for version in OrderApiVersion:
        for part in SHOP_NAMES:
            limits = limits_of(part, version)
            assert len({limit.field for limit in limits}) == len(limits), part.__name__
            assert {limit.field for limit in limits} <= set(part.model_fields)


def _refusal(limit: Limit, size: int, version: OrderApiVersion) -> tuple[Place, str]:
    place, message = _problems(limit, size, version)
    assert message, f"{place.document} of size {size} was taken"
    return place, message


def _problems(limit: Limit, size: int, version: OrderApiVersion) -> tuple[Place, str]:
    places: list[Place] = []

    def resize(document: OrderDocument) -> None:
        place, part = next(item for item in parts_of(document) if type(item[1]) is limit.document)
        setattr(part, limit.field, _sized(limit, size))
        places.append(place.of(limit.document, limit.field))

    message = _mapped_with(resize, version)
    return places[0], message


def _sized(limit: Limit, size: int) -> Any:
    match limit.measure:
        case Measure.VALUE:
            return size
        case Measure.CHARACTERS if limit.field == "email":
            return f"{'x' * (size - 2)}@y"[:size]
        case Measure.CHARACTERS:
            return "ß" * size
        case Measure.ELEMENTS:
            return ["x"] * size


def _mapped_with(change: Callable[[OrderDocument], None], version: OrderApiVersion) -> str:
    """Map the full order, change its document as an extension would; returns what it is refused for."""

    def bind(order: Order, document: OrderDocument, context: MappingContext) -> None:
        change(document)

    extension = Extension(BIND_ORDER.name, bind)
    try:
        map_order(full_order(), ("breaker", extension), version=version, unmapped_fields="drop")
    except OrderNotExportableError as error:
        return str(error)
    return ""
