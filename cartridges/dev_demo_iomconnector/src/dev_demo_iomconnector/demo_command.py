"""``iomconnector demo``."""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime
from typing import Annotated

import typer

from dev_demo_iomconnector.clean_slate import clear_directory, require_empty_database
from dev_demo_iomconnector.demonstration import Demonstration, Outcome
from dev_demo_iomconnector.report import print_report
from dev_demo_iomconnector.scenario import build_scenario
from dev_demo_iomconnector.stand_in_process import StandInProcess
from dev_demo_iomconnector.verdict import claims
from iomconnector.application import Application
from iomconnector.cli.invocation import invocation_of
from iomconnector.cli.progress import progress_bar
from iomconnector.settings import Settings

app = typer.Typer()


@app.command()
def demo(
    context: typer.Context,
    orders: Annotated[int, typer.Option(min=20, help="How many sound orders to place.")] = 300,
    seed: Annotated[int, typer.Option(help="The same seed gives the same orders and faults.")] = 7,
    iom_port: Annotated[int, typer.Option(help="Where the IOM stand-in listens.")] = 8090,
) -> None:
    """Place several hundred orders, export them while faults happen, and compare both sides.

    Works in the data directory, which it empties first if a demonstration made it, or on the empty database
    that IOMC_DATABASE_URL names. Exit code 0: both sides agree on every order. 1: they do not.
    """
    invocation = invocation_of(context)
    settings = Settings.of(invocation.resolved.settings)
    directory = settings.data_directory
    if settings.database_url:
        require_empty_database(settings.database_url)
    clear_directory(directory)
    first_number = int(f"{datetime.now().astimezone():%Y%m%d}00001")
    scenario = build_scenario(orders, seed=seed, first_number=first_number)
    stand_in = StandInProcess(directory / "iom", iom_port, "--clock", "real", "--seconds-per-step", "1")

    async def work(application: Application) -> Outcome:
        show = Demonstration(application, invocation, stand_in, scenario, typer.echo)
        try:
            return await _run(show)
        finally:
            await asyncio.to_thread(stand_in.stop)

    outcome = invocation.run_for_database(work)
    checked = claims(outcome, scenario)
    print_report(outcome, scenario, checked)
    typer.echo("Look around with `make serve`, or with the environment variable and the command:")
    typer.echo(f"IOMC_DATA_DIRECTORY={directory} {sys.argv[0]} order list")
    typer.echo("Customers sign in at /shop/inSPIRED-inTRONICS/ as pmiller, and as jlink or bboldner at")
    typer.echo("/shop/inSPIRED-inTRONICS_Business/, with the password in the README of demo_inspired.")
    if not all(claim.holds for claim in checked):
        raise typer.Exit(1)


async def _run(show: Demonstration) -> Outcome:
    await show.prepare()
    with progress_bar("placing") as advance:
        outcome = await show.place(advance)
    await show.trouble()
    with progress_bar("exporting") as advance:
        done = 0

        def progress(now: int, _total: int) -> None:
            nonlocal done
            advance(now - done)
            done = now

        await show.export(outcome, progress)
    with progress_bar("comparing") as advance:
        await show.compare(outcome, advance)
    return outcome
