"""Importing the face of one cartridge: its module and the descriptor in it."""

import importlib
import traceback
from dataclasses import dataclass
from types import ModuleType, TracebackType

from iomconnector.cartridges.descriptor import CartridgeDescriptor
from iomconnector.cartridges.discovery import InstalledCartridge
from iomconnector.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class CartridgeProblem:
    """One thing that keeps a cartridge from being loaded.

    Arguments:
        cartridge: The name of the cartridge.
        message: What is wrong, one sentence.
        mend: The change that mends it, one sentence.
        file: The file at fault; empty where there is none.
        line: The line in it, from 1; 0 where it is not known.
    """

    cartridge: str
    message: str
    mend: str = ""
    file: str = ""
    line: int = 0

    @property
    def told(self) -> str:
        """The place, what is wrong, and what mends it, without the name of the cartridge."""
        where = f"{self.file}:{self.line}" if self.line else self.file
        return " ".join(part for part in (where and f"{where}:", self.message, self.mend) if part)

    def __str__(self) -> str:
        return f"{self.cartridge}: {self.told}"


class CartridgeLoadError(ConfigurationError):
    """Cartridges cannot be loaded; the text names every problem, one to a line.

    Arguments:
        problems: All that is wrong, in the order of the cartridges.
    """

    code = "cartridge.load_failed"

    def __init__(self, problems: tuple[CartridgeProblem, ...]) -> None:
        self.problems = problems
        names = dict.fromkeys(problem.cartridge for problem in problems)
        super().__init__("\n".join(str(problem) for problem in problems), cartridges=", ".join(names))


@dataclass(frozen=True, slots=True)
class ImportedCartridge:
    """An installed cartridge with its imported module and the descriptor found there."""

    installed: InstalledCartridge
    module: ModuleType
    descriptor: CartridgeDescriptor

    @property
    def name(self) -> str:
        """The name by which assemblies include it."""
        return self.installed.name

    @property
    def file(self) -> str:
        """The file of the module."""
        return self.module.__file__ or ""


def import_cartridge(installed: InstalledCartridge) -> ImportedCartridge:
    """Import the module of a cartridge and take its descriptor.

    Raises:
        CartridgeLoadError: The metadata are unsound, the import failed, or the module has no ``descriptor``.
    """
    if installed.problems:
        raise CartridgeLoadError(
            tuple(
                CartridgeProblem(installed.name, problem, "Install what fits together.")
                for problem in installed.problems
            )
        )
    try:
        module = importlib.import_module(installed.module)
    except (Exception, SystemExit) as error:
        raise CartridgeLoadError((_import_problem(installed, error),)) from error
    descriptor = getattr(module, "descriptor", None)
    if not isinstance(descriptor, CartridgeDescriptor):
        raise CartridgeLoadError((_descriptor_problem(installed, module, descriptor),))
    return ImportedCartridge(installed, module, descriptor)


def _import_problem(installed: InstalledCartridge, error: BaseException) -> CartridgeProblem:
    if isinstance(error, ModuleNotFoundError) and _is_part_of(error.name, installed.module):
        return CartridgeProblem(
            installed.name,
            f"{installed.distribution} {installed.version} announces the module {installed.module}, "
            f"but there is no module {error.name}.",
            "Add the module or correct the entry point.",
        )
    if isinstance(error, SyntaxError):
        file, line = error.filename or "", error.lineno or 0
        said = error.msg
    else:
        file, line = _own_frame(error.__traceback__, installed.module.partition(".")[0])
        said = str(error)
    return CartridgeProblem(
        installed.name,
        f"cannot be imported: {type(error).__name__}: {said}".rstrip(": ").rstrip(".") + ".",
        "Mend the cartridge or take it out of the assembly.",
        file,
        line,
    )


def _is_part_of(missing: str | None, module: str) -> bool:
    return missing is not None and f"{module}.".startswith(f"{missing}.")


def _own_frame(trace: TracebackType | None, package: str) -> tuple[str, int]:
    """The last place in the cartridge's own package, else the last place at all."""
    place = own = ("", 0)
    for frame, line in traceback.walk_tb(trace):
        name = str(frame.f_globals.get("__name__", ""))
        if name.partition(".")[0] == "importlib" or name == __name__:
            continue
        place = (frame.f_code.co_filename, line)
        if name.partition(".")[0] == package:
            own = place
    return own if own[1] else place


def _descriptor_problem(installed: InstalledCartridge, module: ModuleType, found: object) -> CartridgeProblem:
    message = (
        f"{installed.module} has no descriptor."
        if found is None
        else f"the descriptor of {installed.module} is of type {type(found).__name__}."
    )
    return CartridgeProblem(
        installed.name,
        message,
        'Write descriptor = CartridgeDescriptor("...") at the top of the module.',
        module.__file__ or "",
        1,
    )
