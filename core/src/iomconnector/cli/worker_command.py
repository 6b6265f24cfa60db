"""``iomconnector worker``."""

from typing import Annotated

import typer

from iomconnector.application import Application
from iomconnector.cli.invocation import invocation_of
from iomconnector.processes.worker import run_worker

app = typer.Typer()


@app.command()
def worker(
    context: typer.Context,
    channel: Annotated[
        list[str] | None,
        typer.Option(help="Export the orders of this channel alone; can be given several times."),
    ] = None,
    concurrency: Annotated[
        int | None,
        typer.Option(min=1, max=1000, help="Exports of one channel at a time; else export_concurrency."),
    ] = None,
    operations_port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Port for health and metrics; 0 takes a free one."),
    ] = None,
) -> None:
    """Export orders and do what else is to be done in the background, without a web application.

    Any number of workers can run: on one machine with SQLite, on many with PostgreSQL. The first SIGTERM or
    Ctrl-C finishes what was begun and ends with exit code 0; the second does not wait.
    """

    async def work(application: Application) -> None:
        await run_worker(application, channels=channel or (), announce=typer.echo)

    overrides = {"export_concurrency": concurrency, "operations_port": operations_port}
    invocation_of(context).run(work, overrides=overrides)
