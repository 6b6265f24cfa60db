"""What every IOM service must know to reach IOM."""

import ipaddress
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, Self
from urllib.parse import SplitResult, urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationInfo, field_validator, model_validator

SHORTEST_JWT_SECRET: Final = 32
"""Characters that IOM asks of the secret of its JSON web tokens. [iom-api 0, auth]"""

Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Authentication(StrEnum):
    """How the connector proves to IOM who it is. [iom-api 0, auth]"""

    BASIC = "basic"
    """User and password with every request."""
    BEARER_TOKEN = "bearer_token"  # noqa: S105
    """A token that somebody else issued."""
    JWT = "jwt"
    """A JSON web token that the connector signs itself with the secret it shares with IOM."""


NEEDED_BY: Final = {
    "user": frozenset({Authentication.BASIC, Authentication.JWT}),
    "password": frozenset({Authentication.BASIC}),
    "token": frozenset({Authentication.BEARER_TOKEN}),
    "jwt_secret": frozenset({Authentication.JWT}),
}


class ConnectionSettings(BaseModel):
    """The settings of a connection to IOM, which every configuration of an IOM service extends.

    Values are checked when they are saved, so that a wrong one is told to the person who typed it. What was
    typed never appears in the error: it may be a secret.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, validate_default=True)

    allow_plain_http: bool = Field(
        default=False,
        title="Allow plain HTTP",
        description="Send passwords and orders unencrypted to a host that is not this machine. Only inside a "
        "network that nobody else can listen to.",
    )
    base_url: str = Field(
        title="Address of IOM",
        description="Where IOM answers, without the path of an API, for example https://iom.example.com. "
        "Credentials do not belong into it.",
    )
    shop_id: int = Field(
        gt=0,
        lt=2**63,
        title="Shop id",
        description="The number of the shop in IOM (ShopDO.id), for example 10020.",
    )
    shop_name: str = Field(
        default="",
        max_length=255,
        title="Shop name",
        description="The name of the shop in IOM (ShopDO.name), for example inTRONICS Business. "
        "Returns (RMA) ask for the name where all other interfaces ask for the id.",
    )
    authentication: Authentication = Field(
        default=Authentication.BASIC,
        title="Authentication",
        description="basic: user and password. bearer_token: a token issued elsewhere. jwt: user and the "
        "secret that IOM signs its own tokens with. Inventory (ATP, reservation) takes basic only.",
    )
    user: str = Field(
        default="",
        title="User",
        description="The account of the connector in IOM. It needs the rights of the service for this shop.",
    )
    password: SecretStr = Field(
        default=SecretStr(""), title="Password", description="The password of the user, for basic."
    )
    token: SecretStr = Field(
        default=SecretStr(""), title="Token", description="The token to send, for bearer_token."
    )
    jwt_secret: SecretStr = Field(
        default=SecretStr(""),
        title="JWT secret",
        description="The secret shared with IOM, for jwt; at least 32 characters.",
    )
    connect_timeout: Seconds = Field(
        default=5,
        title="Connect time-out",
        description="How long a connection to IOM may take to come about.",
        json_schema_extra={"unit": "s"},
    )
    read_timeout: Seconds = Field(
        default=30,
        title="Read time-out",
        description="How long IOM may take for an answer.",
        json_schema_extra={"unit": "s"},
    )
    write_timeout: Seconds = Field(
        default=30,
        title="Write time-out",
        description="How long sending a request may take.",
        json_schema_extra={"unit": "s"},
    )
    pool_timeout: Seconds = Field(
        default=30,
        title="Pool time-out",
        description="How long to wait for a free connection where all are busy.",
        json_schema_extra={"unit": "s"},
    )
    max_connections: int = Field(
        default=20,
        ge=1,
        le=1000,
        title="Connections",
        description="How many requests this service may have under way at once.",
    )
    verify_tls: bool = Field(
        default=True,
        title="Check the certificate",
        description="Whether the certificate of IOM must be valid. Switch it off on a test system only.",
    )
    ca_file: Path | None = Field(
        default=None,
        title="Certificate authorities",
        description="PEM file with the certificate authorities to trust instead of the system's own.",
    )
    read_retries: int = Field(
        default=3,
        ge=0,
        le=10,
        title="Retries of reading requests",
        description="How often a reading request is repeated after a failure that may pass. A request that "
        "changes something is never repeated here.",
    )
    backoff_base: Seconds = Field(
        default=0.2,
        title="First wait",
        description="The longest wait before the first repetition. It doubles with each one.",
        json_schema_extra={"unit": "s"},
    )
    backoff_limit: Seconds = Field(
        default=5,
        title="Longest wait",
        description="No wait between two repetitions is longer.",
        json_schema_extra={"unit": "s"},
    )

    @field_validator("base_url")
    @classmethod
    def _address_is_usable(cls, address: str, info: ValidationInfo) -> str:
        url = _split(address.strip())
        if url.username is not None or url.password is not None:
            raise ValueError("The address must not hold credentials: use the fields user and password.")
        if url.query or url.fragment:
            raise ValueError("The address must not hold a query or fragment, it ends with host or path.")
        if url.scheme == "http" and not (info.data.get("allow_plain_http", False) or _is_loopback(url)):
            raise ValueError(
                "The address must begin with https, or passwords and orders travel unencrypted. "
                "Inside a closed network, allow_plain_http permits http."
            )
        return url.geturl().rstrip("/")

    @field_validator("user", "password", "token", "jwt_secret")
    @classmethod
    def _present_where_needed(cls, value: str | SecretStr, info: ValidationInfo) -> str | SecretStr:
        authentication = info.data.get("authentication")
        field = info.field_name or ""
        text = value.get_secret_value() if isinstance(value, SecretStr) else value
        if authentication in NEEDED_BY[field] and not text:
            raise ValueError(f"Authentication {authentication} needs the field {field}, which is empty.")
        return value

    @field_validator("user")
    @classmethod
    def _user_fits_basic(cls, user: str, info: ValidationInfo) -> str:
        if info.data.get("authentication") is Authentication.BASIC and ":" in user:
            raise ValueError("A user of basic authentication cannot hold a colon. [RFC 7617]")
        return user

    @field_validator("token")
    @classmethod
    def _token_fits_a_header(cls, token: SecretStr) -> SecretStr:
        if not all("!" <= character <= "~" for character in token.get_secret_value()):
            raise ValueError("The token may hold visible ASCII characters only, no blanks or line breaks.")
        return token

    @field_validator("jwt_secret")
    @classmethod
    def _secret_is_long_enough(cls, secret: SecretStr) -> SecretStr:
        if 0 < len(secret.get_secret_value()) < SHORTEST_JWT_SECRET:
            raise ValueError(f"The secret must have at least {SHORTEST_JWT_SECRET} characters.")
        return secret

    @field_validator("ca_file", mode="before")
    @classmethod
    def _empty_is_none(cls, path: object) -> object:
        return None if path == "" else path

    @model_validator(mode="after")
    def _waits_are_ordered(self) -> Self:
        if self.backoff_base > self.backoff_limit:
            raise ValueError("backoff_base must not be greater than backoff_limit.")
        return self


def _split(address: str) -> SplitResult:
    try:
        url = urlsplit(address)
        port = url.port
    except ValueError:
        raise ValueError("The address is not a URL: check brackets and port.") from None
    if url.scheme not in {"http", "https"} or not url.hostname or port == 0:
        raise ValueError("The address must be a URL such as https://iom.example.com.")
    if any(character.isspace() or not character.isprintable() for character in address):
        raise ValueError("The address must not hold blanks or control characters.")
    return url


def _is_loopback(url: SplitResult) -> bool:
    host = (url.hostname or "").rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
