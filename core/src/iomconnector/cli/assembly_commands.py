"""``iomconnector assembly``: which assemblies there are, what is wrong with one, why it is as it is."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from iomconnector.assemblies.graph import GraphStyle
from iomconnector.cli.invocation import invocation_of
from iomconnector.cli.selection import (
    AssemblyArgument,
    AssemblyOption,
    EnvironmentOption,
    EnvironmentsOption,
    chosen_environments,
    selected_assembly,
    selected_environment,
    selected_environments,
)
from iomconnector.cli.terminal import Format, FormatOption, print_json
from iomconnector.errors import NotFoundError
from iomconnector.suggestion import suggestion

app = typer.Typer(help="Assemblies: which cartridges load, in what order, and why.", no_args_is_help=True)


@app.command("list")
def list_assemblies(
    ctx: typer.Context, env: EnvironmentOption = "", output: FormatOption = Format.TABLE
) -> None:
    """List the assemblies that can be named, with the cartridges and settings of each in the environment."""
    from iomconnector.cli.assembly_list import listed_assemblies, print_assemblies

    environment = selected_environment(ctx, env)
    rows = listed_assemblies(environment)
    if output is Format.JSON:
        print_json(rows)
    else:
        print_assemblies(environment, rows)


@app.command("check")
def check(
    ctx: typer.Context,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[ASSEMBLY]...", help="Names or files.", show_default=False)
    ] = None,
    env: EnvironmentsOption = None,
    locked: Annotated[
        bool, typer.Option("--locked", help="Compare with the lock beside the assembly too.")
    ] = False,
    lock_file: Annotated[
        Path | None, typer.Option("--lock-file", help="Compare with this lock.", show_default=False)
    ] = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Say everything that is wrong with assemblies, in every environment unless some are named.

    Where the database of an assembly is there, also which services are active together that cannot be.
    Ends with 0 where all can be used, with 1 where one has an error.
    """
    from iomconnector.assemblies.cartridge_faults import examine_cartridges
    from iomconnector.assemblies.findings import errors_in
    from iomconnector.assemblies.resolution import Examination, examine
    from iomconnector.cartridges.discovery import installed_cartridges
    from iomconnector.cli.assembly_services import examine_services
    from iomconnector.cli.assembly_views import examination_document, print_examination
    from iomconnector.cli.root import CORE_COMMANDS

    environments = selected_environments(ctx, env)
    installed = installed_cartridges()

    def examined(name: str) -> Examination:
        found = examine_cartridges(examine(name, environments, installed), environments, CORE_COMMANDS)
        found = examine_services(found, invocation_of(ctx).on(name, _serving(environments)))
        if not locked and lock_file is None:
            return found
        from iomconnector.assemblies.lock_check import examine_lock

        return examine_lock(found, name, chosen_environments(ctx, env), lock_file)

    results = {name: examined(name) for name in names or [selected_assembly(ctx)]}
    if output is Format.JSON:
        print_json([examination_document(name, environments, each) for name, each in results.items()])
    else:
        for name, examination in results.items():
            print_examination(name, environments, examination)
    if any(errors_in(examination.findings) for examination in results.values()):
        raise typer.Exit(1)


def _serving(environments: Sequence[str]) -> str:
    """The environment whose settings tell where the database is: the first in which the assembly serves."""
    return next((each for each in environments if each != "init"), "init")


@app.command("explain")
def explain(
    ctx: typer.Context,
    cartridge: Annotated[str, typer.Argument(help="Explain this cartridge only.", show_default=False)] = "",
    name: AssemblyOption = "",
    env: EnvironmentOption = "",
    output: FormatOption = Format.TABLE,
) -> None:
    """Show why each cartridge is where it is; for one, also who needs it and what would break without it.

    A cartridge that is installed but not in the assembly can be explained too.
    """
    from iomconnector.assemblies.resolution import resolve
    from iomconnector.cli.assembly_explanations import (
        assembly_document,
        cartridge_document,
        print_assembly,
        print_cartridge,
    )

    resolved = resolve(selected_assembly(ctx, name), selected_environment(ctx, env))
    if not cartridge:
        if output is Format.JSON:
            print_json(assembly_document(resolved))
        else:
            print_assembly(resolved)
        return
    if cartridge not in resolved.why and cartridge not in resolved.installed:
        raise NotFoundError(
            f'{resolved.name} does not mention "{cartridge}", and no such cartridge is installed.',
            hint=suggestion(cartridge, {*resolved.why, *resolved.installed}),
        )
    if output is Format.JSON:
        print_json(cartridge_document(cartridge, resolved))
    else:
        print_cartridge(cartridge, resolved)


@app.command("graph")
def graph(
    ctx: typer.Context,
    name: AssemblyArgument = "",
    env: EnvironmentOption = "",
    style: Annotated[
        GraphStyle, typer.Option("--style", help="For Markdown pages or for Graphviz.")
    ] = GraphStyle.MERMAID,
    output: FormatOption = Format.TABLE,
) -> None:
    """Draw which cartridge requires which, and which assembly file brought each.

    What only prepares the database has a dashed border. With --format json: nodes and edges.
    """
    from iomconnector.assemblies.graph import graph_of, written
    from iomconnector.assemblies.resolution import resolve
    from iomconnector.cli.assembly_views import graph_document

    resolved = resolve(selected_assembly(ctx, name), selected_environment(ctx, env))
    drawn = graph_of(resolved, resolved.installed)
    if output is Format.JSON:
        print_json(graph_document(drawn))
    else:
        typer.echo(written(drawn, style))


@app.command("lock")
def lock(
    ctx: typer.Context,
    name: AssemblyArgument = "",
    env: EnvironmentsOption = None,
    to: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write here, not beside the assembly.", show_default=False),
    ] = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Write down the versions and hashes of everything that the assembly needs, as installed now.

    In every environment unless some are named. `assembly check --locked` compares with it.
    """
    from iomconnector.assemblies.lock import lock_file_of, lock_of, lock_text
    from iomconnector.assemblies.resolution import resolve
    from iomconnector.cli.assembly_views import lock_summary

    called = selected_assembly(ctx, name)
    assemblies = [resolve(called, environment) for environment in selected_environments(ctx, env)]
    made = lock_of(assemblies)
    file = to or lock_file_of(assemblies[0].files[-1])
    try:
        file.write_text(lock_text(made), encoding="utf-8")
    except OSError as problem:
        raise typer.BadParameter(f"{file} cannot be written: {problem.strerror}.") from problem
    if output is Format.JSON:
        print_json({"file": str(file), **made.model_dump(mode="json", by_alias=True)})
    else:
        typer.echo(lock_summary(file, made))


@app.command("diff")
def diff(
    ctx: typer.Context,
    before: Annotated[str, typer.Argument(metavar="A", help="Name or file of an assembly, or a .lock file.")],
    after: Annotated[str, typer.Argument(metavar="B", help="Name or file of an assembly, or a .lock file.")],
    env: EnvironmentOption = "",
    output: FormatOption = Format.TABLE,
) -> None:
    """Show what B has that A has not, and the other way round: cartridges, order, settings, versions.

    Environment variables do not count. Versions of one distribution can differ only where one side is a lock.
    """
    from iomconnector.assemblies.difference import difference
    from iomconnector.cli.assembly_differences import compared_side, difference_document, print_difference

    environment = selected_environment(ctx, env)
    found = difference(compared_side(before, environment), compared_side(after, environment))
    if output is Format.JSON:
        print_json(difference_document(found))
    else:
        print_difference(found)
