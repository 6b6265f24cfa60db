"""``iomconnector reservation``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from iomconnector.cli.acting_user import acting_user
from iomconnector.cli.invocation import invocation_of
from iomconnector.cli.terminal import Format, FormatOption, print_json, print_table
from iomconnector.model.stock_holds import HoldState, StockHold

if TYPE_CHECKING:
    from iomconnector.application import Application

app = typer.Typer(help="Pieces that the shop has held for baskets and orders.", no_args_is_help=True)

Key = Annotated[str, typer.Argument(metavar="KEY", help="The key of the reservation, as `list` shows it.")]


@app.command("list")
def list_reservations(
    context: typer.Context,
    channel: Annotated[str | None, typer.Option(help="Only those of this channel.")] = None,
    order: Annotated[str, typer.Option(metavar="NUMBER", help="Those of an order of the channel.")] = "",
    ended: Annotated[bool, typer.Option("--ended", help="Those that hold nothing any more.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 100,
    output: FormatOption = Format.TABLE,
) -> None:
    """Show reservations, the latest first."""
    if order and channel is None:
        raise typer.BadParameter("--order needs --channel.")

    async def work(application: Application) -> Sequence[StockHold]:
        ledger = application.reservation_ledger
        if order:
            return (await ledger.of_order(channel or "", order))[:limit]
        return await ledger.page(channel=channel, ended=ended, limit=limit)

    holds = invocation_of(context).run(work)
    if output is Format.JSON:
        print_json([facts(hold) for hold in holds])
        return
    print_table(
        "Reservations",
        ("Key", "Channel", "State", "For", "Pieces", "Made", "Until"),
        [
            (
                hold.key,
                hold.channel,
                state_of(hold),
                owner_of(hold),
                held_by(hold),
                _moment(hold.made_at),
                _moment(hold.ended_at or hold.ends_at),
            )
            for hold in holds
        ],
    )


@app.command("show")
def show_reservation(context: typer.Context, key: Key, output: FormatOption = Format.TABLE) -> None:
    """Show everything about a reservation."""

    async def work(application: Application) -> StockHold:
        return await application.free_reservations.find(key)

    hold = invocation_of(context).run(work)
    if output is Format.JSON:
        print_json(facts(hold))
        return
    rows = [
        ("Key", hold.key),
        ("Channel", hold.channel),
        ("Inventory service", hold.service),
        ("Reservation there", hold.reservation or "not known"),
        ("State", state_of(hold)),
        ("For", owner_of(hold)),
        ("Wanted", _listed(hold.wanted)),
        ("Held" if hold.state is HoldState.ENDED else "Holds", held_by(hold) or "nothing"),
        ("Made", _moment(hold.made_at)),
        ("Until", _moment(hold.ended_at or hold.ends_at)),
        ("Looked at again", _moment(hold.look_at) if hold.look_at else "when something happens"),
    ]
    if not hold.told and hold.state is HoldState.HELD:
        rows.append(("Note", "the order does not have its id yet"))
    print_table("Reservation", ("", ""), rows)


@app.command("release")
def release_reservation(
    context: typer.Context,
    key: Key,
    reason: Annotated[str, typer.Option(help="Why. It is kept.")],
) -> None:
    """Free what a basket has. What an order needs stays held: give up the order."""

    async def work(application: Application) -> StockHold:
        return await application.free_reservations.free(key, by=acting_user(), reason=reason)

    hold = invocation_of(context).run(work)
    if hold.state is HoldState.ENDED:
        typer.echo(f"Reservation {key} holds nothing any more.")
    elif hold.reservation is None:
        until = f"{_moment(hold.ends_at)} UTC"
        typer.echo(
            f"The answer to reservation {key} was lost. What it may hold is free at {until} at the latest."
        )
    else:
        typer.echo(f"{hold.service} cannot be told at present. Reservation {key} is freed as soon as it can.")


def facts(hold: StockHold) -> dict[str, Any]:
    """Everything, ready for JSON; the names are stable."""
    return {
        "key": hold.key,
        "channel": hold.channel,
        "service": hold.service,
        "reservation": hold.reservation,
        "state": hold.state.value,
        "end": hold.end.value if hold.end else None,
        "basket": hold.basket,
        "order": hold.order.number if hold.order else None,
        "order_state": hold.order.state.value if hold.order else None,
        "order_has_its_id": hold.told,
        "type": hold.kind.value,
        "wanted": dict(hold.wanted),
        "pieces": dict(hold.pieces),
        "made_at": hold.made_at.isoformat(),
        "ends_at": hold.ends_at.isoformat(),
        "ended_at": hold.ended_at.isoformat() if hold.ended_at else None,
        "look_at": hold.look_at.isoformat() if hold.look_at else None,
    }


def state_of(hold: StockHold) -> str:
    """How far it is, in a few words."""
    return f"ended: {hold.end.value}" if hold.end is not None else hold.state.value


def owner_of(hold: StockHold) -> str:
    """For what it is."""
    if hold.order is not None:
        return f"order {hold.order.number} ({hold.order.state.value})"
    return f"basket {hold.basket}" if hold.basket else ""


def held_by(hold: StockHold) -> str:
    """What it holds; what was wanted, after "perhaps", where nobody knows it."""
    lost = hold.reservation is None and hold.state in (HoldState.ASKING, HoldState.RELEASING)
    return f"perhaps {_listed(hold.wanted)}" if lost else _listed(hold.pieces)


def _listed(pieces: Mapping[str, int]) -> str:
    return ", ".join(f"{count} x {sku}" for sku, count in pieces.items())


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%F %T}"
