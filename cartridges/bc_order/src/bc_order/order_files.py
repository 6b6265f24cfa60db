"""Files of orders: one JSON document, a JSON array, or JSON Lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from json import JSONDecodeError
from pathlib import Path
from typing import BinaryIO

from bc_order.json_sequence import is_json, may_go_on, values_in
from iomconnector.errors import ConnectorError
from iomconnector.model.order_documents import OrderDocumentError, parse_json
from iomconnector.model.orders import Order
from iomconnector.model.unnumbered_orders import UnnumberedOrder, order_or_unnumbered_from

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class OrderFileError(ConnectorError):
    """A file of orders cannot be opened, read as text, or written."""

    code = "order.file.unusable"
    exit_code = 2


@dataclass(frozen=True, slots=True)
class Entry:
    """One order of a file.

    Arguments:
        line: The line on which it begins, from 1.
        text: What stands there; bytes that are no UTF-8 are kept as surrogates.
        order: The order, where it is one; it may be without a number.
        reason: Why it is none.
        number: The number that it claims to have, where that can be read.
    """

    line: int
    text: str
    order: Order | UnnumberedOrder | None = None
    reason: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    text: str
    problem: str = ""


def open_orders(path: Path) -> BinaryIO:
    """Open a file of orders.

    Raises:
        OrderFileError: It cannot be opened.
    """
    try:
        return path.open("rb")
    except OSError as error:
        raise OrderFileError(f"{path} cannot be opened: {error.strerror}.", hint="Check the path.") from error


def entries_of(source: BinaryIO, name: str) -> Iterator[Entry]:
    """Read orders one by one; JSON Lines are never held in memory as a whole.

    A line of JSON Lines that is no order, be it no JSON or no UTF-8, is an entry with a reason. In an array
    or a document over several lines nothing is an order unless all of it is JSON.

    Arguments:
        source: An open file.
        name: Its name, for errors.

    Raises:
        OrderFileError: It is no UTF-8 text, or reading it failed.
    """
    try:
        lines = (line for line in _lines(source) if line.problem or line.text.strip())
        begin = list(islice(lines, 2))
        if begin and begin[0].problem:
            raise OrderFileError(
                f"{name} is no UTF-8 text: line {begin[0].number} {begin[0].problem}.",
                hint="Save it as UTF-8.",
            )
        if _is_document([line.text for line in begin]):
            yield from _document(chain(begin, lines), name)
        else:
            yield from (_entry_of_line(line) for line in chain(begin, lines))
    except OSError as error:
        raise OrderFileError(f"{name} cannot be read: {error.strerror}.") from error


def _lines(source: Iterable[bytes]) -> Iterator[_Line]:
    for number, line in enumerate(source, 1):
        content = line.removeprefix(BYTE_ORDER_MARK) if number == 1 else line
        try:
            yield _Line(number, content.decode("utf-8"))
        except UnicodeDecodeError as error:
            problem = f"has a byte that is not UTF-8 (0x{content[error.start]:02x}, byte {error.start + 1})"
            yield _Line(number, content.decode("utf-8", "surrogateescape"), problem)


def _is_document(begin: list[str]) -> bool:
    """Whether the first lines belong to one JSON text rather than each being one."""
    if not begin or begin[0].lstrip().startswith("["):
        return bool(begin)
    return len(begin) == 2 and not is_json(begin[0]) and all(map(may_go_on, (begin[0], "".join(begin))))


def _document(lines: Iterable[_Line], name: str) -> Iterator[Entry]:
    parts: list[str] = []
    first = following = 0
    for line in lines:
        if line.problem:
            raise OrderFileError(
                f"{name} is no UTF-8 text: line {line.number} {line.problem}.", hint="Save it as UTF-8."
            )
        first = first or line.number
        parts.append("\n" * (line.number - (following or line.number)) + line.text)
        following = line.number + 1
    text = "".join(parts)
    try:
        found = list(values_in(text))
    except JSONDecodeError as error:
        place = f"line {first + error.lineno - 1}, column {error.colno}"
        yield Entry(first, text, reason=f"No JSON: {error.msg} ({place}).")
    except RecursionError:
        yield Entry(first, text, reason="No order: its JSON is nested too deeply.")
    else:
        yield from _entries_at(text, found, first)


def _entries_at(text: str, places: Iterable[tuple[int, int]], first: int) -> Iterator[Entry]:
    line, seen = first, 0
    for start, end in places:
        line += text.count("\n", seen, start)
        seen = start
        yield _entry(text[start:end], line)


def _entry_of_line(line: _Line) -> Entry:
    if line.problem:
        return Entry(line.number, line.text, reason=f"The line {line.problem}.")
    return _entry(line.text.rstrip("\r\n"), line.number)


def _entry(text: str, line: int) -> Entry:
    try:
        content = parse_json(text)
    except OrderDocumentError as error:
        cause = error.__cause__
        if isinstance(cause, JSONDecodeError):
            return Entry(line, text, reason=f"No JSON: {cause.msg} (column {cause.colno}).")
        return Entry(line, text, reason=error.message)
    if not isinstance(content, dict):
        return Entry(line, text, reason="No order: an order is a JSON object.")
    number = _shown(content.get("number"))
    try:
        return Entry(line, text, order=order_or_unnumbered_from(content), number=number)
    except OrderDocumentError as error:
        return Entry(line, text, reason=str(error), number=number)


def _shown(number: object) -> str:
    """The number as it can be shown on a terminal."""
    if not isinstance(number, str | int):
        return ""
    text = str(number)
    return text if text.isprintable() else text.encode("unicode_escape").decode("ascii")
