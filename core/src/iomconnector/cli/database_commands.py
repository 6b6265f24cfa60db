"""``iomconnector dbprepare`` and ``iomconnector dbinit``, its front under the name that Intershop gave it."""

from collections.abc import Collection
from functools import partial
from typing import Annotated

import typer

from iomconnector.application import Application
from iomconnector.cli.database_views import PreparationView, show_plan, show_protocol
from iomconnector.cli.invocation import Invocation, invocation_of
from iomconnector.cli.terminal import Format, FormatOption
from iomconnector.ports.preparation_protocol import Mode, Registration, StepEntry
from iomconnector.preparation import Plan, plan_preparation, prepare_database
from iomconnector.suggestion import suggestion

app = typer.Typer()
dbinit_app = typer.Typer()

CartridgesOption = Annotated[
    str | None,
    typer.Option(
        "--cartridges",
        "-t",
        metavar="A,B,C",
        help="Only these cartridges, separated by commas, without blanks; all of them where omitted.",
    ),
]
PlanOption = Annotated[bool, typer.Option("--plan", help="Show what would run, and why; change nothing.")]


@app.command()
def dbprepare(
    context: typer.Context,
    mode: Annotated[
        Mode,
        typer.Option(
            help="init: cartridges that the database does not know. migrate: new steps of those that it "
            "knows. auto: both."
        ),
    ] = Mode.AUTO,
    cartridges: CartridgesOption = None,
    plan: PlanOption = False,
    protocol: Annotated[
        bool, typer.Option("--protocol", help="Show what was done to this database; change nothing.")
    ] = False,
    output: FormatOption = Format.TABLE,
) -> None:
    """Prepare the database: make or migrate its tables, then add the content that cartridges offer.

    It can be run again at any time: only new steps run, and a step that failed or was interrupted.
    """
    invocation = invocation_of(context)
    only = None if cartridges is None else _asked_for(cartridges, invocation)
    if plan and protocol:
        raise typer.BadParameter("--plan and --protocol are two questions: ask one at a time.")
    if protocol:
        show_protocol(*invocation.run_for_database(partial(_protocol, only=only)), output)
    else:
        _prepare(invocation, mode, only, plan=plan, output=output)


@dbinit_app.command()
def dbinit(
    context: typer.Context,
    cartridges: CartridgesOption = None,
    rest: Annotated[list[str] | None, typer.Argument(hidden=True)] = None,
    plan: PlanOption = False,
    output: FormatOption = Format.TABLE,
) -> None:
    """Prepare the database, of all cartridges or of some: dbinit -t=A,B,C.

    It is `dbprepare` in mode auto.
    """
    invocation = invocation_of(context)
    if rest:
        raise typer.BadParameter(
            f'There is a blank before "{rest[0]}". Separate the cartridges by commas, without blanks.'
        )
    only = None if cartridges is None else _asked_for(cartridges, invocation)
    _prepare(invocation, Mode.AUTO, only, plan=plan, output=output)


def _prepare(
    invocation: Invocation, mode: Mode, only: Collection[str] | None, *, plan: bool, output: Format
) -> None:
    listed = invocation.resolved.database

    async def planned(application: Application) -> Plan:
        return await plan_preparation(application, cartridges=listed, only=only, mode=mode)

    if plan:
        show_plan(invocation.run_for_database(planned), mode, output)
        return
    view = PreparationView(output)

    async def prepared(application: Application) -> None:
        done = await prepare_database(application, view.watcher, cartridges=listed, only=only, mode=mode)
        view.summarize(done)

    try:
        invocation.run_for_database(prepared)
    finally:
        view.close()


async def _protocol(
    application: Application, *, only: Collection[str] | None
) -> tuple[list[Registration], list[StepEntry]]:
    protocol = application.preparation_protocol
    return (
        [each for each in await protocol.registrations() if only is None or each.cartridge in only],
        [each for each in await protocol.entries() if only is None or each.cartridge in only],
    )


def _asked_for(text: str, invocation: Invocation) -> tuple[str, ...]:
    """The cartridges that a list names; ``-t=A,B`` leaves its equals sign in front of it.

    Raises:
        typer.BadParameter: It has blanks or gaps, or a cartridge is not in the assembly's database list.
    """
    text = text.removeprefix("=")
    if any(character.isspace() for character in text):
        raise typer.BadParameter(f'"{text}" has blanks. Separate the cartridges by commas, without blanks.')
    names = tuple(dict.fromkeys(text.split(",")))
    if "" in names:
        raise typer.BadParameter(f'"{text}" has a comma too many, or names no cartridge.')
    listed = invocation.resolved.database
    for name in names:
        if name not in listed:
            mend = suggestion(name, listed) or f"It lists {', '.join(listed) or 'none'}."
            raise typer.BadParameter(f'"{name}" is not in the database list of the assembly. {mend}')
    return names
