"""What a cartridge says of itself."""

from dataclasses import dataclass
from enum import StrEnum


class CartridgeStyle(StrEnum):
    """Where a cartridge belongs; mirrors ICM's cartridge styles. [CartridgeStyle.kt]"""

    CARTRIDGE = "cartridge"
    """Runs everywhere, production included."""
    TEST = "test"
    """Test kits and test data; never in production."""
    DEVELOPMENT = "development"
    """Tools for developers; never in production."""
    INIT = "init"
    """Database content, needed by database preparation only."""


@dataclass(frozen=True, slots=True)
class CartridgeDescriptor:
    """The face of a cartridge, the object named ``descriptor`` in its ``cartridge`` module.

    Arguments:
        display_name: The name that people read in lists and pages.
        style: Where the cartridge belongs.
    """

    display_name: str
    style: CartridgeStyle = CartridgeStyle.CARTRIDGE
