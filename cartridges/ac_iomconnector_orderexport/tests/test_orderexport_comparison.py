"""Is IOM's copy the same order? Its own ways of writing are no difference, anything else is one."""

import copy
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ac_iomconnector_orderexport.comparison import differences
from ac_iomconnector_orderexport.matching import best_pairs
from ac_iomconnector_orderexport.testing.mapping import map_order
from ac_iomconnector_orderexport.testing.samples import full_order
from iomconnector.model.orders import Order
from iomconnector.testing.strategies import orders

Json = dict[str, Any]
SORT_KEYS = {
    "taxes": "type",
    "promotions": "id",
    "charges": "number",
    "positions": "number",
    "shippingBuckets": "number",
}
IN_ORDERED = ("shipping", "quantity", "sum", "unitPrice")
FULL: Json = dict(map_order(full_order()).document)


def as_iom_returns(value: Any, name: str = "", *, state: bool = False) -> Any:
    """The document as IOM would return it: lists sorted, defaults filled in, other notations. [iom-api 6]"""
    if isinstance(value, dict):
        return _object(value, name, state=state)
    if isinstance(value, list):
        elements = [as_iom_returns(element, name, state=state) for element in value]
        key = SORT_KEYS.get(name)
        return elements if key is None else sorted(elements, key=lambda element: str(element.get(key)))
    if isinstance(value, Decimal):
        return value.quantize(Decimal("0.00001")) if abs(value) < 10**15 else value
    if name in ("shopOrderCreationDate", "desiredDeliveryDate"):
        return datetime.fromisoformat(value).astimezone(UTC).isoformat(timespec="milliseconds")
    return value


def _object(value: Json, name: str, *, state: bool) -> Json:
    if name == "additionalAttributes":
        return {**copy.deepcopy(value), "iom": {"imported": "true"}}
    result = {key: as_iom_returns(member, key, state=state) for key, member in value.items()}
    if "amount" in result and "type" not in result:
        result.setdefault("amountDiscounted", result["amount"])
    if "amount" in result and "type" in result:
        result.setdefault("location", "USA")
    if "shopOrderNumber" in result:
        result.setdefault("splitShipmentAllowed", True)
    if state and "product" in result:
        result["ordered"] = {key: result.pop(key) for key in IN_ORDERED if key in result}
        result["status"] = "STATE_ANNOUNCED"
    return result


@given(orders(exportable=True), st.booleans())
def test_an_order_is_the_same_as_iom_returns_it(order: Order, state: bool) -> None:
    sent = map_order(order).document
    assert differences(sent, as_iom_returns(sent, state=state)) == ()


@given(orders(exportable=True), st.data())
def test_any_single_change_is_found(order: Order, data: st.DataObject) -> None:
    sent = map_order(order).document
    changed = copy.deepcopy(dict(sent))
    container, key = data.draw(st.sampled_from(list(_leaves(changed))))
    _alter(container, key)
    assert differences(sent, as_iom_returns(changed))


@given(orders(exportable=True), st.data())
def test_anything_that_is_missing_is_found(order: Order, data: st.DataObject) -> None:
    sent = map_order(order).document
    changed = copy.deepcopy(dict(sent))
    told = [(container, key) for container, key in _leaves(changed) if container[key] != ""]
    container, key = data.draw(st.sampled_from(told))
    del container[key]
    assert differences(sent, changed), "an empty text and none are the same, everything else is not"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda at: at["sales"]["total"]["net"].update(amount=Decimal("9.9")), "sales.total.net.amount"),
        (lambda at: at["shippingBuckets"][0]["positions"].pop(), "shippingBuckets[0].positions[1]"),
        (lambda at: at["shippingBuckets"][0]["positions"].append({}), "shippingBuckets[0].positions[+]"),
        (lambda at: at["sales"]["charges"].append({"number": 9}), "sales.charges[+]"),
        (lambda at: at["invoiceAddress"]["location"].update(city=None), "invoiceAddress.location.city"),
        (lambda at: at["invoiceAddress"]["location"]["additions"].pop(), "invoiceAddress.location.additions"),
        (lambda at: at.pop("reservationId"), "reservationId"),
        (lambda at: at.update(reservationId=True), "reservationId"),
        (lambda at: at.update(splitShipmentAllowed=1), "splitShipmentAllowed"),
        (lambda at: at["additionalAttributes"].clear(), "additionalAttributes.marketing.campaign"),
        (lambda at: at.update(shopOrderCreationDate="yesterday"), "shopOrderCreationDate"),
        (lambda at: at.update(shopOrderCreationDate="2026-03-01T10:00:00"), "shopOrderCreationDate"),
        (lambda at: at.update(shippingBuckets=None), "shippingBuckets[0]"),
    ],
)
def test_a_difference_names_its_place(change: Callable[[Json], object], expected: str) -> None:
    found = as_iom_returns(FULL)
    change(found)
    assert expected in [difference.path for difference in differences(FULL, found)]


def test_a_difference_shows_both_sides() -> None:
    found = as_iom_returns(FULL)
    found["sales"]["total"]["net"]["amount"] = Decimal("11.12000")
    (difference,) = differences(FULL, found)
    assert str(difference) == "sales.total.net.amount: 11.11 here, 11.12 there"


