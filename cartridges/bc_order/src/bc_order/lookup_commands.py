"""``iomconnector order list``, ``show`` and ``messages``."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from bc_order.choosing import chosen_order
from bc_order.options import Channel, Number
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
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 50,
    after: Annotated[int, typer.Option(min=0, help="Go on behind this key.")] = 0,
    output: FormatOption = Format.TABLE,
) -> None:
    """Show orders and where their export stands, in the order in which they were placed."""

    async def work(application: Application) -> tuple[Sequence[StoredOrder], Mapping[ExportState, int]]:
        page = await application.orders.page(channel=channel, states=state or (), after=after, limit=limit)
        return page, await application.ledger.counts()

    page, counts = invocation_of(context).run(work)
    if output is Format.JSON:
        print_json(
            {
                "counts": {key.value: count for key, count in counts.items()},
                "orders": [_content(each) for each in page],
            }
        )
        return
    print_table(
        ", ".join(f"{count} {key.value}" for key, count in counts.items() if count) or "No orders.",
        ("Key", "Order", "Channel", "Total", "Export", "Attempts", "Reason"),
        [
            (
                str(each.request.order_id),
                each.request.number,
                each.request.channel,
                _total(each),
                each.request.state.value,
                str(each.request.attempts),
                each.request.reason or "",
            )
            for each in page
        ],
    )
    if len(page) == limit:
        typer.echo(f"More: --after {page[-1].request.order_id}")


def show(
    context: typer.Context, number: Number, channel: Channel = None, output: FormatOption = Format.TABLE
) -> None:
    """Show one order: where its export stands, since when and why, and every message about it."""

    async def work(application: Application) -> tuple[StoredOrder, Sequence[Message]]:
        stored = await chosen_order(application, number, channel)
        request = stored.request
        return stored, await application.message_log.of_order(request.channel, request.number)

    stored, sent = invocation_of(context).run(work)
    if output is Format.JSON:
        print_json({**_content(stored), "messages": [_message(each) for each in sent]})
        return
    content = _content(stored)
    print_table(
        f"Order {number}",
        ("Field", "Value"),
        [(key.replace("_", " "), str(value)) for key, value in content.items() if value not in (None, "")],
    )
    if stored.placed.decisions:
        print_table(
            "Approvals",
            ("Step", "Decision", "By", "At", "Comment"),
            [
                (
                    each.kind.value,
                    each.decision.value,
                    each.decided_by,
                    f"{each.decided_at:%F %T}",
                    each.comment,
                )
                for each in stored.placed.decisions
            ],
        )
    _print_messages(sent)


def messages(
    context: typer.Context, number: Number, channel: Channel = None, output: FormatOption = Format.TABLE
) -> None:
    """Show every message about an order, with request and answer; secrets are masked."""

    async def work(application: Application) -> Sequence[Message]:
        request = (await chosen_order(application, number, channel)).request
        return await application.message_log.of_order(request.channel, request.number)

    sent = invocation_of(context).run(work)
    if output is Format.JSON:
        print_json([_message(each) for each in sent])
        return
    for each in sent:
        typer.echo(f"{each.at.isoformat()} {each.method} {each.url} ({each.message_id})")
        for name, value in each.request_headers.items():
            typer.echo(f"  > {name}: {value}")
        typer.echo(f"  > {each.request_body}" if each.request_body else "  > (no body)")
        typer.echo(f"  < {each.status or each.error} in {each.duration_ms:.0f} ms")
        if each.response_body:
            typer.echo(f"  < {each.response_body}")


def _print_messages(sent: Sequence[Message]) -> None:
    print_table(
        "Messages",
        ("At", "Message", "Operation", "Answer", "ms"),
        [
            (
                f"{each.at:%F %T}",
                each.message_id[:12],
                f"{each.method} {each.url}",
                str(each.status or each.error),
                f"{each.duration_ms:.0f}",
            )
            for each in sent
        ],
    )


def _total(stored: StoredOrder) -> str:
    total = stored.placed.order.total
    price = total.gross or total.net
    return str(price.discounted or price.amount) if price else ""


def _content(stored: StoredOrder) -> dict[str, Any]:
    request = stored.request
    return {
        "number": request.number,
        "channel": request.channel,
        "key": request.order_id,
        "total": _total(stored),
        "state": request.state.value,
        "reason_code": request.reason_code,
        "reason": request.reason,
        "attempts": request.attempts,
        "outcome_unclear": request.unclear,
        "reference": request.reference,
        "requested_at": request.requested_at.isoformat(),
        "updated_at": request.updated_at.isoformat(),
        "due_at": request.due_at.isoformat() if request.state is ExportState.DUE else None,
        "exported_at": request.exported_at.isoformat() if request.exported_at else None,
    }


def _message(message: Message) -> dict[str, Any]:
    return {
        "message_id": message.message_id,
        "at": message.at.isoformat(),
        "method": message.method,
        "url": message.url,
        "request_headers": dict(message.request_headers),
        "request_body": message.request_body,
        "status": message.status,
        "response_headers": dict(message.response_headers),
        "response_body": message.response_body,
        "error": message.error,
        "duration_ms": message.duration_ms,
    }
