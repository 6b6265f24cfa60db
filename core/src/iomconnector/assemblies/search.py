"""Where assembly files are found, by name or by path."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from iomconnector.suggestion import suggestion

PATH_VARIABLE = "IOMC_ASSEMBLY_PATH"
FOLDER = "assemblies"
SUFFIX = ".toml"


def is_path(name_or_path: str) -> bool:
    """Whether it names a file rather than an assembly: it has a separator or ends with ``.toml``."""
    return name_or_path.endswith(SUFFIX) or any(mark in name_or_path for mark in {"/", os.sep})


def find_assembly(
    name_or_path: str, referring: Path | None = None, environ: Mapping[str, str] | None = None
) -> Path | None:
    """Find the file of an assembly.

    A name is looked for as ``<name>.toml`` in the directory of the referring file, then in the directories
    of ``IOMC_ASSEMBLY_PATH``, then in ``assemblies/`` of the working directory and of its parents. A path is
    taken from the directory of the referring file, or from the working directory where none refers.

    Returns:
        The absolute path of the file, or None where there is none.
    """
    if is_path(name_or_path):
        file = _file_at(name_or_path, referring)
        return file if file.is_file() else None
    candidates = (folder / f"{name_or_path}{SUFFIX}" for folder in search_folders(referring, environ))
    return next((candidate for candidate in candidates if candidate.is_file()), None)


def search_folders(
    referring: Path | None = None, environ: Mapping[str, str] | None = None
) -> tuple[Path, ...]:
    """The directories in which assemblies are looked for by name, first ones first."""
    return tuple(dict.fromkeys(_folders(referring, os.environ if environ is None else environ)))


def known_assemblies(
    referring: Path | None = None, environ: Mapping[str, str] | None = None
) -> Mapping[str, Path]:
    """Every assembly that can be found by name, with its file; of two with one name, the one found first."""
    known: dict[str, Path] = {}
    for folder in search_folders(referring, environ):
        for file in sorted(folder.glob(f"*{SUFFIX}")):
            known.setdefault(file.stem, file)
    return known


def not_found(
    name_or_path: str, referring: Path | None = None, environ: Mapping[str, str] | None = None
) -> tuple[str, str]:
    """The message for an assembly that is not found, and what to do about it."""
    if is_path(name_or_path):
        file = _file_at(name_or_path, referring)
        if file.is_dir():
            return f'"{name_or_path}" is a directory, not an assembly file.', "Name a file in it."
        siblings = (each.name for each in file.parent.glob(f"*{SUFFIX}"))
        mend = suggestion(file.name, siblings) or f"Looked for {file}; correct the path."
        return f'There is no assembly file "{name_or_path}".', mend
    beside = Path(f"{name_or_path}{SUFFIX}")
    if referring is None and beside.is_file():
        message = f'No assembly is called "{name_or_path}", but there is a file {beside}.'
        return message, f"Name it as {beside}, or add its directory to {PATH_VARIABLE}."
    known = known_assemblies(referring, environ)
    message = f'No assembly is called "{name_or_path}".'
    looked = ", ".join(str(folder) for folder in search_folders(referring, environ)) or "no directory"
    mend = suggestion(name_or_path, known) or f"Looked in {looked}; {PATH_VARIABLE} adds directories."
    return message, mend


def _file_at(path: str, referring: Path | None) -> Path:
    start = referring.parent if referring else Path.cwd()
    return Path(os.path.normpath(start / path))


def _folders(referring: Path | None, environ: Mapping[str, str]) -> Iterator[Path]:
    if referring is not None:
        yield referring.parent
    for folder in environ.get(PATH_VARIABLE, "").split(os.pathsep):
        if folder:
            yield Path(folder).absolute()
    here = Path.cwd()
    for ancestor in (here, *here.parents):
        folder_here = ancestor / FOLDER
        if folder_here.is_dir():
            yield folder_here
