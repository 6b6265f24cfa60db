"""Settings of a running system, from its assembly and the environment variables ``IOMC_<NAME>``."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError

from iomconnector.errors import ConfigurationError
from iomconnector.suggestion import suggestion

VARIABLE_PREFIX = "IOMC_"
OTHER_VARIABLES = frozenset({"assembly", "assembly_path", "environment", "skip_broken"})
"""Variables with the prefix that are no settings: they say which assembly to run, and how."""

MASK = "********"
FILE_SUFFIX = "_FILE"
"""``IOMC_<NAME>_FILE`` names a file with the value of a setting that holds a secret."""

SECRETS_IN_FILES = frozenset({"database_url", "operations_token", "secret_key"})
"""The settings whose value may stand in a file: those that hold a secret."""

LARGEST_SECRET = 65_536
_PASSWORD = re.compile(r"(://[^/@:]*:).*@|([?&]\w*password=)[^&]*")

_WEB_ADDRESS = re.compile(r"https?://[a-zA-Z0-9.-]{1,253}(:[0-9]{1,5})?(/[a-zA-Z0-9._~/-]*)?")
_LOOPBACK = frozenset({"127.0.0.1", "localhost"})

A_YEAR = 31_536_000

Seconds = Annotated[float, Field(gt=0, le=A_YEAR, allow_inf_nan=False)]
Minutes = Annotated[float, Field(gt=0, le=A_YEAR / 60, allow_inf_nan=False)]
Days = Annotated[int, Field(ge=1, le=36_500)] | Literal["never"]
Hours = Annotated[float, Field(gt=0, le=A_YEAR / 3600, allow_inf_nan=False)]


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (OSError, ValueError):
        raise ValueError(
            f"{name!r} is no time zone of the IANA database; write one as Europe/Berlin"
        ) from None
    return name


TimeZone = Annotated[str, AfterValidator(_known_zone)]


def _web_address(text: str) -> str:
    if not _WEB_ADDRESS.fullmatch(text):
        raise ValueError("write it as https://shop.example.com, perhaps with a port and a path")
    return text.rstrip("/")


WebAddress = Annotated[str, AfterValidator(_web_address)]


class Settings(BaseModel):
    """Every setting, with its default.

    Arguments:
        data_directory: Where the embedded database and the secret key live.
        database_url: The database, ``sqlite:///PATH`` or ``postgresql://USER:PASSWORD@HOST/DATABASE``;
            without one, ``shop.sqlite`` in the data directory.
        cache_megabytes: How large the cache of this machine, ``cache`` in the data directory, may get.
        secret_key: Encrypts secrets at rest; without one, the file ``secret.key`` in the data directory.
        host: Where the web application listens.
        port: Where the web application listens.
        log_format: ``text`` for people, ``json`` for machines.
        operations_host: Where a process listens for questions about its health and its metrics.
        operations_port: The port for that; 0 takes a free one, without one nothing listens.
        operations_token: Who asks for the metrics has to bear it; needed where other machines can ask.
        shutdown_grace: Seconds that a process has to finish what it began, once it is told to stop.
        tracing: ``otlp`` sends traces to a collector, which the variables ``OTEL_...`` name.
        export_concurrency: How many exports of one channel run at a time in one process.
        export_lease: Seconds for which a process may work on an order without giving a sign of life.
        export_retry_base: Seconds to wait after the first failure; doubled with each further one.
        export_retry_limit: Seconds to wait at most.
        export_max_attempts: After so many attempts that failed for a reason of its own an order is parked.
        export_max_abandoned: After so many attempts in a row that never ended, since their process died or
            lost the order, an order is parked.
        export_poll_interval: Seconds between two looks at the ledger when nothing calls for one.
        session_idle_minutes: A session ends when it was not used for so many minutes.
        session_hours: A session ends so many hours after the sign-in, however much it is used.
        order_state_minutes: Minutes between two looks at what changed in order management systems.
        customer_token_minutes: An access token of a storefront program is good for so many minutes.
        customer_refresh_hours: Hours for which it can be exchanged for a new one without the password.
        lockout_failures: So many failed sign-ins lock an account.
        lockout_address_failures: So many failed sign-ins, to whatever accounts, lock the address of a client.
        lockout_window_minutes: Failures count together as long as no more than so many minutes lie between
            one and the next.
        lockout_minutes: Minutes for which the first lock lasts; each further one lasts twice as long.
        lockout_limit_minutes: Minutes for which a lock lasts at most.
        message_body_days: Days after which bodies and headers of messages are removed; ``never`` keeps them.
        message_days: Days after which messages are removed as a whole; ``never`` keeps them.
        attempt_days: Days after which it is forgotten what became of each attempt to export a settled order;
            ``never`` keeps it.
        audit_days: Days after which entries of the audit trail are removed; ``never`` keeps them.
        order_content_days: Days after the export of an order after which its personal data are erased;
            ``never`` keeps them.
        shop_address: Where shoppers reach the shop, such as ``https://shop.example.com``; links in mails
            begin with it.
        product_notification_minutes: Minutes between two looks whether products can be bought again for which
            somebody waits.
        storefront_time_zone: The time zone in which the storefront tells times, such as ``Europe/Berlin``.
        password_memory_kib: The memory, in KiB, that hashing one password takes.
        password_passes: How often hashing a password goes through that memory.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    data_directory: Path = Path("var")
    database_url: str | None = None
    cache_megabytes: Annotated[int, Field(ge=1, le=100_000)] = 64
    secret_key: SecretStr | None = None
    host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    log_format: Literal["text", "json"] = "text"
    operations_host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    operations_port: Annotated[int | None, Field(ge=0, le=65535)] = None
    operations_token: SecretStr | None = None
    shutdown_grace: Seconds = 30
    tracing: Literal["off", "otlp"] = "off"
    export_concurrency: Annotated[int, Field(ge=1, le=1000)] = 20
    export_lease: Seconds = 30
    export_retry_base: Seconds = 1
    export_retry_limit: Seconds = 300
    export_max_attempts: Annotated[int, Field(ge=1)] = 25
    export_max_abandoned: Annotated[int, Field(ge=2)] = 5
    export_poll_interval: Seconds = 2
    session_idle_minutes: Minutes = 30
    session_hours: Hours = 12
    order_state_minutes: Annotated[int, Field(ge=1, le=59)] = 1
    customer_token_minutes: Minutes = 60
    customer_refresh_hours: Hours = 24
    lockout_failures: Annotated[int, Field(ge=1, le=1000)] = 5
    lockout_address_failures: Annotated[int, Field(ge=1, le=100_000)] = 20
    lockout_window_minutes: Minutes = 15
    lockout_minutes: Minutes = 1
    lockout_limit_minutes: Minutes = 60
    message_body_days: Days = 90
    message_days: Days = 365
    attempt_days: Days = 365
    audit_days: Days = "never"
    order_content_days: Days = "never"
    shop_address: WebAddress | None = None
    product_notification_minutes: Annotated[int, Field(ge=1, le=59)] = 5
    storefront_time_zone: TimeZone = "UTC"
    password_memory_kib: Annotated[int, Field(ge=32, le=4_194_304)] = 65_536
    password_passes: Annotated[int, Field(ge=1, le=100)] = 3

    @property
    def database(self) -> str:
        """The database URL in force."""
        return self.database_url or f"sqlite:///{self.data_directory / 'shop.sqlite'}"

    @property
    def public_address(self) -> str | None:
        """Where shoppers reach the shop: as was said, or this machine where only it can; else unknown."""
        if self.shop_address is None and self.host in _LOOPBACK and self.port:
            return f"http://{self.host}:{self.port}"
        return self.shop_address

    @classmethod
    def of(
        cls,
        values: Mapping[str, Any],
        environ: Mapping[str, str] | None = None,
        *,
        origins: Mapping[str, str] | None = None,
    ) -> "Settings":
        """Check settings; a variable ``IOMC_<NAME>`` that is not empty comes before the value given.

        A setting of :data:`SECRETS_IN_FILES` can stand in a file, which ``IOMC_<NAME>_FILE`` names; the end
        of its last line does not belong to it.

        Arguments:
            values: The settings of the assembly.
            environ: The environment variables; those of the process where omitted.
            origins: Where each of the values is from, for errors.

        Raises:
            ConfigurationError: A setting is unknown or wrong, a variable is probably misspelt, or a file
                cannot be read; every setting that is wrong is named with its origin, its value is not shown.
        """
        given = os.environ if environ is None else environ
        variables, files = _variables(given), _files(given)
        given_by = {
            **(origins or {}),
            **{name: variable_of(name) for name in variables},
            **{name: f"{variable_of(name)}{FILE_SUFFIX}" for name in files},
        }
        try:
            return cls.model_validate({**values, **variables, **files})
        except ValidationError as error:
            problems = "; ".join(_problems(error, given_by))
        raise ConfigurationError(
            f"The settings are wrong: {problems}.",
            hint="They stand in the assembly's [settings] tables and in IOMC_... variables.",
        )


