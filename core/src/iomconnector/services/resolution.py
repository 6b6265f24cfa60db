"""Which adapter serves a port in a context: exactly one, or an error that says why."""

import asyncio
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import structlog

from iomconnector.cartridges.extensions import Extensions
from iomconnector.errors import ConnectorError
from iomconnector.observability.telemetry import Telemetry
from iomconnector.ports.clock import Clock
from iomconnector.ports.context_repository import ContextRepository
from iomconnector.ports.message_log import MessageLog
from iomconnector.ports.service_configuration_store import (
    ServiceConfiguration,
    ServiceConfigurationStore,
    ServiceState,
)
from iomconnector.services.conflicts import only_one_adapter
from iomconnector.services.definition import AdapterContext
from iomconnector.services.registry import ServiceDefinitions
from iomconnector.services.setting_values import SettingValues
from iomconnector.services.status import ContextServices

if TYPE_CHECKING:
    from iomconnector.storage.database import Database

log = structlog.get_logger(__name__)

FRESH_FOR = timedelta(seconds=1)


class ServiceResolutionError(ConnectorError):
    """No adapter, or more than one, is executable of a port in a context."""

    code = "service.not_resolved"
    exit_code = 3


@dataclass(frozen=True, slots=True)
class Resolution:
    """What serves a port in a context.

    Arguments:
        adapter: The adapter.
        identity: Another one for each service, context and set of settings; the same in all processes. No
            setting can be read from it.
    """

    adapter: Any
    identity: str


@dataclass(slots=True)
class _Resolved:
    adapter: Any
    configuration: ServiceConfiguration
    revision: str
    _identity: str = ""

    def resolution(self, context: str) -> Resolution:
        if not self._identity:
            self._identity = _identity_of(self.configuration, context)
        return Resolution(self.adapter, self._identity)

    def serves(self, configuration: ServiceConfiguration) -> bool:
        """Whether the adapter is what a new one of the configuration would be."""
        mine = self.configuration
        return (mine.id, mine.definition, mine.values) == (
            configuration.id,
            configuration.definition,
            configuration.values,
        )


