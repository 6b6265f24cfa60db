"""``iomconnector context``."""

from typing import Annotated

import typer

from iomconnector.application import Application
from iomconnector.cli.invocation import invocation_of
from iomconnector.cli.terminal import Format, FormatOption, print_json, print_table
from iomconnector.model.contexts import Context, ContextKind

app = typer.Typer(help="Organizations, channels and applications.", no_args_is_help=True)


@app.command("list")
def list_contexts(
    context: typer.Context,
    output: FormatOption = Format.TABLE,
) -> None:
    """Show the tree."""
    contexts = invocation_of(context).run(_all)
    if output is Format.JSON:
        print_json([each.model_dump(mode="json") for each in contexts])
        return
    print_table(
        "Contexts",
        ("Context", "Kind", "Name", "Parent"),
        [(each.id, each.kind.value, each.display_name, each.parent or "") for each in contexts],
    )


@app.command("add")
def add_context(
    context: typer.Context,
    context_id: Annotated[str, typer.Argument(metavar="ID", help="Unique id, such as inSPIRED-inTRONICS.")],
    kind: Annotated[ContextKind, typer.Option(help="The level in the tree.")] = ContextKind.CHANNEL,
    parent: Annotated[str | None, typer.Option(help="The id of the context above it.")] = None,
    name: Annotated[str, typer.Option(help="Name for people; the id where omitted.")] = "",
) -> None:
    """Add a context, or change the name of one."""
    added = Context(id=context_id, kind=kind, parent=parent, display_name=name or context_id)

    async def work(application: Application) -> None:
        await application.contexts.save(added)

    invocation_of(context).run(work)
    typer.echo(f"{added.kind.value} {added.id} is there.")


async def _all(application: Application) -> list[Context]:
    return list(await application.contexts.all())
