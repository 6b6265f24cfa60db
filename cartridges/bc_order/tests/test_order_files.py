"""Files of orders in every form that is taken, and in those that are not."""

import json
from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest

from bc_order.order_files import Entry, OrderFileError, entries_of, open_orders
from bc_order.testing.order_documents import json_lines, order_document
from iomconnector.model.orders import Order

A, B, C = (order_document(number) for number in "ABC")


def read(content: bytes | str) -> list[Entry]:
    data = content if isinstance(content, bytes) else content.encode()
    return list(entries_of(BytesIO(data), "orders.json"))


def shape(entries: Sequence[Entry]) -> list[tuple[int, str]]:
    """The line and the number of each order; a reason where it is none."""
    return [
        (entry.line, entry.order.number if isinstance(entry.order, Order) else entry.reason)
        for entry in entries
    ]


INDENTED = json.dumps(A, indent=2)
LONG = INDENTED.count("\n") + 1

FORMS = {
    "one object": (json.dumps(A), [(1, "A")]),
    "one indented object": (INDENTED, [(1, "A")]),
    "an indented object behind empty lines": (f"\n \n{INDENTED}\n\n", [(3, "A")]),
    "an array": (json.dumps([A, B]), [(1, "A"), (1, "B")]),
    "an indented array": (f"[\n{INDENTED},\n{INDENTED}\n]\n", [(2, "A"), (2 + LONG, "A")]),
    "an empty array": ("[ ]", []),
    "JSON Lines": (json_lines([A, B]), [(1, "A"), (2, "B")]),
    "JSON Lines with empty lines": (f"\n{json.dumps(A)}\n\n  \n{json.dumps(B)}", [(2, "A"), (5, "B")]),
    "indented objects one after the other": (f"{INDENTED}\n{INDENTED}\n", [(1, "A"), (1 + LONG, "A")]),
    "an object whose second line is an object": (
        '{"customer":\n{"type": "private"}\n,'
        + json.dumps({**A, "customer": None})[1:].replace('"customer": null, ', ""),
        [(1, "A")],
    ),
    "nothing": ("", []),
    "blank lines": (" \n\t\r\n", []),
}


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("begin", [b"", b"\xef\xbb\xbf"], ids=["", "byte order mark"])
def test_every_form_is_read_whatever_its_line_ends(name: str, line_end: str, begin: bytes) -> None:
    text, expected = FORMS[name]
    assert shape(read(begin + text.replace("\n", line_end).encode())) == expected


def test_a_broken_line_does_not_hide_the_others() -> None:
    begin = '{"number": "B", "channel'
    content = f"{json.dumps(A)}\n{begin}\n[]\n7\n{json.dumps({'number': 'N'})}\n{json.dumps(C)}\n"
    entries = read(content)
    assert shape(entries)[0] == (1, "A")
    assert shape(entries)[-1] == (6, "C")
    reasons = [(entry.line, entry.number, entry.reason) for entry in entries[1:-1]]
    assert reasons[0] == (2, "", "No JSON: Unterminated string starting at (column 17).")
    assert reasons[1] == (3, "", "No order: an order is a JSON object.")
    assert reasons[2] == (4, "", "No order: an order is a JSON object.")
    line, number, reason = reasons[3]
    assert (line, number) == (5, "N")
    assert "channel: Field required" in reason
    assert "payments: Field required" in reason


def test_an_order_without_a_number_is_told_what_it_may_have_instead() -> None:
    without = {name: value for name, value in A.items() if name != "number"}
    (entry,) = read(json.dumps(without))
    assert "number: Field required" in entry.reason
    assert "An order without a number needs an idempotency_key." in entry.reason


@pytest.mark.parametrize(
    "first",
    ['{"number": "B", "chan', '{"number": "B",', '{"number": "B"', "{", "no", '{"a": 1}}', "{]"],
)
def test_a_broken_first_line_does_not_hide_the_others(first: str) -> None:
    entries = read(f"{first}\n{json_lines([A, B])}")
    assert shape(entries)[1:] == [(2, "A"), (3, "B")]
    assert entries[0].text.strip() == first
    assert entries[0].reason.startswith("No ")


