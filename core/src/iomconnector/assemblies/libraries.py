"""Library versions: whether what the cartridges of an assembly require of one distribution fits together.

An environment of Python has one version of each distribution, so the installed one is the judge: requirements
that it meets agree with each other. For each that it does not meet the nearest version that would do is
compared with it. As in ICM, another major version is an error, another minor version a warning, another patch
a note, and a version that cannot be read is an error. What ``[exclude]`` names under ``libraries`` is not
judged.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import Specifier
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from iomconnector.assemblies.composition import Composition
from iomconnector.assemblies.file import AssemblyFile
from iomconnector.assemblies.findings import Finding, Severity
from iomconnector.cartridges.discovery import InstalledCartridge
from iomconnector.cartridges.metadata import installed_projects

_GRAVITY = ("major", "minor", "patch")
_SEVERITY = {"major": Severity.ERROR, "minor": Severity.WARNING, "patch": Severity.NOTE}
_LARGE = 10**9


@dataclass(frozen=True, slots=True)
class LibraryNeed:
    """What the distribution of one cartridge requires of another distribution.

    Arguments:
        cartridge: The cartridge.
        requirement: The requirement.
        installed: The version that is installed; None where none is.
    """

    cartridge: InstalledCartridge
    requirement: Requirement
    installed: str | None

    @property
    def is_met(self) -> bool:
        """Whether the installed version will do."""
        if self.installed is None:
            return False
        return bool(self.requirement.specifier.contains(self.installed, prereleases=True))

    def tells(self, problem: str) -> bool:
        """Whether a problem that was found with the metadata of the cartridge is that this is not met."""
        return problem.startswith(f"{self.cartridge.distribution} requires {self.requirement}, ")


class JudgedCartridges(Mapping[str, InstalledCartridge]):
    """The installed cartridges without the problems that are for the assembly to judge.

    Those are requirements of other versions than the installed ones, and requirements that are excluded.

    Arguments:
        found: The installed cartridges as they were found.
        excluded: The libraries that the assembly excludes.
    """

    def __init__(self, found: Mapping[str, InstalledCartridge], excluded: Iterable[Requirement] = ()) -> None:
        self.found = found
        self.excluded = tuple(excluded)
        self._judged: dict[str, InstalledCartridge] = {}

    def __getitem__(self, name: str) -> InstalledCartridge:
        cartridge = self.found[name]
        if not cartridge.problems:
            return cartridge
        if name not in self._judged:
            self._judged[name] = self._judge(cartridge)
        return self._judged[name]

    def _judge(self, cartridge: InstalledCartridge) -> InstalledCartridge:
        judged = [
            need
            for need in library_needs([cartridge])
            if need.installed is not None or is_excluded(need.requirement, self.excluded)
        ]
        remaining = (each for each in cartridge.problems if not any(need.tells(each) for need in judged))
        return replace(cartridge, problems=tuple(remaining))

    def __contains__(self, name: object) -> bool:
        return name in self.found

    def __iter__(self) -> Iterator[str]:
        return iter(self.found)

    def __len__(self) -> int:
        return len(self.found)

    def conflicts(self, names: Sequence[str]) -> Iterator[tuple[LibraryNeed, Sequence[LibraryNeed]]]:
        """What these cartridges require and the installed version does not meet, with what others require."""
        cartridges = [self.found[name] for name in names if name in self.found]
        if not any(cartridge.problems for cartridge in cartridges):
            return
        needs = [need for need in library_needs(cartridges) if need.installed is not None]
        for need in needs:
            if not need.is_met and not is_excluded(need.requirement, self.excluded):
                key = canonicalize_name(need.requirement.name)
                alike = (each for each in needs if canonicalize_name(each.requirement.name) == key)
                yield need, [each for each in alike if each is not need]


def library_conflicts(
    composition: Composition, names: Sequence[str], installed: Mapping[str, InstalledCartridge]
) -> Iterator[Finding]:
    """Every requirement of these cartridges that does not fit what is installed."""
    judged = installed if isinstance(installed, JudgedCartridges) else JudgedCartridges(installed)
    for need, others in judged.conflicts(names):
        yield _conflict(composition, need, others)


def library_needs(cartridges: Iterable[InstalledCartridge]) -> Iterator[LibraryNeed]:
    """What the distributions of cartridges require, as far as it can be read and applies here."""
    projects = installed_projects()
    for cartridge in cartridges:
        own = projects.get(canonicalize_name(cartridge.distribution))
        for text in own.requires if own else ():
            try:
                requirement = Requirement(text)
            except InvalidRequirement:
                continue
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                found = projects.get(canonicalize_name(requirement.name))
                yield LibraryNeed(cartridge, requirement, found.version if found else None)


def excluded_libraries(files: Iterable[AssemblyFile]) -> tuple[Requirement, ...]:
    """The libraries that the files of an assembly exclude."""
    return tuple(Requirement(mention.name) for file in files for mention in file.exclude_libraries)


def is_excluded(requirement: Requirement, excluded: Iterable[Requirement]) -> bool:
    """Whether a requirement is not judged.

    It is not where its library is excluded without versions, or with versions among which is one that the
    requirement names.
    """
    return any(
        canonicalize_name(requirement.name) == canonicalize_name(each.name)
        and (
            not each.specifier
            or any(
                each.specifier.contains(bound.version.removesuffix(".*"), prereleases=True)
                for bound in requirement.specifier
            )
        )
        for each in excluded
    )


def _conflict(composition: Composition, need: LibraryNeed, others: Sequence[LibraryNeed]) -> Finding:
    origin = composition.entry(need.cartridge.name).origin
    library, installed = need.requirement.name, str(need.installed)
    gravity = gravity_of(need.requirement, installed)
    against = "".join(f'; "{each.cartridge.name}" requires {each.requirement}' for each in others)
    if gravity is None:
        severity = Severity.ERROR
        message = f'The version "{installed}" of {library} cannot be read'
        message += f'; "{need.cartridge.name}" requires {need.requirement}{against}.'
        mend = f"Install a version of {library} that follows the rules for versions."
    else:
        severity = _SEVERITY[gravity]
        message = f'There is a {gravity} version conflict for {library}: "{need.cartridge.name}" requires '
        message += f"{need.requirement}, but {installed} is installed{against}."
        mend = f"Install a version that suits all, or exclude {library} under libraries of [exclude]."
    return Finding(severity, origin.file, origin.line, message, mend)


def gravity_of(requirement: Requirement, installed: str) -> str | None:
    """How far the installed version is from what a requirement needs.

    Returns:
        ``major``, ``minor`` or ``patch``, the gravest of what is not met; None where a version cannot be
        read.
    """
    try:
        version = Version(installed)
        unmet = [each for each in requirement.specifier if not each.contains(version, prereleases=True)]
        found = {_distance(each, version) for each in unmet}
    except InvalidVersion:
        return None
    return next((each for each in _GRAVITY if each in found), "patch")


def _distance(bound: Specifier, installed: Version) -> str:
    named = Version(bound.version.removesuffix(".*"))
    if named.epoch != installed.epoch:
        return "major"
    if bound.operator == "!=":
        return _GRAVITY[min(len(named.release), 3) - 1] if bound.version.endswith(".*") else "patch"
    wanted = (named.major, named.minor, named.micro)
    if bound.operator == "<":
        wanted = _just_below(*wanted)
    if wanted[0] != installed.major:
        return "major"
    return "minor" if wanted[1] != installed.minor else "patch"


def _just_below(major: int, minor: int, micro: int) -> tuple[int, int, int]:
    if micro:
        return major, minor, micro - 1
    return (major, minor - 1, _LARGE) if minor else (major - 1, _LARGE, _LARGE)
