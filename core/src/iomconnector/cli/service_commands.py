"""``iomconnector service``: what is there; the commands that change it are joined to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from iomconnector.cli import service_change_commands, service_transfer_commands
from iomconnector.cli.invocation import invocation_of
from iomconnector.cli.service_options import ServiceId
from iomconnector.cli.terminal import Format, FormatOption, print_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from iomconnector.application import Application
    from iomconnector.model.audit import AuditEntry
    from iomconnector.services.errors import ServiceConflictError
    from iomconnector.services.rows import ConnectionReport, ServiceRow

app = typer.Typer(help="Managed services: types, configurations, activation.", no_args_is_help=True)


@app.command("types")
def list_types(
    context: typer.Context,
    type_id: Annotated[
        str | None, typer.Argument(metavar="[TYPE]", help="Show this one, with its settings.")
    ] = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Show the service types that the assembly's cartridges offer; of one, its settings."""
    from iomconnector.cli import service_views

    async def work(application: Application) -> Sequence[Mapping[str, Any]]:
        if type_id is not None:
            application.definitions.get(type_id)
        enabled = (await application.services.state()).enablements
        return [
            service_views.type_content(
                cartridge,
                definition,
                application.services.settings_of(definition.id),
                sorted(where for (key, where), on in enabled.items() if on and key == definition.id),
            )
            for cartridge, definition in application.definitions.all
            if type_id in (None, definition.id)
        ]

    types = invocation_of(context).run(work)
    if output is Format.JSON:
        print_json(types if type_id is None else types[0])
    elif type_id is None:
        service_views.print_types(types)
    else:
        service_views.print_type(types[0])


@app.command("list")
def list_services(
    context: typer.Context,
    seen_from: Annotated[
        str | None, typer.Option("--context", help="Show what this context has, and its status there.")
    ] = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Show every configuration, its owner, its status there, and why it is not operational.

    What cannot be operational together in a context, and is active there, is named on standard error.
    """
    from iomconnector.cli import service_views

    async def listed(application: Application) -> Sequence[ServiceRow]:
        if seen_from is not None:
            return await application.services.overview(seen_from)
        owners = {each.context for each in await application.services.all()}
        rows = [row for owner in owners for row in await application.services.overview(owner)]
        own = [row for row in rows if row.shared_from is None]
        return sorted(own, key=lambda row: row.configuration.id)

    async def work(application: Application) -> tuple[Sequence[ServiceRow], Sequence[ServiceConflictError]]:
        return await listed(application), await application.services.conflicts(seen_from)

    rows, conflicts = invocation_of(context).run(work)
    if output is Format.JSON:
        print_json(
            [service_views.row_content(each, seen_from or each.configuration.context) for each in rows]
        )
        service_views.print_conflicts(conflicts)
        return
    if not rows:
        typer.echo("There is none. `iomconnector service add` adds one, `service types` tells what there is.")
        return
    title = f"Services of {seen_from}" if seen_from else "Service configurations"
    service_views.print_rows(title, rows, seen_from=seen_from)
    service_views.print_conflicts(conflicts)


@app.command("show")
def show_service(
    context: typer.Context,
    service: ServiceId,
    seen_from: Annotated[
        str | None, typer.Option("--context", help="Show the status there; at its owner where omitted.")
    ] = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Show one configuration; secrets are masked."""
    from iomconnector.cli import service_views
    from iomconnector.errors import NotFoundError

    async def work(application: Application) -> tuple[ServiceRow, str, dict[str, bool]]:
        where = seen_from or (await application.services.get(service)).context
        overrides = (await application.services.state()).overrides
        for row in await application.services.overview(where):
            if row.configuration.id == service:
                mine = {place: on for (key, place), on in sorted(overrides.items()) if key == service}
                return row, where, mine
        owner = (await application.services.get(service)).context
        raise NotFoundError(
            f"{where} has no service {service}: it belongs to {owner}, which does not share it with {where}.",
            service=service,
            context=where,
        )

    row, where, overrides = invocation_of(context).run(work)
    if output is Format.JSON:
        print_json({**service_views.row_content(row, where), "overrides": overrides})
    else:
        service_views.print_row(row, where, overrides)


@app.command("test")
def check_connection(
    context: typer.Context,
    service: ServiceId,
    seen_from: Annotated[
        str | None, typer.Option("--context", help="Test for this context; for its owner where omitted.")
    ] = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Test the connection of a configuration with a harmless call. The exit code is 1 where it fails."""
    from iomconnector.cli import service_views

    async def work(application: Application) -> ConnectionReport:
        where = seen_from or (await application.services.get(service)).context
        return await application.services.test(service, where)

    report = invocation_of(context).run(work)
    if output is Format.JSON:
        print_json(service_views.report_content(report))
    else:
        typer.echo(f"{'works' if report.ok else 'fails'} ({report.seconds:.2f} s): {report.message}")
    if not report.ok:
        raise typer.Exit(1)


@app.command("audit")
def show_audit(
    context: typer.Context,
    service: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="Only changes of this configuration or service type.")
    ] = None,
    where: Annotated[
        str | None, typer.Option("--context", help="Only changes that concern this context.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 20,
    before: Annotated[
        int | None, typer.Option(help="Only those before the entry of this number, for the next page.")
    ] = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Show who changed what, and when; the latest change first. Secrets are never shown."""
    from iomconnector.cli import service_views

    async def work(application: Application) -> Sequence[AuditEntry]:
        return await application.services.audit(service=service, context=where, limit=limit, before=before)

    entries = invocation_of(context).run(work)
    if output is Format.JSON:
        print_json([service_views.entry_content(each) for each in entries])
        return
    if not entries:
        typer.echo("No change is recorded.")
    service_views.print_entries(entries)
    if len(entries) == limit:
        typer.echo(f"Earlier ones: --before {entries[-1].number}")


app.add_typer(service_change_commands.app)
app.add_typer(service_transfer_commands.app)
