"""Tables of orders: numbers and channels stand whole in a line, however narrow the terminal is."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import typer

from iomconnector.cli.terminal import console, print_table

GAP = 2
INDENT = "    "
LEAST_FOR_DETAIL = 24


def print_orders(
    title: str, headings: Sequence[str], rows: Sequence[tuple[Sequence[str], str]], detail: str
) -> None:
    """Write a table whose last column may be long; where there is no room it gets lines of its own.

    Arguments:
        title: Stands above.
        headings: The headings of the columns that are kept whole.
        rows: The cells of these columns, and the long text.
        detail: The heading of the long text.
    """
    from rich.cells import cell_len

    widths = [
        max([cell_len(heading), *(cell_len(cells[index]) for cells, _ in rows)])
        for index, heading in enumerate(headings)
    ]
    needed = sum(widths) + GAP * len(widths)
    if needed + LEAST_FOR_DETAIL <= console.width:
        print_table(title, [*headings, detail], [[*cells, text] for cells, text in rows])
        return
    typer.echo(title)
    typer.echo(_line(headings, widths))
    for cells, text in rows:
        typer.echo(_line(cells, widths))
        for line in textwrap.wrap(text, max(20, console.width - len(INDENT)), break_on_hyphens=False):
            typer.echo(f"{INDENT}{line}")


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    from rich.cells import cell_len

    padded = [cell + " " * (width - cell_len(cell)) for cell, width in zip(cells, widths, strict=True)]
    return (" " * GAP).join(padded).rstrip()
