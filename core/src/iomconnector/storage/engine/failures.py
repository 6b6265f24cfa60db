"""What can go wrong with a database, as errors that callers can tell apart."""

from iomconnector.errors import StorageError


class BrokenConstraintError(StorageError):
    """A row breaks a rule of the schema: its key is taken, or what it refers to does not exist."""

    code = "storage.constraint_broken"
    exit_code = 1


class UnreachableError(StorageError):
    """No connection can be made; nothing was sent."""

    code = "storage.unreachable"


class OutcomeUnknownError(StorageError):
    """The connection broke while a transaction was committed; nobody knows whether it took effect."""

    code = "storage.outcome_unknown"


class LockedError(StorageError):
    """Somebody else holds a lock, and did not give it back in time."""

    code = "storage.locked"
