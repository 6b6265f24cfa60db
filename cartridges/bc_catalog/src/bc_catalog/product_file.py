"""Reading products from a CSV or JSON file, with every mistake named by its line."""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, NoReturn

from bc_catalog.product_document import ProductDocumentError, product_from
from iomconnector.model.products import CatalogProduct

SINGLE: Final = ("sku", "net_price", "currency", "tax_class", "tax_rate", "unit")
NEEDED: Final = ("sku", "net_price", "currency", "tax_class", "tax_rate")
EXAMPLE: Final = (
    "sku,name_en,name_de,description_en,description_de,net_price,currency,tax_class,tax_rate,unit"
)
_TEXT: Final = re.compile(r"(name|description)_([a-z]{2})")
_GROUPS: Final = {"name": "names", "description": "descriptions"}


@dataclass(frozen=True, slots=True)
class ProductMistake:
    """Something wrong in a file.

    Arguments:
        line: The line, from 1; 0 where it is about the file as a whole.
        sku: The product, where it can be read.
        reason: What is wrong, a sentence.
    """

    line: int
    sku: str
    reason: str


@dataclass(frozen=True, slots=True)
class ProductFile:
    """What a file says.

    Arguments:
        products: The products.
        mistakes: What is wrong.
    """

    products: Sequence[CatalogProduct]
    mistakes: Sequence[ProductMistake]


class _UnreadableError(Exception):
    """The rest of a file cannot be read."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.mistake = ProductMistake(line, "", reason)


def read_products(content: bytes) -> ProductFile:
    """Read a file in UTF-8.

    JSON: a list of objects. CSV: a line of headings, then a product a line, separated by commas or
    semicolons; texts have a column for each language, such as ``name_de``.
    """
    products: dict[str, CatalogProduct] = {}
    first: dict[str, int] = {}
    mistakes: list[ProductMistake] = []
    try:
        for line, document in _documents(_text(content)):
            sku = document.get("sku") if isinstance(document, dict) else ""
            shown = sku[:60] if isinstance(sku, str) else ""
            try:
                product = product_from(document)
            except ProductDocumentError as error:
                mistakes += [ProductMistake(line, shown, reason) for reason in error.reasons]
                continue
            if product.sku in first:
                reason = f"The product stands in line {first[product.sku]} already."
                mistakes.append(ProductMistake(line, shown, reason))
            first.setdefault(product.sku, line)
            products.setdefault(product.sku, product)
    except _UnreadableError as error:
        mistakes.append(error.mistake)
    return ProductFile([] if mistakes else list(products.values()), mistakes)


def _text(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _UnreadableError(line, f"Byte {content[error.start]:#04x} is not UTF-8.") from error
    if "\0" in text:
        raise _UnreadableError(text.count("\n", 0, text.index("\0")) + 1, "There is a NUL character.")
    if not text.strip():
        raise _UnreadableError(0, f"The file is empty. As CSV its first line is like {EXAMPLE}.")
    return text


def _documents(text: str) -> Iterator[tuple[int, Any]]:
    """What is to be a product, with the line at which it begins."""
    return _of_json(text) if text.lstrip()[:1] in ("[", "{") else _of_csv(text)


def _of_csv(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    first = text.lstrip("\r\n").partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if ";" in first else ",", strict=True)
    names: list[str] = []
    line = 1
    try:
        for row in reader:
            here, line = line, reader.line_num + 1
            if not any(field.strip() for field in row):
                continue
            if not names:
                names = [name.strip().lower() for name in row]
                _check_headings(here, names)
            elif len(row) != len(names):
                raise _UnreadableError(here, f"There are {len(row)} fields, but {len(names)} headings.")
            else:
                yield here, _document(zip(names, (field.strip() for field in row), strict=True))
    except csv.Error as error:
        raise _UnreadableError(line, f"The file is no CSV: {error}.") from error


def _check_headings(line: int, names: Sequence[str]) -> None:
    told = [
        f"There is no column {name[:40]!r}."
        for name in names
        if name not in SINGLE and not _TEXT.fullmatch(name)
    ]
    told += [
        f"The column {name} is there {names.count(name)} times."
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]
    told += [f"The column {name} is missing." for name in NEEDED if name not in names]
    if not any(name.startswith("name_") for name in names):
        told.append("A column with names is missing, such as name_en.")
    if told:
        raise _UnreadableError(line, f"{' '.join(told)} The columns are those of {EXAMPLE}.")


def _document(fields: Iterator[tuple[str, str]]) -> dict[str, Any]:
    document: dict[str, Any] = {"names": {}, "descriptions": {}}
    for name, text in fields:
        if match := _TEXT.fullmatch(name):
            if text:
                document[_GROUPS[match[1]]][match[2]] = text
        else:
            document[name] = text
    return document


def _of_json(text: str) -> Iterator[tuple[int, Any]]:
    decoder = json.JSONDecoder(
        parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=_without_repeats
    )
    at = _next(text, 0)
    line = 1
    try:
        if text[at] != "[":
            raise _UnreadableError(_line(text, at), "The file has to be a list of products.")
        at = _next(text, at + 1)
        while text[at : at + 1] != "]":
            line = _line(text, at)
            document, end = decoder.raw_decode(text, at)
            yield line, document
            at = _next(text, end)
            if text[at : at + 1] == ",":
                at = _next(text, at + 1)
            elif text[at : at + 1] != "]":
                raise _UnreadableError(_line(text, at), "A comma or the end of the list is missing.")
    except json.JSONDecodeError as error:
        raise _UnreadableError(error.lineno, f"The file is no JSON: {error.msg}.") from error
    except (ValueError, RecursionError) as error:
        raise _UnreadableError(line, f"The file is no JSON: {error}.") from error
    rest = _next(text, at + 1)
    if rest < len(text):
        raise _UnreadableError(_line(text, rest), "There is something behind the end of the list.")


def _next(text: str, at: int) -> int:
    """Where something stands that is no space."""
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")


def _without_repeats(pairs: Sequence[tuple[str, Any]]) -> Mapping[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} stands twice in one object")
    return found
