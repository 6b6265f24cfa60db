"""The rules of managed services said plainly, to hold the framework against them.

Written from the rules alone, it shares nothing with the code that it judges: for each context it goes down
from the organization and asks, rule by rule, what is so there. It is slow and says nothing but yes or no.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any


@dataclass(frozen=True)
class PlainType:
    """What matters of a service type."""

    port: type[Any]
    excludes: frozenset[str] = frozenset()
    needs: tuple[frozenset[str], ...] = ()


@dataclass(frozen=True)
class PlainService:
    """What matters of a configuration."""

    type: str
    owner: str
    available: bool
    active: bool
    sharing: str


@dataclass(frozen=True)
class PlainServices:
    """Everything that was decided, and the rules said plainly.

    Arguments:
        tree: The parent of each context; none of an organization.
        types: What matters of each service type.
        services: The configurations.
        enabled: What was decided on a service type for an organization.
        switches: Where a context departs from the sharing rule of a configuration.
    """

    tree: Mapping[str, str | None]
    types: Mapping[str, PlainType]
    services: dict[str, PlainService] = field(default_factory=dict)
    enabled: dict[tuple[str, str], bool] = field(default_factory=dict)
    switches: dict[tuple[str, str], bool] = field(default_factory=dict)

    def lineage(self, context: str) -> list[str]:
        """From the organization down to the context."""
        above = self.tree[context]
        return [*(self.lineage(above) if above else []), context]

    def is_on(self, name: str, context: str) -> bool:
        """Whether a service is switched on in a context: told while going down from its owner."""
        service, line = self.services[name], self.lineage(context)
        if service.owner not in line or not service.active:
            return False
        below = line[line.index(service.owner) + 1 :]
        if not below or service.sharing == "shared-mandatory":
            return True
        if service.sharing == "unshared":
            return False
        on = service.sharing == "shared-active"
        for place in below:
            on = self.switches.get((name, place), on)
        return on

    def could_work(self, context: str) -> set[str]:
        """The services that could be operational, exclusions aside."""
        organization = self.lineage(context)[0]
        left = {
            name
            for name, service in self.services.items()
            if self.is_on(name, context)
            and service.available
            and self.enabled.get((service.type, organization), False)
        }
        return self._fed(left)

    def _fed(self, names: set[str]) -> set[str]:
        types = {self.services[name].type for name in names}
        hungry = {
            name
            for name in names
            if any(not (group & types) for group in self.types[self.services[name].type].needs)
        }
        return self._fed(names - hungry) if hungry else names

    def works(self, context: str) -> set[str]:
        """The services that are operational."""
        could = self.could_work(context)
        at_odds = {
            name for one, two in combinations(could, 2) if self._exclude(one, two) for name in (one, two)
        }
        return self._fed(could - at_odds)

    def _exclude(self, one: str, two: str) -> bool:
        first, second = self.services[one].type, self.services[two].type
        return second in self.types[first].excludes or first in self.types[second].excludes

    def quarrels(self) -> set[tuple[str, frozenset[str]]]:
        """Where which two cannot be operational together, but would be."""
        return {
            (context, frozenset({one, two}))
            for context in self.tree
            for one, two in combinations(self.could_work(context), 2)
            if self.types[self.services[one].type].port is self.types[self.services[two].type].port
            or self._exclude(one, two)
        }

    def may_switch(self, name: str, context: str) -> bool:
        """Whether a context may depart from the sharing rule."""
        service, line = self.services[name], self.lineage(context)
        return service.owner in line[:-1] and service.sharing in ("shared-active", "shared-inactive")
