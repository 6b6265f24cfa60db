"""``iomconnector stock import``."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from bc_inventory import stock_views as views
from bc_inventory.importing import ImportReport, plan_import, run_import
from bc_inventory.stock_changes import StockChanges
from bc_inventory.stock_file import StockFile, read_stock
from iomconnector.application import Application
from iomconnector.cli.acting_user import acting_user
from iomconnector.cli.invocation import invocation_of
from iomconnector.cli.progress import progress_bar
from iomconnector.cli.terminal import Format, FormatOption, print_json
from iomconnector.errors import ConfigurationError
from iomconnector.usecases.channels import require_channel


def import_stock(
    context: typer.Context,
    file: Annotated[
        str, typer.Argument(help="A CSV file with the columns sku and on_hand; `-` reads standard input.")
    ],
    channel: Annotated[str, typer.Option(help="The channel in which the products are sold.")],
    reason: Annotated[
        str, typer.Option(help="Why; it stands in the audit trail. The name of the file where omitted.")
    ] = "",
    plan: Annotated[bool, typer.Option("--plan", help="Change nothing, say what would be changed.")] = False,
    output: FormatOption = Format.TABLE,
) -> None:
    """Make the stock of products what a file says. Products that are not in the file stay as they are.

    The columns safety_stock and restock_on (2026-12-31) are possible. A file with mistakes is not imported at
    all; each of them is named with its line. Importing a file again changes nothing more.

    Exit code 1: the file has mistakes, or products cannot be as it says because more pieces are reserved; the
    others were imported.
    """
    content = read_stock(_bytes_of(file))
    if content.mistakes:
        _tell_mistakes(content, output)
        raise typer.Exit(1)
    report = ImportReport()

    async def work(application: Application) -> ImportReport:
        await require_channel(application.contexts, channel)
        changes = StockChanges(application.database, application.clock)
        with progress_bar("planning" if plan else "importing", len(content.changes)) as advance:
            if plan:
                return await plan_import(changes, channel, content.changes, advance)
            why = reason.strip() or f"import of {_name(file)}"
            await run_import(
                changes, channel, content.changes, advance, report=report, by=acting_user(), reason=why
            )
        return report

    try:
        done = invocation_of(context).run(work)
    except BaseException:
        if report.total:
            told = views.import_sentence(report, planned=False)
            typer.echo(f"Before it stopped: {told} Import the file again to go on.", err=True)
        raise
    if output is Format.JSON:
        print_json(views.import_facts(done, planned=plan))
    else:
        typer.echo(views.import_sentence(done, planned=plan))
        for line in views.refused_lines(done):
            typer.echo(line)
    if done.refused:
        raise typer.Exit(1)


def _bytes_of(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"The file {file} cannot be read: {error.strerror}.", hint="Give another path.", file=file
        ) from error


def _name(file: str) -> str:
    return "standard input" if file == "-" else Path(file).name


def _tell_mistakes(content: StockFile, output: Format) -> None:
    if output is Format.JSON:
        print_json(
            {
                "imported": 0,
                "mistakes": [
                    {"line": each.line or None, "sku": each.sku, "reason": each.reason}
                    for each in content.mistakes
                ],
            }
        )
        return
    count = len(content.mistakes)
    typer.echo(f"Nothing was imported: the file has {count} mistake{'' if count == 1 else 's'}.", err=True)
    for line in views.mistake_lines(content.mistakes):
        typer.echo(line, err=True)
