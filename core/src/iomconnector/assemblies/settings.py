"""The settings of an assembly: what its files and the environment variables say, and where from."""

import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from iomconnector.assemblies.file import SETTING_NAME, AssemblyFile, SettingValue
from iomconnector.assemblies.findings import Finding, error, shown
from iomconnector.assemblies.table import kind_of

VARIABLE_PREFIX = "IOMC_SETTING_"


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as it holds.

    The value is left out of the text form, because settings may be secrets.

    Arguments:
        value: The value.
        origin: Where it is from: a file with its line, or an environment variable.
    """

    value: SettingValue = field(repr=False)
    origin: str


def merge_settings(
    files: Iterable[AssemblyFile], environment: str, environ: Mapping[str, str] | None = None
) -> tuple[dict[str, Setting], list[Finding]]:
    """Merge the settings of the files, later ones over earlier ones.

    First come the settings for every environment, file by file, the extended files first; then those for this
    environment likewise; then the environment variables ``IOMC_SETTING_<NAME>``. The text of a variable is
    read as a TOML value, and as plain text where it is none or where the files set the setting to text.

    Returns:
        The settings by name, and an error for each variable whose value has another type than in the files.
    """
    listed = list(files)
    merged: dict[str, Setting] = {}
    for scope in ("", environment):
        for file in listed:
            for entry in file.settings:
                if entry.environment == scope:
                    merged[entry.name] = Setting(entry.value, f"{shown(file.path)}:{entry.line}")
    findings: list[Finding] = []
    for variable, text in sorted((os.environ if environ is None else environ).items()):
        if not variable.startswith(VARIABLE_PREFIX):
            continue
        name = variable.removeprefix(VARIABLE_PREFIX).lower()
        if not SETTING_NAME.fullmatch(name):
            mend = f"Write {VARIABLE_PREFIX} and the name of a setting in capital letters."
            findings.append(error(None, 0, f"{variable} names no setting.", mend))
            continue
        written = merged.get(name)
        value = text if written is not None and isinstance(written.value, str) else _read(text)
        if written is not None and not _same_kind(written.value, value):
            message = (
                f"{variable} is {kind_of(value)}, but {name} is {kind_of(written.value)} ({written.origin})."
            )
            findings.append(error(None, 0, message, f"Set it to {kind_of(written.value)}."))
        merged[name] = Setting(value, variable)
    return merged, findings


def _read(text: str) -> SettingValue:
    try:
        value = tomllib.loads(f"value = {text}")
    except tomllib.TOMLDecodeError:
        return text
    read = value["value"]
    return read if len(value) == 1 and isinstance(read, str | int | float | list) else text


def _same_kind(written: SettingValue, given: SettingValue) -> bool:
    if isinstance(written, float) and isinstance(given, int):
        return not isinstance(given, bool)
    return type(written) is type(given)
