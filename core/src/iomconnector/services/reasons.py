"""Why a configuration is not operational, in sentences that name the context and say what to do."""

from collections.abc import Collection, Sequence
from typing import Any

from iomconnector.ports.service_configuration_store import ServiceConfiguration, ServiceState, Sharing
from iomconnector.services.definition import ServiceDefinition
from iomconnector.services.registry import ServiceDefinitions
from iomconnector.services.sharing import Activation


class Reasons:
    """The sentences for one context.

    Arguments:
        state: What is configured.
        definitions: The service types of the assembly.
        path: The context and those above it, itself first.
    """

    def __init__(self, state: ServiceState, definitions: ServiceDefinitions, path: Sequence[str]) -> None:
        self._state = state
        self._definitions = definitions
        self._context = path[0]
        self._organization = path[-1]

    def not_offered(self, configuration: ServiceConfiguration) -> str:
        """No cartridge offers its type."""
        return (
            f"No cartridge of this assembly offers its service type {configuration.definition}: "
            "include the cartridge, or remove the configuration."
        )

    def not_enabled(self, configuration: ServiceConfiguration) -> str:
        """Its type is not enabled for the organization."""
        name = self._named(configuration.definition)
        return f"{name} is not enabled for {self._organization}: enable it there."

    def not_available(self, configuration: ServiceConfiguration) -> str:
        """Its checkbox is off."""
        return f"It is marked as not available in {configuration.context}: mark it as available there."

    def not_active(self, configuration: ServiceConfiguration, activation: Activation) -> str:
        """It is switched off, or not shared."""
        owner = configuration.context
        if not activation.shared:
            return (
                f"{owner} does not share it: change its sharing rule there, "
                f"or configure a service for {self._context}."
            )
        if not configuration.active or activation.overridden or not activation.inherited:
            return f"It is deactivated in {activation.decided_by}: activate it there."
        if configuration.sharing is Sharing.SHARED_INACTIVE:
            return f"{owner} shares it as inactive: activate it in {self._context}."
        raise AssertionError(f"{configuration.id} is active in {self._context}")

    def missing(self, definition: ServiceDefinition[Any], operational: Collection[str]) -> str:
        """It lacks a service that it needs.

        Arguments:
            definition: Its service type.
            operational: The ids of the service types that are operational in the context.
        """
        group = next(group for group in definition.needs if not set(group) & set(operational))
        return (
            f"It needs {' or '.join(self._named(each) for each in group)} in {self._context}: "
            f"activate {'one of them' if len(group) > 1 else 'it'} there."
        )

    def excluded(
        self, definition: ServiceDefinition[Any], other: ServiceDefinition[Any], configuration_id: str
    ) -> str:
        """A service that excludes it is active as well."""
        return (
            f"{definition.display_name} and {other.display_name} exclude each other, and {configuration_id} "
            f"is active in {self._context} too: deactivate one of the two there."
        )

    def _named(self, definition: str) -> str:
        known = definition in self._definitions
        return self._definitions.get(definition).display_name if known else definition
