"""The one list of an assembly: what all its files include, in order, before the filter by environment."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from iomconnector.assemblies.file import ENVIRONMENTS, AssemblyFile
from iomconnector.assemblies.findings import Finding, error, shown, warning
from iomconnector.assemblies.inheritance import Lineage
from iomconnector.assemblies.table import Mention


class How(StrEnum):
    """What a place in an assembly file does with a cartridge."""

    INCLUDED = "included"
    PREPARES = "put on the database list"
    EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True)
class Origin:
    """One place that brought a cartridge into an assembly, or took it out.

    Arguments:
        assembly: The name of the assembly whose file says so.
        file: The file.
        line: The line in it, from 1.
        how: What the place does.
        environments: The environments in which it includes the cartridge; empty where it does not include.
    """

    assembly: str
    file: Path
    line: int
    how: How
    environments: tuple[str, ...] = ()

    def __str__(self) -> str:
        scope = f" in {', '.join(self.environments)}" if self.environments else ""
        return f"{self.how} by {self.assembly}{scope} ({shown(self.file)}:{self.line})"


@dataclass(slots=True)
class Entry:
    """A cartridge of the assembly with everything that brought it in; the first origin gives its position."""

    name: str
    origins: list[Origin] = field(default_factory=list)

    @property
    def environments(self) -> tuple[str, ...]:
        """The environments in which it is included, in their usual order."""
        named = {environment for origin in self.origins for environment in origin.environments}
        return tuple(environment for environment in ENVIRONMENTS if environment in named)

    @property
    def included_at(self) -> Origin | None:
        """The first place that includes it; None where it is on the database list alone."""
        return next((origin for origin in self.origins if origin.how is How.INCLUDED), None)

    @property
    def origin(self) -> Origin:
        """The place to which faults of the cartridge point: where it is included, else the database list."""
        return self.included_at or self.origins[0]


@dataclass(slots=True)
class Composition:
    """What the files of an assembly add up to.

    Arguments:
        lineage: The files.
        included: The included cartridges in load order.
        database: The cartridges of the database list.
        excluded: What was taken out and did not come in again, with the place that took it out.
        findings: What is wrong with the adding up.
    """

    lineage: Lineage
    included: dict[str, Entry] = field(default_factory=dict)
    database: dict[str, Entry] = field(default_factory=dict)
    excluded: dict[str, Origin] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @property
    def order(self) -> tuple[str, ...]:
        """Every cartridge in load order; those that are on the database list alone come last."""
        return tuple(dict.fromkeys([*self.included, *self.database]))

    def entry(self, name: str) -> Entry:
        """The cartridge as included, else as it stands on the database list.

        Raises:
            KeyError: The cartridge is not in the assembly.
        """
        return self.included[name] if name in self.included else self.database[name]

    def in_environment(self, environment: str) -> tuple[str, ...]:
        """The cartridges that are included in an environment, in load order."""
        return tuple(name for name, entry in self.included.items() if environment in entry.environments)

    def database_in(self, environment: str) -> tuple[str, ...]:
        """The cartridges whose preparers run for an environment, in load order.

        Those are the cartridges of the database list that are included in the environment or in ``init``, or
        not included at all. For ``init`` itself it is the whole list.
        """
        allowed = {environment, "init"}
        return tuple(
            name
            for name in self.order
            if name in self.database
            and (
                environment == "init"
                or name not in self.included
                or allowed.intersection(self.included[name].environments)
            )
        )


def compose(lineage: Lineage) -> Composition:
    """Add up the files of an assembly, the extended ones first; the first position of a cartridge wins."""
    composition = Composition(lineage)
    for file in lineage.files:
        _add(file, composition)
    return composition


def _add(file: AssemblyFile, composition: Composition) -> None:
    inherited = frozenset(composition.included)
    own: dict[str, Entry] = {}
    for include in file.includes:
        for mention in include.cartridges:
            origin = _origin(file, mention, How.INCLUDED, include.environments)
            own.setdefault(mention.name, Entry(mention.name)).origins.append(origin)
    if file.order is not None:
        own = _in_order(file, file.order, own, inherited, composition)
    for name, entry in own.items():
        composition.included.setdefault(name, Entry(name)).origins += entry.origins
        composition.excluded.pop(name, None)
    for mention in file.database:
        origin = _origin(file, mention, How.PREPARES)
        composition.database.setdefault(mention.name, Entry(mention.name)).origins.append(origin)
    for mention in file.exclude:
        _exclude(file, mention, own, composition)


def _in_order(
    file: AssemblyFile,
    order: Iterable[Mention],
    own: dict[str, Entry],
    inherited: frozenset[str],
    composition: Composition,
) -> dict[str, Entry]:
    """The own includes in the explicit order; those that it leaves out follow as written."""
    ordered: dict[str, Entry] = {}
    for mention in order:
        if mention.name in own:
            ordered[mention.name] = own[mention.name]
        elif mention.name not in inherited and composition.lineage.complete:
            message = f'"{mention.name}" is in the order but is not included.'
            mend = "Include it or take it out of the order."
            composition.findings.append(error(file.path, mention.line, message, mend))
        if mention.name in inherited:
            message = f'"{mention.name}" keeps the position that the extended assembly gives it.'
            mend = "Take it out of the order: the first position wins."
            composition.findings.append(warning(file.path, mention.line, message, mend))
    for name, entry in own.items():
        if name not in ordered and name not in inherited:
            message = f'"{name}" is included but missing from the order, so it comes last.'
            line = entry.origins[0].line
            composition.findings.append(warning(file.path, line, message, "Add it to the order."))
    return {**ordered, **own}


def _exclude(file: AssemblyFile, mention: Mention, own: dict[str, Entry], composition: Composition) -> None:
    taken_out = composition.included.pop(mention.name, None)
    prepared = composition.database.pop(mention.name, None)
    if mention.name in own:
        message = f'"{mention.name}" is included and excluded by the same file.'
        composition.findings.append(error(file.path, mention.line, message, "Remove one of the two."))
    elif any(mention.name == name.name for name in file.database):
        message = f'"{mention.name}" is on the database list and excluded by the same file.'
        composition.findings.append(error(file.path, mention.line, message, "Remove one of the two."))
    elif taken_out is None and prepared is None and composition.lineage.complete:
        message = f'"{mention.name}" is excluded but no extended assembly includes it.'
        composition.findings.append(error(file.path, mention.line, message, "Remove it from [exclude]."))
    composition.excluded[mention.name] = _origin(file, mention, How.EXCLUDED)


def _origin(file: AssemblyFile, mention: Mention, how: How, environments: tuple[str, ...] = ()) -> Origin:
    return Origin(file.name or file.path.stem, file.path, mention.line, how, environments)
