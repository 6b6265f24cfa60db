"""Commands that a cartridge adds to the command line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typer


@dataclass(frozen=True, slots=True)
class Command:
    """A command, or a group of them, loaded only when it is used.

    Arguments:
        name: What the user types behind ``iomconnector``.
        help: One sentence for the list of commands.
        load: Imports and returns the Typer application behind it.
    """

    name: str
    help: str
    load: Callable[[], typer.Typer]
