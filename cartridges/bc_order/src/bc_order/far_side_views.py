"""How the other side of an order is shown: for people and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import typer

from bc_order.both_sides import Compared
from bc_order.far_state import FarState
from iomconnector.cli.terminal import print_table, print_text
from iomconnector.model.order_history import NotAsked
from iomconnector.model.order_states import StateSource, age_seconds

DIFFERS = "!="
"""Stands before what differs."""


def far_facts(far: FarState, compared: Sequence[Compared], now: datetime) -> dict[str, Any]:
    """Both sides, ready for JSON; the names are stable."""
    known = far.state is not None
    return {
        "source": far.source.value if known else None,
        "as_of": far.as_of.isoformat() if known else None,
        "age_seconds": age_seconds(far.as_of, now) if known else None,
        "reason": far.reason,
        "trouble": far.trouble or None,
        "differences": sum(each.differs for each in compared),
        "compared": [
            {
                "what": each.what,
                "shop": each.shop,
                "order_management": each.theirs,
                "differs": each.differs,
            }
            for each in compared
        ],
        "state": far.state.model_dump(mode="json") if far.state else None,
    }


def print_far_side(far: FarState, compared: Sequence[Compared], now: datetime) -> None:
    """Write both sides to the terminal, below a sentence that tells who answered and when."""
    if far.trouble:
        print_text(far.trouble)
    if far.state is None and far.reason is not NotAsked.NOT_THERE:
        typer.echo("Nothing is known of what it said before.")
    if not compared:
        return
    differing = sum(each.differs for each in compared)
    found = {0: "no difference", 1: "1 difference"}.get(differing, f"{differing} differences")
    if far.state is not None:
        print_text(f"{told_source(far.source, far.as_of, now)}: {found}.")
    rows = [(DIFFERS if each.differs else "", each.what, each.shop, each.theirs) for each in compared]
    print_table("", ("", "Both sides", "Shop", "Order management"), rows)


def told_source(source: StateSource, as_of: datetime, now: datetime) -> str:
    """Who says it, and how old it is."""
    if source is StateSource.ORDER_MANAGEMENT:
        return f"The order management system at {as_of:%F %T %Z}"
    if source is StateSource.LAST_KNOWN:
        return f"Last known state, {told_age(age_seconds(as_of, now))} old"
    return "The shop alone"


def told_age(seconds: int) -> str:
    """An age in the largest unit that fits."""
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"
