"""What all commands share when they write to the terminal: the console, the formats, the look of tables."""

import json
import os
import sys
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

if TYPE_CHECKING:
    from rich.console import Console

_PIPED_WIDTH = 160


class _ConsoleOnDemand:
    """Stands for a console and makes it when it is used, because rich takes long to import."""

    @property
    def _console(self) -> "Console":
        from rich.console import Console

        piped = not sys.stdout.isatty() and "COLUMNS" not in os.environ
        return Console(width=_PIPED_WIDTH if piped else None)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._console, name)


console = cast("Console", _ConsoleOnDemand())
"""Standard output."""


class Format(StrEnum):
    """How a command shows what it found."""

    TABLE = "table"
    """For people."""
    JSON = "json"
    """For programs: one JSON document on standard output."""


FormatOption = Annotated[Format, typer.Option("--format", help="For people or for programs.")]


def print_json(document: object) -> None:
    """Write a document as JSON to standard output; paths, dates and the like become text."""
    typer.echo(json.dumps(document, indent=2, ensure_ascii=False, default=str))


def print_text(text: str) -> None:
    """Write sentences to standard output, wrapped between words, and shown as they are, without markup."""
    from rich.text import Text

    console.print(Text(text))


def print_table(title: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a table to standard output; its cells are shown as they are, without markup."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    if title:
        console.print(Text(title, style="italic"), soft_wrap=True)
    console.print(table)
