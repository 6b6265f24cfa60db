"""``iomconnector order``: place, look at, approve and export orders."""

from __future__ import annotations

import typer

from bc_order.act_commands import expedite, give_up, replay, retry
from bc_order.approval_commands import approve, reject
from bc_order.correct_command import correct
from bc_order.export_commands import check, export, preview
from bc_order.history_command import history
from bc_order.list_command import list_orders
from bc_order.lookup_commands import messages, show
from bc_order.pause_commands import backlog, pause, resume
from bc_order.place_command import place

app = typer.Typer(help="Place, approve, list and export orders.", no_args_is_help=True)
app.command("place")(place)
app.command("list")(list_orders)
app.command("show")(show)
app.command("history")(history)
app.command("messages")(messages)
app.command("approve")(approve)
app.command("reject")(reject)
app.command("export")(export)
app.command("retry")(retry)
app.command("expedite")(expedite)
app.command("correct")(correct)
app.command("give-up")(give_up)
app.command("replay")(replay)
app.command("preview")(preview)
app.command("check")(check)
app.command("backlog")(backlog)
app.command("pause")(pause)
app.command("resume")(resume)
