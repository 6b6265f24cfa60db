"""The list of assemblies that can be named."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from iomconnector.assemblies.catalog import Catalog
from iomconnector.assemblies.composition import Composition, compose
from iomconnector.assemblies.findings import shown
from iomconnector.assemblies.inheritance import read_lineage
from iomconnector.assemblies.search import known_assemblies
from iomconnector.assemblies.setting_checks import given_variables
from iomconnector.assemblies.settings import ShownSetting, merge_settings, shown_settings
from iomconnector.cartridges.discovery import installed_cartridges
from iomconnector.cli.terminal import print_table


def listed_assemblies(environment: str) -> list[dict[str, Any]]:
    """Every assembly that can be named with what it has in an environment; faulty ones as far as they go."""
    catalog = Catalog(installed_cartridges())
    return [
        _document(name, str(file), environment, compose(read_lineage(str(file)), catalog))
        for name, file in known_assemblies().items()
    ]


def print_assemblies(environment: str, rows: Sequence[dict[str, Any]]) -> None:
    """The list for people."""
    print_table(
        f"Assemblies ({environment})",
        ("Assembly", "Cartridges", "About"),
        [
            (
                row["name"],
                str(len(row["cartridges"])) if row["readable"] else "not readable",
                "\n".join(_about(row)),
            )
            for row in rows
        ],
    )


def _about(row: Mapping[str, Any]) -> Iterator[str]:
    if row["description"]:
        yield row["description"]
    if row["extends"]:
        yield f"extends {row['extends']}"
    for name, each in row["settings"].items():
        yield f"{name} = {each['value']} ({each['origin']})"
    yield f"in {shown(Path(row['file']))}"


def _document(name: str, file: str, environment: str, composition: Composition) -> dict[str, Any]:
    files = composition.lineage.files
    own = files[-1] if files else None
    return {
        "name": name,
        "extends": own.extends.name if own and own.extends else None,
        "description": own.description if own else "",
        "file": file,
        "environment": environment,
        "cartridges": list(composition.in_environment(environment)),
        "settings": {
            each.name: {"value": each.value, "origin": each.origin}
            for each in _settings(composition, environment)
        },
        "readable": composition.lineage.complete,
    }


def _settings(composition: Composition, environment: str) -> Sequence[ShownSetting]:
    merged = merge_settings(composition.lineage.files, environment)
    return shown_settings(
        {name: setting.value for name, setting in merged.items()},
        {name: setting.origin for name, setting in merged.items()},
        given_variables(),
    )
