"""What PostgreSQL and its driver say, as sentences that say what to do."""

import ssl

from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from iomconnector.errors import StorageError
from iomconnector.storage.engine.failures import BrokenConstraintError, UnreachableError

ROLLED_BACK = frozenset({"40001", "40P01"})
"""The server gave up a transaction for the sake of another: serialization failure, deadlock."""

OVERTAKEN = frozenset({"23505", "42P07", "42710", "0A000", "XX000"})
"""What another transaction did a moment ago may be the reason: it added the same row, table or type."""

UNDONE = "25P02"
"""An earlier statement failed, and the server takes no other until the transaction ends."""

ATTEMPTS_ROLLED_BACK = 10
ATTEMPTS_OVERTAKEN = 2

_ADVICE = {
    "22001": "Use a shorter value.",
    "22021": "Remove the characters that are no text.",
    "28P01": "Correct the user's password in database_url.",
    "28000": "Correct the user in database_url, or let it in: the server's pg_hba.conf says who may connect.",
    "3D000": "Make it with `createdb`, or correct database_url; then run `iomconnector dbprepare`.",
    "42P01": "Run `iomconnector dbprepare` first.",
    "42703": "Run `iomconnector dbprepare`: the schema is older than the program.",
    "42501": "Give the user of database_url its rights: it must own the tables.",
    "25006": "It is read-only, perhaps a standby: name the primary server in database_url.",
    "53100": "Free disk space; nothing of this transaction was stored, do it again afterwards.",
    "53300": "Give the server more max_connections, or use a smaller pool_size in database_url.",
    "57014": "Find what it waited for (pg_stat_activity), or raise statement_timeout in database_url.",
    "57P01": "The server was stopped or the session ended; do it again when it is back.",
    "57P03": "The server starts or stops; try again in a moment.",
}
_UNREACHABLE = "Check that the server runs and that host and port in database_url are right."
_NO_TLS = "Switch TLS on in the server (ssl = on), or take another sslmode in database_url."
_DISTRUSTED = "Name the certificates to trust in sslrootcert of database_url, and the host as they name it."


def sqlstate_of(error: BaseException | None) -> str:
    """The server's code of an error, perhaps wrapped; empty where the server said nothing."""
    seen = 0
    while error is not None and seen < 5:
        code = getattr(error, "sqlstate", None)
        if code:
            return str(code)
        error, seen = getattr(error, "orig", None) or error.__cause__, seen + 1
    return ""


def attempts_for(error: BaseException) -> int:
    """How often to try an operation that fails with that error and was surely undone."""
    if not isinstance(error, DBAPIError):
        return 1
    code = sqlstate_of(error)
    if code in ROLLED_BACK:
        return ATTEMPTS_ROLLED_BACK
    return ATTEMPTS_OVERTAKEN if code in OVERTAKEN or error.connection_invalidated else 1


def surely_undone(error: BaseException) -> bool:
    """Whether a commit that failed with that error surely took no effect: the server says so itself."""
    code = sqlstate_of(error)
    return code[:2] in ("23", "40") and code != "40003"


def explained(url: URL, error: BaseException) -> BaseException:
    """An error of a statement as a sentence; errors that are not the database's stay as they are."""
    sentence: StorageError
    where = f"The database {url.render_as_string()}"
    if isinstance(error, PoolTimeoutError):
        sentence = StorageError(
            f"{where} has more readers than it can serve.",
            hint="Try again later, or use a larger pool_size in database_url.",
        )
    elif isinstance(error, IntegrityError):
        # Without its cause: the details that the server adds show the row, secrets included.
        return BrokenConstraintError(f"{where} refused a row: {_said(error)}.")
    elif isinstance(error, DBAPIError):
        sentence = StorageError(f"{where} answered: {_said(error)}.", hint=_advice(error))
    elif isinstance(error, TimeoutError):
        sentence = StorageError(f"{where} did not answer in time.", hint=_UNREACHABLE)
    elif isinstance(error, OSError):
        sentence = StorageError(f"{where} was lost: {error}.", hint=_UNREACHABLE)
    else:
        return error
    sentence.__cause__ = error
    return sentence


def not_connected(url: URL, error: BaseException) -> UnreachableError:
    """Why no connection could be made."""
    where = f"The database {url.render_as_string()}"
    if sqlstate_of(error):
        return UnreachableError(
            f"{where} answered: {_said(error)}.", hint=_ADVICE.get(sqlstate_of(error), "")
        )
    if isinstance(error, TimeoutError):
        return UnreachableError(f"{where} does not answer.", hint=_UNREACHABLE)
    hint = _UNREACHABLE
    if isinstance(_innermost(error), ssl.SSLError) or "certificate" in _said(error):
        hint = _DISTRUSTED
    elif "SSL" in _said(error):
        hint = _NO_TLS
    return UnreachableError(f"{where} cannot be reached: {_said(error)}.", hint=hint)


def _advice(error: DBAPIError) -> str:
    if error.connection_invalidated:
        return _ADVICE.get(sqlstate_of(error), "The connection broke; do it again when the server is back.")
    return _ADVICE.get(sqlstate_of(error), "")


def _said(error: BaseException) -> str:
    """The first line only: the details show values of the row."""
    inner = _innermost(error)
    return (str(inner).strip().splitlines() or [type(inner).__name__])[0].rstrip(".")


def _innermost(error: BaseException) -> BaseException:
    inner: BaseException | None = error
    while inner is not None:
        error, inner = inner, getattr(inner, "orig", None) or inner.__cause__
    return error
