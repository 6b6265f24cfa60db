"""Who needs a cartridge, what would break without it, and what would have to come with it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from iomconnector.assemblies.resolution import Assembly
from iomconnector.assemblies.roots import by_dependency
from iomconnector.cartridges.discovery import InstalledCartridge


@dataclass(frozen=True, slots=True)
class Explanation:
    """What hangs on a cartridge in one environment of an assembly.

    Arguments:
        name: The cartridge.
        is_there: Whether the environment loads it, to run or to prepare the database.
        requires: What its distribution requires itself.
        required_by: The cartridges of the assembly that require it themselves, in load order.
        breaks: All that would not work without it, in load order, each with the way from it to the cartridge.
        would_need: Where it is not there: what would have to come with it, dependencies first.
    """

    name: str
    is_there: bool
    requires: tuple[str, ...]
    required_by: tuple[str, ...]
    breaks: Mapping[str, tuple[str, ...]]
    would_need: tuple[str, ...]


def explain(name: str, assembly: Assembly, installed: Mapping[str, InstalledCartridge]) -> Explanation:
    """Tell what hangs on a cartridge, whether the assembly has it or not."""
    there = tuple(dict.fromkeys([*assembly.cartridges, *assembly.preparation]))
    mentioned = tuple(dict.fromkeys([*assembly.why, *there]))
    requires = {each: installed[each].requires for each in mentioned if each in installed}
    requires[name] = _requires(name, installed)
    loaded = tuple(each for each in mentioned if each in there)
    return Explanation(
        name=name,
        is_there=name in there,
        requires=requires[name],
        required_by=tuple(each for each in mentioned if each != name and name in requires.get(each, ())),
        breaks=_ways_to(name, loaded, requires) if name in there else {},
        would_need=() if name in there else _missing(name, there, installed),
    )


def _ways_to(
    name: str, loaded: Iterable[str], requires: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """The shortest chain of requirements from every cartridge that leads to the one."""
    ways: dict[str, tuple[str, ...]] = {name: (name,)}
    remaining = [each for each in loaded if each != name]
    grown = True
    while grown:
        step = {
            each: (each, *ways[via])
            for each in remaining
            if each not in ways
            for via in requires.get(each, ())
            if via in ways
        }
        ways |= step
        grown = bool(step)
    return {each: ways[each] for each in remaining if each in ways}


def _missing(name: str, there: Iterable[str], installed: Mapping[str, InstalledCartridge]) -> tuple[str, ...]:
    present = set(there)
    needed: set[str] = set()
    waiting = [name]
    while waiting:
        for each in _requires(waiting.pop(), installed):
            if each not in present and each not in needed and each != name:
                needed.add(each)
                waiting.append(each)
    return by_dependency(needed, lambda each: _requires(each, installed))


def _requires(name: str, installed: Mapping[str, InstalledCartridge]) -> tuple[str, ...]:
    return installed[name].requires if name in installed else ()
