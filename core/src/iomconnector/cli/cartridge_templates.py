"""What ``cartridge new`` finds out before it writes: the templates, and what surrounds the new folder."""

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from iomconnector.errors import ConnectorError

if TYPE_CHECKING:
    from iomconnector.cartridges.scaffold import Destination
    from iomconnector.cartridges.templates import CartridgeTemplate
    from iomconnector.cli.invocation import Invocation

UNKNOWN_FOLDER = Path("/path/to/your/assemblies")
"""Stands in the README of a new cartridge where the assembly was not found."""


def known_templates(invocation: "Invocation") -> list[tuple[str, "CartridgeTemplate"]]:
    """The templates of the core and of the assembly's cartridges, each with who offers it.

    Where the assembly cannot be loaded, those of the core alone; standard error says so.
    """
    from iomconnector.cartridges.templates import CORE_TEMPLATES

    templates = [("the core", template) for template in CORE_TEMPLATES]
    try:
        templates += invocation.cartridges.collect("iomconnector_cartridge_templates")
    except ConnectorError as error:
        typer.echo(f"Only the templates of the core can be had: {str(error).splitlines()[0]}", err=True)
    return templates


def where_it_goes(invocation: "Invocation", directory: Path) -> "Destination":
    """The destination in that directory, with the way from there to the assembly."""
    from iomconnector.assemblies.search import FOLDER, find_assembly
    from iomconnector.cartridges.scaffold import Destination

    here = directory.absolute()
    file = find_assembly(invocation.assembly)
    above = [ancestor / FOLDER for ancestor in (here, *here.parents)]
    found = file is not None and file.parent in above
    return Destination(
        directory,
        file.stem if file else invocation.assembly,
        None if found else file.parent if file else UNKNOWN_FOLDER,
        _in_workspace(here),
    )


def _in_workspace(directory: Path) -> bool:
    """Whether a uv workspace has what is written into that directory for a member."""
    for ancestor in (directory, *directory.parents):
        file = ancestor / "pyproject.toml"
        if not file.is_file():
            continue
        try:
            tools = tomllib.loads(file.read_text(encoding="utf-8")).get("tool", {})
        except (OSError, ValueError):
            return False
        members = tools.get("uv", {}).get("workspace", {}).get("members", [])
        inside = f"{directory.relative_to(ancestor).as_posix()}/*"
        return inside in members
    return False
