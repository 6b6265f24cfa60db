"""``iomconnector context``."""

from typing import Annotated

import typer
from pydantic import ValidationError

from iomconnector.application import Application
from iomconnector.cli.invocation import invocation_of
from iomconnector.cli.terminal import Format, FormatOption, print_json, print_table
from iomconnector.errors import ConfigurationError
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
    added = _context(context_id, kind, parent, name or context_id)

    async def work(application: Application) -> bool:
        present = next((each for each in await application.contexts.all() if each.id == added.id), None)
        if present is not None and (present.kind, present.parent) != (added.kind, added.parent):
            raise ConfigurationError(
                f"There is {_described(present)} already, and {_described(added)} cannot take its place.",
                hint="Choose another id; only the name of a context can be changed.",
                context=added.id,
            )
        await application.contexts.save(added)
        return present is None

    is_new = invocation_of(context).run(work)
    typer.echo(f"{added.kind.value.capitalize()} {added.id} is {'added' if is_new else 'renamed'}.")


def _context(context_id: str, kind: ContextKind, parent: str | None, name: str) -> Context:
    try:
        return Context(id=context_id, kind=kind, parent=parent, display_name=name)
    except ValidationError as error:
        problems = (f"{item['loc'][0]}: {item['msg']}" for item in error.errors(include_url=False))
        raise typer.BadParameter("; ".join(problems).replace("Value error, ", "")) from error


def _described(context: Context) -> str:
    below = f" below {context.parent}" if context.parent else ""
    return f"the {context.kind.value} {context.id}{below}"


async def _all(application: Application) -> list[Context]:
    return list(await application.contexts.all())
