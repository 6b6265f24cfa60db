"""``iomconnector order place``."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TextIO

import typer

from bc_order.order_files import entries_of, open_orders
from bc_order.placing import PlacingReport, place_entries
from iomconnector.application import Application
from iomconnector.cli.invocation import invocation_of
from iomconnector.cli.progress import progress_bar
from iomconnector.cli.terminal import Format, FormatOption, print_json, print_table
from iomconnector.ports.order_repository import PlacementOutcome


def place(
    context: typer.Context,
    file: Annotated[str, typer.Argument(help="JSON or JSON Lines; `-` reads standard input.")],
    rejected: Annotated[
        Path | None, typer.Option(help="Write rejected orders, one a line, to this file to correct them.")
    ] = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Place the orders of a file. Each order is placed once, however often the file is placed.

    Exit code 0: all are placed. 1: some were rejected, and the report says why.
    """

    async def work(application: Application) -> PlacingReport:
        with _opened(file) as source, progress_bar("placing") as advance:
            return await place_entries(entries_of(source, file), application.place_orders, advance)

    report = invocation_of(context).run(work)
    if rejected is not None:
        rejected.write_text("".join(f"{_one_line(entry.text)}\n" for entry in report.rejected))
    _print(report, output)
    if report.rejected:
        raise typer.Exit(1)


@contextmanager
def _opened(file: str) -> Iterator[TextIO]:
    if file == "-":
        yield sys.stdin
        return
    with open_orders(Path(file)) as source:
        yield source


def _one_line(text: str) -> str:
    return " ".join(text.split("\n")).strip()


def _print(report: PlacingReport, output: Format) -> None:
    placed = report.counts[PlacementOutcome.PLACED]
    before = report.counts[PlacementOutcome.ALREADY_PLACED]
    if output is Format.JSON:
        print_json(
            {
                "placed": placed,
                "already_placed": before,
                "rejected": [
                    {"line": entry.line, "number": entry.number, "reason": entry.reason}
                    for entry in report.rejected
                ],
            }
        )
        return
    typer.echo(f"{placed} placed, {before} placed before, {len(report.rejected)} rejected.")
    if report.rejected:
        print_table(
            "Rejected",
            ("Line", "Order", "Reason"),
            [(str(entry.line), entry.number or "-", entry.reason) for entry in report.rejected],
        )
