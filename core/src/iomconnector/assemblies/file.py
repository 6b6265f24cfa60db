"""An assembly file: what may stand in it, and what does.

The format is TOML::

    [assembly]
    name = "shop-with-export"
    extends = "shop"
    description = "The shop and its order export."
    order = ["order_export", "order_export_b2b"]

    [[include]]
    cartridges = ["order_export", "order_export_b2b"]
    in = ["development", "test", "production"]

    [exclude]
    cartridges = ["local_stock"]
    libraries = ["acme-soap<3"]

    [database]
    init = ["order_export"]

    [settings]
    log_format = "text"

    [settings.production]
    log_format = "json"

Only ``name`` is required. An include without ``in`` is in development, test and production.

Instead of listing cartridges, a file may name roots, in ``[assembly]`` or in an ``[[include]]``; all that
they require comes along, each cartridge after what it depends on, see :mod:`iomconnector.assemblies.roots`.
"""

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from iomconnector.assemblies.findings import Finding, error
from iomconnector.assemblies.location import locate
from iomconnector.assemblies.table import Mention, Table, kind_of

ENVIRONMENTS = ("development", "test", "production", "init")
RUNNING = ("development", "test", "production")
"""The environments in which the application runs; ``init`` is that of database preparation."""

SettingValue = str | int | float | bool | list[Any]

SETTING_NAME = re.compile(r"[a-z][a-z0-9_]*")
_HEAD = ("name", "extends", "description", "order", "roots")
_HOMES = {
    **dict.fromkeys(_HEAD, "[assembly]"),
    "cartridges": "[[include]]",
    "in": "[[include]]",
    "init": "[database]",
}
_AT_LINE = re.compile(r" ?\((?:at line (?P<line>\d+), column \d+|at end of document)\)$")


@dataclass(frozen=True, slots=True)
class Include:
    """One ``[[include]]``: cartridges and the environments in which they are.

    Arguments:
        cartridges: The cartridges as listed.
        environments: Where they are.
        line: The line of the table.
        roots: Cartridges that bring along what they require.
        says_where: Whether the file names the environments.
    """

    cartridges: tuple[Mention, ...]
    environments: tuple[str, ...]
    line: int
    roots: tuple[Mention, ...] = ()
    says_where: bool = False


@dataclass(frozen=True, slots=True)
class SettingEntry:
    """One setting; ``environment`` is empty where it holds in every environment.

    The value is left out of the text form, because settings may be secrets.
    """

    name: str
    value: SettingValue = field(repr=False)
    environment: str
    line: int


@dataclass(frozen=True, slots=True)
class AssemblyFile:
    """One assembly file as written, before inheritance.

    Arguments:
        path: The file.
        name: The name that the file gives itself; empty where it gives none.
        line: The line of its ``[assembly]``.
        extends: The assembly whose list comes first.
        description: One sentence for people.
        order: The explicit order of the included cartridges; None where the includes say it.
        roots: Cartridges that bring along what they require, each in the environments of its style.
        includes: The includes as written.
        exclude: The cartridges that do not come along from the extended assembly.
        exclude_libraries: The libraries, with or without versions, whose requirements are not judged.
        database: The cartridges that prepare database content.
        settings: The settings as written.
    """

    path: Path
    name: str
    line: int
    extends: Mention | None = None
    description: str = ""
    order: tuple[Mention, ...] | None = None
    roots: tuple[Mention, ...] = ()
    includes: tuple[Include, ...] = ()
    exclude: tuple[Mention, ...] = ()
    exclude_libraries: tuple[Mention, ...] = ()
    database: tuple[Mention, ...] = ()
    settings: tuple[SettingEntry, ...] = ()


def read_assembly_file(path: Path) -> tuple[AssemblyFile | None, list[Finding]]:
    """Read a file and say everything that is wrong with its form.

    Returns:
        What is well-formed in the file, None where it cannot be read at all; and the findings.
    """
    try:
        content = path.read_bytes()
    except OSError as problem:
        reason = problem.strerror or str(problem)
        return None, [error(path, 1, f"The file cannot be read: {reason}.", "Make it readable.")]
    try:
        text = content.decode("utf-8-sig")
        document = tomllib.loads(text)
    except UnicodeDecodeError as problem:
        line = content.count(b"\n", 0, problem.start) + 1
        return None, [error(path, line, "The file is not UTF-8 text.", "Save it as UTF-8.")]
    except tomllib.TOMLDecodeError as problem:
        return None, [_syntax_finding(path, content, str(problem))]
    findings: list[Finding] = []
    root = Table(path, (), document, locate(text), findings)
    root.refuse_unknown_keys("assembly", "include", "exclude", "database", "settings", elsewhere=_HOMES)
    return _read(root, path), findings


