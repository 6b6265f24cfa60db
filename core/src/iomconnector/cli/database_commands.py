"""``iomconnector dbprepare``."""

import typer

from iomconnector.application import Application
from iomconnector.cli.invocation import invocation_of
from iomconnector.preparation import prepare_database

app = typer.Typer()


@app.command()
def dbprepare(context: typer.Context) -> None:
    """Prepare the database: make or migrate the schema, then add the content that cartridges offer.

    It can be run again at any time; what is there stays.
    """

    invocation = invocation_of(context)

    async def work(application: Application) -> None:
        await prepare_database(
            application,
            lambda step, done: typer.echo(f"{step}: {done}"),
            cartridges=invocation.resolved.database,
        )

    invocation.run_for_database(work)
