"""What differs between two assemblies, or between an assembly and a lock."""

import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from iomconnector.assemblies.distributions import required_distributions
from iomconnector.assemblies.lock import Lock, LockError, distributions_of
from iomconnector.assemblies.resolution import Assembly
from iomconnector.assemblies.settings import shown_settings


@dataclass(frozen=True, slots=True)
class Move:
    """A cartridge that stands elsewhere among those that both sides have.

    Arguments:
        name: The cartridge.
        before: Its position in the first, from 1.
        after: Its position in the second, from 1.
    """

    name: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class ListDifference:
    """What differs between two lists of cartridges.

    Arguments:
        added: What only the second has, with its position there, from 1.
        removed: What only the first has, with its position there, from 1.
        moved: As few as possible whose moving makes one order of the other.
    """

    added: Mapping[str, int]
    removed: Mapping[str, int]
    moved: tuple[Move, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.moved)

    def __str__(self) -> str:
        parts = [f"{name} is new" for name in self.added]
        parts += [f"{name} is gone" for name in self.removed]
        parts += [f"{move.name} moved from {move.before} to {move.after}" for move in self.moved]
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Change:
    """Something that has another value; empty where one side does not have it.

    Arguments:
        name: The setting or distribution.
        before: In the first, as it may be shown.
        after: In the second, as it may be shown.
        origins: Where the two are from; empty where that says nothing.
    """

    name: str
    before: str
    after: str
    origins: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Side:
    """One of two that are compared.

    Arguments:
        label: What people call it.
        cartridges: What runs, in load order.
        database: What prepares the database, in load order.
        versions: The versions of the distributions, by name.
        settings: The settings; None where it keeps none.
        origins: Where each setting is from.
    """

    label: str
    cartridges: Sequence[str]
    database: Sequence[str]
    versions: Mapping[str, str]
    settings: Mapping[str, object] | None = field(default=None, repr=False)
    origins: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs between two sides."""

    before: str
    after: str
    cartridges: ListDifference
    database: ListDifference
    settings: tuple[Change, ...]
    versions: tuple[Change, ...]

    def __bool__(self) -> bool:
        return bool(self.cartridges or self.database or self.settings or self.versions)


def side_of(assembly: Assembly) -> Side:
    """An assembly as it is installed now, with the settings in its files; variables do not count.

    Raises:
        MissingDistributionError: Something that is required is not installed.
    """
    found = required_distributions(distributions_of(assembly))
    return Side(
        label=f"{assembly.name} in {assembly.environment}",
        cartridges=assembly.cartridges,
        database=assembly.database,
        versions={key: installed.version for key, installed in found.items()},
        settings=assembly.settings,
        origins=assembly.setting_origins,
    )


def locked_side(lock: Lock, environment: str) -> Side:
    """A lock in one environment.

    Raises:
        LockError: It does not have the environment.
    """
    locked = lock.environments.get(environment)
    if locked is None:
        raise LockError(
            f"The lock of {lock.assembly} does not have {environment}, but {', '.join(lock.environments)}.",
            hint="Choose one of these with --env, or lock again.",
        )
    return Side(
        label=f"the lock of {lock.assembly} in {environment}",
        cartridges=locked.cartridges,
        database=locked.database,
        versions={each.name: each.version for each in lock.distributions if environment in each.environments},
    )


def difference(before: Side, after: Side) -> Difference:
    """Compare two sides; the settings only where both keep them."""
    return Difference(
        before=before.label,
        after=after.label,
        cartridges=compare_lists(before.cartridges, after.cartridges),
        database=compare_lists(before.database, after.database),
        settings=tuple(_changed_settings(before, after)),
        versions=tuple(
            Change(name, before.versions.get(name, ""), after.versions.get(name, ""))
            for name in sorted({*before.versions, *after.versions})
            if before.versions.get(name) != after.versions.get(name)
        ),
    )


def compare_lists(before: Sequence[str], after: Sequence[str]) -> ListDifference:
    """Compare two lists, neither of which has anything twice."""
    first = {name: at for at, name in enumerate(before, start=1)}
    second = {name: at for at, name in enumerate(after, start=1)}
    common = [name for name in before if name in second]
    staying = _longest_rising(common, second)
    return ListDifference(
        added={name: at for name, at in second.items() if name not in first},
        removed={name: at for name, at in first.items() if name not in second},
        moved=tuple(Move(name, first[name], second[name]) for name in common if name not in staying),
    )


def _longest_rising(names: Sequence[str], position: Mapping[str, int]) -> set[str]:
    """The longest sequence of the names, in their order, whose positions rise."""
    tails: list[int] = []
    ends: list[str] = []
    before: dict[str, str | None] = {}
    for name in names:
        at = bisect.bisect_left(tails, position[name])
        tails[at : at + 1] = [position[name]]
        ends[at : at + 1] = [name]
        before[name] = ends[at - 1] if at else None
    rising: set[str] = set()
    name_or_none = ends[-1] if ends else None
    while name_or_none is not None:
        rising.add(name_or_none)
        name_or_none = before[name_or_none]
    return rising


def _changed_settings(before: Side, after: Side) -> list[Change]:
    if before.settings is None or after.settings is None:
        return []
    changes: list[Change] = []
    shown = [
        {each.name: each for each in shown_settings(side.settings or {}, side.origins, {})}
        for side in (before, after)
    ]
    for name in sorted({*before.settings, *after.settings}):
        absent = object()
        if before.settings.get(name, absent) == after.settings.get(name, absent):
            continue
        values = tuple(side[name].value if name in side else "" for side in shown)
        origins = tuple(side[name].origin if name in side else "" for side in shown)
        changes.append(Change(name, values[0], values[1], (origins[0], origins[1])))
    return changes