def _syntax_finding(path: Path, content: bytes, problem: str) -> Finding:
    at = _AT_LINE.search(problem)
    last = content.rstrip().count(b"\n") + 1
    line = int(at["line"]) if at and at["line"] else last
    reason = _AT_LINE.sub("", problem).rstrip(".")
    return error(path, line, f"This is not TOML: {reason}.", "Correct the syntax of this line.")


def _read(root: Table, path: Path) -> AssemblyFile:
    head = root.table("assembly")
    head.refuse_unknown_keys(*_HEAD)
    if head.lacks("name"):
        head.fault("The assembly has no name.", f'Write name = "{path.stem}" under [assembly].')
    name, description = head.text("name"), head.text("description")
    includes = tuple(_include(table) for table in root.tables("include"))
    roots = _roots(head)
    order = head.names("order") if head.has("order") else None
    if order is not None and (roots or any(include.roots for include in includes)):
        order = None
        mend = "Remove one of the two: roots are ordered by dependency."
        head.fault("The file gives both an order and roots.", mend, "order")
    exclude = root.table("exclude")
    exclude.refuse_unknown_keys("cartridges", "libraries")
    return AssemblyFile(
        path=path,
        name=name.name if name else "",
        line=head.line(),
        extends=head.text("extends"),
        description=description.name if description else "",
        order=order,
        roots=roots,
        includes=includes,
        exclude=exclude.names("cartridges"),
        exclude_libraries=_libraries(exclude),
        database=_names(root.table("database"), "init"),
        settings=_settings(root.table("settings")),
    )


def _names(table: Table, key: str) -> tuple[Mention, ...]:
    table.refuse_unknown_keys(key)
    return table.names(key)


def _roots(table: Table) -> tuple[Mention, ...]:
    if table.has_empty("roots"):
        message = f"roots of {table.header} denotes an empty set."
        table.fault(message, "Please provide a non-empty set, or remove roots.", "roots")
    return table.names("roots")


def _libraries(table: Table) -> tuple[Mention, ...]:
    named = table.names("libraries")
    if not named:
        return ()
    from packaging.requirements import InvalidRequirement, Requirement

    sound: list[Mention] = []
    for mention in named:
        try:
            Requirement(mention.name)
        except InvalidRequirement:
            message = f'"{mention.name}" is no library: a name is expected, or a name with versions.'
            mend = 'Write, for example, "acme-soap" or "acme-soap<3".'
            table.fault_at(mention.line, message, mend)
        else:
            sound.append(mention)
    return tuple(sound)


def _include(table: Table) -> Include:
    table.refuse_unknown_keys("cartridges", "roots", "in")
    if table.lacks("cartridges") and table.lacks("roots"):
        table.fault("An [[include]] names no cartridges.", 'Write cartridges = ["..."] or remove it.')
    environments: tuple[str, ...] = RUNNING
    if table.has("in"):
        named = table.names("in")
        for mention in named:
            table.refuse_unknown("environment", mention, ENVIRONMENTS)
        if table.has_empty("in"):
            table.fault("An [[include]] is in no environment.", 'Write in = ["..."] or remove "in".', "in")
        environments = tuple(mention.name for mention in named if mention.name in ENVIRONMENTS)
    return Include(
        table.names("cartridges"), environments, table.line(), _roots(table), says_where=table.has("in")
    )


def _settings(table: Table) -> tuple[SettingEntry, ...]:
    entries: list[SettingEntry] = []
    for name, value in table.items():
        if not isinstance(value, dict):
            entries += _setting(table, name, value, "")
            continue
        table.refuse_unknown("environment", Mention(name, table.line(name)), ENVIRONMENTS)
        within = table.table(name)
        for key, inner in within.items():
            entries += _setting(within, key, inner, name)
    return tuple(entries)


def _setting(table: Table, name: str, value: object, environment: str) -> list[SettingEntry]:
    if not SETTING_NAME.fullmatch(name):
        mend = "Use lower case letters, digits and underscores, starting with a letter."
        table.fault(f'"{name}" cannot be the name of a setting.', mend, name)
    elif not isinstance(value, str | int | float | bool | list):
        message = (
            f"The setting {name} must be text, a number, true or false, or a list, not {kind_of(value)}."
        )
        table.fault(message, "Write it as one of these.", name)
    else:
        return [SettingEntry(name, value, environment, table.line(name))]
    return []
