"""How a resolved assembly and its cartridges are explained: for people and for programs."""

from typing import Any

import typer

from iomconnector.assemblies.entries import Origin
from iomconnector.assemblies.explanation import Explanation, explain
from iomconnector.assemblies.resolution import Assembly
from iomconnector.assemblies.setting_checks import given_variables
from iomconnector.assemblies.settings import ShownSetting, shown_settings
from iomconnector.cli.assembly_views import counted_noun
from iomconnector.cli.terminal import print_table


def assembly_document(assembly: Assembly) -> dict[str, Any]:
    """A resolved assembly, for programs."""
    return {
        "assembly": assembly.name,
        "environment": assembly.environment,
        "files": [str(file) for file in assembly.files],
        "cartridges": [cartridge_document(name, assembly) for name in assembly.cartridges],
        "database": list(assembly.database),
        "preparation": list(assembly.preparation),
        "settings": {each.name: {"value": each.value, "origin": each.origin} for each in _settings(assembly)},
    }


def cartridge_document(name: str, assembly: Assembly) -> dict[str, Any]:
    """Why a cartridge is where it is, who needs it and what would break without it, for programs."""
    known = assembly.installed.get(name)
    explained = explain(name, assembly, assembly.installed)
    return {
        "name": name,
        "position": assembly.cartridges.index(name) + 1 if name in assembly.cartridges else None,
        "included": explained.is_there,
        "prepares_database": name in assembly.database,
        "distribution": known.distribution if known else None,
        "version": known.version if known else None,
        "requires": list(explained.requires),
        "required_by": list(explained.required_by),
        "breaks": {each: list(way) for each, way in explained.breaks.items()},
        "would_need": list(explained.would_need),
        "origins": [_origin_document(origin) for origin in assembly.why.get(name, ())],
    }


def print_assembly(assembly: Assembly) -> None:
    """A resolved assembly, for people."""
    print_table(
        f"{assembly.name} in {assembly.environment}: {counted_noun(len(assembly.cartridges), 'cartridge')}",
        ("#", "Cartridge", "Version", "Why"),
        [
            (str(position), name, assembly.installed[name].version, _reasons(name, assembly))
            for position, name in enumerate(assembly.cartridges, start=1)
        ],
    )
    typer.echo(f"\nDatabase preparation: {', '.join(assembly.database) or 'none'}")
    for each in _settings(assembly):
        typer.echo(f"Setting {each.name} = {each.value} ({each.origin})")


def _reasons(name: str, assembly: Assembly) -> str:
    requires = assembly.installed[name].requires
    needs = [f"requires {', '.join(requires)}"] if requires else []
    return "\n".join([*map(str, assembly.why[name]), *needs])


def print_cartridge(name: str, assembly: Assembly) -> None:
    """Why a cartridge is where it is, who needs it and what would break without it, for people."""
    explained = explain(name, assembly, assembly.installed)
    typer.echo(f"{name}: {_standing(name, assembly)}")
    for origin in assembly.why.get(name, ()):
        typer.echo(f"  {origin}")
    if name in assembly.installed:
        known = assembly.installed[name]
        typer.echo(f"  from {known.distribution} {known.version}, module {known.module}")
    for required in explained.requires:
        typer.echo(f"  requires {required}: {_standing(required, assembly)}")
    for dependant in explained.required_by:
        typer.echo(f"  required by {dependant}: {_standing(dependant, assembly)}")
    typer.echo(f"  {_consequence(explained)}")


def _consequence(explained: Explanation) -> str:
    if not explained.is_there:
        needed = ", ".join(explained.would_need)
        return f"would need before it: {needed}" if needed else "would need nothing more"
    if not explained.breaks:
        return "nothing else would break without it"
    chains = (" needs ".join(way) for way in explained.breaks.values())
    return "without it would break:" + "".join(f"\n    {chain}" for chain in chains)


def _standing(name: str, assembly: Assembly) -> str:
    if name in assembly.cartridges:
        return f"loads as number {assembly.cartridges.index(name) + 1} of {len(assembly.cartridges)}"
    if name in assembly.database:
        return f"does not run in {assembly.environment}, but prepares its database"
    if name in assembly.why:
        return f"does not run in {assembly.environment}"
    return f"is not included in {assembly.name}"


def _settings(assembly: Assembly) -> tuple[ShownSetting, ...]:
    return shown_settings(assembly.settings, assembly.setting_origins, given_variables())


def _origin_document(origin: Origin) -> dict[str, Any]:
    return {
        "assembly": origin.assembly,
        "file": str(origin.file),
        "line": origin.line,
        "how": str(origin.how),
        "environments": list(origin.environments),
        "root": origin.root or None,
    }
