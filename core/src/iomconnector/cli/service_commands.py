"""``iomconnector service``."""

import json
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from iomconnector.application import Application
from iomconnector.cli.invocation import invocation_of
from iomconnector.cli.setting_values import setting_values, typed_values
from iomconnector.cli.terminal import Format, FormatOption, print_json, print_table
from iomconnector.errors import ConfigurationError
from iomconnector.ports.service_configuration_store import ServiceConfiguration, Sharing
from iomconnector.services.configurations import ServiceConfigurations

app = typer.Typer(help="Managed services: types, configurations, activation.", no_args_is_help=True)

ServiceId = Annotated[str, typer.Argument(metavar="ID", help="The id of the service configuration.")]
Settings = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="NAME=VALUE",
        help="Settings; NAME=@FILE and NAME=- read the value from a file or from standard input.",
    ),
]


@app.command("types")
def list_types(context: typer.Context, output: FormatOption = Format.TABLE) -> None:
    """Show the service types that the assembly's cartridges offer, with their settings."""

    async def work(application: Application) -> list[dict[str, Any]]:
        return [
            {
                "id": definition.id,
                "name": definition.display_name,
                "group": definition.group,
                "port": definition.port.__name__,
                "cartridge": cartridge,
                "settings": sorted(definition.configuration.model_fields),
            }
            for cartridge, definition in application.definitions.all
        ]

    types = invocation_of(context).run(work)
    if output is Format.JSON:
        print_json(types)
        return
    print_table(
        "Service types",
        ("Type", "Name", "Port", "Cartridge", "Settings"),
        [
            (each["id"], each["name"], each["port"], each["cartridge"], ", ".join(each["settings"]))
            for each in types
        ],
    )


@app.command("list")
def list_services(context: typer.Context, output: FormatOption = Format.TABLE) -> None:
    """Show every configuration, the context that owns it, and whether it is active."""

    async def work(application: Application) -> list[ServiceConfiguration]:
        return list(await application.services.all())

    services = invocation_of(context).run(work)
    if output is Format.JSON:
        print_json([_content(each) for each in services])
        return
    print_table(
        "Service configurations",
        ("Configuration", "Service type", "Context", "Status", "Sharing", "Changed"),
        [
            (
                each.id,
                each.definition,
                each.context,
                "active" if each.active else "deactivated",
                each.sharing.value,
                f"{each.updated_at:%Y-%m-%d %H:%M}",
            )
            for each in services
        ],
    )


@app.command("show")
def show_service(context: typer.Context, service: ServiceId, output: FormatOption = Format.TABLE) -> None:
    """Show one configuration; secrets are masked."""

    async def work(application: Application) -> ServiceConfiguration:
        return await application.services.get(service)

    found = invocation_of(context).run(work)
    if output is Format.JSON:
        print_json(_content(found))
        return
    status = "active" if found.active else "deactivated"
    print_table(
        f"{found.id} ({found.display_name}), owned by {found.context}, {status}",
        ("Setting", "Value"),
        [(name, _shown(value)) for name, value in sorted(ServiceConfigurations.masked(found).items())],
    )


@app.command("add")
def add_service(
    context: typer.Context,
    service: ServiceId,
    type_id: Annotated[str, typer.Option("--type", help="The service type; see `service types`.")],
    owner: Annotated[str, typer.Option("--context", help="The context that owns it.")],
    settings: Settings = None,
    sharing: Annotated[
        Sharing, typer.Option(help="Whether contexts below the owner use it.")
    ] = Sharing.SHARED,
) -> None:
    """Add a configuration of a service type to a context, active.

    Give secrets as NAME=@FILE or NAME=-, so that they stand in no list of processes and no history.
    """
    values = setting_values(settings or [])

    async def work(application: Application) -> None:
        if any(each.id == service for each in await application.services.all()):
            raise ConfigurationError(
                f"There is a service {service!r} already.",
                hint="`iomconnector service set` changes it.",
                service=service,
            )
        configuration = application.definitions.get(type_id).configuration
        await application.services.save(
            service,
            definition=type_id,
            context=owner,
            values=typed_values(values, configuration),
            sharing=sharing,
        )

    invocation_of(context).run(work)
    typer.echo(f"Service {service} is configured and active in {owner}.")


@app.command("set")
def set_service(context: typer.Context, service: ServiceId, settings: Settings = None) -> None:
    """Change settings of a configuration; the others stay. It takes effect within a second."""
    values = setting_values(settings or [])
    if not values:
        raise typer.BadParameter("Give at least one NAME=VALUE.")

    async def work(application: Application) -> None:
        present = await application.services.get(service)
        configuration = application.definitions.get(present.definition).configuration
        await application.services.change(service, values=typed_values(values, configuration))

    invocation_of(context).run(work)
    typer.echo(f"Service {service} is changed: {', '.join(values)}.")


@app.command("activate")
def activate_service(context: typer.Context, service: ServiceId) -> None:
    """Switch a configuration on."""
    _switch(context, service, active=True)


@app.command("deactivate")
def deactivate_service(context: typer.Context, service: ServiceId) -> None:
    """Switch a configuration off."""
    _switch(context, service, active=False)


def _switch(context: typer.Context, service: str, *, active: bool) -> None:
    async def work(application: Application) -> None:
        await application.services.change(service, active=active)

    invocation_of(context).run(work)
    typer.echo(f"Service {service} is {'active' if active else 'deactivated'}.")


def _shown(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _content(configuration: ServiceConfiguration) -> Mapping[str, Any]:
    return {
        "id": configuration.id,
        "type": configuration.definition,
        "context": configuration.context,
        "name": configuration.display_name,
        "active": configuration.active,
        "sharing": configuration.sharing.value,
        "updated_at": configuration.updated_at.isoformat(),
        "settings": dict(ServiceConfigurations.masked(configuration)),
    }
