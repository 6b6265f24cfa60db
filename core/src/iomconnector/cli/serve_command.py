"""``iomconnector serve``."""

import os
import shlex
import sys
from typing import Annotated

import typer

from iomconnector.application import Application
from iomconnector.cli.invocation import invocation_of
from iomconnector.web.serving import serve_application
from iomconnector.web.sessions import offers_sign_in

DATA_VARIABLE = "IOMC_DATA_DIRECTORY"
NO_ACCOUNT_YET = "There is no account yet. This makes one, with a password that it asks for:"

app = typer.Typer()


@app.command()
def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")
    ] = None,
    export: Annotated[
        bool, typer.Option(help="Export orders and do the background work in this process too.")
    ] = True,
    operations_port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Port for health and metrics; 0 takes a free one."),
    ] = None,
) -> None:
    """Run the web application, the exporter and what the cartridges add, until stopped.

    With --no-export it is web alone; `iomconnector worker` does the rest, in any number of processes.

    The first SIGTERM or Ctrl-C finishes what was begun and ends with exit code 0; the second does not wait.
    """

    async def work(application: Application) -> None:
        settings = application.settings
        nobody = offers_sign_in(application) and not await application.accounts.all()

        def announce(url: str, operations: str | None) -> None:
            typer.echo(f"Listening on {url}, the API is described at {url}/docs.")
            if operations:
                typer.echo(f"Operations on {operations}.")
            if nobody:
                typer.echo(f"{NO_ACCOUNT_YET}\n  {_account_command()}", err=True)

        await serve_application(
            application,
            host=settings.host,
            port=settings.port,
            export=export,
            announce=announce,
        )

    overrides = {"host": host or None, "port": port, "operations_port": operations_port}
    invocation_of(context).run(work, overrides=overrides)


def _account_command() -> str:
    """The command for the same program and the same data as those of this process."""
    where = os.environ.get(DATA_VARIABLE)
    given = f"{DATA_VARIABLE}={shlex.quote(where)} " if where else ""
    return f"{given}{shlex.quote(sys.argv[0])} account add NAME --role administrator"
