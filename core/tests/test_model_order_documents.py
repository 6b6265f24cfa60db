"""Orders as JSON documents: nothing is lost, nothing is guessed, nothing else than the error comes out."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from iomconnector.model.order_documents import (
    OrderDocumentError,
    digest_of,
    dump_order,
    order_from,
    parse_json,
    parse_order,
)
from iomconnector.model.orders import Order
from iomconnector.testing.hypothesis_profiles import examples
from iomconnector.testing.samples import sample_order
from iomconnector.testing.strategies import orders

Path = tuple[str | int, ...]

JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["1", "-1", "1e9", "EUR", "street", "2026-11-02T12:00:00Z", "\ud800", "\x00"]),
    lambda children: (
        st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=5), children, max_size=3)
    ),
    max_leaves=8,
)


def _document(order: Order) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(dump_order(order))
    return document


def _paths(node: Any, path: Path = ()) -> list[Path]:
    """Every place in a document, leaves and branches."""
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [place for key, child in children for place in ((*path, key), *_paths(child, (*path, key)))]


def _at(node: Any, path: Path) -> Any:
    for key in path:
        node = node[key]
    return node


def _replaced(document: Any, path: Path, value: Any) -> Any:
    copy = json.loads(json.dumps(document))
    _at(copy, path[:-1])[path[-1]] = value
    return copy


def _other_notation(value: Any) -> Any:
    """The same number in another notation, another text, or another truth."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str) and value.replace(".", "").replace("-", "").isdecimal() and value.isascii():
        return f"{value}0" if "." in value else f"{value}.0"
    return f"{value}x" if isinstance(value, str) else value


@examples(60)
@given(orders())
def test_an_order_comes_back_exactly(order: Order) -> None:
    written = dump_order(order)
    read = parse_order(written)
    assert read == order
    assert dump_order(read) == written
    assert digest_of(read) == digest_of(order)
    assert parse_order(written.encode()) == order


@examples(60)
@given(orders(), st.data())
def test_equal_content_and_only_that_has_an_equal_digest(order: Order, data: st.DataObject) -> None:
    document = _document(order)
    path = data.draw(st.sampled_from(_paths(document)))
    changed = _replaced(document, path, _other_notation(_at(document, path)))
    try:
        other = order_from(changed)
    except OrderDocumentError:
        assume(False)
    assert (digest_of(other) == digest_of(order)) is (other == order), path


@examples(40)
@given(orders(), st.data())
def test_what_the_document_looks_like_makes_no_difference(order: Order, data: st.DataObject) -> None:
    def shuffled(node: Any) -> Any:
        if isinstance(node, dict):
            return {name: shuffled(node[name]) for name in data.draw(st.permutations(list(node)))}
        return [shuffled(child) for child in node] if isinstance(node, list) else node

    text = json.dumps(shuffled(_document(order)), indent=data.draw(st.integers(0, 3)))
    assert digest_of(parse_order(text)) == digest_of(order)


def test_the_notation_of_amounts_and_defaults_makes_no_difference() -> None:
    document = _document(sample_order())
    item = document["shipping_buckets"][0]["line_items"][0]
    item["quantity"]["value"] = "1.00"
    item["kind"] = "product"
    item["delivery"] = {"kind": "standard", "expected_days": -1}
    document["total"]["gross"]["amount"]["amount"] = Decimal("119")
    document["charges"] = []
    document["project"] = None
    assert order_from(document) == sample_order()
    assert digest_of(order_from(document)) == digest_of(sample_order())


def test_the_order_of_attributes_makes_no_difference() -> None:
    one = sample_order(attributes={"gift": {"a": "1", "b": "2"}, "loyalty": {"c": "3"}})
    other = sample_order(attributes={"loyalty": {"c": "3"}, "gift": {"b": "2", "a": "1"}})
    assert digest_of(one) == digest_of(other)
    assert dump_order(one) == dump_order(other)


def test_the_offset_of_a_time_is_content() -> None:
    in_utc = sample_order(created_at="2026-11-02T12:00:00Z")
    in_jena = sample_order(created_at="2026-11-02T13:00:00+01:00")
    assert dump_order(in_jena).count("2026-11-02T13:00:00+01:00") == 1
    assert digest_of(in_utc) != digest_of(in_jena)
    assert digest_of(in_utc) == digest_of(sample_order(created_at="2026-11-02T12:00:00+00:00"))


@examples(150)
@given(orders(), JSON_VALUES, st.data())
def test_whatever_stands_anywhere_is_an_order_or_an_error(
    order: Order, value: Any, data: st.DataObject
) -> None:
    document = _document(order)
    path = data.draw(st.sampled_from(_paths(document)))
    changed = _replaced(document, path, None)
    _at(changed, path[:-1])[path[-1]] = value
    try:
        read = order_from(changed)
    except OrderDocumentError:
        return
    assert parse_order(dump_order(read)) == read


@given(st.one_of(st.text(), st.binary(), JSON_VALUES.map(json.dumps)))
def test_what_is_no_order_is_an_error_and_nothing_else(text: str | bytes) -> None:
    with pytest.raises(OrderDocumentError):
        parse_order(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no JSON document"),
        ('{"number": "1"', "no JSON document"),
        ('{"a": 1} {"b": 2}', "no JSON document"),
        ('{"a": NaN}', "NaN is not a number"),
        ('{"a": [Infinity]}', "Infinity is not a number"),
        ('{"a": {"b": -Infinity}}', "-Infinity is not a number"),
        ('{"a": 1, "a": 1}', "the key 'a' stands twice"),
        ('[{"b": {"x": 1, "y": 2, "x": null}}]', "the key 'x' stands twice"),
        ("[" * 100_000, "no JSON document"),
        ("9" * 10_000, "no JSON document"),
        (b'{"a": "\xff"}', "no JSON document"),
    ],
)
def test_what_is_no_json_says_why(text: str | bytes, said: str) -> None:
    with pytest.raises(OrderDocumentError, match=said):
        parse_json(text)


