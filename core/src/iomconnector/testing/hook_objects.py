"""Objects with hooks in the place of installed cartridges."""

import inspect
from types import ModuleType

import pluggy

from iomconnector import hooks
from iomconnector.cartridges.descriptor import CartridgeDescriptor
from iomconnector.cartridges.discovery import InstalledCartridge
from iomconnector.cartridges.implementations import Implementation, hook_arguments
from iomconnector.cartridges.importing import CartridgeLoadError, CartridgeProblem, ImportedCartridge
from iomconnector.cartridges.loading import LoadedCartridges


def cartridges_from(*objects: object) -> LoadedCartridges:
    """Take objects or modules with functions marked ``@hookimpl`` for cartridges, in their order.

    Arguments:
        objects: Each counts as one cartridge, called as its class or module.

    Raises:
        CartridgeLoadError: A function has the name of a hook but is not marked, or is marked but no hook.
    """
    manager = pluggy.PluginManager(hooks.PROJECT)
    manager.add_hookspecs(hooks)
    arguments = hook_arguments(manager)
    implementations: list[Implementation] = []
    cartridges: list[ImportedCartridge] = []
    for index, each in enumerate(objects, 1):
        name = _name_of(each, index)
        offered = [member for member in dir(each) if member.startswith(f"{hooks.PROJECT}_")]
        problems = [
            CartridgeProblem(name, f"{member} is no hook, or not marked as one.", "Put @hookimpl above it.")
            for member in offered
            if member not in arguments or manager.parse_hookimpl_opts(each, member) is None
        ]
        if problems:
            raise CartridgeLoadError(tuple(problems))
        for member in offered:
            function = getattr(each, member)
            taken = tuple(
                name for name in inspect.signature(function).parameters if name in arguments[member]
            )
            implementations.append(Implementation(name, member, function, taken))
        manager.register(each, name)
        cartridges.append(
            ImportedCartridge(
                InstalledCartridge(name, name, name, "0"), ModuleType(name), CartridgeDescriptor(name)
            )
        )
    return LoadedCartridges(cartridges, manager, implementations)


def _name_of(each: object, index: int) -> str:
    name = each.__name__.rpartition(".")[2] if isinstance(each, ModuleType) else type(each).__name__
    return name if index == 1 else f"{name}_{index}"
