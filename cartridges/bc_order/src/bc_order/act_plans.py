"""How commands show what an act would do to many orders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import typer

from bc_order.order_table import print_orders
from iomconnector.cli.terminal import print_table
from iomconnector.usecases.export_act_plans import LEFT_OUT_BECAUSE, ActPlan


def plan_facts(plan: ActPlan) -> Mapping[str, Any]:
    """A plan, ready for JSON; the names are stable."""
    return {
        "act": plan.act.value,
        "count": plan.count,
        "token": plan.token,
        "by_reason": [
            {"state": state.value, "reason_code": code, "count": count}
            for (state, code), count in plan.by_reason.items()
        ],
        "left_out": {state.value: count for state, count in plan.left_out.items()},
        "sample": [
            {
                "number": each.request.number,
                "channel": each.request.channel,
                "state": each.request.state.value,
                "reason_code": each.request.reason_code,
                "reason": each.request.reason,
            }
            for each in plan.sample
        ],
    }


def print_plan(plan: ActPlan) -> None:
    """Write a plan for people: how many, for which reasons, the first of them, and what is left out."""
    if not plan.count:
        typer.echo(f"There is nothing to {plan.act.value}.")
    else:
        typer.echo(
            f"{plan.count} order{'s' if plan.count > 1 else ''} to {plan.act.value}: each {plan.act.effect}."
        )
        by_count = sorted(plan.by_reason.items(), key=lambda each: -each[1])
        print_table(
            "",
            ("Orders", "Export", "Code"),
            [(str(count), state.value, code or "") for (state, code), count in by_count],
        )
        typer.echo()
        rows = [
            ((each.request.number, each.request.channel, each.request.state.value), each.request.reason or "")
            for each in plan.sample
        ]
        print_orders(f"The first {len(rows)}:", ("Order", "Channel", "Export"), rows, "Reason")
    for state, count in plan.left_out.items():
        typer.echo(f"Left out: {count} {state.value}; {LEFT_OUT_BECAUSE[state]}.")
