"""``iomconnector order approve`` and ``reject``."""

from typing import Annotated

import typer

from bc_order.choosing import chosen_order
from bc_order.options import Channel, Number
from iomconnector.application import Application
from iomconnector.cli.invocation import invocation_of
from iomconnector.model.approvals import Decision
from iomconnector.model.exports import ExportState

Approver = Annotated[str, typer.Option("--by", help="The approver.")]


def approve(
    context: typer.Context,
    number: Number,
    by: Approver,
    comment: Annotated[str, typer.Option(help="A word for the record.")] = "",
    channel: Channel = None,
) -> None:
    """Give the approval that an order waits for. With the last one it is due for export."""
    _decide(context, number, channel, Decision.APPROVED, by, comment)


def reject(
    context: typer.Context,
    number: Number,
    by: Approver,
    reason: Annotated[str, typer.Option(help="Why.")],
    channel: Channel = None,
) -> None:
    """Refuse the approval that an order waits for. It stays in the shop."""
    _decide(context, number, channel, Decision.REJECTED, by, reason)


def _decide(
    context: typer.Context, number: str, channel: str | None, decision: Decision, by: str, comment: str
) -> None:
    if not by.strip():
        raise typer.BadParameter("Name the approver.", param_hint="--by")

    async def work(application: Application) -> ExportState:
        stored = await chosen_order(application, number, channel)
        return await application.approve_orders.decide(
            stored.request.channel, number, decision, by=by, comment=comment
        )

    state = invocation_of(context).run(work)
    typer.echo(f"Order {number} is {decision.value} by {by}; its export is {state.value}.")
