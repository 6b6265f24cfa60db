"""What IOM, or a proxy before it, says about a failure."""

import html
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

LONGEST_REPORT: Final = 1_000_000
"""Bytes of an answer that are looked at."""
_LONGEST_PAGE: Final = 8_000
_LONGEST_TEXT: Final = 500
_MOST_ERRORS: Final = 50
_SHOWN_ERRORS: Final = 5

_INVISIBLE = re.compile(r"<(script|style|head)\b.*?</\1\s*>|<!--.*?-->", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_BLANKS = re.compile(r"[\s\x00-\x1f\x7f]+")


@dataclass(frozen=True, slots=True)
class ReportedError:
    """One error in IOM's own words.

    Arguments:
        code: IOM's code, for example ``VALIDATION_EXCEPTION``; empty where it gave none.
        message: IOM's message; empty where it gave none.
        value: The value that IOM objects to, as JSON; empty where it gave none.
    """

    code: str = ""
    message: str = ""
    value: str = ""

    def __str__(self) -> str:
        text = ": ".join(part for part in (self.code, self.message) if part)
        return f"{text} (value {self.value})" if self.value else text


@dataclass(frozen=True, slots=True)
class ErrorReport:
    """The readable content of an answer that reports a failure.

    Arguments:
        errors: What the answer lists, in its order.
        text: The text of an answer that lists nothing: plain text, or a page without its markup.
    """

    errors: tuple[ReportedError, ...] = ()
    text: str = ""

    def __str__(self) -> str:
        if not self.errors:
            return self.text
        shown = "; ".join(str(error) for error in self.errors[:_SHOWN_ERRORS])
        more = len(self.errors) - _SHOWN_ERRORS
        return f"{shown}; and {more} more" if more > 0 else shown

    def masked(self, mask: Callable[[str], str]) -> "ErrorReport":
        """The same report after every text went through ``mask``."""
        return ErrorReport(
            tuple(
                ReportedError(mask(error.code), mask(error.message), mask(error.value))
                for error in self.errors
            ),
            mask(self.text),
        )


def parse_error_report(body: bytes) -> ErrorReport:
    """Read an error body of any kind; whatever it holds, this does not fail.

    IOM declares ``{status, errors: [{code, message, value}]}`` for the status 400 and no body for the others;
    inventory answers ``{statusCode, errors, exceptions}``; project code and proxies answer plain text, pages
    and problem details. [iom-api 0, error body; 4.2; RFC 9457]
    """
    content = body[:LONGEST_REPORT]
    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError:
        return ErrorReport(text=_readable(content))
    errors = tuple(error for error, _ in zip(_errors_in(document), range(_MOST_ERRORS), strict=False))
    return ErrorReport(errors) if errors else ErrorReport(text=_readable(content))


def _errors_in(document: Any) -> Iterator[ReportedError]:
    if isinstance(document, list):
        for entry in document:
            yield from _error_of(entry)
    elif isinstance(document, dict):
        listed = False
        for key in ("errors", "exceptions"):
            entries = document.get(key)
            for entry in entries if isinstance(entries, list) else ():
                for error in _error_of(entry):
                    listed = True
                    yield error
        if not listed:
            nested = document.get("error")
            yield from _error_of(nested if isinstance(nested, dict) else document)


def _error_of(entry: Any) -> Iterator[ReportedError]:
    if isinstance(entry, Mapping):
        code = _first_text(entry, "code", "errorCode", "error")
        message = _first_text(entry, "message", "detail", "error_description", "title", "reason")
        value = entry.get("value", entry.get("sourceField"))
        if code or message:
            yield ReportedError(code, message, "" if value is None else shortened(_as_json(value)))
    elif isinstance(entry, str) and (text := shortened(entry)):
        yield ReportedError(message=text)


def _first_text(entry: Mapping[str, Any], *keys: str) -> str:
    for key in keys:
        value = entry.get(key)
        is_text = isinstance(value, str | int) and not isinstance(value, bool)
        if is_text and (text := shortened(str(value))):
            return text
    return ""


def _as_json(value: Any) -> str:
    return orjson.dumps(value).decode()


def _readable(body: bytes) -> str:
    page = body[:_LONGEST_PAGE].decode("utf-8", errors="replace")
    if "<" in page:
        page = html.unescape(_TAG.sub(" ", _INVISIBLE.sub(" ", page)))
    return shortened(page)


def shortened(text: str) -> str:
    """The text in one line of at most 500 characters."""
    line = _BLANKS.sub(" ", text).strip()
    return line if len(line) <= _LONGEST_TEXT else f"{line[:_LONGEST_TEXT]}…"
