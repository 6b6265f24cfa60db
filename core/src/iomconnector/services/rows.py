"""Managed services as lists show them: rows, and how they are made of the state."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from iomconnector.ports.service_configuration_store import ServiceConfiguration, ServiceState
from iomconnector.services.context_tree import ContextTree
from iomconnector.services.definition import ServiceDefinition
from iomconnector.services.registry import ServiceDefinitions
from iomconnector.services.status import ContextServices, ServiceStatus


@dataclass(frozen=True, slots=True)
class ServiceTypeRow:
    """A service type, as an organization sees it.

    Arguments:
        definition: The service type.
        cartridge: The cartridge that offers it.
        enabled: Whether it is enabled for the organization.
        configurations: How many configurations of it the organization and what is below it own.
    """

    definition: ServiceDefinition[Any]
    cartridge: str
    enabled: bool
    configurations: int


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """A configuration, as a context sees it.

    Arguments:
        configuration: The configuration.
        definition: Its service type; none where no cartridge of the assembly offers it.
        cartridge: The cartridge that offers it.
        status: What it is to the context.
        shared_from: The context above that shares it; none where the context itself owns it.
        conflicts: The ids of the configurations that cannot be operational together with it here, and are.
    """

    configuration: ServiceConfiguration
    definition: ServiceDefinition[Any] | None
    cartridge: str | None
    status: ServiceStatus
    shared_from: str | None
    conflicts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConnectionReport:
    """What a connection test found.

    Arguments:
        ok: Whether the service works.
        message: What answered, or what is wrong and what to do; no secret is in it.
        seconds: How long it took.
    """

    ok: bool
    message: str
    seconds: float


def type_rows(
    state: ServiceState, definitions: ServiceDefinitions, tree: ContextTree, organization: str
) -> Sequence[ServiceTypeRow]:
    """Every service type of the assembly, by its id."""
    used = [
        each.definition
        for each in state.configurations.values()
        if tree.organization(each.context) == organization
    ]
    return [
        ServiceTypeRow(
            definition,
            cartridge,
            enabled=state.enablements.get((definition.id, organization), False),
            configurations=used.count(definition.id),
        )
        for cartridge, definition in definitions.all
    ]


def service_rows(services: ContextServices, definitions: ServiceDefinitions) -> Sequence[ServiceRow]:
    """What a context has: first what is shared from above, then its own, each by id."""
    shared = [key for key in services.configurations if services.is_shared(key)]
    rows = [service_row(services, definitions, key) for key in shared]
    return sorted(rows, key=lambda row: row.shared_from is None)


def service_row(services: ContextServices, definitions: ServiceDefinitions, key: str) -> ServiceRow:
    """One configuration, as a context sees it."""
    configuration = services.configurations[key]
    known = configuration.definition in definitions
    return ServiceRow(
        configuration=configuration,
        definition=definitions.get(configuration.definition) if known else None,
        cartridge=definitions.cartridge(configuration.definition) if known else None,
        status=services.status(key),
        shared_from=configuration.context if configuration.context != services.context else None,
        conflicts=tuple(
            other for pair in sorted(services.conflicts) if key in pair for other in pair if other != key
        ),
    )
