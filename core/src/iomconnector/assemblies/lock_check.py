"""Whether what is installed is what was locked."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from iomconnector.assemblies.difference import compare_lists
from iomconnector.assemblies.distributions import MissingDistributionError
from iomconnector.assemblies.file import ENVIRONMENTS
from iomconnector.assemblies.findings import Finding, error, errors_in, note, warning
from iomconnector.assemblies.location import Locations, locate
from iomconnector.assemblies.lock import (
    Lock,
    LockedDistribution,
    LockedEnvironment,
    LockError,
    lock_file_of,
    lock_of,
    read_lock,
)
from iomconnector.assemblies.resolution import Assembly, Examination, resolve


def lock_differences(file: Path, assemblies: Sequence[Assembly], called: str = "") -> list[Finding]:
    """Say for each difference between a lock and what is installed what changed and what to do.

    Hashes are compared on the platform and the version of Python of the lock only, because wheels differ.

    Arguments:
        file: The lock.
        assemblies: The assembly, resolved for each environment to compare.
        called: How people call the assembly, by name or by path; its name where omitted.

    Raises:
        LockError: There is no lock, or it cannot be read.
        MissingDistributionError: Something that is required is not installed.
    """
    locked = read_lock(file)
    lines = locate(file.read_text(encoding="utf-8"))
    check = _LockCheck(file, locked, lock_of(assemblies), lines, called or assemblies[0].name)
    return [*check.surroundings(), *check.environments(), *check.distributions()]


def examine_lock(
    examination: Examination,
    called: str,
    environments: Sequence[str] | None = None,
    lock_file: Path | None = None,
) -> Examination:
    """Add to what is wrong with an assembly what differs from its lock.

    An assembly with errors is not compared.

    Arguments:
        examination: What is wrong with the assembly itself.
        called: Its name or path.
        environments: The environments to compare; those that are locked where omitted.
        lock_file: The lock; the one beside the assembly where omitted.
    """
    if errors_in(examination.findings):
        return examination
    file = lock_file or lock_file_of(examination.composition.lineage.files[-1].path)
    try:
        chosen = environments or [each for each in ENVIRONMENTS if each in read_lock(file).environments]
        found = examination.catalog.installed
        assemblies = [resolve(called, environment, found) for environment in chosen]
        findings = lock_differences(file, assemblies, called)
        if not environments and (missing := [each for each in ENVIRONMENTS if each not in chosen]):
            findings.append(note(file, 1, f"Not in the lock: {', '.join(missing)}."))
    except (LockError, MissingDistributionError) as problem:
        findings = [error(None, 0, problem.message, problem.hint)]
    return replace(examination, findings=(*examination.findings, *findings))


class _LockCheck:
    def __init__(self, file: Path, locked: Lock, present: Lock, lines: Locations, called: str) -> None:
        self._file = file
        self._locked = locked
        self._present = present
        self._lines = lines
        self._again = f"lock again: iomconnector assembly lock {called}"

    @property
    def _is_same_place(self) -> bool:
        there, here = self._locked, self._present
        return (there.python, there.platform) == (here.python, here.platform)

    def surroundings(self) -> Iterator[Finding]:
        """Another assembly, another Python, another platform."""
        there, here = self._locked, self._present
        if there.assembly != here.assembly:
            message = f'This is the lock of "{there.assembly}", not of "{here.assembly}".'
            yield error(self._file, self._lines.line("assembly"), message, self._mend("Take the right file"))
        if not self._is_same_place:
            message = (
                f"Locked with Python {there.python} on {there.platform}, compared with Python {here.python} "
            )
            message += f"on {here.platform}: only versions are compared, not hashes."
            mend = "Compare where it was locked to compare hashes too."
            yield warning(self._file, self._lines.line("python"), message, mend)

    def environments(self) -> Iterator[Finding]:
        """Cartridges that are new, gone or elsewhere."""
        nothing = LockedEnvironment(cartridges=(), database=())
        for name, here in self._present.environments.items():
            if name not in self._locked.environments:
                yield error(self._file, 1, f"{name} is not locked.", self._mend(""))
                continue
            there = self._locked.environments.get(name, nothing)
            lists = (
                ("cartridges", "cartridges", there.cartridges, here.cartridges),
                ("database", "database list", there.database, here.database),
            )
            for key, noun, before, after in lists:
                changed = compare_lists(before, after)
                if changed:
                    line = self._lines.line("environments", name, key)
                    message = f"The {noun} of {name} changed since the lock: {changed}."
                    yield error(self._file, line, message, self._mend("Undo it in the assembly"))

    def distributions(self) -> Iterator[Finding]:
        """Distributions that are new, gone, of another version or with other files."""
        compared = {*self._present.environments}.intersection(self._locked.environments)
        there = {
            each.name: (at, each)
            for at, each in enumerate(self._locked.distributions)
            if compared.intersection(each.environments)
        }
        here = {
            each.name: each
            for each in self._present.distributions
            if compared.intersection(each.environments)
        }
        for name, (at, locked) in there.items():
            found = here.get(name)
            line = self._lines.line("distributions", at)
            if found is None:
                message = f"{name} {locked.version} is locked, but nothing requires it any more."
                yield error(self._file, line, message, self._mend(""))
            else:
                yield from self._changed(line, locked, found)
        for name, found in here.items():
            if name not in there:
                where = ", ".join(each for each in ENVIRONMENTS if each in found.environments)
                message = f"{name} {found.version} is required in {where}, but not locked."
                yield error(self._file, 1, message, self._mend(""))

    def _changed(self, line: int, locked: LockedDistribution, found: LockedDistribution) -> Iterator[Finding]:
        name, version = locked.name, locked.version
        if version != found.version:
            message = f"{name} is locked at {version}, but {found.version} is installed."
            yield error(self._file, line, message, self._mend(f"Install {name}=={version}"))
        elif locked.editable != found.editable:
            kinds = ("from its source folder", "from a wheel")
            was, is_now = kinds if locked.editable else reversed(kinds)
            message = f"{name} {version} was installed {was} when it was locked, now {is_now}."
            yield error(self._file, line, message, self._mend(f"Install it {was}"))
        elif self._is_same_place and locked.hash != found.hash:
            what = "source files are" if found.editable else "installed files are"
            message = f"The {what} not those that were locked: {name} {version}."
            mend = "Undo the changes in its source" if found.editable else f"Reinstall {name}=={version}"
            yield error(self._file, line, message, self._mend(mend))

    def _mend(self, first: str) -> str:
        return f"{first}, or {self._again}." if first else f"{self._again[0].upper()}{self._again[1:]}."
