"""Where JSON values begin and end in a text, without reading what is in them."""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterator
from json import JSONDecodeError

_DECODER = json.JSONDecoder()
_BLANK = re.compile(r"[ \t\r\n]*")


def values_in(text: str) -> Iterator[tuple[int, int]]:
    """The start and end of each JSON value in a text of such values, and of each element of an array.

    Raises:
        JSONDecodeError: The text is something else; the error says where.
        RecursionError: Values are nested too deeply.
    """
    at = _skip_blank(text, 0)
    while at < len(text):
        if text[at] == "[":
            at = yield from _elements(text, at)
        else:
            _, end = _DECODER.raw_decode(text, at)
            yield at, end
            at = end
        at = _skip_blank(text, at)


def may_go_on(text: str) -> bool:
    """Whether the text is JSON, or the beginning of JSON that ends with a line."""
    try:
        json.loads(text)
    except JSONDecodeError as error:
        return error.pos >= len(text.rstrip())
    except (ValueError, RecursionError):
        return False
    return True


def is_json(text: str) -> bool:
    """Whether the text is exactly one JSON value."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _elements(text: str, at: int) -> Generator[tuple[int, int], None, int]:
    at = _skip_blank(text, at + 1)
    if text[at : at + 1] == "]":
        return at + 1
    while True:
        _, end = _DECODER.raw_decode(text, at)
        yield at, end
        at = _skip_blank(text, end)
        if text[at : at + 1] == "]":
            return at + 1
        if text[at : at + 1] != ",":
            raise JSONDecodeError("Expecting ',' delimiter", text, at)
        at = _skip_blank(text, at + 1)


def _skip_blank(text: str, at: int) -> int:
    match = _BLANK.match(text, at)
    return match.end() if match else at
