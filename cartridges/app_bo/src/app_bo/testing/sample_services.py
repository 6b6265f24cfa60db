"""Service types with all that a page has to show: conflicts, needs, exclusions, settings of every kind."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any, Protocol

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from iomconnector.cartridges.descriptor import CartridgeDescriptor
from iomconnector.errors import ConnectorError
from iomconnector.hooks import hookimpl
from iomconnector.services.definition import AdapterContext, ServiceDefinition

descriptor = CartridgeDescriptor(display_name="Sample services")

UNREACHABLE = "mail.invalid"


class InventoryService(Protocol):
    """Tells what is in stock."""


class MailService(Protocol):
    """Sends mails."""


class ReturnService(Protocol):
    """Takes return requests."""


class ReverseService(Protocol):
    """Takes return requests in another way."""


class DocumentService(Protocol):
    """Gives documents of orders."""


class UnreachableError(ConnectorError):
    """A server does not answer."""

    code = "sample.unreachable"


class Encryption(StrEnum):
    """How a connection is protected."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


class NoSettings(BaseModel):
    """Nothing to set."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class MailSettings(BaseModel):
    """Settings of every kind."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    host: Annotated[str, Field(min_length=1)] = Field(
        title="Host", description="The server that takes mails, for example mail.example.com."
    )
    port: int = Field(default=587, ge=1, le=65535, title="Port")
    encryption: Encryption = Field(default=Encryption.STARTTLS, title="Encryption")
    user: str = Field(default="", title="User", description="Empty where the server asks for none.")
    password: SecretStr = Field(default=SecretStr(""), title="Password")
    timeout: float = Field(
        default=10,
        gt=0,
        le=300,
        title="Time-out",
        description="How long the server may take for an answer.",
        json_schema_extra={"unit": "s"},
    )
    check_certificate: bool = Field(
        default=True,
        title="Check the certificate",
        description="Whether the certificate of the server must be valid.",
    )
    copies_to: list[str] = Field(
        default_factory=list, title="Copies to", description="Addresses that get a copy of each mail."
    )


class Adapter:
    """Stands for the outside system.

    Arguments:
        settings: Its settings.
        context: What it may ask for.
    """

    def __init__(self, settings: BaseModel, context: AdapterContext) -> None:
        self.settings = settings

    async def aclose(self) -> None:
        """Give back nothing."""


async def _check_mail(adapter: Adapter) -> str:
    settings = adapter.settings
    assert isinstance(settings, MailSettings)
    if settings.host == UNREACHABLE:
        raise UnreachableError(f"{settings.host} does not answer.", hint="Correct the host, or start it.")
    with_password = "with" if settings.password.get_secret_value() else "without"
    return f"{settings.host} greets {settings.user or 'nobody'}, {with_password} password."


def _type(id_: str, name: str, group: str, port: type[Any], **more: Any) -> ServiceDefinition[Any]:
    return ServiceDefinition(
        id=id_,
        display_name=name,
        group=group,
        port=port,
        configuration=more.pop("configuration", NoSettings),
        adapter=Adapter,
        **more,
    )


TYPES = (
    _type(
        "sample-stock",
        "Simple Stock Service",
        "Inventory",
        InventoryService,
        help="Answers from the stock that the shop itself keeps.",
    ),
    _type(
        "warehouse-stock",
        "Warehouse Stock Service",
        "Inventory",
        InventoryService,
        help="Asks the warehouse what is in stock.",
    ),
    _type(
        "sample-mail",
        "SMTP Mail Service",
        "Mail Services",
        MailService,
        help="Sends mails to customers.",
        configuration=MailSettings,
        check=_check_mail,
    ),
    _type("sample-returns", "Return Service", "Returns", ReturnService, excludes=("sample-reverse",)),
    _type("sample-reverse", "Reverse Service", "Returns", ReverseService, excludes=("sample-returns",)),
    _type(
        "sample-documents",
        "Document Service",
        "Documents",
        DocumentService,
        needs=(("sample-returns", "sample-reverse"),),
    ),
)


@hookimpl
def iomconnector_service_definitions() -> Sequence[ServiceDefinition[Any]]:
    """The service types."""
    return TYPES
