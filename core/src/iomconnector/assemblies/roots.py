"""Roots: cartridges that bring along everything they require, ordered by dependency.

Mirrors ICM 11: only roots are named, and all else follows from what the cartridges' distributions require. A
dependency comes before its dependant, and cartridges of one level come by name. [KB 310V31]

Where ICM is silent, these are our own rules:

- A root is in the environments of its style: a cartridge in development, test and production, a test
  cartridge in development and test, a development cartridge in development, an init cartridge in init. A root
  of an ``[[include]]`` that says ``in`` is there instead.
- What a root requires comes along into the environments of the root, except that production never gets a test
  or development cartridge, and init cartridges come into init alone. Without ``in``, a test or development
  cartridge comes along only where its style belongs.
- What an init cartridge requires and nothing that runs requires is in init alone.
- What the file excludes, and what an extended assembly has excluded, does not come along.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from iomconnector.assemblies.catalog import Catalog
from iomconnector.assemblies.file import ENVIRONMENTS, RUNNING
from iomconnector.assemblies.table import Mention
from iomconnector.cartridges.descriptor import CartridgeStyle

ENVIRONMENTS_OF: Mapping[CartridgeStyle, tuple[str, ...]] = {
    CartridgeStyle.CARTRIDGE: RUNNING,
    CartridgeStyle.TEST: ("development", "test"),
    CartridgeStyle.DEVELOPMENT: ("development",),
    CartridgeStyle.INIT: ("init",),
}
"""Where a cartridge of each style is. [CartridgeStyle.kt, the sets of environments]"""


@dataclass(frozen=True, slots=True)
class Root:
    """A root as a file names it.

    Arguments:
        mention: Its name and line.
        environments: Where it is; None where its style says it.
    """

    mention: Mention
    environments: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Brought:
    """A cartridge that a root brings, itself or another, and where; without any, nothing admits it."""

    name: str
    root: Root
    environments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Expansion:
    """What roots amount to.

    Arguments:
        order: The cartridges, each after all that it requires.
        brought: For every cartridge, what each root does for it.
        barred: What the roots would require had it not been excluded.
    """

    order: tuple[str, ...]
    brought: Mapping[str, Sequence[Brought]]
    barred: frozenset[str]


def expand(roots: Iterable[Root], catalog: Catalog, excluded: Collection[str] = ()) -> Expansion:
    """Follow the requirements of roots.

    Arguments:
        roots: The roots.
        catalog: The installed cartridges.
        excluded: What does not come along; a root among them comes nevertheless.
    """
    listed = list(roots)
    barred = frozenset(excluded) - {root.mention.name for root in listed}
    brought: dict[str, list[Brought]] = {}
    hit: set[str] = set()
    for root in listed:
        every = _reach([root.mention.name], catalog)
        within = _reach([root.mention.name], catalog, lambda name: name not in barred)
        hit |= barred.intersection(every)
        for each in _brought_by(root, within, catalog):
            brought.setdefault(each.name, []).append(each)
    order = by_dependency(brought, catalog.requires)
    return Expansion(order, _only_prepared(brought, catalog), frozenset(hit))


def by_dependency(names: Collection[str], requires: Callable[[str], Iterable[str]]) -> tuple[str, ...]:
    """Sort cartridges by dependency, level by level, and by name within a level.

    The first level requires none of the others, each further one only what stands before it. Where cartridges
    require each other in a circle, the first of them by name goes ahead.
    """
    waiting = {name: {each for each in requires(name) if each in names} - {name} for name in names}
    order: list[str] = []
    while waiting:
        level = sorted(name for name, needed in waiting.items() if not needed) or [min(waiting)]
        order += level
        for name in level:
            del waiting[name]
        for needed in waiting.values():
            needed.difference_update(level)
    return tuple(order)


def _brought_by(root: Root, within: Collection[str], catalog: Catalog) -> Iterator[Brought]:
    """Everything within the reach of one root, with the running environments; init content is in init."""
    name = root.mention.name
    style = catalog.style_of(name) or CartridgeStyle.CARTRIDGE
    scope = ENVIRONMENTS_OF[style] if root.environments is None else root.environments
    reached = {
        environment: _running(environment, root, within, catalog)
        for environment in scope
        if environment in RUNNING
    }
    for each in within:
        where = {environment for environment, names in reached.items() if each in names}
        if each == name:
            where = set(scope)
        elif catalog.style_of(each) is CartridgeStyle.INIT:
            where = {"init"}
        yield Brought(each, root, tuple(item for item in ENVIRONMENTS if item in where))


def _running(environment: str, root: Root, within: Collection[str], catalog: Catalog) -> Collection[str]:
    """What of the root's reach runs in an environment."""
    return _reach(
        [root.mention.name],
        catalog,
        lambda name: name in within and _is_admitted(name, environment, root, catalog),
    )


def _is_admitted(name: str, environment: str, root: Root, catalog: Catalog) -> bool:
    style = catalog.style_of(name)
    if style is None or style is CartridgeStyle.CARTRIDGE:
        return True
    if style is CartridgeStyle.INIT or environment == "production":
        return False
    return root.environments is not None or environment in ENVIRONMENTS_OF[style]


def _only_prepared(brought: Mapping[str, list[Brought]], catalog: Catalog) -> dict[str, list[Brought]]:
    """The same, with what init cartridges require and nothing that runs requires put into init."""
    content = [name for name, items in brought.items() if any("init" in item.environments for item in items)]
    needed = _reach(content, catalog, lambda name: name in brought)
    return {
        name: [Brought(name, item.root, ("init",)) for item in items]
        if name in needed and not any(item.environments for item in items)
        else items
        for name, items in brought.items()
    }


def _reach(
    start: Iterable[str], catalog: Catalog, admits: Callable[[str], bool] = lambda _name: True
) -> dict[str, None]:
    """The cartridges themselves and, step by step, all that they require and that is admitted."""
    reached = dict.fromkeys(start)
    waiting = list(reached)
    while waiting:
        for name in catalog.requires(waiting.pop()):
            if name not in reached and admits(name):
                reached[name] = None
                waiting.append(name)
    return reached
