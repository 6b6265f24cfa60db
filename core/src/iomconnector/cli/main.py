"""The entry point ``iomconnector``."""

import sys
from importlib.metadata import version
from io import TextIOWrapper
from typing import Annotated

import typer

from iomconnector.cli.invocation import (
    ASSEMBLY_VARIABLE,
    DEFAULT_ASSEMBLY,
    DEFAULT_ENVIRONMENT,
    ENVIRONMENT_VARIABLE,
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
        context.obj = Invocation(assembly, environment)
    invocation_of(context).verbose = verbose
    configure_logging(verbose=verbose, json=False)


def main() -> None:
    """Run the command line; errors become sentences and exit codes."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except ConnectorError as error:
        typer.secho(f"error: {error}", fg="red", err=True)
        sys.exit(error.exit_code)
