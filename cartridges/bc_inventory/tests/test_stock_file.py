"""Reading stock from CSV files."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bc_inventory.stock_changes import StockChange
from bc_inventory.stock_file import read_stock

COLUMNS = "the columns are sku, on_hand, safety_stock, restock_on."


def told(content: bytes) -> list[tuple[int, str, str]]:
    found = read_stock(content)
    return [(each.line, each.sku, each.reason) for each in found.mistakes]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("comma", [",", ";"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_spreadsheets_write_can_be_read(mark: bytes, comma: str, end: str) -> None:
    lines = ["SKU,on_hand,safety_stock,restock_on", "", '"2018 ü",5,2,2027-01-31', "B, 0 ,,"]
    content = mark + end.join(line.replace(",", comma) for line in lines).encode()
    found = read_stock(content)
    assert list(found.mistakes) == []
    assert list(found.changes) == [
        StockChange("2018 ü", on_hand=5, safety_stock=2, restock_on=date(2027, 1, 31), line=3),
        StockChange("B", on_hand=0, safety_stock=0, no_restock=True, line=4),
    ]


def test_columns_that_are_missing_say_nothing() -> None:
    assert list(read_stock(b"on_hand,sku\n5,A\n").changes) == [StockChange("A", on_hand=5, line=2)]


def test_every_mistake_is_named_with_its_line() -> None:
    content = (
        b"sku,on_hand,restock_on\nA,1,\n,2,\nB,-1,\nC,1.5,\nD,,\nE,99999999999,\nF,1,31.12.2026\n"
        b"A,7,\nG,1\n\xc2\xa0H,x,y\n"
    )
    assert told(content) == [
        (3, "", "'' cannot be a SKU."),
        (4, "B", "on_hand: '-1' is no number of pieces from 0 to 2147483647."),
        (5, "C", "on_hand: '1.5' is no number of pieces from 0 to 2147483647."),
        (6, "D", "on_hand: '' is no number of pieces from 0 to 2147483647."),
        (7, "E", "on_hand: '99999999999' is no number of pieces from 0 to 2147483647."),
        (8, "F", "restock_on: '31.12.2026' is no day such as 2026-12-31."),
        (9, "A", "The product stands in line 2 already."),
        (10, "", "There are 2 fields, but 3 headings."),
        (11, "H", "on_hand: 'x' is no number of pieces from 0 to 2147483647."),
        (11, "H", "restock_on: 'y' is no day such as 2026-12-31."),
    ]


@pytest.mark.parametrize(
    ("content", "mistake"),
    [
        (b"", (0, "", "The file is empty. Its first line has to be sku,on_hand,safety_stock,restock_on.")),
        (b"sku,quantity\n", (1, "", f"There is no column 'quantity'; {COLUMNS}")),
        (b"sku\n", (1, "", "The column on_hand is missing.")),
        (b"sku,on_hand,sku\n", (1, "", "The column sku is there 2 times.")),
        (b"sku,on_hand\nA,1\n\xff,2\n", (3, "", "Byte 0xff is not UTF-8.")),
        (b"sku,on_hand\nA,1\n\0,2\n", (3, "", "There is a NUL character.")),
    ],
)  # fmt: skip
def test_a_file_that_is_none_says_why(content: bytes, mistake: tuple[int, str, str]) -> None:
    assert mistake in told(content)
    assert list(read_stock(content).changes) == []


def test_a_quote_that_does_not_end_is_a_mistake() -> None:
    [(line, _, reason)] = told(b'sku,on_hand\n"A,1\n')
    assert (line, reason) == (0, "The file is no CSV: unexpected end of data.")


ROWS = st.text(max_size=200).map(lambda text: f"sku,on_hand\n{text}".encode("utf-8", "replace"))


@given(st.binary(max_size=200) | ROWS)
def test_no_file_breaks_it(content: bytes) -> None:
    found = read_stock(content)
    assert len({each.sku for each in found.changes}) == len(found.changes)
    assert all(each.reason.endswith(".") for each in found.mistakes)
