"""``iomconnector privacy``: show and erase what is stored about a customer."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from iomconnector.application import Application
from iomconnector.cli.acting_user import acting_user
from iomconnector.cli.invocation import invocation_of
from iomconnector.cli.progress import progress_bar
from iomconnector.cli.terminal import Format, FormatOption, print_json, print_table
from iomconnector.ports.personal_data import HeldOrder
from iomconnector.usecases.privacy import ErasurePlan

app = typer.Typer(help="Show and erase personal data.", no_args_is_help=True)

Customer = Annotated[str | None, typer.Option(help="All orders of the customer of this number.")]
Order = Annotated[str | None, typer.Option(help="The order of this number.")]
Channel = Annotated[str | None, typer.Option(help="Only in this channel.")]


@app.command("show")
def show(
    context: typer.Context, customer: Customer = None, order: Order = None, channel: Channel = None
) -> None:
    """Write all that is stored about a customer, or about an order, as JSON.

    It is found by the number of the customer or of the order. Orders from which it was erased are not found
    by the customer any more.
    """
    _require_one(customer, order)

    async def work(application: Application) -> Sequence[Any]:
        held = await application.privacy.orders(customer=customer, order=order, channel=channel)
        return await application.privacy.stored(held)

    print_json({"orders": [_plain(stored) for stored in invocation_of(context).run(work)]})


@app.command("erase")
def erase(
    context: typer.Context,
    customer: Customer = None,
    order: Order = None,
    channel: Channel = None,
    plan_only: Annotated[bool, typer.Option("--plan", help="Only say what would be erased.")] = False,
    confirmed: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    output: FormatOption = Format.TABLE,
) -> None:
    """Erase the personal data of a customer's orders, or of one order. It cannot be undone.

    Number, date, products, prices and payment method stay. An order that is not settled is left alone.

    Exit code 0: nothing personal is left, or --plan. 1: some orders were left alone, and the output says why.
    """
    _require_one(customer, order)
    if not (plan_only or confirmed) and (output is Format.JSON or not sys.stdin.isatty()):
        raise typer.BadParameter("Add --yes where nobody can be asked.", param_hint="--yes")
    invocation = invocation_of(context)

    async def look(application: Application) -> Sequence[HeldOrder]:
        return await application.privacy.orders(customer=customer, order=order, channel=channel)

    held = invocation.run(look)
    plan, remnants = ErasurePlan.of(held), ""
    if output is Format.TABLE:
        _print_plan(plan)
    if plan.erasable and not plan_only:
        if not confirmed:
            typer.confirm(f"Erase the personal data of {len(plan.erasable)} orders for good?", abort=True)

        async def work(application: Application) -> tuple[ErasurePlan, str]:
            with progress_bar("erasing", len(held)) as advance:
                return await application.privacy.erase(held, by=acting_user(), advance=advance)

        plan, remnants = invocation.run(work)
        if output is Format.TABLE:
            typer.echo(f"{len(plan.erasable)} erased, {len(plan.refused)} left alone. {remnants}")
    if output is Format.JSON:
        print_json(_document(plan, remnants, erased=not plan_only))
    if plan.refused and not plan_only:
        raise typer.Exit(1)


@app.command("rewrite")
def rewrite(
    context: typer.Context,
    confirmed: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Write the database anew, so that no copy of what was erased is left in it.

    It needs as much free disk space as the database has, and nobody can place or export orders meanwhile.
    """
    if not confirmed:
        typer.confirm("Nobody can place orders meanwhile. Go on?", abort=True)

    async def work(application: Application) -> str:
        return await application.privacy.rewrite()

    typer.echo(invocation_of(context).run(work))


def _require_one(customer: str | None, order: str | None) -> None:
    if (customer is None) == (order is None):
        raise typer.BadParameter("Name either a customer or an order.", param_hint="--customer, --order")


def _print_plan(plan: ErasurePlan) -> None:
    orders = [
        *((each, "erase") for each in plan.erasable),
        *((each, f"leave alone: {each.obstacle}") for each in plan.refused),
        *((each, "erased before") for each in plan.erased_before),
    ]
    if not orders:
        typer.echo("There are no orders of this customer.")
        return
    rows = [
        (each.number, each.channel, f"{each.placed_at:%F %T}", each.state.value, todo)
        for each, todo in orders
    ]
    print_table("Plan", ("Order", "Channel", "Placed", "Export", "To do"), rows)


def _document(plan: ErasurePlan, remnants: str, *, erased: bool) -> dict[str, Any]:
    return {
        "erased" if erased else "to_erase": [_key(each) for each in plan.erasable],
        "left_alone": [{**_key(each), "reason": each.obstacle} for each in plan.refused],
        "erased_before": [_key(each) for each in plan.erased_before],
        "remnants": remnants or None,
    }


def _key(held: HeldOrder) -> dict[str, str]:
    return {"number": held.number, "channel": held.channel}


def _plain(stored: Any) -> Any:
    """The same with bodies that are JSON as JSON, which is easier to read."""
    for message in stored["messages"]:
        for name in ("request_body", "response_body"):
            try:
                message[name] = json.loads(message[name])
            except ValueError:
                continue
    return stored
