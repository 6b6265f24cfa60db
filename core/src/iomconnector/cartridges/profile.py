"""Everything that one installed cartridge says of itself and offers, told without running a system."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from iomconnector.cartridges.descriptor import CartridgeDescriptor
from iomconnector.cartridges.discovery import InstalledCartridge
from iomconnector.cartridges.importing import CartridgeLoadError
from iomconnector.cartridges.loaded import LoadedCartridges
from iomconnector.cartridges.loading import load_cartridges


@dataclass(frozen=True, slots=True)
class CartridgeProfile:
    """A cartridge in full.

    Arguments:
        installed: What its distribution announces.
        required_by: The installed cartridges whose distributions require this one, by name.
        descriptor: What it says of itself; None where it cannot be loaded.
        loaded: The cartridge alone with its hooks; None where it cannot be loaded.
        problems: What is wrong with it, one sentence each, with file and line.
    """

    installed: InstalledCartridge
    required_by: tuple[str, ...]
    descriptor: CartridgeDescriptor | None
    loaded: LoadedCartridges | None
    problems: tuple[str, ...]

    def offered(self, hook: str) -> list[Any]:
        """What it offers through a hook that needs no running system; nothing where that fails."""
        return [item for _, item in self.loaded.offered(hook)[0]] if self.loaded else []


def profile_of(name: str, installed: Mapping[str, InstalledCartridge]) -> CartridgeProfile:
    """Import a cartridge and look at it; no other cartridge is imported unless this one does so.

    Arguments:
        name: Its name; it is installed.
        installed: The installed cartridges.
    """
    required_by = tuple(sorted(each.name for each in installed.values() if name in each.requires))
    try:
        loaded = load_cartridges([name], installed)
    except CartridgeLoadError as error:
        told = tuple(problem.told for problem in error.problems)
        return CartridgeProfile(installed[name], required_by, None, None, told)
    failures = [
        f"{each.implementation.file}:{each.implementation.line}: {hook}: {each.said}"
        for hook in loaded.hook_names
        if not loaded.arguments(hook)
        for each in loaded.offered(hook)[1]
    ]
    return CartridgeProfile(
        installed[name], required_by, loaded.in_order[0].descriptor, loaded, tuple(failures)
    )