class ServiceResolver:
    """Finds the one executable adapter of a port for a context, and keeps it.

    Once a second, if anybody asks, it looks whether services were changed, by any process: it reads one row.
    Before it refuses, it looks as well. An adapter that was replaced is closed at the end with the others: it
    may still be at work, and nobody tells when it is done. Until then adapters hold little by closing idle
    connections.
    """

    def __init__(
        self,
        definitions: ServiceDefinitions,
        store: ServiceConfigurationStore,
        settings: SettingValues,
        contexts: ContextRepository,
        extensions: Extensions,
        clock: Clock,
        message_log: MessageLog,
        telemetry: Telemetry | None = None,
        database: "Database | None" = None,
    ) -> None:
        self._definitions = definitions
        self._store = store
        self._settings = settings
        self._contexts = contexts
        self._extensions = extensions
        self._clock = clock
        self._message_log = message_log
        self._telemetry = telemetry or Telemetry()
        self._database = database
        self._state: ServiceState | None = None
        self._checked_at: datetime | None = None
        self._resolved: dict[tuple[type[Any], str], _Resolved] = {}
        self._reported: dict[tuple[type[Any], str], str] = {}
        self._retired: list[_Resolved] = []
        self._turn = asyncio.Lock()

    async def resolve(self, port: type[Any], context: str) -> Any:
        """The adapter that serves a port in a context. Raises as :meth:`resolution` does."""
        return (await self.resolution(port, context)).adapter

    async def resolution(self, port: type[Any], context: str) -> "Resolution":
        """The adapter that serves a port in a context, and what tells it from one with other settings.

        Raises:
            NotFoundError: There is no such context.
            ServiceResolutionError: None or several are executable; the text gives the reasons.
            ConfigurationError: The settings are wrong.
        """
        key = (port, context)
        known = self._resolved.get(key)
        if known is not None and self._is_current(known):
            self._telemetry.looked_up("services", hit=True)
            return known.resolution(context)
        async with self._turn:
            state = await self._current()
            known = self._resolved.get(key)
            unchanged = known is not None and known.revision == state.revision
            self._telemetry.looked_up("services", hit=unchanged)
            if known is not None and unchanged:
                return known.resolution(context)
            try:
                chosen = await self._choose(state, port, context)
            except ServiceResolutionError:
                chosen = await self._choose(state := await self._current(at_once=True), port, context)
            if known is None or not known.serves(chosen):
                adapter = self._make(chosen, context)
                if known is not None:
                    self._retired.append(known)
                known = _Resolved(adapter, chosen, state.revision)
                self._resolved[key] = known
            known.revision = state.revision
            return known.resolution(context)

    def _is_current(self, known: _Resolved) -> bool:
        return self._state is not None and known.revision == self._state.revision and self._is_fresh()

    def _is_fresh(self) -> bool:
        return self._checked_at is not None and abs(self._clock.now() - self._checked_at) < FRESH_FOR

    async def _current(self, *, at_once: bool = False) -> ServiceState:
        state = self._state
        if state is None or at_once or not self._is_fresh():
            asked_at = self._clock.now()
            if state is None or await self._store.revision() != state.revision:
                state = await self._store.state()
            self._state, self._checked_at = state, asked_at
        return state

    async def _choose(self, state: ServiceState, port: type[Any], context: str) -> ServiceConfiguration:
        path = [node.id for node in await self._contexts.path_to(context)]
        services = ContextServices(state, self._definitions, path)
        executable = [key for key, each in services.operational.items() if each.port is port]
        if len(executable) == 1:
            return services.configurations[executable[0]]
        refused = self._unresolved(services, port, executable)
        if executable and self._reported.get((port, context)) != state.revision:
            self._reported[port, context] = state.revision
            log.error(refused.message, **refused.ids)
        raise refused

    def _unresolved(
        self, services: ContextServices, port: type[Any], executable: list[str]
    ) -> ServiceResolutionError:
        if executable:
            return ServiceResolutionError(
                only_one_adapter(port, executable, services.context),
                hint="Deactivate all but one of them.",
                context=services.context,
                services=", ".join(executable),
            )
        candidates = [
            key
            for key, each in services.configurations.items()
            if each.definition in self._definitions and self._definitions.get(each.definition).port is port
        ]
        reasons = "".join(f" {key}: {services.status(key).reason}" for key in candidates)
        return ServiceResolutionError(
            f"No adapter of {port.__name__} is operational in context {services.context}.{reasons}",
            hint="`iomconnector service list` shows every service and its status."
            if candidates
            else "Configure a service with `iomconnector service add`.",
            context=services.context,
        )

    def _make(self, configuration: ServiceConfiguration, context: str) -> Any:
        definition = self._definitions.get(configuration.definition)
        settings = self._settings.opened(configuration)
        surroundings = AdapterContext(
            service=configuration.id,
            channel=context,
            clock=self._clock,
            message_log=self._message_log,
            extensions=self._extensions,
            telemetry=self._telemetry,
            database=self._database,
        )
        try:
            return definition.adapter(settings, surroundings)
        except ConnectorError:
            raise
        except Exception as error:
            log.exception("an adapter cannot be made", service=configuration.id, context=context)
            raise ServiceResolutionError(
                f"The adapter of service {configuration.id} cannot be made: {type(error).__name__}.",
                hint="The log tells more. Correct the settings of the service, or its cartridge.",
                service=configuration.id,
                context=context,
            ) from error

    async def aclose(self) -> None:
        """Give back what the adapters hold, those that were replaced included.

        An adapter that fails to close is named in the log, and the others are closed all the same.
        """
        made = [*self._retired, *self._resolved.values()]
        self._retired.clear()
        self._resolved.clear()
        outcomes = await asyncio.gather(*(each.adapter.aclose() for each in made), return_exceptions=True)
        for each, outcome in zip(made, outcomes, strict=True):
            if outcome is not None:
                log.error(
                    "an adapter could not be closed", service=each.configuration.id, error=repr(outcome)
                )


def _identity_of(configuration: ServiceConfiguration, context: str) -> str:
    parts = [configuration.id, configuration.definition, context, configuration.values]
    return sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()
