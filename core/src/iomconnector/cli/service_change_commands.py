"""The commands of ``iomconnector service`` that change something."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from iomconnector.cli.acting_user import acting_user
from iomconnector.cli.service_options import (
    Organization,
    Replace,
    ServiceId,
    Settings,
    TypeId,
    organization_of,
    run_change,
)
from iomconnector.cli.setting_values import setting_values, typed_values
from iomconnector.ports.service_configuration_store import Sharing

if TYPE_CHECKING:
    from iomconnector.application import Application

app = typer.Typer()

Available = Annotated[
    bool | None,
    typer.Option("--available/--not-available", help="Whether it may be used at all, in any context."),
]
Where = Annotated[
    str | None,
    typer.Option("--context", help="A context below the owner, which departs from the sharing rule then."),
]


@app.command("add")
def add_service(
    context: typer.Context,
    service: ServiceId,
    type_id: Annotated[str, typer.Option("--type", help="The service type; see `service types`.")],
    owner: Annotated[str, typer.Option("--context", help="The context that owns it.")],
    settings: Settings = None,
    name: Annotated[str, typer.Option(help="Its name for people; that of its type where omitted.")] = "",
    sharing: Annotated[
        Sharing, typer.Option(help="What it is to the contexts below the owner.")
    ] = Sharing.SHARED_ACTIVE,
    active: Annotated[bool, typer.Option("--active/--inactive", help="Whether it is switched on.")] = True,
    available: Available = None,
    replace: Replace = False,
) -> None:
    """Add a configuration of a service type to a context.

    Give secrets as NAME=@FILE or NAME=-, so that they stand in no list of processes and no history. The first
    configuration of a type enables the type for the organization, unless somebody disabled it there.
    """
    values = setting_values(settings or [])

    async def work(application: Application) -> None:
        configuration = application.definitions.get(type_id).configuration
        await application.services.add(
            service,
            definition=type_id,
            context=owner,
            values=typed_values(values, configuration),
            display_name=name,
            available=available is not False,
            active=active,
            sharing=sharing,
            by=acting_user(),
            replace=replace,
        )

    run_change(context, work)
    typer.echo(f"Service {service} is configured and {'active' if active else 'inactive'} in {owner}.")


@app.command("set")
def set_service(
    context: typer.Context,
    service: ServiceId,
    settings: Settings = None,
    defaults: Annotated[
        list[str] | None,
        typer.Option("--default", metavar="NAME", help="A setting that shall have its default again."),
    ] = None,
    available: Available = None,
    replace: Replace = False,
) -> None:
    """Change settings of a configuration; the others stay. It takes effect within a second."""
    values = setting_values(settings or [])
    reset = list(dict.fromkeys(defaults or []))
    if not values and not reset and available is None:
        raise typer.BadParameter("Give at least one NAME=VALUE.")
    if both := sorted(values.keys() & set(reset)):
        raise typer.BadParameter(f"{both[0]} is given a value and its default.")

    async def work(application: Application) -> None:
        typed: dict[str, Any] = {}
        if values:
            present = await application.services.get(service)
            typed = typed_values(values, application.definitions.get(present.definition).configuration)
        await application.services.change(
            service,
            values=typed,
            defaults=reset,
            available=available,
            by=acting_user(),
            replace=replace,
        )

    run_change(context, work)
    changed = [*values, *reset, *(["available"] if available is not None else [])]
    typer.echo(f"Service {service} is changed: {', '.join(changed)}.")


@app.command("rename")
def rename_service(
    context: typer.Context,
    service: ServiceId,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its name for people; the id stays.")],
) -> None:
    """Give a configuration another name."""
    if not name.strip():
        raise typer.BadParameter("The name is empty.")
    _run(context, lambda services: services.change(service, display_name=name, by=acting_user()))
    typer.echo(f"Service {service} is called {name} now.")


@app.command("activate")
def activate_service(
    context: typer.Context, service: ServiceId, where: Where = None, replace: Replace = False
) -> None:
    """Switch a configuration on: at its owner, or for a context below it."""
    _switch(context, service, where, active=True, replace=replace)


@app.command("deactivate")
def deactivate_service(context: typer.Context, service: ServiceId, where: Where = None) -> None:
    """Switch a configuration off: at its owner and everywhere below, or for a context below it."""
    _switch(context, service, where, active=False, replace=False)


def _switch(context: typer.Context, service: str, where: str | None, *, active: bool, replace: bool) -> None:
    async def work(application: Application) -> None:
        services = application.services
        if where is None or where == (await services.get(service)).context:
            await services.change(service, active=active, by=acting_user(), replace=replace)
        else:
            await services.override(service, where, active, by=acting_user(), replace=replace)

    run_change(context, work)
    place = f" in {where}" if where else ""
    typer.echo(f"Service {service} is {'active' if active else 'deactivated'}{place}.")


@app.command("inherit")
def inherit_service(
    context: typer.Context,
    service: ServiceId,
    where: Annotated[str, typer.Option("--context", help="A context below the owner.")],
) -> None:
    """Let a context follow the sharing rule again, after it was switched there."""
    _run(context, lambda services: services.override(service, where, None, by=acting_user()))
    typer.echo(f"{where} follows the sharing rule of {service} again.")


@app.command("share")
def share_service(
    context: typer.Context,
    service: ServiceId,
    rule: Annotated[Sharing, typer.Argument(help="What it is to the contexts below its owner.")],
    replace: Replace = False,
) -> None:
    """Change the sharing rule of a configuration."""
    _run(context, lambda services: services.change(service, sharing=rule, by=acting_user(), replace=replace))
    typer.echo(f"Service {service} is {rule.value} now.")


@app.command("enable")
def enable_type(
    context: typer.Context, type_id: TypeId, organization: Organization = None, replace: Replace = False
) -> None:
    """Enable a service type for an organization and everything below it."""
    place = _enable(context, type_id, organization, enabled=True, replace=replace)
    typer.echo(f"Service type {type_id} is enabled for {place}.")


@app.command("disable")
def disable_type(context: typer.Context, type_id: TypeId, organization: Organization = None) -> None:
    """Disable a service type for an organization; its configurations stay, none is operational."""
    place = _enable(context, type_id, organization, enabled=False, replace=False)
    typer.echo(f"Service type {type_id} is disabled for {place}.")


def _enable(
    context: typer.Context, type_id: str, organization: str | None, *, enabled: bool, replace: bool
) -> str:
    async def work(application: Application) -> str:
        place = await organization_of(application, organization)
        await application.services.enable(type_id, place, enabled, by=acting_user(), replace=replace)
        return place

    return run_change(context, work)


@app.command("remove")
def remove_service(
    context: typer.Context,
    service: ServiceId,
    confirmed: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove a configuration with its secrets; the audit trail stays."""
    if not confirmed:
        typer.confirm(f"Remove {service}? Its secrets are lost", abort=True)
    _run(context, lambda services: services.delete(service, by=acting_user()))
    typer.echo(f"Service {service} is removed.")


def _run(context: typer.Context, change: Callable[[Any], Awaitable[object]]) -> None:
    async def work(application: Application) -> None:
        await change(application.services)

    run_change(context, work)
