"""Which configurations are operational in a context, and why another is not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any

from iomconnector.ports.service_configuration_store import ServiceConfiguration, ServiceState
from iomconnector.services.definition import ServiceDefinition
from iomconnector.services.reasons import Reasons
from iomconnector.services.registry import ServiceDefinitions
from iomconnector.services.sharing import Activation, activation_of

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """What a configuration is to a context.

    Arguments:
        operational: Whether it serves the context.
        reason: Why it does not, and what to do, one sentence; empty where it does.
        active: Whether it is switched on for the context.
        inherited: Whether a context above owns it.
        overridden: Whether the context, or one between it and the owner, departs from the sharing rule.
    """

    operational: bool
    reason: str
    active: bool
    inherited: bool
    overridden: bool


class ContextServices:
    """The managed services of one context.

    Operational is what is enabled for the organization, available, switched on, has what it needs, and is
    not together with what it excludes. Of types that exclude each other none is operational while both could
    be. [KB task_viewing_service_configurations; needs and exclusions are this framework's own]

    Arguments:
        state: What is configured.
        definitions: The service types of the assembly.
        path: The context and those above it, itself first.
    """

    def __init__(self, state: ServiceState, definitions: ServiceDefinitions, path: Sequence[str]) -> None:
        self.path = tuple(path)
        self._state = state
        self._definitions = definitions
        self._reasons = Reasons(state, definitions, self.path)

    @property
    def context(self) -> str:
        """The context."""
        return self.path[0]

    @cached_property
    def configurations(self) -> Mapping[str, ServiceConfiguration]:
        """Every configuration of the context and of those above it, shared or not, by id."""
        everything = self._state.configurations
        return {key: each for key, each in sorted(everything.items()) if each.context in self.path}

    @cached_property
    def executable(self) -> Mapping[str, ServiceDefinition[Any]]:
        """The configurations that could be operational, exclusions aside, with their service types."""
        switched_on = {
            key: self._definitions.get(each.definition)
            for key, each in self.configurations.items()
            if each.definition in self._definitions
            and self._is_enabled(each.definition)
            and each.available
            and self._activations[key].active
        }
        return _with_what_they_need(switched_on)

    @cached_property
    def operational(self) -> Mapping[str, ServiceDefinition[Any]]:
        """The configurations that serve the context, with their service types."""
        excluded = {
            key for pair in self.conflicts for key in pair if _exclude(*(self.executable[k] for k in pair))
        }
        left = {key: each for key, each in self.executable.items() if key not in excluded}
        return _with_what_they_need(left)

    @cached_property
    def conflicts(self) -> frozenset[Pair]:
        """Pairs of executable configurations, sorted, that cannot be operational together: they are adapters
        of one port, or their types exclude each other."""
        pairs = combinations(sorted(self.executable), 2)
        return frozenset(pair for pair in pairs if _collide(*(self.executable[key] for key in pair)))

    def status(self, configuration_id: str) -> ServiceStatus:
        """What a configuration is to the context.

        Raises:
            KeyError: The context and those above it own none of that id.
        """
        activation = self._activations[configuration_id]
        return ServiceStatus(
            operational=configuration_id in self.operational,
            reason="" if configuration_id in self.operational else self._reason(configuration_id, activation),
            active=activation.active,
            inherited=activation.inherited,
            overridden=activation.overridden,
        )

    def is_shared(self, configuration_id: str) -> bool:
        """Whether the context has the configuration: it owns it, or a context above shares it."""
        return self._activations[configuration_id].shared

    @cached_property
    def _activations(self) -> Mapping[str, Activation]:
        return {
            key: activation_of(each, self.path, self._state.overrides)
            for key, each in self.configurations.items()
        }

    def _is_enabled(self, definition: str) -> bool:
        return self._state.enablements.get((definition, self.path[-1]), False)

    def _reason(self, configuration_id: str, activation: Activation) -> str:
        configuration = self.configurations[configuration_id]
        if configuration.definition not in self._definitions:
            return self._reasons.not_offered(configuration)
        if not self._is_enabled(configuration.definition):
            return self._reasons.not_enabled(configuration)
        if not configuration.available:
            return self._reasons.not_available(configuration)
        if not activation.active:
            return self._reasons.not_active(configuration, activation)
        definition = self._definitions.get(configuration.definition)
        others = self.executable.items() if configuration_id in self.executable else ()
        for key, other in others:
            if key != configuration_id and _exclude(definition, other):
                return self._reasons.excluded(definition, other, key)
        return self._reasons.missing(definition, {each.id for each in self.operational.values()})


def _with_what_they_need(
    services: Mapping[str, ServiceDefinition[Any]],
) -> Mapping[str, ServiceDefinition[Any]]:
    """Those of which each has, among them, one of every group that it needs."""
    left = dict(services)
    while True:
        types = {each.id for each in left.values()}
        met = {key: each for key, each in left.items() if all(types & set(group) for group in each.needs)}
        if len(met) == len(left):
            return met
        left = met


def _exclude(one: ServiceDefinition[Any], other: ServiceDefinition[Any]) -> bool:
    return one.id in other.excludes or other.id in one.excludes


def _collide(one: ServiceDefinition[Any], other: ServiceDefinition[Any]) -> bool:
    return one.port is other.port or _exclude(one, other)
