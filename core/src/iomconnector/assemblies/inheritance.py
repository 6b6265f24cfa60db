"""From an assembly to the files that it consists of: itself and all that it extends."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from iomconnector.assemblies.file import AssemblyFile, read_assembly_file
from iomconnector.assemblies.findings import Finding, error, shown, warning
from iomconnector.assemblies.search import find_assembly, not_found


@dataclass(frozen=True, slots=True)
class Lineage:
    """The files of an assembly, the extended ones first.

    Arguments:
        files: The files that could be read.
        complete: Whether these are all; False where one is missing, unreadable or extends in a circle.
        findings: What is wrong with the files, each for itself, and with the extending.
    """

    files: tuple[AssemblyFile, ...]
    complete: bool
    findings: tuple[Finding, ...]


def read_lineage(name_or_path: str, environ: Mapping[str, str] | None = None) -> Lineage:
    """Read an assembly and, one after the other, the assemblies that it extends.

    Arguments:
        name_or_path: Its name or its file; :func:`find_assembly` says where it is looked for.
        environ: The environment variables; those of the process where omitted.
    """
    start = find_assembly(name_or_path, environ=environ)
    if start is None:
        message, mend = not_found(name_or_path, environ=environ)
        return Lineage((), False, (error(None, 0, message, mend),))
    files: list[AssemblyFile] = []
    findings: list[Finding] = []
    path: Path | None = start
    while path is not None:
        file, faults = read_assembly_file(path)
        findings = faults + findings
        if file is None:
            return Lineage(tuple(reversed(files)), False, tuple(findings))
        files.append(file)
        findings += _misnamed(file)
        if file.extends is None:
            return Lineage(tuple(reversed(files)), True, tuple(findings))
        path = find_assembly(file.extends.name, file.path, environ)
        circle = _circle(files, path)
        if circle:
            findings.append(circle)
            break
        if path is None:
            message, mend = not_found(file.extends.name, file.path, environ)
            findings.append(error(file.path, file.extends.line, message, mend))
    return Lineage(tuple(reversed(files)), False, tuple(findings))


def _circle(files: list[AssemblyFile], path: Path | None) -> Finding | None:
    """The finding where the last file extends one that is among the files already."""
    last = files[-1]
    visited = [file.path.resolve() for file in files]
    if path is None or last.extends is None or path.resolve() not in visited:
        return None
    names = [file.name or shown(file.path) for file in files[visited.index(path.resolve()) :]]
    round_trip = " -> ".join([*names, names[0]])
    message = f"The assemblies extend each other in a circle: {round_trip}."
    return error(last.path, last.extends.line, message, "Remove one of these extends.")


def _misnamed(file: AssemblyFile) -> list[Finding]:
    if not file.name or file.name == file.path.stem:
        return []
    message = (
        f'The assembly is called "{file.name}" but is found as "{file.path.stem}", the name of its file.'
    )
    return [warning(file.path, file.line, message, "Make the two names equal.")]
