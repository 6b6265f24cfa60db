"""The installed cartridges as the making of an assembly sees them: what they require, and their styles."""

from collections.abc import Callable, Mapping

from iomconnector.cartridges.descriptor import CartridgeStyle
from iomconnector.cartridges.discovery import InstalledCartridge
from iomconnector.cartridges.importing import CartridgeLoadError, CartridgeProblem, import_cartridge

StyleReader = Callable[[InstalledCartridge], CartridgeStyle]
"""Tells the style of an installed cartridge, or raises :class:`CartridgeLoadError`."""


def style_in_descriptor(installed: InstalledCartridge) -> CartridgeStyle:
    """Import the cartridge and read the style in its descriptor.

    Raises:
        CartridgeLoadError: The cartridge cannot be imported or has no descriptor.
    """
    return import_cartridge(installed).descriptor.style


class Catalog:
    """The installed cartridges; each style is read once, and only when it is asked for.

    Arguments:
        installed: The installed cartridges.
        read_style: Tells the style of a cartridge.
    """

    def __init__(
        self, installed: Mapping[str, InstalledCartridge], read_style: StyleReader = style_in_descriptor
    ) -> None:
        self.installed = installed
        self._read = read_style
        self._known: dict[str, CartridgeStyle | tuple[CartridgeProblem, ...]] = {}

    def requires(self, name: str) -> tuple[str, ...]:
        """The cartridges that a cartridge requires itself; none where it is not installed."""
        return self.installed[name].requires if name in self.installed else ()

    def style_of(self, name: str) -> CartridgeStyle | None:
        """The style; None where the cartridge is not installed or cannot be imported."""
        known = self._learn(name)
        return known if isinstance(known, CartridgeStyle) else None

    def problems(self, name: str) -> tuple[CartridgeProblem, ...]:
        """Why the cartridge cannot be imported."""
        known = self._learn(name)
        return () if isinstance(known, CartridgeStyle) else known

    def _learn(self, name: str) -> CartridgeStyle | tuple[CartridgeProblem, ...]:
        if name not in self.installed:
            return ()
        if name not in self._known:
            try:
                self._known[name] = self._read(self.installed[name])
            except CartridgeLoadError as failure:
                self._known[name] = failure.problems
        return self._known[name]
