"""Whether every cartridge of an assembly finds what it depends on, where and when it needs it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from iomconnector.assemblies.catalog import Catalog
from iomconnector.assemblies.composition import Composition
from iomconnector.assemblies.file import RUNNING
from iomconnector.assemblies.findings import Finding, error, shown
from iomconnector.cartridges.descriptor import CartridgeStyle
from iomconnector.cartridges.discovery import InstalledCartridge

NEVER_IN_PRODUCTION = (CartridgeStyle.TEST, CartridgeStyle.DEVELOPMENT)


class DependencyCheck:
    """Looks at each cartridge and each of its dependencies in some environments.

    Arguments:
        composition: The assembly.
        catalog: The installed cartridges with their dependencies.
    """

    def __init__(self, composition: Composition, catalog: Catalog) -> None:
        self._composition = composition
        self._installed = catalog.installed
        self._style_of = catalog.style_of
        self._position = {name: at for at, name in enumerate(composition.order)}

    def findings(self, environments: Sequence[str]) -> Iterator[Finding]:
        """Every dependency that is missing, forbidden or in the wrong place."""
        missing: dict[tuple[str, str], list[str]] = {}
        forbidden: dict[tuple[str, str], None] = {}
        seen: dict[tuple[str, str], None] = {}
        for environment in environments:
            running = frozenset(self._composition.in_environment(environment))
            loaded = frozenset(loaded_for(self._composition, environment))
            for name, needed in self._pairs(environment):
                seen[name, needed] = None
                runs = environment in RUNNING and name in running
                if environment == "production" and self._is_forbidden(needed):
                    forbidden[name, needed] = None
                elif not (self._finds(needed, running, loaded) if runs else needed in self._position):
                    missing.setdefault((name, needed), []).append(environment)
        yield from (self._forbidden(*pair) for pair in forbidden)
        yield from (self._missing(*pair, where) for pair, where in missing.items())
        circles = circles_of({name: self._installed[name].requires for name, _ in seen})
        yield from (self._circle(circle) for circle in circles)
        for name, needed in seen:
            turning = any(name in circle and needed in circle for circle in circles)
            if not turning and self._is_misplaced(name, needed):
                yield self._misplaced(name, needed)

    def _pairs(self, environment: str) -> Iterator[tuple[str, str]]:
        for name in with_required(self._composition, environment, self._installed):
            if name in self._installed:
                yield from ((name, needed) for needed in self._installed[name].requires)

    def _is_forbidden(self, needed: str) -> bool:
        return needed in self._position and self._style_of(needed) in NEVER_IN_PRODUCTION

    def _finds(self, needed: str, running: Collection[str], loaded: Collection[str]) -> bool:
        """Whether what runs finds what it needs: running beside it, or content that is prepared."""
        if needed in running:
            return True
        return needed in loaded and self._style_of(needed) in (CartridgeStyle.INIT, None)

    def _is_misplaced(self, name: str, needed: str) -> bool:
        return self._position.get(needed, -1) > self._position[name]

    def _forbidden(self, name: str, needed: str) -> Finding:
        origin = self._composition.entry(name).origin
        message = f'"{name}" is in production but needs "{needed}", a {self._style_of(needed)} cartridge.'
        mend = f'Take "{name}" out of production, or remove this requirement of its distribution.'
        return error(origin.file, origin.line, message, mend)

    def _missing(self, name: str, needed: str, environments: list[str]) -> Finding:
        origin = self._composition.entry(name).origin
        excluded = self._composition.excluded.get(needed)
        if needed in self._position:
            there = self._composition.entry(needed).origin
            message = f'"{name}" needs "{needed}", which is missing in {", ".join(environments)}.'
            mend = f'Include "{needed}" there too; it stands in {shown(there.file)}:{there.line}.'
        elif excluded:
            message = f'"{needed}" is excluded, but "{name}" needs it.'
            return error(excluded.file, excluded.line, message, f'Exclude "{name}" too, or keep "{needed}".')
        else:
            message = f'"{name}" needs "{needed}", which the assembly does not include.'
            mend = f'Include "{needed}" before "{name}".'
        return error(origin.file, origin.line, message, mend)

    def _circle(self, circle: Sequence[str]) -> Finding:
        first = min(circle, key=lambda name: self._position.get(name, len(self._position)))
        at = circle.index(first)
        shown_circle = " -> ".join([*circle[at:], *circle[:at], first])
        origin = self._composition.entry(first).origin
        message = f"The cartridges need each other in a circle: {shown_circle}."
        mend = "Remove one of these requirements of their distributions."
        return error(origin.file, origin.line, message, mend)

    def _misplaced(self, name: str, needed: str) -> Finding:
        origin, there = (self._composition.entry(each).origin for each in (name, needed))
        message = f'"{name}" needs "{needed}" but stands before it.'
        mend = f'Move "{needed}" from {shown(there.file)}:{there.line} before "{name}".'
        return error(origin.file, origin.line, message, mend)


def loaded_for(composition: Composition, environment: str) -> tuple[str, ...]:
    """The cartridges of an environment and those that prepare its database, in load order."""
    named = {
        *composition.in_environment(environment),
        *composition.in_environment("init"),
        *composition.database_in(environment),
    }
    return tuple(name for name in composition.order if name in named)


def with_required(
    composition: Composition, environment: str, installed: Mapping[str, InstalledCartridge]
) -> tuple[str, ...]:
    """What :func:`loaded_for` gives and all cartridges of the assembly that these require, in load order."""
    needed = dict.fromkeys(loaded_for(composition, environment))
    waiting = [name for name in needed if name in installed]
    while waiting:
        for name in installed[waiting.pop()].requires:
            if name not in needed and name in installed:
                needed[name] = None
                waiting.append(name)
    return tuple(name for name in composition.order if name in needed)


def circles_of(requires: Mapping[str, Sequence[str]]) -> list[tuple[str, ...]]:
    """Circles among requirements, so that every cartridge that is in any is in one of these."""
    others = {name: [each for each in needed if each != name] for name, needed in requires.items()}
    circles: list[tuple[str, ...]] = []
    try:
        TopologicalSorter(others).prepare()
    except CycleError:
        pass
    else:
        return circles
    for start in sorted(requires):
        if any(start in circle for circle in circles):
            continue
        way = _way_back(start, requires)
        if way:
            circles.append(way)
    return circles


def _way_back(start: str, requires: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The shortest way from a cartridge over its requirements to itself; empty where there is none."""
    ways: list[tuple[str, ...]] = [(start,)]
    seen: set[str] = set()
    for way in ways:
        for needed in requires.get(way[-1], ()):
            if needed == start and len(way) > 1:
                return way
            if needed not in seen and needed != start:
                seen.add(needed)
                ways.append((*way, needed))
    return ()
