"""``iomconnector order show`` and ``messages``."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

import typer

from bc_order.both_sides import Compared, both_sides, missing_there
from bc_order.choosing import chosen_export
from bc_order.exact_json import exact_json
from bc_order.facts import message_facts, order_facts, readable
from bc_order.far_side_views import far_facts, print_far_side
from bc_order.far_state import FarState, far_state
from bc_order.options import Channel, Number
from iomconnector.application import Application
from iomconnector.cli.invocation import invocation_of
from iomconnector.cli.terminal import Format, FormatOption, print_json, print_table, print_text
from iomconnector.model.exports import ExportRequest
from iomconnector.model.order_history import NotAsked
from iomconnector.model.orders import Order
from iomconnector.ports.message_log import Message
from iomconnector.ports.order_repository import StoredOrder
from iomconnector.usecases.explain_export import Explanation
from iomconnector.usecases.order_life import LifeEvent, OrderLife


def show(
    context: typer.Context,
    number: Number,
    channel: Channel = None,
    document: Annotated[
        bool, typer.Option("--document", help="Print the order document as it is to be exported.")
    ] = False,
    output: FormatOption = Format.TABLE,
) -> None:
    """Show one order: why it waits and for whom, what both sides say of it, and all that happened to it."""
    if document:
        _print_document(context, number, channel)
        return

    async def work(application: Application) -> tuple[OrderLife, FarState, datetime]:
        request = (await chosen_export(application, number, channel)).request
        life = await application.order_lives.of(request.channel, request.number)
        far = await far_state(application, request.channel, request.number)
        return life, far, application.clock.now()

    life, far, now = invocation_of(context).run(work)
    order = life.order.placed.order if isinstance(life.order, StoredOrder) else None
    compared = _compared(life.summary.request, order, far)
    facts = order_facts(life.summary, life.order)
    if output is Format.JSON:
        print_json(
            {
                **facts,
                "explanation": _explanation(life.explanation),
                "both_sides": far_facts(far, compared, now),
                "life": [_event(each) for each in life.events],
                "messages": [message_facts(each.message) for each in life.events if each.message],
            }
        )
        return
    print_text(life.explanation.sentence)
    if life.explanation.advice:
        print_text(life.explanation.advice.replace("NUMBER", number))
    typer.echo()
    del facts["decisions"]
    told = [
        (name.replace("_", " "), readable(fact)) for name, fact in facts.items() if fact not in (None, "")
    ]
    print_table("", ("Order", number), told[1:])
    typer.echo()
    print_far_side(far, compared, now)
    typer.echo()
    print_table("Its life", ("At", "By", "What happened"), map(_event_row, life.events))


def _compared(request: ExportRequest, order: Order | None, far: FarState) -> Sequence[Compared]:
    if far.state is not None:
        return both_sides(request, order, far.state)
    return missing_there(request) if far.reason is NotAsked.NOT_THERE else ()


def _print_document(context: typer.Context, number: str, channel: str | None) -> None:
    async def work(application: Application) -> Any:
        request = (await chosen_export(application, number, channel)).request
        return await application.correct_orders.document(request.channel, request.number)

    typer.echo(exact_json(invocation_of(context).run(work)))


def _explanation(explanation: Explanation) -> dict[str, str]:
    return {
        "sentence": explanation.sentence,
        "since": explanation.since.isoformat(),
        "waits_for": explanation.waits_for.value,
        "advice": explanation.advice,
    }


def _event(event: LifeEvent) -> dict[str, str | None]:
    return {
        "at": event.at.isoformat(),
        "what": event.what.value,
        "by": event.by,
        "sentence": event.sentence,
        "message_id": event.message.message_id if event.message else None,
    }


def _event_row(event: LifeEvent) -> Sequence[str]:
    message = f" [{event.message.message_id}]" if event.message else ""
    return (f"{event.at:%F %T}", event.by, f"{event.sentence}{message}")


def messages(
    context: typer.Context, number: Number, channel: Channel = None, output: FormatOption = Format.TABLE
) -> None:
    """Show every message about an order, with request and answer; secrets are masked."""

    async def work(application: Application) -> Sequence[Message]:
        request = (await chosen_export(application, number, channel)).request
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
