"""``iomconnector cartridge``: what is installed, and who binds to which hook and extension point."""

import inspect
from typing import TYPE_CHECKING, Any

import typer

from iomconnector.cli.selection import (
    AssemblyOption,
    EnvironmentOption,
    selected_assembly,
    selected_environment,
)
from iomconnector.cli.terminal import Format, FormatOption, print_json, print_table

if TYPE_CHECKING:
    from iomconnector.cartridges.extensions import Extensions
    from iomconnector.cartridges.loading import LoadedCartridges

app = typer.Typer(help="Cartridges: what is installed and what it offers.", no_args_is_help=True)


@app.command("list")
def list_cartridges(
    ctx: typer.Context, assembly: AssemblyOption = "", output: FormatOption = Format.TABLE
) -> None:
    """List the installed cartridges, and the environments in which the assembly includes them."""
    from iomconnector.assemblies.composition import compose
    from iomconnector.assemblies.inheritance import read_lineage
    from iomconnector.cartridges.discovery import installed_cartridges

    name = selected_assembly(ctx, assembly)
    composition = compose(read_lineage(name))
    included = composition.included
    rows = [
        {
            "name": each.name,
            "distribution": each.distribution,
            "version": each.version,
            "module": each.module,
            "requires": list(each.requires),
            "environments": list(included[each.name].environments) if each.name in included else [],
            "problems": list(each.problems),
        }
        for each in installed_cartridges().values()
    ]
    if output is Format.JSON:
        print_json(rows)
        return
    found = bool(composition.lineage.files)
    print_table(
        f"Installed cartridges; {'environments in' if found else 'there is no assembly'} {name}",
        ("Cartridge", "Distribution", "Version", "Requires", "Environments", "Problems"),
        [
            (
                str(row["name"]),
                str(row["distribution"]),
                str(row["version"]),
                ", ".join(row["requires"]),
                ", ".join(row["environments"]),
                "\n".join(row["problems"]),
            )
            for row in rows
        ],
    )


@app.command("hooks")
def list_hooks(
    ctx: typer.Context,
    assembly: AssemblyOption = "",
    env: EnvironmentOption = "",
    output: FormatOption = Format.TABLE,
) -> None:
    """List every hook and extension point, and who in the assembly binds to it in which order."""
    from iomconnector.assemblies.resolution import resolve
    from iomconnector.cartridges.loading import load_cartridges

    name, environment = selected_assembly(ctx, assembly), selected_environment(ctx, env)
    loaded = load_cartridges(resolve(name, environment).cartridges)
    hooks, points = _hook_rows(loaded), _point_rows(loaded.extensions())
    if output is Format.JSON:
        print_json({"hooks": hooks, "extension_points": points})
        return
    for title, rows in (("Hooks", hooks), ("Extension points", points)):
        print_table(title, ("Signature", "Purpose", "Bound, in calling order"), [_shown(row) for row in rows])
        typer.echo()


def _hook_rows(loaded: "LoadedCartridges") -> list[dict[str, Any]]:
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


def _point_rows(extensions: "Extensions") -> list[dict[str, Any]]:
    return [
        {
            "name": point.name,
            "declared_by": declared_by,
            "signature": f"{point.name}({', '.join(point.parameters)})",
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


def _signature(function: Any) -> str:
    return str(inspect.signature(function)).replace("'", "")


def _shown(row: dict[str, Any]) -> tuple[str, str, str]:
    bound = (
        f"{each['cartridge']} ({each['priority']})" if "priority" in each else each["cartridge"]
        for each in row["bound"]
    )
    owner = f"{row['summary']} Declared by {row['declared_by']}." if "declared_by" in row else row["summary"]
    return row["signature"], owner, "\n".join(bound)
