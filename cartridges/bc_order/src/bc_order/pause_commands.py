"""``iomconnector order pause``, ``resume`` and ``backlog``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer

from bc_order.order_table import print_orders
from iomconnector.application import Application
from iomconnector.cli.acting_user import acting_user
from iomconnector.cli.invocation import invocation_of
from iomconnector.cli.terminal import Format, FormatOption, print_json
from iomconnector.model.endpoints import CircuitState
from iomconnector.model.exports import ExportPause, ExportState
from iomconnector.ports.export_queries import ChannelBacklog, ReasonCount
from iomconnector.usecases.channel_outlook import ChannelOutlook

ChannelArgument = Annotated[str, typer.Argument(metavar="CHANNEL", help="The channel.")]


def pause(
    context: typer.Context,
    channel: ChannelArgument,
    reason: Annotated[str, typer.Option(help="Why; whoever looks sees it.")],
) -> None:
    """Export no order of a channel until it is resumed. What is under way is finished."""

    async def work(application: Application) -> ExportPause:
        return await application.pause_exports.pause(channel, by=acting_user(), reason=reason)

    invocation_of(context).run(work)
    typer.echo(f"The export of {channel} is paused. `iomconnector order resume {channel}` ends it.")


def resume(context: typer.Context, channel: ChannelArgument) -> None:
    """Export the orders of a channel again."""

    async def work(application: Application) -> ExportPause:
        return await application.pause_exports.resume(channel, by=acting_user())

    ended = invocation_of(context).run(work)
    typer.echo(
        f"The export of {channel} goes on. {ended.paused_by} had paused it at {ended.paused_at:%F %T} UTC: "
        f"{ended.reason}"
    )


def backlog(context: typer.Context, output: FormatOption = Format.TABLE) -> None:
    """Show what has not left the shop, channel by channel, and what keeps it there."""

    async def work(
        application: Application,
    ) -> tuple[datetime, Sequence[ChannelBacklog], Sequence[ReasonCount], list[ChannelOutlook]]:
        now = application.clock.now()
        channels = await application.export_queries.backlog(now=now)
        reasons = await application.export_queries.reasons()
        return now, channels, reasons, [await application.outlooks.of(each.channel) for each in channels]

    now, channels, reasons, outlooks = invocation_of(context).run(work)
    if output is Format.JSON:
        told = zip(channels, outlooks, strict=True)
        print_json(
            {
                "channels": [_facts(each, outlook, now) for each, outlook in told],
                "reasons": [_reason_facts(each) for each in reasons],
            }
        )
        return
    rows = [
        (_cells(each, now), _hindrance(each, outlook, now))
        for each, outlook in zip(channels, outlooks, strict=True)
    ]
    headings = ("Channel", "Due", "Oldest", "Sending", "Parked", "Approval", "Given up")
    print_orders(f"At {now:%F %T} UTC", headings, rows, "Held back by")
    if reasons:
        typer.echo()
        print_orders(
            "Why orders wait",
            ("Orders", "Channel", "Export", "Code"),
            [
                ((str(each.count), each.channel, each.state.value, each.reason_code), each.example)
                for each in reasons
            ],
            "For example",
        )


def _cells(backlog: ChannelBacklog, now: datetime) -> Sequence[str]:
    counts = backlog.counts
    later = counts[ExportState.DUE] - backlog.due_now
    return (
        backlog.channel,
        f"{backlog.due_now} + {later} later" if later else str(backlog.due_now),
        _age(now - backlog.oldest_due_since) if backlog.oldest_due_since else "",
        str(counts[ExportState.SENDING]),
        str(counts[ExportState.PARKED]),
        str(counts[ExportState.WAITING_FOR_APPROVAL]),
        str(counts[ExportState.GIVEN_UP]),
    )


def _hindrance(backlog: ChannelBacklog, outlook: ChannelOutlook, now: datetime) -> str:
    """What keeps orders of a channel from leaving; empty where nothing does."""
    if backlog.pause is not None:
        pause = backlog.pause
        return f"paused by {pause.paused_by} since {pause.paused_at:%F %T} UTC: {pause.reason}"
    if outlook.no_service is not None:
        return f"no service: {outlook.no_service}"
    endpoint = outlook.endpoint
    until = endpoint.available_at(now) if endpoint else None
    if endpoint is None or until is None:
        return ""
    circuit = "circuit open" if endpoint.circuit is CircuitState.OPEN else "asked to wait"
    why = endpoint.last_reason or endpoint.last_code or ""
    return f"{circuit} until {until:%F %T} UTC{f': {why}' if why else ''}"


def _facts(backlog: ChannelBacklog, outlook: ChannelOutlook, now: datetime) -> dict[str, Any]:
    oldest, pause, endpoint = backlog.oldest_due_since, backlog.pause, outlook.endpoint
    return {
        "channel": backlog.channel,
        "counts": {state.value: count for state, count in backlog.counts.items()},
        "due_now": backlog.due_now,
        "oldest_due_since": oldest.isoformat() if oldest else None,
        "oldest_due_seconds": (now - oldest).total_seconds() if oldest else None,
        "next_due_at": backlog.next_due_at.isoformat() if backlog.next_due_at else None,
        "paused": None
        if pause is None
        else {"by": pause.paused_by, "at": pause.paused_at.isoformat(), "reason": pause.reason},
        "no_service": outlook.no_service,
        "endpoint": endpoint.name if endpoint else None,
        "circuit": endpoint.circuit.value if endpoint else None,
        "held_back_by": _hindrance(backlog, outlook, now),
    }


def _reason_facts(reason: ReasonCount) -> dict[str, Any]:
    return {
        "channel": reason.channel,
        "state": reason.state.value,
        "reason_code": reason.reason_code,
        "count": reason.count,
        "example": reason.example,
    }


def _age(age: timedelta) -> str:
    seconds = max(0, int(age.total_seconds()))
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"
