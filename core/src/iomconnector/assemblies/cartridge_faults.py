"""What is wrong with the cartridges of an assembly beyond their metadata: their hooks and what they offer."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from iomconnector.assemblies.catalog import Catalog
from iomconnector.assemblies.checks import in_reading_order
from iomconnector.assemblies.composition import Composition
from iomconnector.assemblies.dependencies import loaded_for
from iomconnector.assemblies.findings import Finding, error
from iomconnector.assemblies.resolution import Examination
from iomconnector.cartridges.importing import CartridgeLoadError, CartridgeProblem
from iomconnector.cartridges.loading import load_cartridges
from iomconnector.cartridges.offers import find_offer_problems


def examine_cartridges(
    examination: Examination, environments: Sequence[str], core_commands: Mapping[str, object] | None = None
) -> Examination:
    """Load the cartridges of an assembly and add what is wrong with their hooks and with what they offer.

    Arguments:
        examination: What is wrong with the assembly itself.
        environments: The environments to look at.
        core_commands: The names of the commands that the core has.
    """
    composition, catalog = examination.composition, examination.catalog
    found = (
        _finding(composition, problem)
        for environment in environments
        for problem in _problems(loaded_for(composition, environment), catalog, core_commands)
    )
    findings = [*examination.findings, *found]
    return replace(examination, findings=tuple(in_reading_order(composition, findings)))


def _problems(
    names: Sequence[str], catalog: Catalog, core_commands: Mapping[str, object] | None
) -> Iterator[CartridgeProblem]:
    """The problems of cartridges that can be imported; what they offer is looked at where all can be."""
    sound = [name for name in names if name in catalog.installed and not catalog.problems(name)]
    try:
        loaded = load_cartridges(sound, catalog.installed)
    except CartridgeLoadError as failure:
        yield from failure.problems
        return
    if len(sound) == len(names):
        yield from find_offer_problems(loaded, core_commands)


def _finding(composition: Composition, problem: CartridgeProblem) -> Finding:
    origin = composition.entry(problem.cartridge).origin
    where = f"{problem.file}:{problem.line}: " if problem.file else ""
    message = f'The cartridge "{problem.cartridge}" cannot be used: {where}{problem.message}'
    return error(origin.file, origin.line, message, problem.mend)
