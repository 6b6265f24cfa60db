"""The one list of an assembly: what all its files include, in order, before the filter by environment."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from iomconnector.assemblies.catalog import Catalog
from iomconnector.assemblies.entries import Entry, How, Origin
from iomconnector.assemblies.file import AssemblyFile
from iomconnector.assemblies.findings import Finding, error, warning
from iomconnector.assemblies.inheritance import Lineage
from iomconnector.assemblies.roots import Expansion, Root, expand
from iomconnector.assemblies.table import Mention
from iomconnector.cartridges.discovery import installed_cartridges


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


def compose(lineage: Lineage, catalog: Catalog | None = None) -> Composition:
    """Add up the files of an assembly, the extended ones first; the first position of a cartridge wins.

    Arguments:
        lineage: The files.
        catalog: The installed cartridges; asked only where a file names roots, and found where omitted.
    """
    composition = Composition(lineage)
    known = catalog or Catalog(installed_cartridges())
    for file in lineage.files:
        _add(file, composition, known)
    return composition


def _add(file: AssemblyFile, composition: Composition, catalog: Catalog) -> None:
    inherited = frozenset(composition.included)
    expansion = _expansion(file, composition, catalog)
    own = _brought_in(file, expansion)
    for include in file.includes:
        for mention in include.cartridges:
            origin = _origin(file, mention, How.INCLUDED, include.environments)
            own.setdefault(mention.name, Entry(mention.name)).origins.append(origin)
    if file.order is not None:
        own = _in_order(file, file.order, own, inherited, composition)
    for name, entry in own.items():
        composition.included.setdefault(name, Entry(name)).origins += entry.origins
        composition.excluded.pop(name, None)
    for name in expansion.order:
        mention = expansion.brought[name][0].root.mention
        origin = _origin(file, mention, How.PREPARES)
        composition.database.setdefault(name, Entry(name)).origins.append(origin)
    for mention in file.database:
        origin = _origin(file, mention, How.PREPARES)
        composition.database.setdefault(mention.name, Entry(mention.name)).origins.append(origin)
    for mention in file.exclude:
        _exclude(file, mention, own, expansion.barred, composition)


def _expansion(file: AssemblyFile, composition: Composition, catalog: Catalog) -> Expansion:
    roots = [Root(mention) for mention in file.roots]
    for include in file.includes:
        where = include.environments if include.says_where else None
        roots += [Root(mention, where) for mention in include.roots]
    named = {mention.name for include in file.includes for mention in include.cartridges}
    excluded = {*composition.excluded, *(mention.name for mention in file.exclude)} - named
    return expand(roots, catalog, excluded)


def _brought_in(file: AssemblyFile, expansion: Expansion) -> dict[str, Entry]:
    """What the roots of a file bring in, each with where it is from."""
    own: dict[str, Entry] = {}
    for name in expansion.order:
        origins = own.setdefault(name, Entry(name)).origins
        for brought in expansion.brought[name]:
            root = brought.root.mention
            if root.name == name:
                origins.insert(0, _origin(file, root, How.ROOT, brought.environments))
            else:
                origins.append(_origin(file, root, How.REQUIRED, brought.environments, root.name))
    return own


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


def _exclude(
    file: AssemblyFile,
    mention: Mention,
    own: dict[str, Entry],
    barred: frozenset[str],
    composition: Composition,
) -> None:
    taken_out = composition.included.pop(mention.name, None)
    prepared = composition.database.pop(mention.name, None)
    if mention.name in own:
        message = f'"{mention.name}" is included and excluded by the same file.'
        composition.findings.append(error(file.path, mention.line, message, "Remove one of the two."))
    elif any(mention.name == name.name for name in file.database):
        message = f'"{mention.name}" is on the database list and excluded by the same file.'
        composition.findings.append(error(file.path, mention.line, message, "Remove one of the two."))
    elif mention.name in barred:
        pass
    elif taken_out is None and prepared is None and composition.lineage.complete:
        message = f'"{mention.name}" is excluded but no extended assembly includes it.'
        composition.findings.append(error(file.path, mention.line, message, "Remove it from [exclude]."))
    composition.excluded[mention.name] = _origin(file, mention, How.EXCLUDED)


def _origin(
    file: AssemblyFile, mention: Mention, how: How, environments: tuple[str, ...] = (), root: str = ""
) -> Origin:
    return Origin(file.name or file.path.stem, file.path, mention.line, how, environments, root)
