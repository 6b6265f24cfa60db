"""Reading stock from a CSV file, with every mistake named by its line."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bc_inventory.skus import MOST, can_be
from bc_inventory.stock_changes import StockChange

COLUMNS = ("sku", "on_hand", "safety_stock", "restock_on")
REQUIRED = ("sku", "on_hand")
MANY = 100
"""So many mistakes are named; the rest is counted."""


@dataclass(frozen=True, slots=True)
class StockMistake:
    """Something wrong in a file.

    Arguments:
        line: The line, from 1; 0 where it is about the file as a whole.
        sku: The product of the line, where it can be read.
        reason: What is wrong, a sentence.
    """

    line: int
    sku: str
    reason: str


@dataclass(frozen=True, slots=True)
class StockFile:
    """What a file says.

    Arguments:
        changes: What is to be true of each product.
        mistakes: What is wrong.
    """

    changes: Sequence[StockChange]
    mistakes: Sequence[StockMistake]


def read_stock(content: bytes) -> StockFile:
    """Read a CSV file: a line of headings, then a product a line, separated by commas or semicolons.

    ``sku`` and ``on_hand`` are needed. ``safety_stock`` and ``restock_on`` (2026-12-31) are possible: where
    the column is missing they stay as they are, where the field is empty there is none.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return StockFile([], [StockMistake(line, "", f"Byte {content[error.start]:#04x} is not UTF-8.")])
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        return StockFile([], [StockMistake(line, "", "There is a NUL character.")])
    rows = _rows(text)
    try:
        line, headings = next(rows, (0, []))
        names = [name.strip().lower() for name in headings]
        mistakes = _mistakes_of(line, names)
        if mistakes:
            return StockFile([], mistakes)
        return _read(rows, names)
    except csv.Error as error:
        return StockFile([], [StockMistake(0, "", f"The file is no CSV: {error}.")])


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each row that has content, with the line at which it begins."""
    first = text.lstrip("\r\n").partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if ";" in first else ",", strict=True)
    line = 1
    for row in reader:
        if any(field.strip() for field in row):
            yield line, row
        line = reader.line_num + 1


def _mistakes_of(line: int, names: Sequence[str]) -> list[StockMistake]:
    """What is wrong with the headings."""
    if not names:
        return [StockMistake(0, "", f"The file is empty. Its first line has to be {','.join(COLUMNS)}.")]
    told = []
    for name in dict.fromkeys(names):
        if name not in COLUMNS:
            told.append(f"There is no column {name!r}; the columns are {', '.join(COLUMNS)}.")
        elif names.count(name) > 1:
            told.append(f"The column {name} is there {names.count(name)} times.")
    told += [f"The column {name} is missing." for name in REQUIRED if name not in names]
    return [StockMistake(line, "", each) for each in told]


def _read(rows: Iterator[tuple[int, list[str]]], names: Sequence[str]) -> StockFile:
    changes: dict[str, StockChange] = {}
    mistakes: list[StockMistake] = []
    for line, row in rows:
        if len(row) != len(names):
            mistakes.append(
                StockMistake(line, "", f"There are {len(row)} fields, but {len(names)} headings.")
            )
            continue
        fields = {name: text.strip() for name, text in zip(names, row, strict=True)}
        sku = fields["sku"]
        found: dict[str, Any] = {}
        reasons = [reason for name in names if (reason := _take(name, fields[name], found))]
        if sku in changes:
            reasons.append(f"The product stands in line {changes[sku].line} already.")
        mistakes += [StockMistake(line, sku, reason) for reason in reasons]
        if not reasons:
            changes[sku] = StockChange(sku=sku, line=line, **found)
    return StockFile(list(changes.values()), mistakes)


def _take(name: str, text: str, found: dict[str, Any]) -> str:
    """Take a field. Gives what is wrong with it; empty where it is right."""
    if name == "sku":
        return "" if can_be(text) else f"{text[:40]!r} cannot be a SKU."
    if name == "restock_on":
        try:
            day = date.fromisoformat(text) if text else None
        except ValueError:
            return f"restock_on: {text[:40]!r} is no day such as 2026-12-31."
        found.update({"no_restock": True} if day is None else {"restock_on": day})
        return ""
    if not text and name == "safety_stock":
        found[name] = 0
        return ""
    if not (text.isascii() and text.isdigit()) or len(text) > 10 or int(text) > MOST:
        return f"{name}: {text[:40]!r} is no number of pieces from 0 to {MOST}."
    found[name] = int(text)
    return ""
