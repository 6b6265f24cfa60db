"""Which distributions are installed, read quickly: most of them are never looked into.

The standard library finds entry points by parsing the metadata of every distribution. Here the name of a
distribution comes from the name of its directory, its entry points are parsed only where they name the group
that is wanted, and its metadata only when somebody asks for them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from importlib.metadata import Distribution

_SUFFIXES = (".dist-info", ".egg-info")
_METADATA = ("METADATA", "PKG-INFO")


class Project:
    """One installed distribution.

    Arguments:
        key: Its normalized name.
        folder: Its ``.dist-info`` or ``.egg-info`` directory; empty where an importer keeps it elsewhere.
        distribution: What the importer knows of it.
    """

    def __init__(self, key: str, folder: str, distribution: Distribution | None = None) -> None:
        self.key = key
        self._folder = folder
        self._distribution = distribution

    def points(self, group: str) -> Iterable[tuple[str, str]]:
        """Name and value of its entry points of a group."""
        text = self._read("entry_points.txt")
        return _entry_points(text, group) if group in text else ()

    @property
    def name(self) -> str:
        """Its name, as it writes it."""
        return self._first("name", self.key)

    @property
    def version(self) -> str:
        """Its version."""
        return self._first("version", "0")

    @property
    def summary(self) -> str:
        """What it says of itself in one line."""
        return self._first("summary")

    @cached_property
    def requires(self) -> tuple[str, ...]:
        """What it requires, as it writes it."""
        stated = self._headers.get("requires-dist")
        if stated is None and self._folder.endswith(".egg-info"):
            from importlib.metadata import Distribution

            stated = Distribution.at(self._folder).requires
        return tuple(stated or ())

    def _first(self, header: str, default: str = "") -> str:
        return self._headers.get(header, [default])[0]

    @cached_property
    def _headers(self) -> dict[str, list[str]]:
        return _headers(next(filter(None, map(self._read, _METADATA)), ""))

    def _read(self, file: str) -> str:
        if self._distribution is not None:
            return self._distribution.read_text(file) or ""
        try:
            with open(f"{self._folder}/{file}", encoding="utf-8", errors="replace") as opened:  # noqa: PTH123
                return opened.read()
        except OSError:
            return ""


def installed_projects() -> dict[str, Project]:
    """Every distribution on ``sys.path`` by its normalized name; of two with one name, the first."""
    found: dict[str, Project] = {}
    for project in _projects():
        found.setdefault(project.key, project)
    return found


def _projects() -> Iterator[Project]:
    for entry in dict.fromkeys(sys.path):
        try:
            names = os.listdir(entry or ".")  # noqa: PTH208
        except OSError:
            if Path(entry).is_file():
                yield from _in_archive(entry)
            continue
        for name in names:
            if name.endswith(_SUFFIXES):
                yield Project(_key(name), f"{entry or '.'}/{name}")


def _in_archive(file: str) -> Iterator[Project]:
    from importlib.metadata import distributions

    for distribution in distributions(path=[file]):
        yield Project(canonicalize_name(distribution.metadata["Name"]), "", distribution)


def _key(directory: str) -> str:
    return canonicalize_name(directory.rpartition(".")[0].partition("-")[0])


def _entry_points(text: str, group: str) -> Iterator[tuple[str, str]]:
    section = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("[") and line.endswith("]"):
            section = line[1:-1].strip()
        elif section == group and "=" in line and not line.startswith(("#", ";")):
            name, _, value = line.partition("=")
            yield name.strip(), value.strip()


def _headers(text: str) -> dict[str, list[str]]:
    """The fields above the first empty line, by their names in lower case."""
    fields: dict[str, list[str]] = {}
    values: list[str] = []
    for line in text.splitlines():
        if not line:
            break
        if line[0] in " \t":
            if values:
                values[-1] += f" {line.strip()}"
            continue
        name, _, value = line.partition(":")
        values = fields.setdefault(name.strip().lower(), [])
        values.append(value.strip())
    return fields
