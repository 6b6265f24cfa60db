"""Changing managed services."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from iomconnector.ports.context_repository import ContextRepository
from iomconnector.ports.service_configuration_store import ServiceConfiguration, Sharing
from iomconnector.services import edits
from iomconnector.services.registry import ServiceDefinitions
from iomconnector.services.setting_values import SettingValues
from iomconnector.services.transactions import ServiceTransactions


class ServiceChanges:
    """Changes managed services.

    Every change is one transaction together with its entries in the audit trail, comes after every other one,
    and takes effect in every process within a second. No change makes two services operational in a context
    that cannot be so together: it is refused, or with ``replace`` the others are deactivated by it.

    Arguments:
        definitions: The service types of the assembly.
        contexts: The tree of contexts.
        settings: Checks and seals settings.
        transactions: Make the changes.
    """

    def __init__(
        self,
        definitions: ServiceDefinitions,
        contexts: ContextRepository,
        settings: SettingValues,
        transactions: ServiceTransactions,
    ) -> None:
        self._definitions = definitions
        self._contexts = contexts
        self._settings = settings
        self._transactions = transactions

    async def add(
        self,
        configuration_id: str,
        *,
        definition: str,
        context: str,
        values: Mapping[str, Any],
        display_name: str = "",
        available: bool = True,
        active: bool = True,
        sharing: Sharing = Sharing.SHARED_ACTIVE,
        by: str,
        replace: bool = False,
    ) -> ServiceConfiguration:
        """Add a configuration of a service type to a context.

        The first one of a type in an organization enables the type there, unless somebody disabled it.

        Arguments:
            configuration_id: Its id, unique in the whole system.
            definition: The id of the service type.
            context: The context that owns it.
            values: Its settings; those with a default can be left out.
            display_name: For people; the name of the service type where omitted.
            available: Whether it may be used at all.
            active: Whether it is switched on.
            sharing: What it is to the contexts below.
            by: Who does it.
            replace: Whether what cannot be operational together with it is deactivated.

        Raises:
            NotFoundError: The service type or the context does not exist.
            ServiceSettingsError: A setting is unknown, missing or wrong; all are named, no value is shown.
            ConfigurationError: There is one of that id already, or the id cannot be one.
            ServiceConflictError: It cannot be operational together with what is there.
        """
        await self._contexts.path_to(context)
        addition = edits.Addition(
            configuration_id,
            self._definitions.get(definition),
            context,
            values,
            display_name,
            available,
            active,
            sharing,
        )
        made = await self._transactions.run(
            lambda draft, tree: edits.add(draft, tree, self._settings, addition),
            by=by,
            replacing=_of(configuration_id) if replace else None,
        )
        return made.state.configurations[configuration_id]

    async def change(
        self,
        configuration_id: str,
        *,
        values: Mapping[str, Any] | None = None,
        defaults: Collection[str] = (),
        display_name: str | None = None,
        available: bool | None = None,
        active: bool | None = None,
        sharing: Sharing | None = None,
        by: str,
        expected_version: int | None = None,
        replace: bool = False,
    ) -> ServiceConfiguration:
        """Change a part of a configuration; what is not given stays as it is at that moment.

        Where no settings are given, none are looked at: a service can be switched off whose cartridge or
        secret key is gone. A secret that cannot be opened any more can be replaced.

        Arguments:
            configuration_id: Its id.
            values: Settings to change; a secret that is left out stays.
            defaults: Names of settings that shall be as if they had never been given.
            display_name: For people.
            available: Whether it may be used at all.
            active: Whether it is switched on.
            sharing: What it is to the contexts below.
            by: Who does it.
            expected_version: The version that the change was made for.
            replace: Whether what cannot be operational together with it is deactivated.

        Raises:
            NotFoundError: There is no such configuration, or no cartridge offers its service type.
            ServiceChangedError: It has another version than expected.
            ServiceSettingsError: A setting is unknown or wrong, or one that is required is left out.
            ConfigurationError: Another secret cannot be opened.
            ServiceConflictError: It would not be operational alone.
        """
        fields = {
            "display_name": display_name or None,
            "available": available,
            "active": active,
            "sharing": sharing,
        }
        given = {name: value for name, value in fields.items() if value is not None}
        made = await self._transactions.run(
            lambda draft, _: edits.change(
                draft,
                self._settings,
                configuration_id,
                values=values,
                defaults=defaults,
                fields=given,
                expected_version=expected_version,
            ),
            by=by,
            replacing=_of(configuration_id) if replace else None,
        )
        return made.state.configurations[configuration_id]

    async def delete(self, configuration_id: str, *, by: str) -> None:
        """Remove a configuration, and what departs from its sharing rule.

        Raises:
            NotFoundError: There is none of that id.
        """
        await self._transactions.run(lambda draft, _: draft.remove(draft.get(configuration_id).id), by=by)

    async def override(
        self, configuration_id: str, context: str, active: bool | None, *, by: str, replace: bool = False
    ) -> None:
        """Switch a shared configuration on or off for a context and those below it.

        Arguments:
            configuration_id: Its id.
            context: A context below its owner.
            active: On or off; none: the context follows the sharing rule again.
            by: Who does it.
            replace: Whether what cannot be operational together with it is deactivated.

        Raises:
            NotFoundError: There is no such configuration or context.
            OverrideRefusedError: The context is not below the owner, or the sharing rule does not allow it.
            ServiceConflictError: It would not be operational alone.
        """
        await self._contexts.path_to(context)
        await self._transactions.run(
            lambda draft, tree: edits.override(draft, tree, configuration_id, context, active),
            by=by,
            replacing=_of(configuration_id) if replace else None,
        )

    async def enable(
        self, definition: str, organization: str, enabled: bool, *, by: str, replace: bool = False
    ) -> None:
        """Enable a service type for an organization, or disable it; its configurations stay.

        Arguments:
            definition: The id of the service type.
            organization: The organization.
            enabled: Whether it shall be enabled.
            by: Who does it.
            replace: Whether what cannot be operational together with it is deactivated.

        Raises:
            NotFoundError: There is no such context or service type. A type that a cartridge offered once can
                be disabled all the same.
            ConfigurationError: The context is no organization.
            ServiceConflictError: A configuration of it would not be operational alone.
        """
        path = await self._contexts.path_to(organization)
        await self._transactions.run(
            lambda draft, _: edits.enable(draft, self._definitions, definition, path, enabled),
            by=by,
            replacing=(lambda each: each.definition == definition) if replace else None,
        )


def _of(configuration_id: str) -> Callable[[ServiceConfiguration], bool]:
    return lambda configuration: configuration.id == configuration_id
