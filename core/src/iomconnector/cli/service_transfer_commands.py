"""``iomconnector service export`` and ``import``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from iomconnector.cli.acting_user import acting_user
from iomconnector.cli.invocation import invocation_of
from iomconnector.cli.service_options import Replace, run_change
from iomconnector.cli.setting_values import setting_values, typed_values
from iomconnector.cli.terminal import Format, FormatOption, print_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from iomconnector.application import Application
    from iomconnector.model.audit import AuditEntry

app = typer.Typer()


@app.command("export")
def export_services(
    context: typer.Context,
    where: Annotated[
        str | None, typer.Option("--context", help="Only what this context and those below it own.")
    ] = None,
) -> None:
    """Write configurations as TOML to standard output, without secrets: `service export > services.toml`."""

    async def work(application: Application) -> str:
        return await application.services.export_toml(where)

    typer.echo(invocation_of(context).run(work), nl=False)


@app.command("import")
def import_services(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `service export` wrote.")],
    secrets: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="ID.NAME=VALUE",
            help="Secrets that are not stored yet, or settings that shall not be as in the file; "
            "ID.NAME=@FILE and ID.NAME=- read them from a file or from standard input.",
        ),
    ] = None,
    plan: Annotated[bool, typer.Option("--plan", help="Show what would change, and change nothing.")] = False,
    replace: Replace = False,
    output: FormatOption = Format.TABLE,
) -> None:
    """Make the services what a file says: all of it or nothing. What is not in the file stays as it is.

    Secrets that are stored stay. Those that a new configuration needs are given as ID.NAME=@FILE.
    """
    from iomconnector.cli import service_views
    from iomconnector.services.transfer_document import read_document

    text = _read(file)
    given = setting_values(secrets or [])

    async def work(application: Application) -> Sequence[AuditEntry]:
        document = read_document(text)
        typed: dict[str, Any] = {}
        for part in document.service:
            if part.type in application.definitions:
                model = application.definitions.get(part.type).configuration
                mine = _of(part.id, given)
                typed |= {f"{part.id}.{name}": value for name, value in typed_values(mine, model).items()}
        return await application.services.import_toml(
            text, secrets={**given, **typed}, by=acting_user(), replace=replace, plan=plan
        )

    entries = run_change(context, work)
    if output is Format.JSON:
        changes = [{**service_views.entry_content(each), "number": None} for each in entries]
        print_json({"stored": not plan, "changes": changes})
        return
    if not entries:
        typer.echo("Everything is as the file says already.")
        return
    service_views.print_changes("Would be changed" if plan else "Changed", entries)


def _of(service: str, given: Mapping[str, str]) -> dict[str, str]:
    parts = ((*key.rpartition(".")[::2], text) for key, text in given.items())
    return {name: text for owner, name, text in parts if owner == service}


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise typer.BadParameter(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError:
        raise typer.BadParameter(f"{file} is not UTF-8 text.") from None
