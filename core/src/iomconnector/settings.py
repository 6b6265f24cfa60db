"""Settings of a running system, from its assembly and the environment variables ``IOMC_...``."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from iomconnector.errors import ConfigurationError

Seconds = Annotated[float, Field(gt=0)]


class Settings(BaseModel):
    """Every setting, with its default.

    Arguments:
        data_directory: Where the embedded database and the secret key live.
        database_url: The database; without one, ``shop.sqlite`` in the data directory.
        secret_key: Encrypts secrets at rest; without one, the file ``secret.key`` in the data directory.
        host: Where the web application listens.
        port: Where the web application listens.
        log_format: ``text`` for people, ``json`` for machines.
        export_concurrency: How many exports run at a time.
        export_lease: Seconds for which a process may work on an order without giving a sign of life.
        export_retry_base: Seconds to wait after the first failure; doubled with each further one.
        export_retry_limit: Seconds to wait at most.
        export_max_attempts: After so many attempts an order is parked.
        export_poll_interval: Seconds between two looks at the ledger when nothing calls for one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    data_directory: Path = Path("var")
    database_url: str | None = None
    secret_key: SecretStr | None = None
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    log_format: Literal["text", "json"] = "text"
    export_concurrency: Annotated[int, Field(ge=1, le=1000)] = 20
    export_lease: Seconds = 120
    export_retry_base: Seconds = 1
    export_retry_limit: Seconds = 300
    export_max_attempts: Annotated[int, Field(ge=1)] = 25
    export_poll_interval: Seconds = 2

    @property
    def database(self) -> str:
        """The database URL in force."""
        return self.database_url or f"sqlite:///{self.data_directory / 'shop.sqlite'}"

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "Settings":
        """Check settings.

        Raises:
            ConfigurationError: A setting is unknown or wrong; every one is named.
        """
        try:
            return cls.model_validate(dict(values))
        except ValidationError as error:
            problems = "; ".join(
                f"{'.'.join(map(str, item['loc']))}: {item['msg']}"
                for item in error.errors(include_url=False, include_input=False)
            )
            raise ConfigurationError(
                f"The settings are wrong: {problems}.",
                hint="They stand in the assembly's [settings] tables and in IOMC_... variables.",
            ) from error
