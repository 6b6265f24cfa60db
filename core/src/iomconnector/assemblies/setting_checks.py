"""Whether the settings of an assembly exist and have values that they may have."""

import os
from collections.abc import Iterator, Mapping, Sequence

from iomconnector.assemblies.file import AssemblyFile
from iomconnector.assemblies.findings import Finding, error
from iomconnector.assemblies.settings import merge_settings
from iomconnector.suggestion import suggestion


def setting_faults(
    files: Sequence[AssemblyFile], environments: Sequence[str], overridden: Mapping[str, str] | None = None
) -> Iterator[Finding]:
    """Find unknown settings, and wrong values among those that hold in some environments.

    Arguments:
        files: The files of the assembly, extended ones first.
        environments: The environments.
        overridden: Settings whose values in the files do not count.
    """
    if not any(file.settings for file in files):
        return
    from iomconnector.settings import Settings, setting_fault

    for environment in environments:
        for name, setting in merge_settings(files, environment).items():
            if name not in Settings.model_fields:
                known = ", ".join(Settings.model_fields)
                mend = suggestion(name, Settings.model_fields) or f"The settings are {known}."
                yield error(setting.file, setting.line, f'There is no setting "{name}".', mend)
            elif name not in (overridden or {}) and (fault := setting_fault(name, setting.value)):
                message = f"The setting {name} is wrong: {fault}."
                yield error(setting.file, setting.line, message, "Correct its value.")


def variable_faults(environ: Mapping[str, str] | None = None) -> Iterator[Finding]:
    """Find environment variables that are probably misspelt, and those with wrong values."""
    from iomconnector.settings import setting_fault, setting_variables, variable_of

    given, misspelt = setting_variables(os.environ if environ is None else environ)
    for variable, meant in misspelt.items():
        yield error(None, 0, f"The environment variable {variable} is not known.", meant)
    for name, text in given.items():
        if fault := setting_fault(name, text):
            message = f"The environment variable {variable_of(name)} is wrong: {fault}."
            yield error(None, 0, message, "Correct or unset it.")


def given_variables(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """The settings that environment variables override, with their texts."""
    listed = os.environ if environ is None else environ
    if not any(name.startswith("IOMC_") for name in listed):
        return {}
    from iomconnector.settings import setting_variables

    return setting_variables(listed)[0]
