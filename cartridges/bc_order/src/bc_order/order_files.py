"""Files of orders: one JSON document, a JSON array, or JSON Lines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from iomconnector.errors import ConnectorError
from iomconnector.model.order_documents import OrderDocumentError, order_from, parse_json
from iomconnector.model.orders import Order


class OrderFileError(ConnectorError):
    """The file cannot be read as text."""

    code = "order.file.unreadable"
    exit_code = 2


@dataclass(frozen=True, slots=True)
class Entry:
    """One order of a file.

    Arguments:
        line: The line on which it begins, from 1; for an array, the element's position from 1.
        text: What stands there.
        order: The order, where it is one.
        reason: Why it is none.
        number: The number that it claims to have, where that can be read.
    """

    line: int
    text: str
    order: Order | None = None
    reason: str = ""
    number: str = ""


def entries_of(source: TextIO, name: str) -> Iterator[Entry]:
    """Read orders one by one; JSON Lines are never held in memory as a whole.

    Arguments:
        source: An open text file.
        name: Its name, for errors.

    Raises:
        OrderFileError: It is no UTF-8 text.
    """
    try:
        first = _skip_blank(source)
        if first is None:
            return
        line, text = first
        if text.lstrip().startswith("[") or not _is_complete(text):
            yield from _document(text + source.read(), line)
            return
        yield _entry(text, line)
        for following, text in enumerate(source, line + 1):
            if text.strip():
                yield _entry(text, following)
    except UnicodeDecodeError as error:
        raise OrderFileError(f"{name} is no UTF-8 text: {error.reason} at byte {error.start}.") from error


def open_orders(path: Path) -> TextIO:
    """Open a file of orders.

    Raises:
        OrderFileError: It cannot be opened.
    """
    try:
        return path.open(encoding="utf-8-sig")
    except OSError as error:
        raise OrderFileError(f"{path} cannot be opened: {error.strerror}.", hint="Check the path.") from error


def _skip_blank(source: TextIO) -> tuple[int, str] | None:
    for line, text in enumerate(source, 1):
        if text.strip():
            return line, text
    return None


def _is_complete(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return not text.rstrip().endswith(("{", ",", "["))
    return True


def _document(text: str, line: int) -> Iterator[Entry]:
    try:
        content = parse_json(text)
    except OrderDocumentError as error:
        yield Entry(line, text, reason=str(error))
        return
    if isinstance(content, list):
        for position, element in enumerate(content, 1):
            yield _checked(element, json.dumps(element, default=str, ensure_ascii=False), position)
    else:
        yield _checked(content, text, line)


def _entry(text: str, line: int) -> Entry:
    try:
        content = parse_json(text)
    except OrderDocumentError as error:
        return Entry(line, text, reason=str(error))
    return _checked(content, text, line)


def _checked(content: Any, text: str, line: int) -> Entry:
    number = str(content.get("number", "")) if isinstance(content, dict) else ""
    try:
        return Entry(line, text, order=order_from(content), number=number)
    except OrderDocumentError as error:
        return Entry(line, text, reason=error.message, number=number)
