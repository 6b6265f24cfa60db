"""``iomconnector serve``."""

from typing import Annotated

import typer

from iomconnector.application import Application
from iomconnector.cli.invocation import invocation_of
from iomconnector.web.serving import serve_application

app = typer.Typer()


@app.command()
def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")
    ] = None,
    export: Annotated[bool, typer.Option(help="Export orders in this process.")] = True,
) -> None:
    """Run the web application, the exporter and what the cartridges add, until stopped.

    The first SIGTERM or Ctrl-C finishes what was begun and ends with exit code 0; the second does not wait.
    """

    async def work(application: Application) -> None:
        settings = application.settings
        await serve_application(
            application,
            host=host or settings.host,
            port=settings.port if port is None else port,
            export=export,
            announce=lambda url: typer.echo(f"Listening on {url}, the API is described at {url}/docs."),
        )

    invocation_of(context).run(work)