def test_a_broken_array_places_nothing_and_says_where() -> None:
    broken = f"\n[\n{INDENTED},\n{INDENTED}\n"
    (entry,) = read(broken)
    assert entry.order is None
    assert entry.reason == f"No JSON: Expecting ',' delimiter (line {3 + 2 * LONG}, column 1)."
    assert (entry.line, entry.text) == (2, broken.lstrip("\n"))


def test_elements_that_are_no_orders_are_told_one_by_one() -> None:
    twice = json.dumps(B)[:-1] + ', "number": "B"}'
    entries = read(f"[{json.dumps(A)},\n{twice},\n{json.dumps(C)}]")
    assert [bool(entry.order) for entry in entries] == [True, False, True]
    assert (entries[1].line, entries[1].text) == (2, twice)
    assert "'number' stands twice" in entries[1].reason


@pytest.mark.parametrize(
    "content",
    [json.dumps(A).encode("utf-16"), b"\x89PNG\r\n", b"[\n\xe4]"],
    ids=["UTF-16", "image", "Latin-1"],
)
def test_a_file_that_is_not_utf_8_is_refused_as_a_whole(content: bytes) -> None:
    with pytest.raises(OrderFileError, match=r"orders.json is no UTF-8 text: line \d has a byte") as raised:
        read(content)
    assert raised.value.exit_code == 2


def test_one_line_that_is_not_utf_8_does_not_hide_the_others_and_keeps_its_bytes() -> None:
    wrong = json.dumps(order_document("W", project="Jürgen"), ensure_ascii=False).encode("latin-1")
    entries = read(json.dumps(A).encode() + b"\n" + wrong + b"\n" + json.dumps(B).encode())
    assert [bool(entry.order) for entry in entries] == [True, False, True]
    assert entries[1].reason.startswith("The line has a byte that is not UTF-8 (0xfc, byte ")
    assert entries[1].text.encode("utf-8", "surrogateescape").rstrip() == wrong


def test_amounts_are_read_digit_for_digit() -> None:
    text = json.dumps(A).replace('"amount": "119"', '"amount": 12345678901234567890.1234567')
    (entry,) = read(text)
    assert isinstance(entry.order, Order)
    assert entry.order.total.gross is not None
    assert entry.order.total.gross.amount.amount == Decimal("12345678901234567890.1234567")


@pytest.mark.parametrize(
    ("number", "shown"),
    [("\x1b[2J", "\\x1b[2J"), ("\ud800", "\\ud800"), (17, "17"), ({"a": 1}, ""), (None, "")],
)
def test_the_number_of_what_is_no_order_can_be_shown(number: object, shown: str) -> None:
    (entry,) = read(json.dumps({"number": number}))
    assert (entry.order, entry.number) == (None, shown)


def test_json_nested_without_end_is_no_order() -> None:
    for text in ("[" * 1_000_000, '{"number":' * 200_000):
        (entry,) = read(text)
        assert entry.order is None
        assert entry.reason


def test_json_lines_are_read_only_as_far_as_they_are_asked_for() -> None:
    class Endless(BytesIO):
        lines_read = 0

        def __next__(self) -> bytes:
            self.lines_read += 1
            return json.dumps(order_document(str(self.lines_read))).encode() + b"\n"

    source = Endless()
    entries = entries_of(source, "endless")
    assert [next(entries).line for _ in range(5)] == [1, 2, 3, 4, 5]
    assert source.lines_read <= 6


def test_what_cannot_be_opened_is_named(tmp_path: Path) -> None:
    with pytest.raises(OrderFileError, match=r"absent\.json cannot be opened: No such file or directory"):
        open_orders(tmp_path / "absent.json")
    with pytest.raises(OrderFileError, match="cannot be opened: Is a directory"):
        open_orders(tmp_path)