@pytest.mark.parametrize(
    "time",
    ["2026-03-01T09:00:00.123Z", "2026-03-01T10:00:00.123+0100", "2026-03-01T09:00:00.123456+00:00"],
)
def test_the_same_instant_in_another_notation_is_no_difference(time: str) -> None:
    assert differences(FULL, {**FULL, "shopOrderCreationDate": time}) == ()


def test_a_discount_that_was_not_sent_is_a_difference() -> None:
    sent = {"net": {"amount": Decimal(10)}}
    assert differences(sent, {"net": {"amount": 10, "amountDiscounted": Decimal("10.00")}}) == ()
    (difference,) = differences(sent, {"net": {"amount": 10, "amountDiscounted": 9}})
    assert str(difference) == "net.amountDiscounted: nothing here, 9 there"


@pytest.mark.parametrize("name", ["charges", "promotions", "taxes", "positions", "additions"])
def test_a_list_that_was_not_sent_is_a_difference_unless_it_is_empty(name: str) -> None:
    assert differences({"number": 1}, {"number": 1, name: []}) == ()
    assert differences({"number": 1}, {"number": 1, name: [{"number": 2}]}) != ()


def test_names_of_custom_attributes_are_only_names() -> None:
    groups = {"charges": {"amount": "1"}, "ordered": {"quantity": "2"}}
    sent = {"number": 1, "additionalAttributes": groups}
    found = {"number": 1, "additionalAttributes": {**groups, "taxes": {"amountDiscounted": "3"}}}
    assert differences(sent, found) == ()


def test_delivery_options_may_come_back_in_another_order() -> None:
    assert differences({"deliveryOptions": ["a", "b"]}, {"deliveryOptions": ["b", "a"]}) == ()
    assert differences({"deliveryOptions": ["a", "b"]}, {"deliveryOptions": ["b", "b"]}) != ()


def test_elements_without_a_number_are_paired_however_they_come() -> None:
    plain, numbered = {"type": "A", "taxes": []}, {"type": "A", "taxes": [], "number": 5}
    sent = {"charges": [plain, numbered]}
    found = {"charges": [{"type": "A", "number": 5}, {"type": "A", "number": 6}]}
    assert differences(sent, found) == ()
    found["charges"][1]["type"] = "B"
    assert "type" in " ".join(difference.path for difference in differences(sent, found))


@given(st.integers(0, 6), st.integers(0, 6), st.data())
def test_pairing_leaves_no_pair_without_difference_out(ours: int, theirs: int, data: st.DataObject) -> None:
    table = data.draw(
        st.lists(st.lists(st.integers(0, 2), min_size=theirs, max_size=theirs), min_size=ours, max_size=ours)
    )
    pairs = best_pairs(ours, theirs, lambda mine, other: table[mine][other])
    taken = [other for other in pairs if other is not None]
    assert len(taken) == len(set(taken)) == min(ours, theirs)
    exact = sum(1 for mine, other in enumerate(pairs) if other is not None and table[mine][other] == 0)
    assert exact == _greatest_matching(table)


def _greatest_matching(table: list[list[int]], mine: int = 0, taken: frozenset[int] = frozenset()) -> int:
    if mine == len(table):
        return 0
    best = _greatest_matching(table, mine + 1, taken)
    for other, distance in enumerate(table[mine]):
        if distance == 0 and other not in taken:
            best = max(best, 1 + _greatest_matching(table, mine + 1, taken | {other}))
    return best


def _leaves(node: Any) -> Iterator[tuple[Any, Any]]:
    """Every single value in a document: what holds it, and under which name or index."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(node):
        if isinstance(value, dict | list):
            yield from _leaves(value)
        else:
            yield node, key


def _alter(container: Any, key: Any) -> None:
    value = container[key]
    if isinstance(value, bool):
        container[key] = not value
    elif isinstance(value, int | Decimal):
        container[key] = value + 1
    elif key in ("shopOrderCreationDate", "desiredDeliveryDate"):
        container[key] = _next_second(value)
    else:
        container[key] = f"{value}."


def _next_second(text: str) -> str:
    moment = datetime.fromisoformat(text)
    return moment.replace(second=(moment.second + 1) % 60).isoformat(timespec="milliseconds")


@pytest.mark.parametrize(
    ("path", "field", "value"),
    [
        ((), "costCenter", "CC-1"),
        ((), "reservationId", 4711),
        (("customerData",), "orderNumber", "of somebody else"),
        (("customerData",), "shopCustomerNumber", "C-1"),
        (("invoiceAddress", "location"), "district", "Bavaria"),
        (("invoiceAddress",), "contact", {"email": "other@example.com"}),
        (("shippingBuckets", 0, "positions", 0, "product"), "isbn", "978-1"),
    ],
)
def test_what_only_the_shop_can_know_must_not_come_in_addition(
    path: tuple[str | int, ...], field: str, value: Any
) -> None:
    sent, found = (copy.deepcopy(dict(FULL)) for _ in range(2))
    ours: Any = sent
    theirs: Any = found
    for part in path:
        ours, theirs = ours[part], theirs[part]
    ours.pop(field, None)
    theirs[field] = value
    (difference,) = differences(sent, found)
    assert difference.path.endswith(field)
    assert difference.ours == "nothing"
