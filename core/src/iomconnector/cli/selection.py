"""Which assembly and environment a command is about."""

from typing import Annotated

import typer

from iomconnector.assemblies.file import ENVIRONMENTS
from iomconnector.cli.invocation import invocation_of
from iomconnector.suggestion import suggestion

AssemblyOption = Annotated[
    str, typer.Option("--assembly", "-a", help="Name or file of the assembly.", show_default=False)
]
EnvironmentOption = Annotated[
    str, typer.Option("--env", "-e", help=f"One of {', '.join(ENVIRONMENTS)}.", show_default=False)
]
EnvironmentsOption = Annotated[
    list[str] | None,
    typer.Option("--env", "-e", help="Look at this environment only; may be repeated.", show_default=False),
]
AssemblyArgument = Annotated[
    str, typer.Argument(metavar="ASSEMBLY", help="Name or file of the assembly.", show_default=False)
]


def selected_assembly(context: typer.Context, explicit: str = "") -> str:
    """The assembly named with the command, else the one chosen for the whole command line."""
    return explicit or invocation_of(context).assembly


def selected_environment(context: typer.Context, explicit: str = "") -> str:
    """The environment named with the command, else the one chosen for the whole command line.

    Raises:
        typer.BadParameter: There is no such environment; the command ends with exit code 2.
    """
    named = explicit or invocation_of(context).environment
    if named not in ENVIRONMENTS:
        mend = suggestion(named, ENVIRONMENTS) or f"The environments are {', '.join(ENVIRONMENTS)}."
        raise typer.BadParameter(f'Unknown environment "{named}". {mend}')
    return named


def selected_environments(context: typer.Context, explicit: list[str] | None = None) -> tuple[str, ...]:
    """The environments named with the command, else the one chosen for the whole command line, else all.

    Raises:
        typer.BadParameter: There is no such environment; the command ends with exit code 2.
    """
    return chosen_environments(context, explicit) or ENVIRONMENTS


def chosen_environments(context: typer.Context, explicit: list[str] | None = None) -> tuple[str, ...]:
    """Like :func:`selected_environments`; none where none was chosen.

    Raises:
        typer.BadParameter: There is no such environment; the command ends with exit code 2.
    """
    if explicit:
        return tuple(dict.fromkeys(selected_environment(context, each) for each in explicit))
    source = context.find_root().get_parameter_source("environment")
    chosen = source is not None and source.name != "DEFAULT"
    return (selected_environment(context),) if chosen else ()
