"""``iomconnector privacy``: show and erase what is stored about a customer."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any

import typer

from iomconnector.application import Application
from iomconnector.cli.acting_user import acting_user
from iomconnector.cli.invocation import invocation_of
from iomconnector.cli.progress import progress_bar
from iomconnector.cli.terminal import Format, FormatOption, print_json, print_table
from iomconnector.model.customer_users import CustomerUser
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

    async def work(application: Application) -> dict[str, Any]:
        privacy = application.privacy
        held = await privacy.orders(customer=customer, order=order, channel=channel)
        found: dict[str, Any] = {"orders": [_plain(stored) for stored in await privacy.stored(held)]}
        if customer is not None:
            users = await privacy.users(customer, channel)
            found["users"] = [_user(user) for user in users]
            found |= await privacy.records(users)
        return found

    found = invocation_of(context).run(work)
    print_json(found)


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
    """Erase the personal data of a customer's orders and the customer's users, or of one order. It cannot be
    undone.

    Number, date, products, prices and payment method stay. An order that is not settled is left alone, and
    while there is one the customer's users are, too.

    Exit code 0: nothing personal is left, or --plan. 1: some orders were left alone, and the output says why.
    """
    _require_one(customer, order)
    if not (plan_only or confirmed) and (output is Format.JSON or not sys.stdin.isatty()):
        raise typer.BadParameter("Add --yes where nobody can be asked.", param_hint="--yes")
    invocation = invocation_of(context)

    async def look(application: Application) -> tuple[Sequence[HeldOrder], Sequence[CustomerUser]]:
        held = await application.privacy.orders(customer=customer, order=order, channel=channel)
        return held, await application.privacy.users(customer, channel) if customer is not None else ()

    held, users = invocation.run(look)
    plan, remnants = ErasurePlan.of(held), ""
    if output is Format.TABLE:
        _print_plan(plan)
        _print_users(users, left_alone=bool(plan.refused))
    if (plan.erasable or (users and not plan.refused)) and not plan_only:
        if not confirmed:
            what = f"the personal data of {len(plan.erasable)} orders and {len(users)} users"
            typer.confirm(f"Erase {what} for good?", abort=True)

        async def work(application: Application) -> tuple[ErasurePlan, str]:
            with progress_bar("erasing", len(held)) as advance:
                done, rest = await application.privacy.erase(held, by=acting_user(), advance=advance)
            if not done.refused:
                await application.privacy.erase_users(users, by=acting_user())
            return done, rest

        plan, remnants = invocation.run(work)
        if output is Format.TABLE:
            _print_erased(plan, users, remnants)
    if output is Format.JSON:
        document = _document(plan, remnants, erased=not plan_only)
        if customer is not None:
            document["users"] = [] if plan.refused else [user.login for user in users]
        print_json(document)
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


def _print_users(users: Sequence[CustomerUser], *, left_alone: bool) -> None:
    todo = "leave alone while an order is" if left_alone else "erase"
    if users:
        rows = [(user.login, user.channel, user.email, todo) for user in users]
        print_table("Users", ("Login", "Channel", "E-mail", "To do"), rows)


def _print_erased(plan: ErasurePlan, users: Sequence[CustomerUser], remnants: str) -> None:
    typer.echo(f"{len(plan.erasable)} erased, {len(plan.refused)} left alone. {remnants}")
    if users and not plan.refused:
        typer.echo(f"Users erased: {len(users)}.")


def _user(user: CustomerUser) -> dict[str, Any]:
    """All that is stored about a user but the password."""
    facts = asdict(user)
    del facts["locked_until"]
    return {**facts, "created_at": user.created_at.isoformat()}


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
