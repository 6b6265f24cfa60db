"""Why a cartridge is in an assembly: the places in its files that brought it in or took it out."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from iomconnector.assemblies.file import ENVIRONMENTS
from iomconnector.assemblies.findings import shown


class How(StrEnum):
    """What a place in an assembly file does with a cartridge."""

    INCLUDED = "included"
    ROOT = "named as a root"
    REQUIRED = "brought along"
    PREPARES = "put on the database list"
    EXCLUDED = "excluded"


BRINGS_IN = (How.INCLUDED, How.ROOT, How.REQUIRED)


@dataclass(frozen=True, slots=True)
class Origin:
    """One place that brought a cartridge into an assembly, or took it out.

    Arguments:
        assembly: The name of the assembly whose file says so.
        file: The file.
        line: The line in it, from 1.
        how: What the place does.
        environments: The environments in which it includes the cartridge; empty where it does not include.
        root: The root that requires the cartridge; empty unless it was brought along by one.
    """

    assembly: str
    file: Path
    line: int
    how: How
    environments: tuple[str, ...] = ()
    root: str = ""

    def __str__(self) -> str:
        scope = f" in {', '.join(self.environments)}" if self.environments else ""
        by = f"{self.root}, a root of {self.assembly}" if self.root else self.assembly
        by += "," if self.root and scope else ""
        return f"{self.how} by {by}{scope} ({shown(self.file)}:{self.line})"


@dataclass(slots=True)
class Entry:
    """A cartridge of the assembly with everything that brought it in; the first origin gives its position."""

    name: str
    origins: list[Origin] = field(default_factory=list)

    @property
    def environments(self) -> tuple[str, ...]:
        """The environments in which it is included, in their usual order."""
        named = {environment for origin in self.origins for environment in origin.environments}
        return tuple(environment for environment in ENVIRONMENTS if environment in named)

    @property
    def included_at(self) -> Origin | None:
        """The first place that includes it; None where it is on the database list alone."""
        return next((origin for origin in self.origins if origin.how in BRINGS_IN), None)

    @property
    def origin(self) -> Origin:
        """The place to which faults of the cartridge point: where it is included, else the database list."""
        return self.included_at or self.origins[0]
