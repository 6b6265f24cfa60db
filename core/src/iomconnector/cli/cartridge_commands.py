"""``iomconnector cartridge``: what is installed, what it offers, who binds to what, and new ones."""

from pathlib import Path
from typing import Annotated, Any

import typer

from iomconnector.cli.invocation import invocation_of
from iomconnector.cli.selection import (
    AssemblyOption,
    EnvironmentOption,
    selected_assembly,
    selected_environment,
)
from iomconnector.cli.terminal import Format, FormatOption, print_json, print_table

app = typer.Typer(help="Cartridges: what is installed and what it offers.", no_args_is_help=True)


@app.command("list")
def list_cartridges(
    ctx: typer.Context, assembly: AssemblyOption = "", output: FormatOption = Format.TABLE
) -> None:
    """List the installed cartridges, and the environments in which the assembly includes them.

    Only cartridges that the assembly names are imported; of the others the style is not known.
    """
    from iomconnector.cli.cartridge_views import cartridge_rows, print_cartridges

    name = selected_assembly(ctx, assembly)
    found, rows = cartridge_rows(name, invocation_of(ctx).installed)
    if output is Format.JSON:
        print_json(rows)
    else:
        print_cartridges(name if found else "", name, rows)


@app.command("show")
def show(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="The cartridge.", show_default=False)],
    assembly: AssemblyOption = "",
    env: EnvironmentOption = "",
    output: FormatOption = Format.TABLE,
) -> None:
    """Show everything about one cartridge: where it is from, what it needs, what it offers.

    Ends with 1 where something is wrong with it.
    """
    from iomconnector.cli.cartridge_views import cartridge_document, print_cartridge
    from iomconnector.errors import NotFoundError
    from iomconnector.suggestion import suggestion

    invocation = invocation_of(ctx).on(selected_assembly(ctx, assembly), selected_environment(ctx, env))
    if name not in invocation.installed:
        raise NotFoundError(
            f'No cartridge "{name}" is installed.',
            hint=suggestion(name, invocation.installed) or "`iomconnector cartridge list` lists them.",
            cartridge=name,
        )
    document = cartridge_document(name, invocation)
    if output is Format.JSON:
        print_json(document)
    else:
        print_cartridge(document)
    if document["problems"]:
        raise typer.Exit(1)


@app.command("hooks")
def list_hooks(
    ctx: typer.Context,
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME]...", help="These hooks and points only.", show_default=False),
    ] = None,
    assembly: AssemblyOption = "",
    env: EnvironmentOption = "",
    output: FormatOption = Format.TABLE,
) -> None:
    """List every hook and extension point, and who in the assembly binds to it in which order."""
    from iomconnector.cli.hook_views import chosen_rows, hook_rows, point_rows, print_rows

    invocation = invocation_of(ctx).on(selected_assembly(ctx, assembly), selected_environment(ctx, env))
    loaded = invocation.cartridges
    hooks, points = chosen_rows(hook_rows(loaded), point_rows(loaded.extensions()), names or ())
    if output is Format.JSON:
        print_json({"hooks": hooks, "extension_points": points})
    else:
        print_rows(hooks, points)


@app.command("new")
def new(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="Its name, for example acme_payment.", show_default=False)],
    style: Annotated[str, typer.Option(help="cartridge, test, development or init.")] = "cartridge",
    directory: Annotated[Path, typer.Option(help="Where its folder is made.")] = Path(),
    hook: Annotated[
        str, typer.Option(help="What it shall bind to; `cartridge templates` lists the choice.")
    ] = "",
    assembly: AssemblyOption = "",
) -> None:
    """Write a new cartridge: typed, tested and installable, with a README that walks to its first effect."""
    from iomconnector.cartridges.scaffold import new_cartridge
    from iomconnector.cli.cartridge_templates import known_templates, where_it_goes

    invocation = invocation_of(ctx).on(selected_assembly(ctx, assembly), invocation_of(ctx).environment)
    place = where_it_goes(invocation, directory)
    folder = new_cartridge(name, known_templates(invocation), place, style=style, hook=hook)
    typer.echo(f"Wrote {folder}. Its README.md walks from here to the first effect.")


@app.command("templates")
def list_templates(
    ctx: typer.Context, assembly: AssemblyOption = "", output: FormatOption = Format.TABLE
) -> None:
    """List what `cartridge new --hook` can bind a new cartridge to."""
    from iomconnector.cli.cartridge_templates import known_templates

    invocation = invocation_of(ctx).on(selected_assembly(ctx, assembly), invocation_of(ctx).environment)
    rows: list[dict[str, Any]] = [
        {
            "hook": hook,
            "template": template.name,
            "summary": template.summary,
            "styles": list(template.styles),
            "offered_by": offered_by,
        }
        for offered_by, template in known_templates(invocation)
        for hook in template.hooks
    ]
    if output is Format.JSON:
        print_json(rows)
        return
    cells = [
        (row["hook"], f"{row['summary']}\nstyles: {', '.join(row['styles'])}\noffered by {row['offered_by']}")
        for row in rows
    ]
    print_table("", ("Hook", "What the new cartridge does"), cells)
