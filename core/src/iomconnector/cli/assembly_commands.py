"""``iomconnector assembly``: which assemblies there are, what is wrong with one, why it is as it is."""

from typing import Annotated, Any

import typer

from iomconnector.cartridges.suggestion import suggestion
from iomconnector.cli.selection import (
    AssemblyOption,
    EnvironmentOption,
    selected_assembly,
    selected_environment,
    selected_environments,
)
from iomconnector.cli.terminal import Format, FormatOption, print_json, print_table
from iomconnector.errors import NotFoundError

app = typer.Typer(help="Assemblies: which cartridges load, in what order, and why.", no_args_is_help=True)


@app.command("list")
def list_assemblies(
    ctx: typer.Context, env: EnvironmentOption = "", output: FormatOption = Format.TABLE
) -> None:
    """List the assemblies that can be named, with the cartridges that each has in the environment."""
    from iomconnector.assemblies.composition import compose
    from iomconnector.assemblies.inheritance import read_lineage
    from iomconnector.assemblies.search import known_assemblies

    environment = selected_environment(ctx, env)
    rows: list[dict[str, Any]] = []
    for name, file in known_assemblies().items():
        composition = compose(read_lineage(str(file)))
        own = composition.lineage.files[-1] if composition.lineage.files else None
        rows.append(
            {
                "name": name,
                "extends": own.extends.name if own and own.extends else None,
                "description": own.description if own else "",
                "file": str(file),
                "environment": environment,
                "cartridges": list(composition.in_environment(environment)),
                "readable": composition.lineage.complete,
            }
        )
    if output is Format.JSON:
        print_json(rows)
        return
    print_table(
        f"Assemblies ({environment})",
        ("Assembly", "Extends", "Cartridges", "Description", "File"),
        [
            (
                row["name"],
                row["extends"] or "",
                str(len(row["cartridges"])) if row["readable"] else "not readable",
                row["description"],
                row["file"],
            )
            for row in rows
        ],
    )


@app.command("check")
def check(
    ctx: typer.Context,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[ASSEMBLY]...", help="Names or files.", show_default=False)
    ] = None,
    env: Annotated[
        list[str] | None,
        typer.Option("--env", help="Look at this environment only; may be repeated.", show_default=False),
    ] = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Say everything that is wrong with assemblies, in every environment unless some are named.

    Ends with 0 where all can be used, with 1 where one has an error.
    """
    from iomconnector.assemblies.findings import errors_in
    from iomconnector.assemblies.resolution import examine
    from iomconnector.cartridges.discovery import installed_cartridges
    from iomconnector.cli.assembly_views import examination_document, print_examination

    environments = selected_environments(ctx, env)
    installed = installed_cartridges()
    examined = {name: examine(name, environments, installed) for name in names or [selected_assembly(ctx)]}
    if output is Format.JSON:
        print_json([examination_document(name, environments, each) for name, each in examined.items()])
    else:
        for name, examination in examined.items():
            print_examination(name, environments, examination)
    if any(errors_in(examination.findings) for examination in examined.values()):
        raise typer.Exit(1)


@app.command("explain")
def explain(
    ctx: typer.Context,
    cartridge: Annotated[str, typer.Argument(help="Explain this cartridge only.", show_default=False)] = "",
    name: AssemblyOption = "",
    env: EnvironmentOption = "",
    output: FormatOption = Format.TABLE,
) -> None:
    """Show for each cartridge of an assembly why it is where it is, or why it is not there."""
    from iomconnector.assemblies.resolution import resolve
    from iomconnector.cartridges.discovery import installed_cartridges
    from iomconnector.cli.assembly_views import (
        assembly_document,
        cartridge_document,
        print_assembly,
        print_cartridge,
    )

    named, environment = selected_assembly(ctx, name), selected_environment(ctx, env)
    installed = installed_cartridges()
    resolved = resolve(named, environment, installed)
    if not cartridge:
        if output is Format.JSON:
            print_json(assembly_document(resolved, installed))
        else:
            print_assembly(resolved, installed)
        return
    if cartridge not in resolved.why:
        mend = suggestion(cartridge, resolved.why)
        raise NotFoundError(f'The assembly {resolved.name} does not mention "{cartridge}".', hint=mend)
    if output is Format.JSON:
        print_json(cartridge_document(cartridge, resolved, installed))
    else:
        print_cartridge(cartridge, resolved, installed)
