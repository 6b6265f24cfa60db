"""``iomconnector order history``."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Final

import typer

from bc_order.customer_history import (
    HistoryQuestion,
    HistoryRow,
    HistoryRows,
    from_order_management,
    from_shop,
)
from bc_order.far_side_views import told_age
from bc_order.order_table import print_orders
from iomconnector.application import Application
from iomconnector.cli.invocation import invocation_of
from iomconnector.cli.terminal import Format, FormatOption, print_json, print_text
from iomconnector.model.order_history import NotAsked
from iomconnector.model.order_states import StateSource, age_seconds

MOST_PER_PAGE = 100
TOLD: Final = {
    NotAsked.SERVICE_INACTIVE: "No service for the order history is operational: the shop stands alone.",
    NotAsked.CIRCUIT_OPEN: "The order management system is not asked at present: its circuit is open.",
    NotAsked.TOO_SLOW: "The order management system did not answer within the budget of pages.",
    NotAsked.UNAVAILABLE: "The order management system cannot be reached.",
}
"""Why there is no answer of now."""


class HistorySource(StrEnum):
    """Who is asked for the list."""

    SHOP = "shop"
    """The shop lists, as the customer sees it; the states come from the order management system."""
    ORDER_MANAGEMENT = "order-management"
    """The order management system lists, also what the shop does not know."""


def history(
    context: typer.Context,
    customer: Annotated[str, typer.Option(metavar="NUMBER", help="The customer's number.")],
    channel: Annotated[str | None, typer.Option(help="The channel; needed where there are several.")] = None,
    status: Annotated[
        list[str] | None,
        typer.Option(help="Only with this status, a code or the state of the export; again for more."),
    ] = None,
    product: Annotated[list[str] | None, typer.Option(help="Only with this product; again for more.")] = None,
    number: Annotated[list[str] | None, typer.Option(help="Only this order; again for more.")] = None,
    email: Annotated[
        list[str] | None, typer.Option(help="Only with this e-mail address; again for more.")
    ] = None,
    first: Annotated[str | None, typer.Option("--from", help="The first day of creation, in UTC.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="The last day of creation, in UTC.")] = None,
    page: Annotated[int, typer.Option(min=1, max=1_000_000, help="Which page.")] = 1,
    limit: Annotated[int, typer.Option(min=1, max=MOST_PER_PAGE, help="Orders a page.")] = 25,
    source: Annotated[
        HistorySource, typer.Option(help="Who lists: the shop, as customers see it, or order management.")
    ] = HistorySource.SHOP,
    output: FormatOption = Format.TABLE,
) -> None:
    """Show the orders of a customer, the newest first, with what became of each."""
    for address in email or ():
        if "@" not in address.strip("@"):
            raise typer.BadParameter(f"{address!r} is no e-mail address.", param_hint="--email")
    question = HistoryQuestion(
        customer=customer,
        numbers=tuple(number or ()),
        skus=tuple(product or ()),
        statuses=tuple(status or ()),
        emails=tuple(email or ()),
        created_from=_day(first, "--from"),
        created_to=_day(last, "--to"),
        offset=(page - 1) * limit,
        limit=limit,
    )
    if question.created_from and question.created_to and question.created_from > question.created_to:
        raise typer.BadParameter(f"{last} is before {first}.", param_hint="--to")
    ask = from_shop if source is HistorySource.SHOP else from_order_management

    async def work(application: Application) -> HistoryRows:
        return await ask(application, await _channel(application, channel), question)

    found = invocation_of(context).run(work)
    pages = -(-found.total // limit)
    if output is Format.JSON:
        facts = [each.facts(found.now) for each in found.rows]
        print_json(
            {"total": found.total, "page": page, "pages": pages, "source": source.value, "orders": facts}
        )
        return
    _print(found, customer, page, pages)


def _print(found: HistoryRows, customer: str, page: int, pages: int) -> None:
    for reason in dict.fromkeys(each.reason for each in found.rows if each.reason in TOLD):
        print_text(TOLD[reason])
    if not found.rows:
        beyond = f" There are {pages} pages." if found.total else ""
        typer.echo(f"Nothing of customer {customer} was found on page {page}.{beyond}")
        if found.hint:
            print_text(found.hint)
        return
    counted = "1 order" if found.total == 1 else f"{found.total} orders"
    title = f"{counted} of customer {customer}, page {page} of {pages}"
    rows = [(each.cells(), _detail(each, found)) for each in found.rows]
    print_orders(title, HistoryRow.HEADINGS, rows, "Source")


def _detail(row: HistoryRow, found: HistoryRows) -> str:
    last = row.source is StateSource.LAST_KNOWN
    missing = ", not there" if row.reason is NotAsked.NOT_THERE else ""
    age = f", {told_age(age_seconds(row.as_of, found.now))} old" if last else ""
    return f"{row.source.value}{age}{missing}" if row.in_shop else f"{row.source.value}, not in the shop"


def _day(text: str | None, option: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text is not None else None
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no day. Write 2026-11-02.", param_hint=option) from None


async def _channel(application: Application, channel: str | None) -> str:
    from iomconnector.model.contexts import ContextKind
    from iomconnector.usecases.channels import require_channel

    if channel is not None:
        await require_channel(application.contexts, channel)
        return channel
    channels = [each.id for each in await application.contexts.all() if each.kind is ContextKind.CHANNEL]
    if len(channels) != 1:
        raise typer.BadParameter(
            f"say which channel: {', '.join(channels) or 'there is none yet'}.", param_hint="--channel"
        )
    return channels[0]