def test_numbers_in_json_stay_exact() -> None:
    assert parse_json("[0.1, 1e2, 10000000000000000000000.01]") == [
        Decimal("0.1"),
        Decimal("1e2"),
        Decimal("10000000000000000000000.01"),
    ]
    document = dump_order(sample_order()).replace('"119"', "119.10", 1)
    assert '119.1"' in dump_order(parse_order(document))


def test_every_wrong_field_is_named_with_its_path_and_the_order_with_its_number() -> None:
    document = _document(sample_order("4711"))
    document["shipping_buckets"][0]["line_items"][0]["quantity"]["value"] = "0"
    document["shipping_buckets"][0]["address"]["city"] = ""
    document["loyalty_points"] = 7
    del document["payments"]
    with pytest.raises(OrderDocumentError) as refused:
        order_from(document)
    for place in (
        "shipping_buckets[0].line_items[0].quantity.value: ",
        "shipping_buckets[0].address.city: ",
        "loyalty_points: ",
        "payments: ",
    ):
        assert place in refused.value.message
    assert refused.value.ids == {"order": "4711"}


@pytest.mark.parametrize("number", [1.5, float("nan"), float("inf"), 1e300])
@pytest.mark.parametrize("path", [("subtotal", "net", "amount", "amount"), ("total", "taxes", 0, "rate")])
def test_binary_floats_are_refused(number: float, path: Path) -> None:
    with pytest.raises(OrderDocumentError, match="must be exact"):
        order_from(_replaced(_document(sample_order()), path, number))


@pytest.mark.parametrize(
    "number", ["NaN", "Infinity", "-Infinity", "sNaN", "1_000", "１", " 1", "1 ", "", "0x1", "1,5", True]
)
def test_what_is_no_plain_number_is_refused(number: object) -> None:
    path = ("subtotal", "net", "amount", "amount")
    with pytest.raises(OrderDocumentError, match=r"subtotal\.net\.amount\.amount: "):
        order_from(_replaced(_document(sample_order()), path, number))


@pytest.mark.parametrize(
    "number", ["1e28", "1e999999999", "-1e-29", "1e-999999999", "9" * 29, "0." + "1" * 29]
)
def test_numbers_longer_than_any_amount_are_refused_before_they_fill_the_memory(number: str) -> None:
    path = ("subtotal", "net", "amount", "amount")
    with pytest.raises(OrderDocumentError, match="more than 28 digits"):
        order_from(_replaced(_document(sample_order()), path, number))
    read = order_from(_replaced(_document(sample_order()), path, "9" * 28))
    assert read.subtotal.net is not None
    assert read.subtotal.net.amount.amount == Decimal("9" * 28)


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\x7f", "\x85", "\ud800"])
@pytest.mark.parametrize(
    "field",
    ["number", "channel", "message_to_merchant", "project", "customer_order_number", "reservation_id"],
)
def test_control_characters_and_half_characters_are_refused(field: str, character: str) -> None:
    with pytest.raises(OrderDocumentError, match=rf"{field}: (has the .* at position 2|.* unicode string)"):
        order_from({**_document(sample_order()), field: f"ab{character}c"})


@pytest.mark.parametrize("character", ["\x00", "\ud800"])
def test_control_characters_are_refused_in_names_of_attributes(character: str) -> None:
    for attributes in ({character: {"a": "b"}}, {"a": {character: "b"}}, {"a": {"b": character}}):
        with pytest.raises(OrderDocumentError, match=r"attributes.*position 0"):
            order_from({**_document(sample_order()), "attributes": attributes})


def test_line_ends_and_all_scripts_are_text() -> None:
    text = "Grüße,\r\n\t鈴木 🎉 \u200f שלום e\u0301"
    order = sample_order(message_to_merchant=text)
    assert parse_order(dump_order(order)).message_to_merchant == text


@examples(40)
@given(orders(), st.data())
def test_an_amount_in_another_currency_is_refused_with_its_path(order: Order, data: st.DataObject) -> None:
    document = _document(order)
    amounts = [path for path in _paths(document) if path[-1] == "currency" and len(path) > 1]
    path = data.draw(st.sampled_from(amounts))
    other = "SEK" if order.currency != "SEK" else "NOK"
    with pytest.raises(OrderDocumentError) as refused:
        order_from(_replaced(document, path, other))
    assert f"is in {other}, but the order is in {order.currency}" in refused.value.message
    written = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path[:-1]).lstrip(".")
    assert f"{written} is in {other}" in refused.value.message


@pytest.mark.parametrize("currency", ["XYZ", "eur", "EURO", "€", "", "EUR ", None, 978])
def test_an_unknown_currency_is_refused(currency: object) -> None:
    with pytest.raises(OrderDocumentError, match="currency: "):
        order_from({**_document(sample_order()), "currency": currency})


@pytest.mark.parametrize("moment", ["2026-11-02T12:00:00", "2026-11-02", "tomorrow", None])
def test_a_time_without_offset_is_refused(moment: object) -> None:
    with pytest.raises(OrderDocumentError, match="created_at: "):
        order_from({**_document(sample_order()), "created_at": moment})


def test_an_order_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        setattr(sample_order(), "project", "another")  # noqa: B010
