"""The steps that the cartridges offer, each with the place where it is defined; wrong ones are refused."""

import functools
import inspect
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version as version_of_distribution
from typing import Any

from packaging.version import InvalidVersion, Version

from iomconnector.application import Application
from iomconnector.cartridges.loaded import LoadedCartridges
from iomconnector.errors import ConfigurationError
from iomconnector.ports.preparation_protocol import Mode, Phase
from iomconnector.storage.preparation import CORE_PREPARER, Preparer, SchemaPreparer
from iomconnector.storage.schema import CORE_VERSION_TABLE, Schema, SchemaError

CORE = "iomconnector"
"""Stands for the core where a step names its cartridge."""

HOOK = "iomconnector_preparers"
LONGEST_NAME = 200
BOTH = frozenset({Mode.INIT, Mode.MIGRATE})


class PreparerError(ConfigurationError):
    """Cartridges offer preparers that cannot be used; the text names every case, one to a line."""

    code = "preparation.invalid_preparer"


@dataclass(frozen=True, slots=True)
class Step:
    """A preparer of a cartridge.

    Arguments:
        cartridge: The cartridge that offers it.
        version: The version of its distribution.
        name: Its name, unique in the cartridge.
        phase: When it runs.
        modes: On which occasions it runs: init, migrate or both.
        release: The version that brings this change; empty where it says none.
        location: File and line where it is defined.
        run: Does it, and returns a sentence that says what it did.
        schema: The tables that it makes; none for content.
    """

    cartridge: str
    version: str
    name: str
    phase: Phase
    modes: frozenset[Mode]
    release: str
    location: str
    run: Callable[[Application], Awaitable[str]]
    schema: Schema | None = None

    @property
    def title(self) -> str:
        """Cartridge and name."""
        return f"{self.cartridge}: {self.name}"


def core_step() -> Step:
    """The step that makes the core's own tables; it runs before all others, whatever they are."""
    return _step(CORE, version_of_distribution(CORE), CORE_PREPARER, f"{__file__}:1")


def steps_of(cartridges: LoadedCartridges) -> tuple[Step, ...]:
    """The steps of all cartridges, in load order and, within a cartridge, in the order of its list.

    Raises:
        HookError: A hook failed or returned no list.
        PreparerError: A preparer is none, has no usable name, or a name or version table that is taken. Every
            such case is named with cartridge, file and line.
    """
    hooks = {each.cartridge: f"{each.file}:{each.line}" for each in cartridges.implementations(HOOK)}
    versions = {each.name: each.installed.version for each in cartridges.in_order}
    steps: list[Step] = []
    problems: list[str] = []
    for cartridge, offered in cartridges.collect(HOOK):
        location = _defined_at(offered) or hooks[cartridge]
        sentences = list(_misfits(offered))
        if not sentences:
            try:
                steps.append(_step(cartridge, versions[cartridge], offered, location))
            except SchemaError as error:
                sentences.append(str(error))
        problems += [f"{cartridge}: {location}: {sentence}" for sentence in sentences]
    problems += _taken(steps)
    if problems:
        raise PreparerError("\n".join(problems))
    return tuple(steps)


def _step(cartridge: str, version: str, offered: Preparer, location: str) -> Step:
    schema = offered.schema if isinstance(offered, SchemaPreparer) else None
    return Step(
        cartridge,
        version,
        f"{offered.name} {schema.newest}" if schema else offered.name,
        Phase(offered.phase),
        frozenset(Mode(mode) for mode in offered.modes),
        offered.release,
        location,
        offered.prepare,
        schema,
    )


def _misfits(offered: object) -> Iterator[str]:
    if not isinstance(offered, Preparer):
        yield f"offers {type(offered).__name__}, not Preparer."
        return
    said = f"the preparer {offered.name!r}"
    name = offered.name
    if not name.strip() or not name.isprintable() or len(name) > LONGEST_NAME:
        yield f"{said} needs a name of 1 to {LONGEST_NAME} printable characters."
    if offered.phase not in list(Phase):
        yield f"{said} names the phase {offered.phase!r}. The phases are {', '.join(Phase)}."
    if isinstance(offered, SchemaPreparer):
        if offered.schema.version_table == CORE_VERSION_TABLE:
            yield f"{said} names the core's version table {CORE_VERSION_TABLE}. Choose one of its own."
        return
    if not offered.modes or not set(offered.modes) <= BOTH:
        yield f"{said} has the modes {offered.modes!r}. Name Mode.INIT, Mode.MIGRATE or both."
    prepare: object = offered.prepare
    if not callable(prepare):
        yield f"{said} must be prepared by an async function that takes the application."
    if offered.release and parsed_version(offered.release) is None:
        yield f"{said} names the release {offered.release!r}, which is no version."


def _taken(steps: Sequence[Step]) -> Iterator[str]:
    names: dict[tuple[str, str], Step] = {}
    tables: dict[str, Step] = {}
    for step in steps:
        first = names.setdefault((step.cartridge, step.name), step)
        if first is not step:
            yield (
                f"{step.cartridge}: {step.location}: the preparer {step.name!r} has the name of the one "
                f"at {first.location}. Give each preparer of a cartridge a name of its own."
            )
        elif step.schema is not None:
            other = tables.setdefault(step.schema.version_table, step)
            if other is not step:
                yield (
                    f"{step.cartridge}: {step.location}: the preparer {step.name!r} has the version table "
                    f"{step.schema.version_table} of {other.title} at {other.location}. "
                    "Give it one of its own."
                )


def parsed_version(text: str) -> Version | None:
    """A version that can be compared; none where the text is no version."""
    try:
        return Version(text)
    except InvalidVersion:
        return None


def _defined_at(offered: object) -> str:
    """File and line of the function that prepares; empty where it is not the cartridge's own."""
    if not isinstance(offered, Preparer) or isinstance(offered, SchemaPreparer):
        return ""
    function: Any = offered.prepare
    while isinstance(function, functools.partial):
        function = function.func
    function = inspect.unwrap(function) if callable(function) else None
    code = getattr(function, "__code__", None) or getattr(type(function).__call__, "__code__", None)
    return f"{code.co_filename}:{code.co_firstlineno}" if code else ""
