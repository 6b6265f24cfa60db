"""Managed services: everything that people and programs do with them."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from iomconnector.cartridges.extensions import Extensions
from iomconnector.errors import ConfigurationError
from iomconnector.model.audit import AuditEntry
from iomconnector.observability.telemetry import Telemetry
from iomconnector.ports.audit_trail import AuditTrail
from iomconnector.ports.clock import Clock
from iomconnector.ports.context_repository import ContextRepository
from iomconnector.ports.message_log import MessageLog
from iomconnector.ports.service_configuration_store import (
    ServiceConfiguration,
    ServiceConfigurationStore,
    ServiceState,
)
from iomconnector.services.conflicts import conflicts_in
from iomconnector.services.connection_test import connection_report
from iomconnector.services.context_tree import ContextTree
from iomconnector.services.definition import AdapterContext
from iomconnector.services.errors import ServiceConflictError
from iomconnector.services.registry import ServiceDefinitions
from iomconnector.services.rows import (
    ConnectionReport,
    ServiceRow,
    ServiceTypeRow,
    service_rows,
    type_rows,
)
from iomconnector.services.sealed_settings import masked
from iomconnector.services.service_changes import ServiceChanges
from iomconnector.services.setting_fields import SettingField, setting_fields
from iomconnector.services.setting_values import SettingValues
from iomconnector.services.status import ContextServices
from iomconnector.services.transactions import ServiceTransactions
from iomconnector.services.transfer import ServiceImport, exported
from iomconnector.services.transfer_document import read_document, written

if TYPE_CHECKING:
    from iomconnector.storage.database import Database


class ManagedServices(ServiceChanges):
    """Shows, changes and tests managed services.

    Arguments:
        store: Keeps them.
        definitions: The service types of the assembly.
        contexts: The tree of contexts.
        settings: Checks and seals settings.
        audit_trail: Keeps who changed what.
        clock: Tells the time.
        message_log: Where connection tests keep their messages.
        extensions: The extension points, for adapters.
    """

    def __init__(
        self,
        store: ServiceConfigurationStore,
        definitions: ServiceDefinitions,
        contexts: ContextRepository,
        settings: SettingValues,
        audit_trail: AuditTrail,
        clock: Clock,
        message_log: MessageLog,
        extensions: Extensions,
        telemetry: Telemetry | None = None,
        database: "Database | None" = None,
    ) -> None:
        transactions = ServiceTransactions(store, definitions, contexts, clock)
        super().__init__(definitions, contexts, settings, transactions)
        self._store = store
        self._audit_trail = audit_trail
        self._clock = clock
        self._message_log = message_log
        self._extensions = extensions
        self._telemetry = telemetry or Telemetry()
        self._database = database

    async def types(self, organization: str) -> Sequence[ServiceTypeRow]:
        """Every service type of the assembly, by its id, as the organization of a context sees it.

        Raises:
            NotFoundError: There is no such context.
        """
        path = await self._contexts.path_to(organization)
        tree = ContextTree(await self._contexts.all())
        return type_rows(await self._store.state(), self._definitions, tree, path[-1].id)

    async def overview(self, context: str) -> Sequence[ServiceRow]:
        """What a context has: first what is shared from above, then its own, each by id.

        Raises:
            NotFoundError: There is no such context.
        """
        path = [each.id for each in await self._contexts.path_to(context)]
        services = ContextServices(await self._store.state(), self._definitions, path)
        return service_rows(services, self._definitions)

    async def conflicts(self, context: str | None = None) -> Sequence[ServiceConflictError]:
        """What is active together in a context and cannot be operational together, in ICM's words.

        Changes that would lead there are refused; it comes about where an assembly brings another service
        type, or where somebody changed the database.

        Arguments:
            context: Only in this one; in every context where omitted.

        Raises:
            NotFoundError: There is no such context.
        """
        if context is not None:
            await self._contexts.path_to(context)
        paths = ContextTree(await self._contexts.all()).paths
        state = await self._store.state()
        return [
            conflict
            for path in paths
            if context in (None, path[0])
            for conflict in conflicts_in(ContextServices(state, self._definitions, path))
        ]

    async def all(self) -> Sequence[ServiceConfiguration]:
        """Every configuration, by id; secrets are sealed."""
        return await self._store.all()

    async def get(self, configuration_id: str) -> ServiceConfiguration:
        """One configuration; secrets are sealed.

        Raises:
            NotFoundError: There is none of that id.
        """
        return await self._store.get(configuration_id)

    async def state(self) -> ServiceState:
        """Every configuration, enablement and override; secrets are sealed."""
        return await self._store.state()

    def opened(self, configuration: ServiceConfiguration) -> BaseModel:
        """The settings as the adapter gets them.

        Raises:
            NotFoundError: No cartridge offers the service type.
            ConfigurationError: They do not fit the service type any more, or a secret cannot be opened.
        """
        return self._settings.opened(configuration)

    @staticmethod
    def masked(configuration: ServiceConfiguration) -> Mapping[str, Any]:
        """The settings for people: secrets are masked."""
        return masked(configuration.values)

    def settings_of(self, definition: str) -> Sequence[SettingField]:
        """The settings of a service type, for forms and lists.

        Raises:
            NotFoundError: No cartridge offers the service type.
        """
        return setting_fields(self._definitions.get(definition).configuration)

    async def test(self, configuration_id: str, context: str) -> ConnectionReport:
        """Test the connection of a configuration, active or not.

        Raises:
            NotFoundError: There is no such configuration or context, or no cartridge offers its type.
            ConfigurationError: Its settings are wrong, or its type offers no connection test.
        """
        await self._contexts.path_to(context)
        configuration = await self._store.get(configuration_id)
        settings = self._settings.opened(configuration)
        return await self._tested(configuration_id, configuration.definition, context, settings)

    async def test_values(
        self, definition: str, context: str, values: Mapping[str, Any], *, of: str | None
    ) -> ConnectionReport:
        """Test a connection with settings that are not stored.

        Arguments:
            definition: The id of the service type.
            context: The context to test for.
            values: The settings.
            of: A configuration from which to take the secrets that are not given.

        Raises:
            NotFoundError: There is no such service type, context or configuration.
            ServiceSettingsError: A setting is unknown, missing or wrong.
            ConfigurationError: A secret cannot be opened, ``of`` is of another type, or the type offers no
                connection test.
        """
        await self._contexts.path_to(context)
        kept: Mapping[str, Any] = {}
        if of is not None:
            secret = {each.name for each in self.settings_of(definition) if each.secret} - values.keys()
            present = await self._store.get(of)
            if present.definition != definition:
                raise ConfigurationError(
                    f"{of} is of type {present.definition}, so its secrets are not used for {definition}.",
                    hint="Give every secret.",
                    service=of,
                )
            stored = present.values
            kept = self._settings.plain(of, {name: stored[name] for name in stored.keys() & secret})
        name = of or definition
        settings = self._settings.checked(name, definition, {**kept, **values})
        return await self._tested(name, definition, context, settings)

    async def _tested(
        self, name: str, definition: str, context: str, settings: BaseModel
    ) -> ConnectionReport:
        return await connection_report(
            self._definitions.get(definition),
            settings,
            AdapterContext(
                name,
                context,
                self._clock,
                self._message_log,
                self._extensions,
                self._telemetry,
                self._database,
            ),
        )

    async def export_toml(self, context: str | None = None) -> str:
        """Configurations and enablements as TOML, without secrets.

        Arguments:
            context: Only what it and those below it own; everything where omitted.

        Raises:
            NotFoundError: There is no such context.
            ConfigurationError: A setting holds what TOML has no word for.
        """
        if context is not None:
            await self._contexts.path_to(context)
        paths = ContextTree(await self._contexts.all()).paths
        wanted = {path[0] for path in paths if context is None or context in path}
        return written(exported(await self._store.state(), wanted))

    async def import_toml(
        self,
        text: str,
        *,
        secrets: Mapping[str, Any] | None = None,
        by: str,
        replace: bool = False,
        plan: bool = False,
    ) -> Sequence[AuditEntry]:
        """Make the services what a file says, all of them or none; what is not in the file stays.

        Arguments:
            text: The file.
            secrets: Secrets by ``ID.NAME``; others stay as they are stored.
            by: Who does it.
            replace: Whether what cannot be operational together with the file's services is deactivated.
            plan: Change nothing.

        Returns:
            What was, or would be, changed.

        Raises:
            ConfigurationError: Something is wrong with the file; everything is named.
            ServiceConflictError: Services would be operational that cannot be so together.
        """
        document = read_document(text)
        transfer = ServiceImport(document, secrets or {}, self._definitions, self._settings)
        replacing = transfer.wants if replace else None
        if plan:
            return await self._transactions.plan(transfer.apply, by=by, replacing=replacing)
        return (await self._transactions.run(transfer.apply, by=by, replacing=replacing)).audit

    async def audit(
        self,
        *,
        service: str | None = None,
        context: str | None = None,
        limit: int = 100,
        before: int | None = None,
    ) -> Sequence[AuditEntry]:
        """Who changed which service, the latest change first.

        Arguments:
            service: Only changes of the configuration, or the service type, of this id.
            context: Only changes that concern this context.
            limit: How many at most.
            before: Only those before the entry of this number.
        """
        return await self._audit_trail.entries(
            topic="service", subject=service, context=context, limit=limit, before=before
        )
