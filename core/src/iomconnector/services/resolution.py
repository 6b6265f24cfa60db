"""Which adapter serves a port in a context: exactly one, or an error that says why."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from iomconnector.cartridges.extensions import Extensions
from iomconnector.errors import ConnectorError
from iomconnector.ports.clock import Clock
from iomconnector.ports.context_repository import ContextRepository
from iomconnector.ports.message_log import MessageLog
from iomconnector.ports.service_configuration_store import ServiceConfiguration, Sharing
from iomconnector.services.configurations import ServiceConfigurations
from iomconnector.services.definition import AdapterContext
from iomconnector.services.registry import ServiceDefinitions

log = structlog.get_logger(__name__)

FRESH_FOR = timedelta(seconds=1)


class ServiceResolutionError(ConnectorError):
    """No adapter, or more than one, is executable of a port in a context."""

    code = "service.not_resolved"
    exit_code = 3


@dataclass(slots=True)
class _Resolved:
    adapter: Any
    checked_at: datetime
    configuration: ServiceConfiguration


class ServiceResolver:
    """Finds the one executable adapter of a port for a context, and keeps it.

    Configurations of the context itself and shared ones of those above it count. A changed configuration
    takes effect within a second, in every process.
    """

    def __init__(
        self,
        definitions: ServiceDefinitions,
        configurations: ServiceConfigurations,
        contexts: ContextRepository,
        extensions: Extensions,
        clock: Clock,
        message_log: MessageLog,
    ) -> None:
        self._definitions = definitions
        self._configurations = configurations
        self._contexts = contexts
        self._extensions = extensions
        self._clock = clock
        self._message_log = message_log
        self._resolved: dict[tuple[type[Any], str], _Resolved] = {}
        self._retired: list[_Resolved] = []
        self._turn = asyncio.Lock()

    async def resolve(self, port: type[Any], context: str) -> Any:
        """The adapter that serves a port in a context.

        Raises:
            NotFoundError: There is no such context.
            ServiceResolutionError: None or several are executable; the text gives the reasons.
            ConfigurationError: The settings are wrong.
        """
        key = (port, context)
        known = self._resolved.get(key)
        if known is not None and self._is_fresh(known):
            return known.adapter
        async with self._turn:
            known = self._resolved.get(key)
            if known is not None and self._is_fresh(known):
                return known.adapter
            chosen = await self._choose(port, context)
            if known is None or known.configuration != chosen:
                adapter = self._make(chosen, context)
                if known is not None:
                    self._retired.append(known)
                known = _Resolved(adapter, self._clock.now(), chosen)
                self._resolved[key] = known
            known.checked_at = self._clock.now()
            return known.adapter

    def _is_fresh(self, resolved: _Resolved) -> bool:
        return abs(self._clock.now() - resolved.checked_at) < FRESH_FOR

    async def _choose(self, port: type[Any], context: str) -> ServiceConfiguration:
        path = [node.id for node in await self._contexts.path_to(context)]
        candidates = [
            configuration
            for configuration in await self._configurations.all()
            if configuration.context in path and self._serves(configuration, port)
        ]
        executable = [each for each in candidates if not why_not_operational(each, context)]
        if len(executable) == 1:
            return executable[0]
        raise _unresolved(port, context, candidates, executable)

    def _serves(self, configuration: ServiceConfiguration, port: type[Any]) -> bool:
        return (
            configuration.definition in self._definitions
            and self._definitions.get(configuration.definition).port is port
        )

    def _make(self, configuration: ServiceConfiguration, context: str) -> Any:
        definition = self._definitions.get(configuration.definition)
        return definition.adapter(
            self._configurations.opened(configuration),
            AdapterContext(
                service=configuration.id,
                channel=context,
                clock=self._clock,
                message_log=self._message_log,
                extensions=self._extensions,
            ),
        )

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


def why_not_operational(configuration: ServiceConfiguration, context: str) -> str:
    """Why a configuration does not serve a context; empty where it does."""
    if not configuration.active:
        return "deactivated"
    if configuration.context != context and configuration.sharing is Sharing.UNSHARED:
        return f"not shared by {configuration.context}"
    return ""


def _unresolved(
    port: type[Any],
    context: str,
    candidates: Sequence[ServiceConfiguration],
    executable: Sequence[ServiceConfiguration],
) -> ServiceResolutionError:
    if executable:
        return ServiceResolutionError(
            f"Only one adapter allowed to be executable of {port.__name__}, "
            f"but {len(executable)} adapters found. "
            f"In context {context} these are: {', '.join(each.id for each in executable)}.",
            hint="Deactivate all but one of them.",
            context=context,
        )
    reasons = "; ".join(f"{each.id} is {why_not_operational(each, context)}" for each in candidates)
    return ServiceResolutionError(
        f"No adapter of {port.__name__} is operational in context {context}"
        f"{f': {reasons}' if reasons else ''}.",
        hint="Activate a service with `iomconnector service activate`."
        if candidates
        else "Configure a service with `iomconnector service add`.",
        context=context,
    )
