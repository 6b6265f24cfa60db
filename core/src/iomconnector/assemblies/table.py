"""One table of an assembly file, read with a finding for everything that has not the expected form."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from iomconnector.assemblies.findings import Finding, error
from iomconnector.assemblies.location import Locations, Place
from iomconnector.suggestion import suggestion

_KINDS = ((str, "text"), (bool, "true or false"), (int, "a whole number"), (float, "a number"))


@dataclass(frozen=True, slots=True)
class Mention:
    """A name and the line on which it stands."""

    name: str
    line: int


class Table:
    """A table of a TOML document.

    Arguments:
        file: The file, for findings.
        place: Where the table stands in the document.
        content: Its keys and values; what is no table counts as an empty one.
        locations: The lines of the document.
        findings: Where faults are added.
    """

    def __init__(
        self,
        file: Path,
        place: Place,
        content: object,
        locations: Locations,
        findings: list[Finding],
    ) -> None:
        self._file = file
        self._place = place
        self._is_table = isinstance(content, Mapping)
        self._content: Mapping[str, Any] = content if isinstance(content, Mapping) else {}
        self._locations = locations
        self._findings = findings

    @property
    def header(self) -> str:
        """How the table is headed in the file."""
        keys = ".".join(key for key in self._place if isinstance(key, str))
        several = bool(self._place) and isinstance(self._place[-1], int)
        return f"[[{keys}]]" if several else f"[{keys}]" if keys else "the file"

    def line(self, *within: str | int) -> int:
        """The line of the table, or of something in it."""
        return self._locations.line(*self._place, *within)

    def has(self, key: str) -> bool:
        """Whether the table has the key."""
        return key in self._content

    def lacks(self, key: str) -> bool:
        """Whether the key is missing; False where something else than a table stands in its place."""
        return self._is_table and not self.has(key)

    def has_empty(self, key: str) -> bool:
        """Whether an empty list stands under the key."""
        return bool(self._content.get(key) == [])

    def items(self) -> Iterator[tuple[str, Any]]:
        """The keys and values."""
        yield from self._content.items()

    def fault(self, message: str, mend: str, *within: str | int) -> None:
        """Add an error about the table, or about something in it."""
        self._findings.append(error(self._file, self.line(*within), message, mend))

    def fault_at(self, line: int, message: str, mend: str) -> None:
        """Add an error about a line."""
        self._findings.append(error(self._file, line, message, mend))

    def refuse_unknown_keys(self, *known: str, elsewhere: Mapping[str, str] | None = None) -> None:
        """Add an error for every key that is not known.

        Arguments:
            known: The keys that may be here.
            elsewhere: The tables where keys belong that people write here by mistake.
        """
        for key in self._content:
            home = (elsewhere or {}).get(key)
            if home:
                self.fault(f'"{key}" stands outside of {home}.', f"Write it in a line below {home}.", key)
            else:
                self.refuse_unknown("key", Mention(key, self.line(key)), known)

    def refuse_unknown(self, kind: str, mention: Mention, known: tuple[str, ...]) -> None:
        """Add an error where a name is none of the known ones."""
        if mention.name not in known:
            mend = suggestion(mention.name, known) or f"Known are: {', '.join(known)}."
            message = f'Unknown {kind} "{mention.name}" in {self.header}.'
            self._findings.append(error(self._file, mention.line, message, mend))

    def table(self, key: str) -> "Table":
        """The table under a key; an empty one where there is none."""
        content = self._content.get(key, {})
        if not isinstance(content, Mapping):
            self._wrong_type(
                f"[{key}]", "a table", content, f"Write it as [{key}] on a line of its own.", key
            )
        return Table(self._file, (*self._place, key), content, self._locations, self._findings)

    def tables(self, key: str) -> "Iterator[Table]":
        """The tables under a key of an array of tables."""
        content = self._content.get(key, [])
        mend = f"Write it as [[{key}]] on a line of its own."
        if not isinstance(content, list):
            self._wrong_type(f"[[{key}]]", "an array of tables", content, mend, key)
            return
        for position, item in enumerate(content):
            place = (*self._place, key, position)
            if isinstance(item, Mapping):
                yield Table(self._file, place, item, self._locations, self._findings)
            else:
                self._wrong_type(f"Each of {key}", "a table", item, mend, key, position)

    def text(self, key: str) -> Mention | None:
        """The text under a key, with its line; None where there is none."""
        value = self._content.get(key)
        if value is None:
            return None
        if isinstance(value, str) and value.strip():
            return Mention(value, self.line(key))
        if isinstance(value, str):
            self.fault(f"{key} is empty.", f"Write a text or remove {key}.", key)
        else:
            self._wrong_type(key, "text", value, f'Write {key} = "...".', key)
        return None

    def names(self, key: str) -> tuple[Mention, ...]:
        """The names in the list under a key, each with its line; a name that stands twice is an error."""
        value = self._content.get(key, [])
        if not isinstance(value, list):
            example = value if isinstance(value, str) else "..."
            self._wrong_type(key, "a list of names", value, f'Write {key} = ["{example}"].', key)
            return ()
        lines: dict[str, int] = {}
        for position, name in enumerate(value):
            if not isinstance(name, str) or not name.strip():
                self._wrong_type(f"Each of {key}", "a name", name, "Write a name in quotes.", key, position)
            elif name in lines:
                message = f'"{name}" stands twice in {key} of {self.header}, first in line {lines[name]}.'
                self.fault(message, "Remove one of the two.", key, position)
            else:
                lines[name] = self.line(key, position)
        return tuple(Mention(name, line) for name, line in lines.items())

    def _wrong_type(self, what: str, expected: str, value: object, mend: str, *within: str | int) -> None:
        self.fault(f"{what} must be {expected}, not {kind_of(value)}.", mend, *within)


def kind_of(value: object) -> str:
    """What a TOML value is, in words."""
    if value == "":
        return "empty text"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, Mapping):
        return "a table"
    return next((words for kind, words in _KINDS if isinstance(value, kind)), "a date or time")
