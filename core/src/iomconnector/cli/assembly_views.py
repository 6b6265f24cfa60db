"""How assemblies are shown: as tables for people, as documents for programs.

Of settings only the origin is shown, never the value, because settings may be secrets.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import typer

from iomconnector.assemblies.composition import Origin
from iomconnector.assemblies.findings import Finding, errors_in, shown
from iomconnector.assemblies.resolution import Assembly, Examination
from iomconnector.cartridges.discovery import InstalledCartridge
from iomconnector.cli.terminal import print_table

Installed = Mapping[str, InstalledCartridge]


def examination_document(name: str, environments: Sequence[str], examination: Examination) -> dict[str, Any]:
    """What is wrong with an assembly, for programs."""
    return {
        "assembly": name,
        "environments": list(environments),
        "usable": not errors_in(examination.findings),
        "findings": [_finding_document(finding) for finding in examination.findings],
    }


def print_examination(name: str, environments: Sequence[str], examination: Examination) -> None:
    """What is wrong with an assembly, for people."""
    scope = ", ".join(environments)
    if not examination.findings:
        typer.echo(f"{name}: nothing is wrong in {scope}.")
        return
    errors = len(errors_in(examination.findings))
    warnings = len(examination.findings) - errors
    print_table(
        f"{name}: {_count(errors, 'error')}, {_count(warnings, 'warning')} in {scope}",
        ("", "Where", "What is wrong", "What mends it"),
        [
            (str(finding.severity), _place(finding), finding.message, finding.mend)
            for finding in examination.findings
        ],
    )


def assembly_document(assembly: Assembly, installed: Installed) -> dict[str, Any]:
    """A resolved assembly, for programs."""
    return {
        "assembly": assembly.name,
        "environment": assembly.environment,
        "files": [str(file) for file in assembly.files],
        "cartridges": [cartridge_document(name, assembly, installed) for name in assembly.cartridges],
        "database": list(assembly.database),
        "preparation": list(assembly.preparation),
        "settings": dict(sorted(assembly.setting_origins.items())),
    }


def cartridge_document(name: str, assembly: Assembly, installed: Installed) -> dict[str, Any]:
    """Why a cartridge of an assembly is where it is, for programs."""
    known = installed.get(name)
    return {
        "name": name,
        "position": assembly.cartridges.index(name) + 1 if name in assembly.cartridges else None,
        "prepares_database": name in assembly.database,
        "distribution": known.distribution if known else None,
        "version": known.version if known else None,
        "requires": list(known.requires) if known else [],
        "required_by": _required_by(name, assembly, installed),
        "origins": [_origin_document(origin) for origin in assembly.why[name]],
    }


def print_assembly(assembly: Assembly, installed: Installed) -> None:
    """A resolved assembly, for people."""
    print_table(
        f"{assembly.name} in {assembly.environment}: {_count(len(assembly.cartridges), 'cartridge')}",
        ("#", "Cartridge", "Version", "Requires", "Why"),
        [
            (
                str(position),
                name,
                installed[name].version,
                ", ".join(installed[name].requires),
                "\n".join(str(origin) for origin in assembly.why[name]),
            )
            for position, name in enumerate(assembly.cartridges, start=1)
        ],
    )
    typer.echo(f"\nDatabase preparation: {', '.join(assembly.database) or 'none'}")
    for name, origin in sorted(assembly.setting_origins.items()):
        typer.echo(f"Setting {name}: {origin}")


def print_cartridge(name: str, assembly: Assembly, installed: Installed) -> None:
    """Why a cartridge is where it is, for people."""
    typer.echo(f"{name}: {_standing(name, assembly)}")
    for origin in assembly.why[name]:
        typer.echo(f"  {origin}")
    known = installed.get(name)
    if known:
        typer.echo(f"  from {known.distribution} {known.version}, module {known.module}")
    for required in known.requires if known else ():
        typer.echo(f"  requires {required}: {_standing(required, assembly)}")
    for dependant in _required_by(name, assembly, installed):
        typer.echo(f"  required by {dependant}: {_standing(dependant, assembly)}")


def _standing(name: str, assembly: Assembly) -> str:
    if name in assembly.cartridges:
        return f"loads as number {assembly.cartridges.index(name) + 1} of {len(assembly.cartridges)}"
    if name in assembly.database:
        return f"does not run in {assembly.environment}, but prepares its database"
    return f"does not run in {assembly.environment}"


def _required_by(name: str, assembly: Assembly, installed: Installed) -> list[str]:
    mentioned = (each for each in assembly.why if each in installed)
    return [each for each in mentioned if name in installed[each].requires]


def _finding_document(finding: Finding) -> dict[str, Any]:
    return {
        "severity": str(finding.severity),
        "file": str(finding.file) if finding.file else None,
        "line": finding.line or None,
        "message": finding.message,
        "mend": finding.mend,
    }


def _origin_document(origin: Origin) -> dict[str, Any]:
    return {
        "assembly": origin.assembly,
        "file": str(origin.file),
        "line": origin.line,
        "how": str(origin.how),
        "environments": list(origin.environments),
    }


def _place(finding: Finding) -> str:
    return f"{shown(finding.file)}:{finding.line}" if finding.file else ""


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
