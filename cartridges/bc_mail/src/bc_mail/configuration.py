"""The settings of an SMTP service."""

import ipaddress
from enum import StrEnum
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationInfo, field_validator

from iomconnector.model.mails import Address, Line, Mailbox


class Security(StrEnum):
    """How the way to the mail server is encrypted."""

    TLS = "tls"
    """From the first byte on. [RFC 8314]"""
    STARTTLS = "starttls"
    """From the command STARTTLS on; without it nothing is sent. [RFC 3207]"""
    NONE = "none"
    """Not at all."""


USUAL_PORTS: Final = {Security.TLS: 465, Security.STARTTLS: 587, Security.NONE: 25}


class SmtpSettings(BaseModel):
    """Where the mail server is, who the shop is there, and from whom mails are."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, validate_default=True)

    allow_unencrypted: bool = Field(
        default=False,
        title="Allow unencrypted",
        description="Send passwords and mails unencrypted to a host that is not this machine. Only inside a "
        "network that nobody else can listen to.",
    )
    host: str = Field(
        min_length=1,
        max_length=253,
        pattern=r"^[A-Za-z0-9._:-]+$",
        title="Mail server",
        description="Its name or address, for example smtp.example.com.",
    )
    security: Security = Field(
        default=Security.TLS,
        title="Encryption",
        description="tls: from the first byte on. starttls: from the command STARTTLS on, and nothing is "
        "sent without it. none: not at all, to this machine only.",
    )
    port: int | None = Field(
        default=None,
        ge=1,
        le=65535,
        title="Port",
        description="Empty: 465 for tls, 587 for starttls, 25 for none.",
    )
    verify_tls: bool = Field(
        default=True,
        title="Check the certificate",
        description="Whether the certificate of the mail server must be valid. Switch it off on a test "
        "system only.",
    )
    ca_file: Path | None = Field(
        default=None,
        title="Certificate authorities",
        description="PEM file with the certificate authorities to trust instead of the system's own.",
    )
    user: Line = Field(default="", title="User", description="Empty: the mail server asks for none.")
    password: SecretStr = Field(
        default=SecretStr(""), title="Password", description="The password of the user."
    )
    sender_address: Address = Field(
        title="Sender's address", description="From whom mails are, for example shop@example.com."
    )
    sender_name: Line = Field(
        default="", title="Sender's name", description="As recipients see it, for example inSPIRED."
    )
    timeout: float = Field(
        default=30,
        gt=0,
        le=600,
        allow_inf_nan=False,
        title="Time-out",
        description="How long the mail server may take for an answer.",
        json_schema_extra={"unit": "s"},
    )
    connections: int = Field(
        default=5,
        ge=1,
        le=100,
        title="Connections",
        description="So many mails at most are sent at the same time by one process.",
    )

    @field_validator("security")
    @classmethod
    def _unencrypted_at_home_only(cls, security: Security, info: ValidationInfo) -> Security:
        allowed = info.data.get("allow_unencrypted", False) or is_loopback(info.data.get("host", ""))
        if security is Security.NONE and not allowed:
            raise ValueError(
                "Mails and the password would travel unencrypted: choose tls or starttls. "
                "Inside a closed network, allow_unencrypted permits none."
            )
        return security

    @field_validator("port", "ca_file", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("password")
    @classmethod
    def _user_and_password(cls, password: SecretStr, info: ValidationInfo) -> SecretStr:
        if bool(info.data.get("user")) != bool(password.get_secret_value()):
            raise ValueError("User and password belong together: give both, or none.")
        return password

    @property
    def sender(self) -> Mailbox:
        """From whom mails are that name nobody."""
        return Mailbox(address=self.sender_address, name=self.sender_name)

    @property
    def port_in_force(self) -> int:
        """The port, or the usual one."""
        return self.port or USUAL_PORTS[self.security]


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
