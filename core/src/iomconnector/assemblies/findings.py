"""What is wrong with an assembly: one finding for each fault, with the place and the change that mends it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Severity(StrEnum):
    """How grave a finding is."""

    ERROR = "error"
    """The assembly cannot be used."""
    WARNING = "warning"
    """The assembly can be used, but says something that has no effect or may surprise."""
    NOTE = "note"
    """The assembly can be used; this is for the record."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of an assembly.

    Arguments:
        severity: Whether it keeps the assembly from being used.
        file: The file at fault; None where the fault is in no file.
        line: The line in the file, from 1; 0 where there is no file.
        message: What is wrong, one sentence.
        mend: The change that mends it, one sentence.
    """

    severity: Severity
    file: Path | None
    line: int
    message: str
    mend: str

    def __str__(self) -> str:
        where = f"{shown(self.file)}:{self.line}: " if self.file is not None else ""
        gravity = "" if self.severity is Severity.ERROR else f"{self.severity}: "
        return f"{where}{gravity}{self.message} {self.mend}".rstrip()


def error(file: Path | None, line: int, message: str, mend: str = "") -> Finding:
    """A finding that keeps the assembly from being used."""
    return Finding(Severity.ERROR, file, line, message, mend)


def warning(file: Path | None, line: int, message: str, mend: str = "") -> Finding:
    """A finding that does not keep the assembly from being used."""
    return Finding(Severity.WARNING, file, line, message, mend)


def note(file: Path | None, line: int, message: str, mend: str = "") -> Finding:
    """A finding for the record."""
    return Finding(Severity.NOTE, file, line, message, mend)


def errors_in(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those that keep the assembly from being used."""
    return tuple(finding for finding in findings if finding.severity is Severity.ERROR)


def shown(file: Path) -> str:
    """The path as people read it: relative to the working directory where it lies below it."""
    here = Path.cwd()
    return str(file.relative_to(here)) if file.is_relative_to(here) else str(file)
