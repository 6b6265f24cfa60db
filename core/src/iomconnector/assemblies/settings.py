"""The settings of an assembly: what its files say, what variables override, and where each is from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from iomconnector.assemblies.file import AssemblyFile, SettingValue
from iomconnector.assemblies.findings import shown


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as a file has it.

    The value is left out of the text form, because settings may be secrets.

    Arguments:
        value: The value.
        file: The file.
        line: The line in it.
    """

    value: SettingValue = field(repr=False)
    file: Path
    line: int

    @property
    def origin(self) -> str:
        """Where it is from: the file with the line."""
        return f"{shown(self.file)}:{self.line}"


@dataclass(frozen=True, slots=True)
class ShownSetting:
    """One setting as it holds and may be shown.

    Arguments:
        name: Its name.
        value: Its value; a mask where it is a secret.
        origin: Where it is from: a file with its line, or an environment variable.
    """

    name: str
    value: str
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
        entry.name: Setting(entry.value, file.path, entry.line)
        for scope in ("", environment)
        for file in listed
        for entry in file.settings
        if entry.environment == scope
    }


def shown_settings(
    settings: Mapping[str, object], origins: Mapping[str, str], variables: Mapping[str, str]
) -> tuple[ShownSetting, ...]:
    """The settings as they hold, by name; those that nobody sets have their defaults and are left out.

    Arguments:
        settings: What the files say.
        origins: Where each of these is from.
        variables: What environment variables override.
    """
    if not settings and not variables:
        return ()
    from iomconnector.settings import shown_setting, variable_of

    given = {**settings, **variables}
    return tuple(
        ShownSetting(
            name,
            shown_setting(name, given[name]),
            variable_of(name) if name in variables else origins[name],
        )
        for name in sorted(given)
    )
