"""``iomconnector order list``, ``show`` and ``messages``."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import typer

from bc_order.choosing import chosen_order
from bc_order.facts import message_facts, order_facts, readable, total_of
from bc_order.options import LARGEST_KEY, Channel, Number
from iomconnector.application import Application
from iomconnector.cli.invocation import invocation_of
from iomconnector.cli.terminal import Format, FormatOption, print_json, print_table
from iomconnector.model.exports import ExportState
from iomconnector.ports.message_log import Message
from iomconnector.ports.order_repository import StoredOrder


def list_orders(
    context: typer.Context,
    state: Annotated[list[ExportState] | None, typer.Option(help="Only these states; repeatable.")] = None,
    channel: Annotated[str | None, typer.Option(help="Only this channel.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="At most so many.")] = 50,
    after: Annotated[int, typer.Option(min=0, max=LARGEST_KEY, help="Go on behind this key.")] = 0,
    output: FormatOption = Format.TABLE,
) -> None:
    """Show orders and where their export stands, in the order in which they were placed."""

    async def work(application: Application) -> tuple[Sequence[StoredOrder], Mapping[ExportState, int]]:
        if channel is not None:
            await application.contexts.path_to(channel)
        page = await application.orders.page(
            channel=channel, states=state or (), after=after, limit=limit + 1
        )
        return page, await application.ledger.counts()

    found, counts = invocation_of(context).run(work)
    page = found[:limit]
    following = page[-1].request.order_id if len(found) > limit else None
    if output is Format.JSON:
        print_json(
            {
                "counts": {key.value: count for key, count in counts.items()},
                "orders": [order_facts(each) for each in page],
                "next": following,
            }
        )
        return
    _print_page(page, counts)
    if following is not None:
        typer.echo(f"There are more: --after {following}", err=True)


def _print_page(page: Sequence[StoredOrder], counts: Mapping[ExportState, int]) -> None:
    summary = ", ".join(f"{count} {key.value}" for key, count in counts.items() if count)
    title = f"In all channels: {summary}." if summary else "There are no orders."
    if not page:
        typer.echo(title)
        return
    print_table(
        title,
        ("Key", "Order", "Channel", "Total", "Export", "Reason"),
        [
            (
                str(each.request.order_id),
                each.request.number,
                each.request.channel,
                total_of(each),
                each.request.state.value,
                each.request.reason or "",
            )
            for each in page
        ],
    )


def show(
    context: typer.Context, number: Number, channel: Channel = None, output: FormatOption = Format.TABLE
) -> None:
    """Show one order: where its export stands, since when and why, and every message about it."""

    async def work(application: Application) -> tuple[StoredOrder, Sequence[Message]]:
        stored = await chosen_order(application, number, channel)
        request = stored.request
        return stored, await application.message_log.of_order(request.channel, request.number)

    stored, sent = invocation_of(context).run(work)
    facts = order_facts(stored)
    if output is Format.JSON:
        print_json({**facts, "messages": [message_facts(each) for each in sent]})
        return
    decisions = facts.pop("decisions")
    told = [
        (name.replace("_", " "), readable(fact)) for name, fact in facts.items() if fact not in (None, "")
    ]
    print_table("", ("Order", number), told[1:])
    if decisions:
        typer.echo()
        headings = ("kind", "decision", "by", "at", "comment")
        rows = [[readable(each[heading]) for heading in headings] for each in decisions]
        print_table("Decisions of approvers", [heading.capitalize() for heading in headings], rows)
    typer.echo()
    if sent:
        print_table(
            "Messages", ("At", "Message", "Attempt", "Operation", "Answer", "ms"), map(_message_row, sent)
        )
    else:
        typer.echo("No message was sent about it.")


def messages(
    context: typer.Context, number: Number, channel: Channel = None, output: FormatOption = Format.TABLE
) -> None:
    """Show every message about an order, with request and answer; secrets are masked."""

    async def work(application: Application) -> Sequence[Message]:
        request = (await chosen_order(application, number, channel)).request
        return await application.message_log.of_order(request.channel, request.number)

    sent = invocation_of(context).run(work)
    if output is Format.JSON:
        print_json([message_facts(each) for each in sent])
        return
    if not sent:
        typer.echo(f"No message was sent about order {number}.")
    for each in sent:
        typer.echo(f"{each.at.isoformat()} {each.method} {each.url} ({each.message_id})")
        for name, fact in (("attempt", each.attempt), ("trace", each.trace_id)):
            if fact is not None:
                typer.echo(f"  {name} {fact}")
        for name, value in each.request_headers.items():
            typer.echo(f"  > {name}: {value}")
        typer.echo(f"  > {each.request_body}" if each.request_body else "  > (no body)")
        typer.echo(f"  < {each.status or each.error} in {each.duration_ms:.0f} ms")
        if each.response_body:
            typer.echo(f"  < {each.response_body}")


def _message_row(message: Message) -> Sequence[str]:
    return (
        f"{message.at:%F %T}",
        message.message_id[:12],
        str(message.attempt or ""),
        f"{message.method} {message.url}",
        str(message.status or message.error),
        f"{message.duration_ms:.0f}",
    )
