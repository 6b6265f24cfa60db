"""Which cartridges are installed, read from the metadata of their distributions; nothing is imported."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from iomconnector.cartridges.metadata import Project, installed_projects

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
        libraries: What else its distribution requires, as it writes it, sorted.
        summary: What its distribution says of itself in one line.
    """

    name: str
    module: str
    distribution: str
    version: str
    requires: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    libraries: tuple[str, ...] = field(default=(), compare=False)
    summary: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class _Offer:
    cartridge: str
    module: str
    by: Project


def installed_cartridges() -> Mapping[str, InstalledCartridge]:
    """Find every cartridge on ``sys.path``, by name.

    A cartridge is an entry point of the group ``iomconnector.cartridges``. What it depends on is what its
    distribution requires: there is no second list. Requirements of extras, and requirements whose marker
    does not apply to this interpreter, do not count. The names are found at once; the rest is read when a
    cartridge is looked up, so that those which nobody names cost next to nothing.
    """
    return _Installed(installed_projects())


class _Installed(Mapping[str, InstalledCartridge]):
    """The installed cartridges; each is described when it is first looked up."""

    def __init__(self, projects: Mapping[str, Project]) -> None:
        self._projects = projects
        self._offers: dict[str, list[_Offer]] = {}
        self._cartridges_of: dict[str, list[str]] = {}
        self._described: dict[str, InstalledCartridge] = {}
        for project in projects.values():
            for name, module in project.points(ENTRY_POINT_GROUP):
                self._offers.setdefault(name, []).append(_Offer(name, module, project))
                self._cartridges_of.setdefault(project.key, []).append(name)

    def __getitem__(self, name: str) -> InstalledCartridge:
        if name not in self._described:
            self._described[name] = self._describe(sorted(self._offers[name], key=lambda each: each.by.key))
        return self._described[name]

    def __contains__(self, name: object) -> bool:
        return name in self._offers

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._offers))

    def __len__(self) -> int:
        return len(self._offers)

    def _describe(self, offers: list[_Offer]) -> InstalledCartridge:
        offer = offers[0]
        requires: set[str] = set()
        libraries: set[str] = set()
        problems: list[str] = []
        if not _MODULE.fullmatch(offer.module):
            problems.append(
                f'The entry point of "{offer.cartridge}" must name a module, not "{offer.module}".'
            )
        for requirement in _requirements(offer.by, problems):
            key = canonicalize_name(requirement.name)
            if key == offer.by.key:
                continue
            if key in self._cartridges_of:
                requires.update(self._cartridges_of[key])
            else:
                libraries.add(str(requirement))
            problems += self._unmet(offer.by, requirement, key)
        problems += [_contested(offer, other) for other in offers[1:]]
        return InstalledCartridge(
            name=offer.cartridge,
            module=offer.module,
            distribution=offer.by.name,
            version=offer.by.version,
            requires=tuple(sorted(requires)),
            problems=tuple(problems),
            libraries=tuple(sorted(libraries)),
            summary=offer.by.summary,
        )

    def _unmet(self, by: Project, requirement: Requirement, key: str) -> Iterator[str]:
        if key not in self._projects:
            yield f"{by.name} requires {requirement}, which is not installed."
            return
        version = self._projects[key].version if requirement.specifier else ""
        if version and not requirement.specifier.contains(version, prereleases=True):
            yield f"{by.name} requires {requirement}, but {version} is installed."


def _requirements(by: Project, problems: list[str]) -> Iterator[Requirement]:
    for text in by.requires:
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            problems.append(f'{by.name} states the requirement "{text}", which cannot be understood.')
            continue
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield requirement


def _contested(first: _Offer, second: _Offer) -> str:
    return (
        f'Two distributions offer a cartridge "{first.cartridge}": {first.by.name} {first.by.version} '
        f"and {second.by.name} {second.by.version}."
    )
