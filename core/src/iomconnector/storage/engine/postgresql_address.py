"""Where a PostgreSQL server is and how to talk to it, all in one URL."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from sqlalchemy.engine import URL

from iomconnector.errors import ConfigurationError
from iomconnector.suggestion import suggestion

FORM = "Write postgresql://USER:PASSWORD@HOST/DATABASE."
DRIVERS = ("postgresql", "postgres", "postgresql+asyncpg")
SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
FOR_DRIVER = ("host", "port", "target_session_attrs")
PARAMETERS = (
    *FOR_DRIVER,
    "application_name",
    "connect_timeout",
    "pool_size",
    "sslmode",
    "sslrootcert",
    "statement_timeout",
)
GRACE = 10
"""Seconds after the server's own time-out at which a server counts as dead."""


@dataclass(frozen=True, slots=True)
class PostgresqlAddress:
    """A server, a database on it, and the limits to keep.

    Arguments:
        url: As it was given; its password is masked when it is printed.
        driver_url: What the driver is told.
        pool_size: Connections at most, those of the writers among them.
        connect_timeout: Seconds until a server that does not answer counts as unreachable.
        statement_timeout: Seconds that one statement may take, waiting for locks included; ``0``: no limit.
        application_name: How the server's lists of sessions name this program.
        tls: How the connection is encrypted: a mode of libpq, or what certificates to trust.
    """

    url: URL
    driver_url: URL
    pool_size: int
    connect_timeout: float
    statement_timeout: float
    application_name: str
    tls: str | ssl.SSLContext

    @classmethod
    def of(cls, url: URL) -> "PostgresqlAddress":
        """Read a URL; its parameters have the names that they have for libpq, where it has them.

        Raises:
            ConfigurationError: Something of it is missing, wrong or unknown, or the driver is not installed.
        """
        if url.drivername not in DRIVERS:
            raise _wrong(f"names the driver {url.drivername}; it is chosen by the program", FORM)
        if "@" in f"{url.host}{url.database}":
            raise _wrong("has more than one @", "Write an @ in the password as %40.")
        if not url.database:
            raise _wrong("names no database", FORM)
        if find_spec("asyncpg") is None:
            raise ConfigurationError(
                "PostgreSQL needs a driver that is not installed.",
                hint='Run `pip install "iomconnector[postgresql]"`.',
            )
        given = _known(url)
        return cls(
            url=url,
            driver_url=url.set(
                drivername="postgresql+asyncpg",
                query={name: value for name, value in url.query.items() if name in FOR_DRIVER},
            ),
            pool_size=int(_number(given, "pool_size", 10, at_least=3)),
            connect_timeout=_number(given, "connect_timeout", 10, at_least=1),
            statement_timeout=_number(given, "statement_timeout", 30, at_least=0),
            application_name=given.get("application_name", "iomconnector"),
            tls=_tls(given),
        )

    @property
    def connect_arguments(self) -> dict[str, Any]:
        """What the driver is to connect with, beside the URL."""
        limit = self.statement_timeout
        milliseconds = str(round(limit * 1000))
        return {
            "ssl": self.tls,
            "timeout": self.connect_timeout,
            "command_timeout": limit + GRACE if limit else None,
            "server_settings": {
                "application_name": self.application_name,
                "statement_timeout": milliseconds,
                "idle_in_transaction_session_timeout": milliseconds,
                "timezone": "UTC",
                "jit": "off",
            },
        }


def _known(url: URL) -> dict[str, str]:
    for name in url.query:
        if name not in PARAMETERS:
            raise _wrong(
                f"has the unknown parameter {name}",
                suggestion(name, PARAMETERS) or f"There are: {', '.join(PARAMETERS)}.",
            )
    return {
        name: value if isinstance(value, str) else value[-1]
        for name, value in url.query.items()
        if name not in FOR_DRIVER
    }


def _number(given: Mapping[str, str], name: str, default: float, *, at_least: float) -> float:
    text = given.get(name)
    if text is None:
        return default
    try:
        number = float(text)
    except ValueError:
        number = -1
    if not at_least <= number < 1_000_000:
        raise _wrong(f"has the {name} {text!r}", f"Write a number of at least {at_least:g}.")
    return number


def _tls(given: Mapping[str, str]) -> str | ssl.SSLContext:
    mode, trusted = given.get("sslmode", "prefer"), given.get("sslrootcert")
    if mode not in SSL_MODES:
        raise _wrong(f"has the sslmode {mode!r}", f"There are: {', '.join(SSL_MODES)}.")
    if trusted is None:
        return mode
    if not mode.startswith("verify-"):
        raise _wrong("has an sslrootcert without a mode that uses it", "Write sslmode=verify-full.")
    try:
        context = ssl.create_default_context(cafile=trusted)
    except OSError as error:
        raise _wrong(f"has an sslrootcert that cannot be read: {error}", "Correct its path.") from error
    context.check_hostname = mode == "verify-full"
    return context


def _wrong(problem: str, hint: str) -> ConfigurationError:
    return ConfigurationError(f"database_url {problem}.", hint=hint)