def variable_of(name: str) -> str:
    """The environment variable that overrides a setting."""
    return f"{VARIABLE_PREFIX}{name.upper()}"


def setting_variables(environ: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """The settings that environment variables give, and the variables that are probably misspelt.

    Returns:
        The texts by the name of the setting; and by the name of the variable what was probably meant.
    """
    given: dict[str, str] = {}
    misspelt: dict[str, str] = {}
    for variable, text in sorted(environ.items()):
        name = variable.removeprefix(VARIABLE_PREFIX).lower()
        if not variable.startswith(VARIABLE_PREFIX) or not text or name in OTHER_VARIABLES:
            continue
        if name.removesuffix(FILE_SUFFIX.lower()) in SECRETS_IN_FILES and name.endswith(FILE_SUFFIX.lower()):
            continue
        if name in Settings.model_fields:
            given[name] = text
        elif meant := suggestion(name, {*Settings.model_fields, *OTHER_VARIABLES}):
            misspelt[variable] = _in_capitals(meant)
    return given, misspelt


def setting_fault(name: str, value: object) -> str:
    """What is wrong with the value of a known setting, without the value; empty where nothing is."""
    try:
        Settings.model_validate({name: value})
    except ValidationError as error:
        return "; ".join(
            item["msg"]
            for item in error.errors(include_url=False, include_input=False)
            if item["loc"][:1] == (name,)
        )
    return ""


def shown_setting(name: str, value: object) -> str:
    """The value of a setting as it may be shown: secrets, and passwords within URLs, are masked."""
    field = Settings.model_fields.get(name)
    if field is None or "SecretStr" in str(field.annotation):
        return MASK
    return _PASSWORD.sub(_masked, str(value))


def _masked(password: re.Match[str]) -> str:
    before, within_query = password.groups()
    return f"{within_query}{MASK}" if within_query else f"{before}{MASK}@"


def _variables(environ: Mapping[str, str]) -> dict[str, str]:
    given, misspelt = setting_variables(environ)
    for variable, meant in misspelt.items():
        raise ConfigurationError(f"The environment variable {variable} is not known.", hint=meant)
    return given


def _files(environ: Mapping[str, str]) -> dict[str, str]:
    """The settings whose value stands in a file that a variable names."""
    return {
        name: _read(variable, environ[variable], environ.get(variable_of(name), ""))
        for name in sorted(SECRETS_IN_FILES)
        if environ.get(variable := f"{variable_of(name)}{FILE_SUFFIX}")
    }


def _read(variable: str, path: str, given: str) -> str:
    name = variable.removesuffix(FILE_SUFFIX)
    if given:
        raise ConfigurationError(f"{name} and {variable} are both set.", hint="Keep one of them.")
    try:
        with Path(path).open("rb") as file:
            text = file.read(LARGEST_SECRET + 1).decode()
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ConfigurationError(
            f"The file {path}, which {variable} names, cannot be read: {why}.",
            hint="Let the user that runs the program read it, or name another one.",
        ) from None
    if not text.strip() or len(text) > LARGEST_SECRET:
        raise ConfigurationError(
            f"The file {path}, which {variable} names, is {'too long' if text.strip() else 'empty'}.",
            hint=f"Write the value of {name} into it, and nothing else.",
        )
    return text.removesuffix("\n").removesuffix("\r")


def _problems(error: ValidationError, origins: Mapping[str, str]) -> list[str]:
    """A sentence for each setting that is wrong; where it may be one of several things, what each wants."""
    wrong: dict[str, list[str]] = {}
    for item in error.errors(include_url=False, include_input=False, include_context=False):
        wrong.setdefault(".".join(map(str, item["loc"][:1])), []).append(item["msg"])
    return [
        f"{name}{f' ({origins[name]})' if name in origins else ''}: {', or: '.join(messages)}"
        for name, messages in wrong.items()
    ]


def _in_capitals(sentence: str) -> str:
    before, name, after = sentence.split('"')
    return f"{before}{VARIABLE_PREFIX}{name.upper()}{after}"
