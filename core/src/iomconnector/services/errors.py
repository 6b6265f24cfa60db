"""What can be wrong with a change of managed services."""

from collections.abc import Mapping

from iomconnector.errors import ConfigurationError, ConnectorError


class ServiceSettingsError(ConfigurationError):
    """Settings of a service do not fit its type.

    Arguments:
        message: What is wrong.
        problems: The name of each wrong setting, with what is wrong, a part of a sentence such as ``must be
            at most 65535``. No value is in it. What concerns several settings has the empty name.
        hint: What to do about it.
        ids: The ids needed to find the case.
    """

    code = "service.settings"

    def __init__(self, message: str, *, problems: Mapping[str, str], hint: str = "", **ids: object) -> None:
        super().__init__(message, hint=hint, **ids)
        self.problems = dict(problems)


class ServiceChangedError(ConnectorError):
    """Somebody else changed the configuration in the meantime; nothing was stored."""

    code = "service.changed"


class ServiceConflictError(ConnectorError):
    """The change would make services operational that exclude each other; nothing was stored."""

    code = "service.conflict"
    exit_code = 3


class OverrideRefusedError(ConnectorError):
    """A context cannot switch this configuration for itself; nothing was stored."""

    code = "service.override"
    exit_code = 3
