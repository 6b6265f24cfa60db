"""The settings of an assembly: what its files say, and where."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from iomconnector.assemblies.file import AssemblyFile, SettingValue
from iomconnector.assemblies.findings import shown


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as it holds.

    The value is left out of the text form, because settings may be secrets.

    Arguments:
        value: The value.
        origin: Where it is from: a file with its line.
    """

    value: SettingValue = field(repr=False)
    origin: str


def merge_settings(files: Iterable[AssemblyFile], environment: str) -> dict[str, Setting]:
    """Merge the settings of the files, later ones over earlier ones.

    First come the settings for every environment, file by file, the extended files first; then those for this
    environment likewise. Environment variables come over all of them, see
    :class:`iomconnector.settings.Settings`.

    Returns:
        The settings by name.
    """
    listed = list(files)
    return {
        entry.name: Setting(entry.value, f"{shown(file.path)}:{entry.line}")
        for scope in ("", environment)
        for file in listed
        for entry in file.settings
        if entry.environment == scope
    }
