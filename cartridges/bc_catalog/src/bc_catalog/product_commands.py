"""``iomconnector product``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from bc_catalog import product_views as views
from bc_catalog.catalog import Catalog
from bc_catalog.product_changes import ImportReport, ProductChanges
from bc_catalog.product_document import document_of
from bc_catalog.product_file import ProductFile, read_products
from bc_catalog.product_rows import batches
from iomconnector.application import Application
from iomconnector.cli.acting_user import acting_user
from iomconnector.cli.invocation import invocation_of
from iomconnector.cli.progress import progress_bar
from iomconnector.cli.terminal import Format, FormatOption, print_json, print_table
from iomconnector.errors import ConfigurationError
from iomconnector.model.products import CatalogProduct
from iomconnector.ports.product_catalog import LONGEST_PAGE, ProductPage, ProductQuery
from iomconnector.usecases.channels import require_channel

app = typer.Typer(help="Show and import what the shop sells.", no_args_is_help=True)

Channel = Annotated[str, typer.Option(help="The channel in which the products are sold.")]
Sku = Annotated[str, typer.Argument(help="The SKU of the product.")]


@app.command("import")
def import_products(
    context: typer.Context,
    file: Annotated[str, typer.Argument(help="A CSV or JSON file; `-` reads standard input.")],
    channel: Channel,
    reason: Annotated[
        str, typer.Option(help="Why; it stands in the audit trail. The name of the file where omitted.")
    ] = "",
    plan: Annotated[bool, typer.Option("--plan", help="Change nothing, say what would be changed.")] = False,
    output: FormatOption = Format.TABLE,
) -> None:
    """Sell products as a file says. Products that are not in the file stay as they are.

    A file with mistakes is not imported at all; each of them is named with its line. Importing a file again
    changes nothing more.

    Exit code 1: the file has mistakes.
    """
    content = read_products(_bytes_of(file))
    if content.mistakes:
        _tell_mistakes(content, output)
        raise typer.Exit(1)
    report = ImportReport()
    why = reason.strip() or f"import of {'standard input' if file == '-' else Path(file).name}"

    async def work(application: Application) -> None:
        await require_channel(application.contexts, channel)
        changes = ProductChanges(application.database, application.clock)
        with progress_bar("planning" if plan else "importing", len(content.products)) as advance:
            for batch in batches(content.products):
                report.add(await _bring(changes, channel, batch, plan=plan, reason=why))
                advance(len(batch))

    try:
        invocation_of(context).run(work)
    except BaseException:
        if report.counts.total() and not plan:
            told = views.import_sentence(report, planned=False)
            typer.echo(f"Before it stopped: {told} Import the file again to go on.", err=True)
        raise
    if output is Format.JSON:
        print_json(views.import_facts(report, planned=plan))
        return
    typer.echo(views.import_sentence(report, planned=plan))
    for line in views.effect_lines(report) if plan else ():
        typer.echo(line)


@app.command("list")
def list_products(
    context: typer.Context,
    channel: Channel,
    text: Annotated[str, typer.Option("--find", help="Only those with this in their SKU or a name.")] = "",
    offset: Annotated[int, typer.Option(min=0, help="Leave out so many.")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=LONGEST_PAGE, help="How many at most.")] = 100,
    output: FormatOption = Format.TABLE,
) -> None:
    """Show products by their SKU, with what they cost. With `--format json` the output can be imported."""

    async def work(application: Application) -> ProductPage:
        await require_channel(application.contexts, channel)
        return await Catalog(application.database).search(channel, ProductQuery(text, offset, limit))

    page = invocation_of(context).run(work)
    if output is Format.JSON:
        print_json([document_of(each) for each in page.products])
        return
    print_table("", views.HEADINGS, [views.cells(each) for each in page.products])
    shown = offset + len(page.products)
    if page.products and shown < page.total:
        typer.echo(f"{shown} of {page.total}; go on with --offset {shown}")


@app.command("show")
def show(context: typer.Context, sku: Sku, channel: Channel, output: FormatOption = Format.TABLE) -> None:
    """Show everything about a product.

    Exit code 1: the channel does not sell it.
    """

    async def work(application: Application) -> CatalogProduct | None:
        await require_channel(application.contexts, channel)
        return (await Catalog(application.database).products(channel, [sku])).get(sku)

    product = invocation_of(context).run(work)
    if product is None:
        _not_sold(channel, sku)
    if output is Format.JSON:
        print_json(document_of(product))
        return
    print_table("", ("", sku), views.facts(product))


@app.command("remove")
def remove(
    context: typer.Context,
    sku: Sku,
    channel: Channel,
    reason: Annotated[str, typer.Option(help="Why; it stands in the audit trail.")],
) -> None:
    """Sell a product no more. Orders that have it stay as they are.

    Exit code 1: the channel does not sell it.
    """
    if not reason.strip():
        raise typer.BadParameter("Say why.", param_hint="--reason")

    async def work(application: Application) -> bool:
        await require_channel(application.contexts, channel)
        changes = ProductChanges(application.database, application.clock)
        return await changes.remove(channel, sku, by=acting_user(), reason=reason.strip())

    if not invocation_of(context).run(work):
        _not_sold(channel, sku)
    typer.echo(f"{sku} is sold no more.")


async def _bring(
    changes: ProductChanges, channel: str, batch: Sequence[CatalogProduct], *, plan: bool, reason: str
) -> Any:
    if plan:
        return await changes.plan(channel, batch)
    return await changes.put(channel, batch, by=acting_user(), reason=reason)


def _not_sold(channel: str, sku: str) -> NoReturn:
    typer.echo(f"{channel} does not sell {sku}. `iomconnector product list` shows what it sells.", err=True)
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


def _tell_mistakes(content: ProductFile, output: Format) -> None:
    if output is Format.JSON:
        print_json(views.mistake_facts(content.mistakes))
        return
    count = len(content.mistakes)
    typer.echo(f"Nothing was imported: the file has {count} mistake{'' if count == 1 else 's'}.", err=True)
    for line in views.mistake_lines(content.mistakes):
        typer.echo(line, err=True)
