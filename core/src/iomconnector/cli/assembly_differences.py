"""How the difference between two assemblies is shown: for people and for programs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from iomconnector.assemblies.difference import (
    Change,
    Difference,
    ListDifference,
    Side,
    locked_side,
    side_of,
)
from iomconnector.assemblies.lock import SUFFIX, read_lock
from iomconnector.assemblies.resolution import resolve
from iomconnector.cli.terminal import print_table


def compared_side(called: str, environment: str) -> Side:
    """An assembly, or the lock that the name of a file tells.

    Raises:
        AssemblyError: The assembly has errors.
        LockError: The lock cannot be read.
    """
    if called.endswith(SUFFIX):
        return locked_side(read_lock(Path(called)), environment)
    return side_of(resolve(called, environment))


def difference_document(found: Difference) -> dict[str, Any]:
    """A difference, for programs."""
    return {
        "before": found.before,
        "after": found.after,
        "cartridges": _list_document(found.cartridges),
        "database": _list_document(found.database),
        "settings": [
            {
                "name": each.name,
                "before": each.before or None,
                "after": each.after or None,
                "origins": [origin or None for origin in each.origins],
            }
            for each in found.settings
        ],
        "versions": [
            {"name": each.name, "before": each.before or None, "after": each.after or None}
            for each in found.versions
        ],
    }


def print_difference(found: Difference) -> None:
    """A difference, for people."""
    if not found:
        typer.echo(f"{found.before} and {found.after} do not differ.")
        return
    print_table(f"From {found.before} to {found.after}", ("", "What", "Before", "After"), _rows(found))


def _list_document(changed: ListDifference) -> dict[str, Any]:
    return {
        "added": dict(changed.added),
        "removed": dict(changed.removed),
        "moved": {move.name: [move.before, move.after] for move in changed.moved},
    }


def _rows(found: Difference) -> Iterator[tuple[str, str, str, str]]:
    yield from _list_rows("cartridge", found.cartridges)
    yield from _list_rows("database list", found.database)
    for change in found.settings:
        values = (_with_origin(change, 0), _with_origin(change, 1))
        yield ("setting", change.name, *values)
    for change in found.versions:
        yield "version", change.name, change.before, change.after


def _list_rows(noun: str, changed: ListDifference) -> Iterator[tuple[str, str, str, str]]:
    for name, at in changed.added.items():
        yield f"{noun} added", name, "", f"number {at}"
    for name, at in changed.removed.items():
        yield f"{noun} removed", name, f"number {at}", ""
    for move in changed.moved:
        yield f"{noun} moved", move.name, f"number {move.before}", f"number {move.after}"


def _with_origin(change: Change, side: int) -> str:
    value, origin = (change.before, change.after)[side], change.origins[side]
    return f"{value} ({origin})" if origin else ""
