"""Loading the cartridges of an assembly: only those that it names, in its order."""

from collections.abc import Iterable, Mapping

import pluggy

from iomconnector import hooks
from iomconnector.cartridges.discovery import InstalledCartridge, installed_cartridges
from iomconnector.cartridges.implementations import Implementation, implementations_of
from iomconnector.cartridges.importing import (
    CartridgeLoadError,
    CartridgeProblem,
    ImportedCartridge,
    import_cartridge,
)
from iomconnector.cartridges.loaded import HookError, LoadedCartridges, SkippedCartridge
from iomconnector.suggestion import suggestion

__all__ = ["HookError", "LoadedCartridges", "SkippedCartridge", "load_cartridges"]


def load_cartridges(
    names: Iterable[str], installed: Mapping[str, InstalledCartridge] | None = None
) -> LoadedCartridges:
    """Import cartridges in the given order and register their hooks; no other cartridge is imported.

    Arguments:
        names: The cartridges in load order; the first position of a name counts.
        installed: The installed cartridges; found by :func:`installed_cartridges` where omitted.

    Raises:
        CartridgeLoadError: A cartridge is not installed or cannot be imported, or implements hooks that do
            not exist or take other arguments. Every such case of every cartridge is named with file and line.
    """
    known = installed_cartridges() if installed is None else installed
    imported, problems = _import_all(dict.fromkeys(names), known)
    manager = pluggy.PluginManager(hooks.PROJECT)
    manager.add_hookspecs(hooks)
    implementations: list[Implementation] = []
    for cartridge in imported:
        sound, unsound = implementations_of(cartridge, manager)
        implementations += sound
        problems += unsound
    if problems:
        raise CartridgeLoadError(tuple(problems))
    for cartridge in imported:
        manager.register(cartridge.module, cartridge.name)
    manager.check_pending()
    return LoadedCartridges(imported, manager, implementations)


def _import_all(
    names: Iterable[str], known: Mapping[str, InstalledCartridge]
) -> tuple[list[ImportedCartridge], list[CartridgeProblem]]:
    imported: list[ImportedCartridge] = []
    problems: list[CartridgeProblem] = []
    owners: dict[str, str] = {}
    for name in names:
        if name not in known:
            mend = suggestion(name, known) or "Install the distribution that offers it."
            problems.append(CartridgeProblem(name, "is not installed.", mend))
            continue
        owner = owners.setdefault(known[name].module, name)
        if owner != name:
            message = f"has the same module as {owner}, {known[name].module}."
            problems.append(CartridgeProblem(name, message, "Give each cartridge a module of its own."))
            continue
        try:
            imported.append(import_cartridge(known[name]))
        except CartridgeLoadError as error:
            problems += error.problems
    return imported, problems
