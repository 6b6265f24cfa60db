"""``iomconnector order place``."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from bc_order.order_files import Entry, entries_of, open_orders
from bc_order.placing import PlacingReport, place_entries
from bc_order.rejected_file import rejected_orders
from iomconnector.application import Application
from iomconnector.cli.invocation import invocation_of
from iomconnector.cli.progress import progress_bar
from iomconnector.cli.terminal import Format, FormatOption, print_json, print_table


def place(
    context: typer.Context,
    file: Annotated[
        str, typer.Argument(help="An order, an array of orders, or JSON Lines; `-` reads standard input.")
    ],
    rejected: Annotated[
        Path | None,
        typer.Option(help="Write rejected orders to this file, one a line, to correct and place them."),
    ] = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Place the orders of a file. Each order is placed once, however often the file is placed.

    An order with an idempotency_key in place of a number gets the next number of its organization.

    Exit code 0: all are placed. 1: some were rejected, and the report says why.
    """
    report = PlacingReport()

    async def work(application: Application) -> None:
        with (
            _opened(file) as source,
            rejected_orders(rejected) as keep,
            progress_bar("placing") as advance,
        ):
            entries = _interruptible(entries_of(source, _name(file)))
            await place_entries(entries, application.place_orders, advance, report=report, keep_rejected=keep)

    try:
        invocation_of(context).run(work)
    except BaseException:
        if report.total:
            typer.echo(f"Before it stopped: {_summary(report)} Place the file again to go on.", err=True)
        raise
    _print(report, output)
    if report.rejected:
        raise typer.Exit(1)


@contextmanager
def _opened(file: str) -> Iterator[BinaryIO]:
    if file == "-":
        yield sys.stdin.buffer
        return
    with open_orders(Path(file)) as source:
        yield source


def _name(file: str) -> str:
    return "Standard input" if file == "-" else file


def _interruptible(entries: Iterator[Entry]) -> Iterator[Entry]:
    """The same entries; Ctrl-C takes effect at once while one is waited for."""
    while True:
        usual = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            entry = next(entries, None)
        finally:
            signal.signal(signal.SIGINT, usual)
        if entry is None:
            return
        yield entry


def _summary(report: PlacingReport) -> str:
    return f"{report.placed} placed, {report.placed_before} placed before, {len(report.rejected)} rejected."


def _print(report: PlacingReport, output: Format) -> None:
    if output is Format.JSON:
        print_json(
            {
                "placed": report.placed,
                "already_placed": report.placed_before,
                "numbered": [
                    {"line": each.line, "idempotency_key": each.idempotency_key, "number": each.number}
                    for each in report.numbered
                ],
                "rejected": [
                    {"line": entry.line, "number": entry.number, "reason": entry.reason}
                    for entry in report.rejected
                ],
            }
        )
        return
    typer.echo(_summary(report))
    if report.numbered:
        print_table(
            "Numbers given",
            ("Line", "Key", "Order"),
            [(str(each.line), each.idempotency_key, each.number) for each in report.numbered],
        )
    if report.rejected:
        print_table(
            "Rejected",
            ("Line", "Order", "Reason"),
            [(str(entry.line), entry.number or "-", entry.reason) for entry in report.rejected],
        )
