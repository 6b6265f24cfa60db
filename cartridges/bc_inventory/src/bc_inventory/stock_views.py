"""Stock as people and programs see it at the command line."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from bc_inventory.importing import ImportReport
from bc_inventory.reservation_list import HeldReservation
from bc_inventory.stock_changes import ChangeEffect, Effect
from bc_inventory.stock_file import MANY, StockMistake
from bc_inventory.stock_levels import StockLevel
from iomconnector.model.audit import AuditEntry

LEVEL_HEADINGS = ("SKU", "On hand", "Safety stock", "Reserved", "Available", "Restock")
ENTRY_HEADINGS = ("At (UTC)", "Who", "On hand", "Safety stock", "Restock", "Why")
RESERVATION_HEADINGS = ("Reservation", "For", "State", "Until (UTC)", "Pieces")


def level_cells(level: StockLevel) -> Sequence[str]:
    """The cells of a table."""
    return (
        level.sku,
        str(level.on_hand),
        str(level.safety_stock),
        str(level.reserved),
        str(level.available),
        level.restock_on.isoformat() if level.restock_on else "",
    )


def level_facts(level: StockLevel) -> dict[str, Any]:
    """Everything, ready for JSON; the names are stable."""
    return {
        "channel": level.channel,
        "sku": level.sku,
        "on_hand": level.on_hand,
        "safety_stock": level.safety_stock,
        "reserved": level.reserved,
        "available": level.available,
        "restock_on": level.restock_on.isoformat() if level.restock_on else None,
        "updated_at": level.updated_at.isoformat(),
    }


def effect_facts(effect: ChangeEffect) -> dict[str, Any]:
    """What a change did, ready for JSON."""
    return {
        "sku": effect.change.sku,
        "effect": effect.effect.value,
        "changes": {name: {"from": old, "to": new} for name, (old, new) in effect.differences.items()},
        "reason": effect.reason or None,
    }


def effect_sentence(effect: ChangeEffect, *, planned: bool) -> str:
    """What a change did, for people."""
    sku = effect.change.sku
    if effect.effect is Effect.REFUSED:
        hint = " `iomconnector stock reservations` shows them." if "reserved" in effect.reason else ""
        return f"{sku} was not changed. {effect.reason}{hint}"
    if effect.effect is Effect.UNCHANGED:
        return f"{sku} is so already."
    told = ", ".join(
        f"{name.replace('_', ' ')} {'none' if old is None else old} -> {'none' if new is None else new}"
        for name, (old, new) in effect.differences.items()
    )
    return f"{sku}{' would be' if planned else ' is'} {effect.effect.value}: {told}."


def import_facts(report: ImportReport, *, planned: bool) -> dict[str, Any]:
    """What an import did, ready for JSON."""
    return {
        "planned": planned,
        **{effect.value: report.counts[effect] for effect in Effect if effect is not Effect.REFUSED},
        "pieces": report.pieces,
        "refused": [
            {"line": each.change.line, "sku": each.change.sku, "reason": each.reason}
            for each in report.refused
        ],
    }


def import_sentence(report: ImportReport, *, planned: bool) -> str:
    """What an import did, for people."""
    told = ", ".join(f"{report.counts[effect]} {effect.value}" for effect in Effect)
    return f"{'It would be: ' if planned else ''}{told}; {report.pieces:+d} pieces."


def refused_lines(report: ImportReport) -> Iterator[str]:
    """What could not be imported, a line each."""
    for each in report.refused[:MANY]:
        yield f"line {each.change.line}: {each.change.sku}: {each.reason}"
    if len(report.refused) > MANY:
        yield f"... and {len(report.refused) - MANY} more"


def mistake_lines(mistakes: Sequence[StockMistake]) -> Iterator[str]:
    """What is wrong with a file, a line each."""
    for each in mistakes[:MANY]:
        where = f"line {each.line}: " if each.line else ""
        yield f"{where}{f'{each.sku}: ' if each.sku else ''}{each.reason}"
    if len(mistakes) > MANY:
        yield f"... and {len(mistakes) - MANY} more"


def entry_cells(entry: AuditEntry) -> Sequence[str]:
    """The cells of a table."""
    return (
        _moment(entry.at),
        entry.by,
        _change(entry, "on_hand"),
        _change(entry, "safety_stock"),
        _change(entry, "restock_on"),
        str(entry.changes.get("reason", (None, ""))[1]),
    )


def entry_facts(entry: AuditEntry) -> dict[str, Any]:
    """An entry of the audit trail, ready for JSON."""
    return {
        "at": entry.at.isoformat(),
        "by": entry.by,
        "action": entry.action,
        "changes": {
            name: {"from": old, "to": new} for name, (old, new) in entry.changes.items() if name != "reason"
        },
        "reason": entry.changes.get("reason", (None, None))[1],
    }


def reservation_cells(reservation: HeldReservation) -> Sequence[str]:
    """The cells of a table."""
    return (
        reservation.id,
        reservation.key,
        reservation.state,
        _moment(reservation.valid_until),
        ", ".join(f"{pieces} x {sku}" for sku, pieces in reservation.pieces.items()),
    )


def reservation_facts(reservation: HeldReservation) -> dict[str, Any]:
    """Everything, ready for JSON; the names are stable."""
    return {
        "id": reservation.id,
        "key": reservation.key,
        "state": reservation.state,
        "pieces": dict(reservation.pieces),
        "made_at": reservation.made_at.isoformat(),
        "valid_until": reservation.valid_until.isoformat(),
        "ended_at": reservation.ended_at.isoformat() if reservation.ended_at else None,
    }


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%F %T}"


def _change(entry: AuditEntry, name: str) -> str:
    if name not in entry.changes:
        return ""
    old, new = entry.changes[name]
    return f"{'none' if old is None else old} -> {'none' if new is None else new}"
