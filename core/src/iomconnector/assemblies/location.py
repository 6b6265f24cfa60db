"""On which line of a TOML file a table, key or list item stands; the standard parser does not tell."""

import bisect
import re
import tomllib
from collections.abc import Mapping

Place = tuple[str | int, ...]

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_BLANK = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_SCALAR = re.compile(r"[^,\]}#\n]*")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}(?!")' r"|'''.*?'{3,5}(?!')" r'|"(?:\\.|[^"\\\n])*"' r"|'[^'\n]*'",
    re.DOTALL,
)


class Locations:
    """The lines of everything in one TOML document.

    A place is named by keys and, within lists and arrays of tables, positions from 0, for example
    ``("include", 0, "cartridges", 2)``.

    Arguments:
        lines: The line of every place, from 1.
    """

    def __init__(self, lines: Mapping[Place, int]) -> None:
        self._lines = dict(lines)

    def line(self, *path: str | int) -> int:
        """The line of a place, else of the nearest place around it, else 1."""
        for length in range(len(path), 0, -1):
            found = self._lines.get(path[:length])
            if found is not None:
                return found
        return 1


def locate(text: str) -> Locations:
    """Find the line of every table, key and list item.

    Arguments:
        text: A document that ``tomllib`` reads without error.
    """
    scanner = _Scanner(text.replace("\r\n", "\n"))
    scanner.document()
    return Locations(scanner.lines)


class _Scanner:
    """Reads valid TOML once from start to end and notes where things stand."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Place, int] = {}
        self._text = text
        self._at = 0
        self._ends = [match.start() for match in re.finditer("\n", text)]
        self._tables: dict[Place, int] = {}

    def document(self) -> None:
        table: Place = ()
        self._skip_blank()
        while self._at < len(self._text):
            if self._next("["):
                table = self._header()
            else:
                self._pair(table)
            self._skip_blank()

    def _header(self) -> Place:
        line = self._line()
        several = self._next("[[")
        self._at += 2 if several else 1
        path: Place = ()
        keys = self._keys()
        for depth, key in enumerate(keys, start=1):
            path = (*path, key)
            if several and depth == len(keys):
                self._tables[path] = self._tables.get(path, 0) + 1
                self._note(path, line)
            if path in self._tables:
                path = (*path, self._tables[path] - 1)
            self._note(path, line)
        self._at += 2 if several else 1
        return path

    def _pair(self, table: Place) -> None:
        line = self._line()
        path = table
        for key in self._keys():
            path = (*path, key)
            self._note(path, line)
        self._at += len("=")
        self._value(path)

    def _keys(self) -> list[str]:
        keys: list[str] = []
        while True:
            self._skip_blank()
            quoted = self._text[self._at] in "\"'"
            raw = self._take(_STRING if quoted else _BARE)
            keys.append(tomllib.loads(f"key = {raw}")["key"] if quoted else raw)
            self._skip_blank()
            if not self._next("."):
                return keys
            self._at += 1

    def _value(self, path: Place) -> None:
        self._skip_blank()
        if self._next("["):
            self._list(path)
        elif self._next("{"):
            self._inline_table(path)
        elif self._text[self._at] in "\"'":
            self._take(_STRING)
        else:
            self._take(_SCALAR)

    def _list(self, path: Place) -> None:
        self._at += 1
        position = 0
        while not self._closes("]"):
            self._note((*path, position), self._line())
            self._value((*path, position))
            position += 1

    def _inline_table(self, path: Place) -> None:
        self._at += 1
        while not self._closes("}"):
            self._pair(path)

    def _closes(self, bracket: str) -> bool:
        self._skip_blank()
        if self._next(","):
            self._at += 1
            self._skip_blank()
        if self._next(bracket):
            self._at += 1
            return True
        return False

    def _next(self, mark: str) -> bool:
        return self._text.startswith(mark, self._at)

    def _skip_blank(self) -> None:
        self._take(_BLANK)

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        if match is None:
            raise ValueError(f"not valid TOML in line {self._line()}")
        self._at = match.end()
        return match.group()

    def _note(self, path: Place, line: int) -> None:
        self.lines.setdefault(path, line)

    def _line(self) -> int:
        return bisect.bisect_left(self._ends, self._at) + 1
