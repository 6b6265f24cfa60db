"""Resolving an assembly: from its name and an environment to the cartridges that load."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from iomconnector.assemblies.catalog import Catalog, StyleReader, style_in_descriptor
from iomconnector.assemblies.checks import check_assembly, in_reading_order
from iomconnector.assemblies.composition import Composition, compose
from iomconnector.assemblies.dependencies import with_required
from iomconnector.assemblies.entries import Origin
from iomconnector.assemblies.file import ENVIRONMENTS, SettingValue
from iomconnector.assemblies.findings import Finding, error, errors_in
from iomconnector.assemblies.inheritance import read_lineage
from iomconnector.assemblies.libraries import JudgedCartridges, excluded_libraries
from iomconnector.assemblies.setting_checks import given_variables, setting_faults, variable_faults
from iomconnector.assemblies.settings import merge_settings
from iomconnector.cartridges.discovery import InstalledCartridge, installed_cartridges
from iomconnector.errors import ConfigurationError
from iomconnector.suggestion import suggestion


class AssemblyError(ConfigurationError):
    """An assembly cannot be used; the text names everything that is wrong, one finding to a line.

    Arguments:
        assembly: The name or path by which it was asked for.
        findings: All that is wrong, warnings too.
    """

    code = "assembly.invalid"

    def __init__(self, assembly: str, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings), assembly=assembly)


@dataclass(frozen=True, slots=True)
class Assembly:
    """An assembly resolved for one environment.

    Arguments:
        name: Its name.
        environment: One of :data:`ENVIRONMENTS`.
        cartridges: What runs in the environment, in load order.
        database: The cartridges whose preparers prepare the database for the environment, in load order.
        preparation: What database preparation loads, in load order: the cartridges of the environment, those
            of ``init``, those of the database list, and all that these require.
        settings: The settings for the environment, by name; left out of the text form, because settings may
            be secrets.
        setting_origins: Where each setting is from: a file with its line, or an environment variable.
        files: Its files, the extended ones first.
        installed: The installed cartridges to load from: without the problems with versions of libraries that
            the assembly excludes or that are no more than a warning.
        why: For every cartridge that a file mentions, in load order, each place that brought it in or took it
            out; cartridges of other environments and excluded ones included.
    """

    name: str
    environment: str
    cartridges: tuple[str, ...]
    database: tuple[str, ...]
    preparation: tuple[str, ...]
    settings: Mapping[str, SettingValue] = field(repr=False)
    setting_origins: Mapping[str, str]
    files: tuple[Path, ...]
    installed: Mapping[str, InstalledCartridge] = field(repr=False)
    why: Mapping[str, tuple[Origin, ...]]


@dataclass(frozen=True, slots=True)
class Examination:
    """An assembly with everything that is wrong with it.

    Arguments:
        composition: What its files add up to, as far as they could be read.
        findings: Errors, warnings and notes, by file and line.
        catalog: The installed cartridges, as the assembly judges them.
    """

    composition: Composition
    findings: tuple[Finding, ...]
    catalog: Catalog = field(repr=False)


def examine(
    name_or_path: str,
    environments: Sequence[str] = ENVIRONMENTS,
    installed: Mapping[str, InstalledCartridge] | None = None,
    *,
    read_style: StyleReader = style_in_descriptor,
    environ: Mapping[str, str] | None = None,
) -> Examination:
    """Read an assembly and find everything that is wrong with it in the given environments.

    Arguments:
        name_or_path: Its name or file; :func:`iomconnector.assemblies.search.find_assembly` says where it is
            looked for.
        environments: The environments to look at; all of them where omitted.
        installed: The installed cartridges; found by :func:`installed_cartridges` where omitted.
        read_style: Tells the style of a cartridge; imports its module where omitted.
        environ: The environment variables; those of the process where omitted.
    """
    unknown = [each for each in environments if each not in ENVIRONMENTS]
    usable = [each for each in environments if each not in unknown]
    examination = _look(name_or_path, usable, installed, read_style, environ)
    composition = examination.composition
    findings = [_unknown_environment(each) for each in unknown]
    findings += variable_faults(environ)
    findings += examination.findings
    findings += setting_faults(composition.lineage.files, usable)
    return replace(examination, findings=tuple(in_reading_order(composition, findings)))


def _look(
    name_or_path: str,
    environments: Sequence[str],
    installed: Mapping[str, InstalledCartridge] | None,
    read_style: StyleReader,
    environ: Mapping[str, str] | None,
) -> Examination:
    lineage = read_lineage(name_or_path, environ)
    found = installed_cartridges() if installed is None else installed
    catalog = Catalog(JudgedCartridges(found, excluded_libraries(lineage.files)), read_style)
    composition = compose(lineage, catalog)
    return Examination(composition, tuple(check_assembly(composition, environments, catalog)), catalog)


def resolve(
    name_or_path: str,
    environment: str,
    installed: Mapping[str, InstalledCartridge] | None = None,
    *,
    read_style: StyleReader = style_in_descriptor,
    environ: Mapping[str, str] | None = None,
) -> Assembly:
    """Resolve an assembly for one environment.

    Only what concerns the environment is checked, so that development tools need not be installed where
    production runs; of the settings, only those that no environment variable overrides. The arguments are
    those of :func:`examine`.

    Raises:
        AssemblyError: Something is wrong with the assembly; it carries every finding.
    """
    if environment not in ENVIRONMENTS:
        raise AssemblyError(name_or_path, (_unknown_environment(environment),))
    examination = _look(name_or_path, (environment,), installed, read_style, environ)
    composition, known = examination.composition, examination.catalog.installed
    files = composition.lineage.files
    overridden = given_variables(environ)
    findings = [*examination.findings, *setting_faults(files, (environment,), overridden)]
    if errors_in(findings):
        raise AssemblyError(name_or_path, in_reading_order(composition, findings))
    settings = merge_settings(files, environment)
    return Assembly(
        name=files[-1].name,
        environment=environment,
        cartridges=composition.in_environment(environment),
        database=composition.database_in(environment),
        preparation=with_required(composition, environment, known),
        settings={name: setting.value for name, setting in settings.items()},
        setting_origins={name: setting.origin for name, setting in settings.items()},
        files=tuple(file.path for file in files),
        installed=known,
        why=reasons(composition),
    )


def reasons(composition: Composition) -> dict[str, tuple[Origin, ...]]:
    """Each place that brought a cartridge in or took it out, for every cartridge, in load order."""
    why: dict[str, tuple[Origin, ...]] = {}
    for name in composition.order:
        entries = (composition.included.get(name), composition.database.get(name))
        why[name] = tuple(origin for entry in entries if entry for origin in entry.origins)
    return why | {name: (origin,) for name, origin in composition.excluded.items()}


def _unknown_environment(environment: str) -> Finding:
    mend = suggestion(environment, ENVIRONMENTS) or f"The environments are {', '.join(ENVIRONMENTS)}."
    return error(None, 0, f'Unknown environment "{environment}".', mend)
