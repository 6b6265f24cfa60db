"""``iomconnector sequence``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from iomconnector.cli.acting_user import acting_user
from iomconnector.cli.invocation import invocation_of
from iomconnector.cli.terminal import Format, FormatOption, print_json, print_table

if TYPE_CHECKING:
    from iomconnector.application import Application
    from iomconnector.model.order_number_sequences import SequenceState
    from iomconnector.usecases.suggest_sequence import SequenceSuggestion

app = typer.Typer(
    help="Sequences of order numbers, one an organization: show, compute a start, move on.",
    no_args_is_help=True,
)

Organization = Annotated[str | None, typer.Argument(help="The organization; needed where there are several.")]


@app.command("list")
def list_sequences(context: typer.Context, output: FormatOption = Format.TABLE) -> None:
    """Show the sequence of every organization."""

    async def work(application: Application) -> list[dict[str, Any]]:
        return [_facts(state, application) for state in await application.sequences.all()]

    facts = invocation_of(context).run(work)
    if output is Format.JSON:
        print_json(facts)
        return
    print_table(
        "Sequences of order numbers",
        ("Organization", "Next number", "Block size", "Prefix and pattern"),
        [
            (
                each["organization"],
                each["next_number"],
                str(each["block_size"]),
                each["prefix"] + each["pattern"],
            )
            for each in facts
        ],
    )


@app.command("show")
def show(
    context: typer.Context, organization: Organization = None, output: FormatOption = Format.TABLE
) -> None:
    """Show one sequence in full."""

    async def work(application: Application) -> dict[str, Any]:
        name = organization or await application.sequences.only_organization()
        return _facts(await application.sequences.get(name), application)

    facts = invocation_of(context).run(work)
    if output is Format.JSON:
        print_json(facts)
        return
    print_table(
        "",
        ("", ""),
        [(name.replace("_", " "), "" if value is None else str(value)) for name, value in facts.items()],
    )


@app.command("set")
def set_sequence(
    context: typer.Context,
    start: Annotated[
        int | None, typer.Argument(help="The next counter; where omitted, it stays where it is.")
    ] = None,
    organization: Annotated[
        str | None, typer.Option(help="The organization; needed where there are several.")
    ] = None,
    block_size: Annotated[
        int | None, typer.Option(help="How many numbers a process takes from the database at a time.")
    ] = None,
    prefix: Annotated[
        str | None, typer.Option(help="Stands before every number, such as the id of a machine.")
    ] = None,
    pattern: Annotated[
        str | None,
        typer.Option(help="How the counter is written: {number:08d}, or {date:YYYYMMDD}{number:06d}."),
    ] = None,
    max_length: Annotated[int | None, typer.Option(help="The most characters of a number.")] = None,
    digits_only: Annotated[
        bool | None,
        typer.Option("--digits-only/--other-characters", help="Whether numbers are digits alone."),
    ] = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Move a sequence on, or change how it writes numbers. It never goes back.

    Running processes take the change over within a second. Exit code 2: the sequence would come to numbers
    that were given out, or that orders in the shop have, already; nothing was changed.
    """
    given = {
        "block_size": block_size,
        "prefix": prefix,
        "pattern": pattern,
        "max_length": max_length,
        "digits_only": digits_only,
    }
    changes = {name: value for name, value in given.items() if value is not None}
    if start is None and not changes:
        raise typer.BadParameter("Give a START or an option; otherwise nothing is changed.")

    async def work(application: Application) -> dict[str, Any]:
        name = organization or await application.sequences.only_organization()
        state = await application.sequences.change(name, changes, start=start, by=acting_user())
        return _facts(state, application)

    facts = invocation_of(context).run(work)
    if output is Format.JSON:
        print_json(facts)
        return
    typer.echo(f"The next order number of {facts['organization']} is {facts['next_number']}.")


@app.command("next")
def take_next(context: typer.Context, organization: Organization = None) -> None:
    """Take the next number, for an order that is made elsewhere. Nobody else gets it.

    A command is a process of its own: the rest of the block that it took is not given to anybody.
    """

    async def work(application: Application) -> str:
        name = organization or await application.sequences.only_organization()
        return await application.order_numbers.next_number(name)

    typer.echo(invocation_of(context).run(work))


@app.command("suggest")
def suggest_start(
    context: typer.Context,
    organization: Organization = None,
    quick: Annotated[
        bool,
        typer.Option(
            "--quick",
            help="Ask for the newest and the last sorted orders only. Their largest number is most likely, "
            "but not surely, the largest of all.",
        ),
    ] = False,
    output: FormatOption = Format.TABLE,
) -> None:
    """Compute where the sequence has to begin, from the largest numbers of shop and order management.

    Reads only. `iomconnector sequence set` applies the result. Exit code 1: not all channels could be asked.
    Exit code 4: an order management system did not answer.
    """
    from iomconnector.cli.progress import progress_bar
    from iomconnector.cli.sequence_views import calculation, suggestion_facts
    from iomconnector.errors import StorageError
    from iomconnector.ports.order_export_service import ExportUnavailableError
    from iomconnector.usecases.suggest_sequence import suggest

    async def work(application: Application) -> SequenceSuggestion:
        name = organization or await application.sequences.only_organization()
        with progress_bar("looking at numbers") as advance:
            return await suggest(
                application.sequences,
                name,
                application.export_service,
                all_numbers=not quick,
                progress=advance,
            )

    try:
        found = invocation_of(context).run(work)
    except ExportUnavailableError as error:
        typer.secho(f"error: {error}", fg="red", err=True)
        raise typer.Exit(StorageError.exit_code) from error
    if output is Format.JSON:
        print_json(suggestion_facts(found))
    else:
        for line in calculation(found):
            typer.echo(line)
    if any(each.problem for each in found.outside):
        raise typer.Exit(1)


def _facts(state: SequenceState, application: Application) -> dict[str, Any]:
    from iomconnector.model.order_number_sequences import day_of

    return {
        "organization": state.organization,
        "next": state.next_counter,
        "next_number": state.next_number(day_of(application.clock.now())),
        **state.settings.model_dump(),
        "updated_at": state.updated_at,
        "updated_by": state.updated_by,
    }
