"""The entry point ``iomconnector``."""

import sys
from io import TextIOWrapper
from typing import Annotated

import typer

from iomconnector.cli.invocation import (
    ASSEMBLY_VARIABLE,
    DEFAULT_ASSEMBLY,
    DEFAULT_ENVIRONMENT,
    ENVIRONMENT_VARIABLE,
    SKIP_BROKEN_VARIABLE,
    Invocation,
    invocation_of,
)
from iomconnector.cli.root import RootGroup
from iomconnector.errors import ConnectorError

app = typer.Typer(
    name="iomconnector",
    cls=RootGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    epilog="Exit codes: 0 done, 1 not everything is well, 2 wrong call or input, 3 wrong configuration, "
    "4 storage or another system unavailable.",
)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"iomconnector {version('iomconnector')}")
        raise typer.Exit


@app.callback()
def root(
    context: typer.Context,
    assembly: Annotated[
        str,
        typer.Option(
            "--assembly", "-a", envvar=ASSEMBLY_VARIABLE, is_eager=True, help="Name or path of the assembly."
        ),
    ] = DEFAULT_ASSEMBLY,
    environment: Annotated[
        str,
        typer.Option(
            "--environment",
            "-e",
            "--env",
            envvar=ENVIRONMENT_VARIABLE,
            is_eager=True,
            help="development, test, production or init.",
        ),
    ] = DEFAULT_ENVIRONMENT,
    skip_broken: Annotated[
        bool,
        typer.Option(
            "--skip-broken",
            envvar=SKIP_BROKEN_VARIABLE,
            is_eager=True,
            help="Run without broken cartridges where nothing depends on them.",
        ),
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Log every step to standard error.")
    ] = False,
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Join a commerce platform to an order management system: orders go there, exactly once."""
    from iomconnector.cli.log_output import configure_logging

    if context.obj is None:
        context.obj = Invocation(assembly, environment, skip_broken=skip_broken)
    invocation_of(context).verbose = verbose
    configure_logging(verbose=verbose, json=False)


def _refuse_what_is_no_text(arguments: list[str]) -> None:
    """End with exit code 2 where the terminal sent bytes that are no UTF-8: no database could keep them."""
    for position, argument in enumerate(arguments, 1):
        if any("\ud800" <= character <= "\udfff" for character in argument):
            typer.secho(f"error: Argument {position} is not UTF-8 text.", fg="red", err=True)
            sys.exit(2)


def main() -> None:
    """Run the command line; errors become sentences and exit codes."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    _refuse_what_is_no_text(sys.argv[1:])
    try:
        app()
    except ConnectorError as error:
        typer.secho(f"error: {error}", fg="red", err=True)
        sys.exit(error.exit_code)
