"""``iomconnector notification``."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from pydantic import ValidationError

from bc_product_notification.sql_subscriptions import SqlSubscriptions
from bc_product_notification.subscriptions import Subscription, SubscriptionQuery, SubscriptionState
from iomconnector.application import Application
from iomconnector.cli.acting_user import acting_user
from iomconnector.cli.invocation import invocation_of
from iomconnector.cli.terminal import Format, FormatOption, print_json, print_table
from iomconnector.errors import NotFoundError
from iomconnector.model.audit import AuditEntry
from iomconnector.model.mails import Mailbox, masked_address

app = typer.Typer(help="Show and end what shoppers want to be told about products.", no_args_is_help=True)

HEADINGS = ("Id", "Channel", "Product", "Address", "User", "Language", "State", "Since", "Next mail")
Addresses = Annotated[bool, typer.Option("--addresses", help="Show addresses as they are.")]


@app.command("list")
def list_subscriptions(
    context: typer.Context,
    channel: Annotated[str | None, typer.Option(help="Only of this channel.")] = None,
    sku: Annotated[str | None, typer.Option(help="Only for this product.")] = None,
    email: Annotated[str | None, typer.Option(help="Only of this address.")] = None,
    state: Annotated[SubscriptionState | None, typer.Option(help="Only in this state.")] = None,
    after: Annotated[int, typer.Option(min=0, help="Only behind this id: the last of the page before.")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 100,
    addresses: Addresses = False,
    output: FormatOption = Format.TABLE,
) -> None:
    """Show who wants to be told about which product. Addresses are masked, unless --addresses is given."""
    query = SubscriptionQuery(channel, sku, _mailbox(email) if email else None, state, after, limit)

    async def work(application: Application) -> list[Subscription]:
        return list(await SqlSubscriptions(application.database).page(query))

    found = invocation_of(context).run(work)
    if output is Format.JSON:
        print_json([facts(each, addresses=addresses) for each in found])
        return
    print_table("", HEADINGS, [_cells(each, addresses=addresses) for each in found])
    if len(found) == limit:
        typer.echo(f"There may be more: --after {found[-1].id}")


@app.command("show")
def show_subscription(
    context: typer.Context,
    key: Annotated[int, typer.Argument(metavar="ID", help="The id, as `notification list` shows it.")],
    addresses: Addresses = False,
    output: FormatOption = Format.TABLE,
) -> None:
    """Show one subscription: how far it is, and its last mail."""

    async def work(application: Application) -> Subscription:
        found = await SqlSubscriptions(application.database).page(SubscriptionQuery(after=key - 1, limit=1))
        if not found or found[0].id != key:
            raise NotFoundError(
                f"There is no subscription {key}.", hint="`iomconnector notification list` shows all."
            )
        return found[0]

    told = facts(invocation_of(context).run(work), addresses=addresses)
    if output is Format.JSON:
        print_json(told)
        return
    print_table("", ("", ""), [(name, "" if value is None else str(value)) for name, value in told.items()])


@app.command("erase")
def erase(
    context: typer.Context,
    email: Annotated[str, typer.Option(help="The address.")],
    confirmed: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    output: FormatOption = Format.TABLE,
) -> None:
    """Erase all that is stored of an address here, as its owner may demand. It cannot be undone.

    Users of customers are erased with `iomconnector privacy erase`, their subscriptions with them.
    """
    mailbox = _mailbox(email)
    if not confirmed:
        typer.confirm(f"Erase all subscriptions of {mailbox.address} for good?", abort=True)

    async def work(application: Application) -> int:
        erased = await SqlSubscriptions(application.database).erase_person(mailbox)
        entry = AuditEntry(
            at=application.clock.now(),
            by=acting_user(),
            action="notification.erased",
            subject=masked_address(mailbox.address),
            changes={"subscriptions": (erased, 0)},
        )
        await application.audit_trail.record(entry)
        await application.personal_data.forget_remnants()
        return erased

    erased = invocation_of(context).run(work)
    if output is Format.JSON:
        print_json({"erased": erased})
    else:
        typer.echo(f"{erased} subscriptions were erased.")


def facts(subscription: Subscription, *, addresses: bool) -> dict[str, Any]:
    """A subscription, ready for JSON."""
    return {
        "id": subscription.id,
        "channel": subscription.channel,
        "sku": subscription.sku,
        "address": subscription.address if addresses else masked_address(subscription.address),
        "user": subscription.login,
        "language": subscription.language,
        "state": subscription.state.value,
        "created_at": subscription.created_at,
        "changed_at": subscription.changed_at,
        "mail_at": subscription.mail_at,
        "attempts": subscription.attempts,
        "message_id": subscription.message_id,
    }


def _cells(subscription: Subscription, *, addresses: bool) -> tuple[str, ...]:
    told = facts(subscription, addresses=addresses)
    due = subscription.mail_at
    return (
        *(str(told[name]) for name in ("id", "channel", "sku", "address")),
        subscription.login or "guest",
        subscription.language,
        subscription.state.value,
        f"{subscription.created_at:%Y-%m-%d %H:%M}",
        f"{due:%Y-%m-%d %H:%M}" if due else "",
    )


def _mailbox(text: str) -> Mailbox:
    try:
        return Mailbox(address=text)
    except ValidationError:
        raise typer.BadParameter(f"{text!r} is no e-mail address.", param_hint="--email") from None
