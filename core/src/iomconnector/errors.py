"""Errors that name what is wrong, where, and what to do."""

from typing import ClassVar


class ConnectorError(Exception):
    """Base of every error that the framework raises on purpose.

    The text is written for the person who reads it at night: what is wrong, then what to do about it.

    Arguments:
        message: What is wrong, one sentence.
        hint: What to do about it, one sentence. Empty where the message says it already.
        ids: The ids needed to find the case (order number, channel, service id ...).
    """

    code: ClassVar[str] = "connector.error"
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str = "", **ids: object) -> None:
        self.message = message
        self.hint = hint
        self.ids = {name: str(value) for name, value in ids.items() if value is not None}
        super().__init__(f"{message} {hint}".strip())


class ConfigurationError(ConnectorError):
    """A setting, file or environment variable is missing or wrong."""

    code = "configuration.invalid"
    exit_code = 3


class NotFoundError(ConnectorError):
    """Something named by its id does not exist."""

    code = "not_found"


class StorageError(ConnectorError):
    """The database cannot be opened, read or written."""

    code = "storage.unavailable"
    exit_code = 4
