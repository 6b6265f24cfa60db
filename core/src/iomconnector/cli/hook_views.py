"""Hooks and extension points as tables and documents: signature, purpose, who binds in which order."""

import inspect
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import typer

from iomconnector.cli.terminal import console

if TYPE_CHECKING:
    from iomconnector.cartridges.extensions import Extensions
    from iomconnector.cartridges.loaded import LoadedCartridges


def hook_rows(loaded: "LoadedCartridges") -> list[dict[str, Any]]:
    """Every hook of the framework."""
    from iomconnector import hooks

    rows: list[dict[str, Any]] = []
    for name in loaded.hook_names:
        specified = getattr(hooks, name)
        rows.append(
            {
                "name": name,
                "signature": f"{name}{_signature(specified)}",
                "summary": (inspect.getdoc(specified) or "").partition("\n\n")[0],
                "bound": [
                    {"cartridge": each.cartridge, "location": f"{each.file}:{each.line}"}
                    for each in loaded.implementations(name)
                ],
            }
        )
    return rows


def point_rows(extensions: "Extensions") -> list[dict[str, Any]]:
    """Every extension point that a cartridge declares."""
    return [
        {
            "name": point.name,
            "declared_by": declared_by,
            "signature": f"{point.name}{point.text_signature}",
            "summary": point.summary,
            "bound": [
                {
                    "cartridge": bound.cartridge,
                    "priority": bound.extension.priority,
                    "location": bound.extension.location,
                }
                for bound in extensions.bound_to(point.name)
            ],
        }
        for declared_by, point in extensions.points
    ]


def chosen_rows(
    hooks: list[dict[str, Any]], points: list[dict[str, Any]], names: Sequence[str]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Those of the rows that are asked for; all where none is.

    Raises:
        NotFoundError: A name is neither a hook nor an extension point; every such name is told.
    """
    from iomconnector.errors import NotFoundError
    from iomconnector.suggestion import suggestion

    known = [row["name"] for row in (*hooks, *points)]
    unknown = [name for name in names if name not in known]
    if unknown:
        meant = [mend for name in unknown if (mend := suggestion(name, known))]
        raise NotFoundError(
            f"There is no hook or extension point {', '.join(unknown)} in this assembly.",
            hint=" ".join(meant) or "`iomconnector cartridge hooks` lists them.",
        )
    if not names:
        return hooks, points
    return [row for row in hooks if row["name"] in names], [row for row in points if row["name"] in names]


def print_rows(hooks: list[dict[str, Any]], points: list[dict[str, Any]]) -> None:
    """Show both: each with its purpose, and below it who binds, in calling order."""
    from rich.text import Text

    for title, rows in (("Hooks", hooks), ("Extension points", points)):
        if rows:
            console.print(Text(title, style="italic"))
            for row in rows:
                _print_row(row)
            typer.echo()


def _signature(function: Any) -> str:
    return str(inspect.signature(function)).replace("'", "")


def _print_row(row: dict[str, Any]) -> None:
    from rich.padding import Padding
    from rich.text import Text

    from iomconnector.cli.cartridge_views import short_place

    owner = f"{row['summary']} Declared by {row['declared_by']}." if "declared_by" in row else row["summary"]
    console.print(Text(row["signature"], style="bold"), soft_wrap=True)
    console.print(Padding(Text(owner), (0, 0, 0, 4)))
    for each in row["bound"]:
        console.print(Text(f"    {_who(each)} {short_place(each['location'])}".rstrip()), soft_wrap=True)


def _who(bound: dict[str, Any]) -> str:
    name = str(bound["cartridge"])
    return f"{name} ({bound['priority']})" if "priority" in bound else name
