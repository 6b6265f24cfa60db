"""``iomconnector stock``."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from bc_inventory import stock_views as views
from bc_inventory.import_command import import_stock
from bc_inventory.importing import day_of
from bc_inventory.reservation_list import HeldReservation, held_reservations
from bc_inventory.reservations import StockReservations
from bc_inventory.skus import AT_ONCE, MOST, can_be
from bc_inventory.stock_changes import ChangeEffect, Effect, StockChange, StockChanges
from bc_inventory.stock_levels import StockLevel, StockLevels
from iomconnector.application import Application
from iomconnector.cli.acting_user import acting_user
from iomconnector.cli.invocation import invocation_of
from iomconnector.cli.terminal import Format, FormatOption, print_json, print_table
from iomconnector.model.audit import AuditEntry
from iomconnector.usecases.channels import require_channel

app = typer.Typer(help="Show, import and adjust the shop's own stock.", no_args_is_help=True)
app.command("import")(import_stock)

Channel = Annotated[str, typer.Option(help="The channel in which the products are sold.")]
Sku = Annotated[str, typer.Argument(help="The SKU of the product.")]
Reason = Annotated[str, typer.Option(help="Why; it stands in the audit trail.")]


@app.command("list")
def list_stock(
    context: typer.Context,
    channel: Channel,
    sku: Annotated[list[str] | None, typer.Option(help="Only this product; can be given again.")] = None,
    after: Annotated[
        str, typer.Option(help="Only products behind this SKU: the last one of the page before.")
    ] = "",
    limit: Annotated[int, typer.Option(min=1, max=AT_ONCE, help="How many at most.")] = 100,
    output: FormatOption = Format.TABLE,
) -> None:
    """Show how much there is of products, by their SKU."""

    async def work(application: Application) -> list[StockLevel]:
        await require_channel(application.contexts, channel)
        levels = StockLevels(application.database, application.clock)
        return list(await levels.page(channel, skus=sku or (), after=after, limit=limit))

    found = invocation_of(context).run(work)
    if output is Format.JSON:
        print_json([views.level_facts(each) for each in found])
        return
    print_table("", views.LEVEL_HEADINGS, [views.level_cells(each) for each in found])
    if len(found) == limit:
        typer.echo(f"There may be more: --after {found[-1].sku}")


@app.command("adjust")
def adjust(
    context: typer.Context,
    sku: Sku,
    channel: Channel,
    reason: Reason,
    to: Annotated[int | None, typer.Option("--to", min=0, max=MOST, help="So many pieces there are.")] = None,
    by: Annotated[
        int | None,
        typer.Option("--by", min=-MOST, max=MOST, help="So many more there are; fewer where it is negative."),
    ] = None,
    safety_stock: Annotated[
        int | None, typer.Option(min=0, max=MOST, help="So many of them are not sold.")
    ] = None,
    restock: Annotated[
        str | None, typer.Option(help="The day from which more is expected, or `none`.")
    ] = None,
    plan: Annotated[bool, typer.Option("--plan", help="Change nothing, say what would be changed.")] = False,
    output: FormatOption = Format.TABLE,
) -> None:
    """Correct how much there is of one product, and say why.

    Exit code 1: it cannot be so, for example because more pieces are reserved; nothing was changed.
    """
    change = _change(sku, to, by, safety_stock, restock)
    if not reason.strip():
        raise typer.BadParameter("Say why.", param_hint="--reason")

    async def work(application: Application) -> ChangeEffect:
        await require_channel(application.contexts, channel)
        changes = StockChanges(application.database, application.clock)
        if plan:
            [effect] = await changes.plan(channel, [change])
        else:
            [effect] = await changes.apply(
                channel, [change], action="stock.adjusted", by=acting_user(), reason=reason.strip()
            )
        return effect

    effect = invocation_of(context).run(work)
    if output is Format.JSON:
        print_json({"planned": plan, **views.effect_facts(effect)})
    else:
        typer.echo(views.effect_sentence(effect, planned=plan), err=effect.effect is Effect.REFUSED)
    if effect.effect is Effect.REFUSED:
        raise typer.Exit(1)


@app.command("history")
def history(
    context: typer.Context,
    sku: Sku,
    channel: Channel,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 50,
    output: FormatOption = Format.TABLE,
) -> None:
    """Show who changed the stock of a product, and why, the latest change first."""

    async def work(application: Application) -> list[AuditEntry]:
        await require_channel(application.contexts, channel)
        trail = application.audit_trail
        return list(await trail.entries(topic="stock", subject=sku, context=channel, limit=limit))

    entries = invocation_of(context).run(work)
    if output is Format.JSON:
        print_json([views.entry_facts(each) for each in entries])
        return
    print_table("", views.ENTRY_HEADINGS, [views.entry_cells(each) for each in entries])


@app.command("reservations")
def reservations(
    context: typer.Context,
    channel: Channel,
    sku: Annotated[str, typer.Option(help="Only those that hold pieces of this product.")] = "",
    ended: Annotated[
        bool, typer.Option("--ended", help="Those that ended in place of those that hold.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, max=AT_ONCE, help="How many at most.")] = 100,
    output: FormatOption = Format.TABLE,
) -> None:
    """Show what is reserved, for what and until when; the first to end comes first."""

    async def work(application: Application) -> list[HeldReservation]:
        await require_channel(application.contexts, channel)
        return list(
            await held_reservations(
                application.database,
                channel,
                now=application.clock.now(),
                sku=sku,
                ended=ended,
                limit=limit,
            )
        )

    found = invocation_of(context).run(work)
    if output is Format.JSON:
        print_json([views.reservation_facts(each) for each in found])
        return
    print_table("", views.RESERVATION_HEADINGS, [views.reservation_cells(each) for each in found])


@app.command("release")
def release(
    context: typer.Context,
    reservation: Annotated[str, typer.Argument(help="The id of the reservation.")],
    channel: Channel,
    reason: Reason,
) -> None:
    """Free what a reservation holds. Whoever it was made for loses it.

    Exit code 1: it holds nothing.
    """
    if not reason.strip():
        raise typer.BadParameter("Say why.", param_hint="--reason")

    async def work(application: Application) -> bool:
        await require_channel(application.contexts, channel)
        held = StockReservations(application.database, application.clock)
        entry = AuditEntry(
            at=application.clock.now(),
            by=acting_user(),
            action="stock.reservation_released",
            subject=reservation,
            context=channel,
            changes={"reason": (None, reason.strip())},
        )
        return await held.release(channel, reservation, entries=[entry])

    if not invocation_of(context).run(work):
        typer.echo(f"{channel} has no reservation {reservation} that holds something.", err=True)
        raise typer.Exit(1)
    typer.echo(f"Reservation {reservation} is released.")


def _change(
    sku: str, to: int | None, by: int | None, safety_stock: int | None, restock: str | None
) -> StockChange:
    if not can_be(sku):
        raise typer.BadParameter(f"{sku!r} cannot be a SKU.", param_hint="SKU")
    if to is not None and by is not None:
        raise typer.BadParameter("Choose one of the two.", param_hint="--to, --by")
    if to is None and by is None and safety_stock is None and restock is None:
        raise typer.BadParameter(
            "Give --to, --by, --safety-stock or --restock; otherwise nothing is changed."
        )
    expected: dict[str, Any] = {}
    if restock is not None:
        try:
            day = day_of(restock)
        except ValueError:
            raise typer.BadParameter(
                f"{restock!r} is neither a day such as 2026-12-31 nor `none`.", param_hint="--restock"
            ) from None
        expected = {"no_restock": True} if day is None else {"restock_on": day}
    return StockChange(sku=sku, on_hand=to, more=by, safety_stock=safety_stock, **expected)
