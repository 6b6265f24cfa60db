"""Everything that is wrong with an assembly, all at once."""

from collections.abc import Iterable, Iterator, Sequence

from iomconnector.assemblies.catalog import Catalog
from iomconnector.assemblies.composition import Composition
from iomconnector.assemblies.dependencies import NEVER_IN_PRODUCTION, DependencyCheck, loaded_for
from iomconnector.assemblies.entries import How
from iomconnector.assemblies.file import RUNNING
from iomconnector.assemblies.findings import Finding, error, warning
from iomconnector.assemblies.libraries import library_conflicts
from iomconnector.cartridges.descriptor import CartridgeStyle
from iomconnector.suggestion import suggestion


def check_assembly(
    composition: Composition,
    environments: Sequence[str],
    catalog: Catalog,
) -> list[Finding]:
    """Find everything that is wrong with an assembly in some environments.

    Only cartridges that the assembly names in these environments, and for faulty dependencies the cartridges
    that it names elsewhere, are imported to learn their style.

    Arguments:
        composition: The assembly.
        environments: The environments to look at.
        catalog: The installed cartridges.

    Returns:
        The findings, by file, extended files first, and by line.
    """
    findings = [*composition.lineage.findings, *composition.findings]
    if composition.lineage.files:
        scope = {name: None for environment in environments for name in loaded_for(composition, environment)}
        findings += _unusable(composition, tuple(scope), catalog)
        findings += _style_faults(composition, tuple(scope), environments, catalog)
        findings += library_conflicts(composition, tuple(scope), catalog.installed)
        if composition.lineage.complete:
            findings += _emptiness(composition, environments)
            findings += DependencyCheck(composition, catalog).findings(environments)
    return in_reading_order(composition, findings)


def in_reading_order(composition: Composition, findings: Iterable[Finding]) -> list[Finding]:
    """The findings by file, extended files first, and by line; each one once."""
    return sorted(dict.fromkeys(findings), key=lambda finding: _reading_order(composition, finding))


def _unusable(composition: Composition, names: Sequence[str], catalog: Catalog) -> Iterator[Finding]:
    for name in names:
        origin = composition.entry(name).origin
        if name not in catalog.installed:
            mend = (
                suggestion(name, catalog.installed)
                or "Install the distribution that offers it, or take it out."
            )
            yield error(origin.file, origin.line, f'The cartridge "{name}" is not installed.', mend)
        for problem in catalog.problems(name):
            where = f"{problem.file}:{problem.line}: " if problem.file else ""
            message = f'The cartridge "{name}" cannot be loaded: {where}{problem.message}'
            yield error(origin.file, origin.line, message, problem.mend)


def _style_faults(
    composition: Composition, names: Sequence[str], environments: Sequence[str], catalog: Catalog
) -> Iterator[Finding]:
    for name in names:
        style = catalog.style_of(name)
        if style is CartridgeStyle.INIT:
            yield from _init_faults(composition, name, environments)
        elif style is not None and name not in composition.included:
            if composition.lineage.complete:
                yield _only_prepares(composition, name)
        elif style in NEVER_IN_PRODUCTION and "production" in environments:
            yield from _in_production(composition, name, style)


def _init_faults(composition: Composition, name: str, environments: Sequence[str]) -> Iterator[Finding]:
    entry = composition.entry(name)
    for origin in entry.origins:
        wrong = [each for each in origin.environments if each in RUNNING and each in environments]
        if wrong:
            message = f'"{name}" is an init cartridge but is included in {", ".join(wrong)}.'
            yield error(origin.file, origin.line, message, 'Include it with in = ["init"].')
    if "init" in entry.environments and name not in composition.database:
        message = f'"{name}" is in init but not on the database list, so its preparers do not run.'
        yield warning(entry.origin.file, entry.origin.line, message, "Add it to init of [database].")


def _only_prepares(composition: Composition, name: str) -> Finding:
    origin = composition.entry(name).origin
    message = f'"{name}" is on the database list but not included, which only init cartridges may be.'
    return error(origin.file, origin.line, message, "Include it, or take it off the list.")


def _in_production(composition: Composition, name: str, style: CartridgeStyle) -> Iterator[Finding]:
    entry = composition.entry(name)
    mend = 'Include it with in = ["development", "test"].'
    for origin in entry.origins:
        if "production" in origin.environments:
            message = f'"{name}" is a {style} cartridge but is included in production.'
            yield error(origin.file, origin.line, message, mend)
    if "production" not in entry.environments and name in composition.database_in("production"):
        place = next(each for each in composition.database[name].origins if each.how is How.PREPARES)
        message = f'"{name}" is a {style} cartridge but prepares the database of production.'
        yield error(place.file, place.line, message, mend)


def _emptiness(composition: Composition, environments: Sequence[str]) -> Iterator[Finding]:
    file = composition.lineage.files[-1]
    if not composition.order:
        yield error(file.path, file.line, "The assembly has no cartridges.", "Add an [[include]].")
        return
    for environment in environments:
        if environment in RUNNING and not composition.in_environment(environment):
            message = f"The assembly has no cartridges in {environment}."
            yield warning(file.path, file.line, message, "Include some, or do not use it there.")


def _reading_order(composition: Composition, finding: Finding) -> tuple[int, str, int, str]:
    paths = [file.path for file in composition.lineage.files]
    at = paths.index(finding.file) if finding.file in paths else len(paths)
    return at, str(finding.file), finding.line, finding.message
