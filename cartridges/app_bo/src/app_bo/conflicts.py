"""Services that stand in each other's way, in the words of ICM."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from iomconnector.services.rows import ServiceRow


@dataclass(frozen=True, slots=True)
class Conflict:
    """What cannot be operational together, and is.

    Arguments:
        message: What is wrong.
        hint: What to do.
        services: The ids of the configurations.
    """

    message: str
    hint: str
    services: tuple[str, ...] = ()


def conflicts_of(rows: Sequence[ServiceRow]) -> list[Conflict]:
    """Every conflict of a context, each once.

    Adapters of one port come with the sentence that ICM logs. [KB, InventoryServiceResolverImpl]
    """
    by_id = {row.configuration.id: row for row in rows}
    groups: dict[frozenset[str], None] = {}
    for row in rows:
        if row.conflicts:
            groups[frozenset({row.configuration.id, *row.conflicts})] = None
    told: dict[str, Conflict] = {}
    for group in groups:
        names = sorted(group)
        ports = {found.definition.port for name in names if (found := by_id.get(name)) and found.definition}
        shown = ", ".join(_named(by_id, name) for name in names)
        hint = f"These are: {shown}. Deactivate all but one of them."
        if len(ports) == 1:
            port = next(iter(ports)).__name__
            message = f"Only one adapter allowed to be executable of {port}, but {len(names)} adapters found."
        else:
            message = "Services that exclude each other are active together, so none of them works."
        told.setdefault(f"{message} {hint}", Conflict(message, hint, tuple(names)))
    return list(told.values())


def _named(by_id: dict[str, ServiceRow], name: str) -> str:
    row = by_id.get(name)
    return f"{row.configuration.display_name} ({name})" if row else name
