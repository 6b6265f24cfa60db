"""The report of the demonstration, for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import typer

from dev_demo_iomconnector.demonstration import Outcome
from dev_demo_iomconnector.scenario import Scenario
from iomconnector.cli.terminal import print_table
from iomconnector.model.exports import ExportState
from iomconnector.ports.order_repository import StoredOrder
from iomconnector.testing.faults.verdict import Claim

SHOWN = 6


def print_report(outcome: Outcome, scenario: Scenario, claims: Sequence[Claim]) -> None:
    """Print what happened and whether every claim holds."""
    _print_states(outcome)
    _print_trouble(outcome)
    _print_parked(outcome.orders, scenario)
    _print_exported(outcome.orders)
    print_table(
        "Do both sides agree?",
        ("", "Claim", "Broken by"),
        [("yes" if claim.holds else "NO", claim.text, ", ".join(claim.faults[:10])) for claim in claims],
    )


def _print_states(outcome: Outcome) -> None:
    states = Counter(order.request.state for order in outcome.orders)
    typer.echo()
    print_table(
        f"{len(outcome.orders)} orders, exported in {outcome.seconds:.1f} s",
        ("Export", "Orders"),
        [(state.value, str(states[state])) for state in ExportState if states[state]],
    )


def _print_trouble(outcome: Outcome) -> None:
    typer.echo()
    for what in outcome.kills:
        typer.echo(f"Killed on the way: {what}.")
    print_table(
        "What IOM did wrong on the way",
        ("Fault", "Times"),
        [(kind.replace("_", " "), str(count)) for kind, count in sorted(outcome.faults.items())],
    )
    attempts = Counter(
        order.request.attempts for order in outcome.orders if order.request.state is ExportState.EXPORTED
    )
    print_table(
        "What was retried",
        ("Attempts", "Exported orders"),
        [(str(number), str(count)) for number, count in sorted(attempts.items())],
    )


def _print_parked(orders: Sequence[StoredOrder], scenario: Scenario) -> None:
    typer.echo()
    print_table(
        "What was parked, and why",
        ("Order", "Placed as", "Code", "Reason"),
        [
            (
                order.request.number,
                scenario.unexportable.get(order.request.number, "another order's number"),
                order.request.reason_code or "",
                order.request.reason or "",
            )
            for order in orders
            if order.request.state is ExportState.PARKED
        ],
    )


def _print_exported(orders: Sequence[StoredOrder]) -> None:
    exported = [order for order in orders if order.request.state is ExportState.EXPORTED]
    most_tried = sorted(exported, key=lambda order: -order.request.attempts)[:SHOWN]
    typer.echo()
    print_table(
        f"Where IOM's copies are (the {len(most_tried)} most tried of {len(exported)})",
        ("Order", "Channel", "Attempts", "IOM's copy"),
        [
            (
                order.request.number,
                order.request.channel,
                str(order.request.attempts),
                order.request.reference or "",
            )
            for order in most_tried
        ],
    )
    typer.echo()
