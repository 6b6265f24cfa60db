"""Which cartridges are installed, read from the metadata of their distributions; nothing is imported."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import Distribution, PackageNotFoundError, distribution, entry_points

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

ENTRY_POINT_GROUP = "iomconnector.cartridges"

_MODULE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class InstalledCartridge:
    """A cartridge as its distribution announces it.

    Arguments:
        name: The name by which assemblies include it; the name of its entry point.
        module: The module with its descriptor and hooks, for example ``bc_order.cartridge``.
        distribution: The distribution that brings it.
        version: The version of that distribution.
        requires: The cartridges of the distributions that this one requires, sorted by name.
        problems: What is wrong with its metadata, one sentence each; such a cartridge must not be loaded.
    """

    name: str
    module: str
    distribution: str
    version: str
    requires: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Offer:
    cartridge: str
    module: str
    by: Distribution
    project: str


def installed_cartridges() -> Mapping[str, InstalledCartridge]:
    """Find every cartridge on ``sys.path``, by name.

    A cartridge is an entry point of the group ``iomconnector.cartridges``. What it depends on is what its
    distribution requires: there is no second list. Requirements of extras, and requirements whose marker
    does not apply to this interpreter, do not count.
    """
    offers = [
        _Offer(point.name, point.value, point.dist, canonicalize_name(point.dist.name))
        for point in entry_points(group=ENTRY_POINT_GROUP)
        if point.dist is not None
    ]
    cartridges_of: dict[str, list[_Offer]] = {}
    for offer in offers:
        cartridges_of.setdefault(offer.project, []).append(offer)
    found: dict[str, InstalledCartridge] = {}
    for offer in sorted(offers, key=lambda offer: (offer.cartridge, offer.project)):
        earlier = found.get(offer.cartridge)
        found[offer.cartridge] = _contested(earlier, offer) if earlier else _describe(offer, cartridges_of)
    return found


def _describe(offer: _Offer, cartridges_of: Mapping[str, list[_Offer]]) -> InstalledCartridge:
    requires: set[str] = set()
    problems: list[str] = []
    if not _MODULE.fullmatch(offer.module):
        problems.append(f'The entry point of "{offer.cartridge}" must name a module, not "{offer.module}".')
    for requirement in _requirements(offer.by, problems):
        project = canonicalize_name(requirement.name)
        if project == offer.project:
            continue
        required = cartridges_of.get(project, [])
        requires.update(other.cartridge for other in required)
        version = required[0].by.version if required else _version(project)
        if version is None:
            problems.append(f"{offer.by.name} requires {requirement}, which is not installed.")
        elif not requirement.specifier.contains(version, prereleases=True):
            problems.append(f"{offer.by.name} requires {requirement}, but {version} is installed.")
    return InstalledCartridge(
        name=offer.cartridge,
        module=offer.module,
        distribution=offer.by.name,
        version=offer.by.version,
        requires=tuple(sorted(requires)),
        problems=tuple(problems),
    )


def _requirements(by: Distribution, problems: list[str]) -> Iterator[Requirement]:
    for text in by.requires or ():
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            problems.append(f'{by.name} states the requirement "{text}", which cannot be understood.')
            continue
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield requirement


def _version(project: str) -> str | None:
    try:
        return distribution(project).version
    except PackageNotFoundError:
        return None


def _contested(first: InstalledCartridge, second: _Offer) -> InstalledCartridge:
    problem = (
        f'Two distributions offer a cartridge "{first.name}": {first.distribution} {first.version} '
        f"and {second.by.name} {second.by.version}."
    )
    return replace(first, problems=(*first.problems, problem))
