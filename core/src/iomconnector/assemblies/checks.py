"""Everything that is wrong with an assembly, all at once."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from iomconnector.assemblies.composition import Composition, How
from iomconnector.assemblies.dependencies import NEVER_IN_PRODUCTION, DependencyCheck, loaded_for
from iomconnector.assemblies.file import RUNNING
from iomconnector.assemblies.findings import Finding, error, warning
from iomconnector.cartridges.descriptor import CartridgeStyle
from iomconnector.cartridges.discovery import InstalledCartridge
from iomconnector.cartridges.importing import CartridgeLoadError, CartridgeProblem, import_cartridge
from iomconnector.cartridges.suggestion import suggestion

StyleReader = Callable[[InstalledCartridge], CartridgeStyle]
"""Tells the style of an installed cartridge, or raises :class:`CartridgeLoadError`."""


def style_in_descriptor(installed: InstalledCartridge) -> CartridgeStyle:
    """Import the cartridge and read the style in its descriptor.

    Raises:
        CartridgeLoadError: The cartridge cannot be imported or has no descriptor.
    """
    return import_cartridge(installed).descriptor.style


def check_assembly(
    composition: Composition,
    environments: Sequence[str],
    installed: Mapping[str, InstalledCartridge],
    read_style: StyleReader = style_in_descriptor,
) -> list[Finding]:
    """Find everything that is wrong with an assembly in some environments.

    Only cartridges that the assembly names in these environments, and for faulty dependencies the cartridges
    that it names elsewhere, are imported to learn their style.

    Arguments:
        composition: The assembly.
        environments: The environments to look at.
        installed: The installed cartridges.
        read_style: Tells the style of a cartridge.

    Returns:
        The findings, by file, extended files first, and by line.
    """
    findings = [*composition.lineage.findings, *composition.findings]
    if composition.lineage.files:
        styles = _Styles(installed, read_style)
        scope = {name: None for environment in environments for name in loaded_for(composition, environment)}
        findings += _unusable(composition, tuple(scope), installed, styles)
        findings += _style_faults(composition, environments, styles)
        if composition.lineage.complete:
            findings += _emptiness(composition, environments)
            findings += DependencyCheck(composition, installed, styles.of).findings(environments)
    return sorted(findings, key=lambda finding: _reading_order(composition, finding))


class _Styles:
    """The styles of cartridges, each read once."""

    def __init__(self, installed: Mapping[str, InstalledCartridge], read: StyleReader) -> None:
        self._installed = installed
        self._read = read
        self._known: dict[str, CartridgeStyle | tuple[CartridgeProblem, ...]] = {}

    def of(self, name: str) -> CartridgeStyle | None:
        """The style; None where the cartridge is not installed or cannot be imported."""
        known = self._learn(name)
        return known if isinstance(known, CartridgeStyle) else None

    def problems(self, name: str) -> tuple[CartridgeProblem, ...]:
        """Why the cartridge cannot be imported."""
        known = self._learn(name)
        return () if isinstance(known, CartridgeStyle) else known

    def _learn(self, name: str) -> CartridgeStyle | tuple[CartridgeProblem, ...]:
        if name not in self._installed:
            return ()
        if name not in self._known:
            try:
                self._known[name] = self._read(self._installed[name])
            except CartridgeLoadError as failure:
                self._known[name] = failure.problems
        return self._known[name]


def _unusable(
    composition: Composition,
    names: Sequence[str],
    installed: Mapping[str, InstalledCartridge],
    styles: _Styles,
) -> Iterator[Finding]:
    for name in names:
        origin = composition.entry(name).origin
        if name not in installed:
            mend = suggestion(name, installed) or "Install the distribution that offers it, or take it out."
            yield error(origin.file, origin.line, f'The cartridge "{name}" is not installed.', mend)
        for problem in styles.problems(name):
            where = f"{problem.file}:{problem.line}: " if problem.file else ""
            message = f'The cartridge "{name}" cannot be loaded: {where}{problem.message}'
            yield error(origin.file, origin.line, message, problem.mend)


def _style_faults(
    composition: Composition, environments: Sequence[str], styles: _Styles
) -> Iterator[Finding]:
    names = {name: None for environment in environments for name in loaded_for(composition, environment)}
    for name in names:
        style = styles.of(name)
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
