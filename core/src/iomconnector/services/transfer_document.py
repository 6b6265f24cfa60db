"""Managed services as a TOML file, without their secrets."""

import tomllib
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from iomconnector.errors import ConfigurationError
from iomconnector.ports.service_configuration_store import Sharing
from iomconnector.services.setting_problems import setting_problems, told


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class OrganizationPart(_Part):
    """What an organization decided about service types.

    Arguments:
        id: The organization.
        enabled: Service types that are enabled for it.
        disabled: Service types that are disabled for it.
    """

    id: str
    enabled: list[str] = Field(default_factory=list)
    disabled: list[str] = Field(default_factory=list)


class ServicePart(_Part):
    """A configuration.

    Arguments:
        id: Its id.
        type: Its service type.
        context: The context that owns it.
        name: Its name for people.
        available: Whether it may be used at all.
        active: Whether it is switched on.
        sharing: What it is to the contexts below.
        secrets: Settings that are secret and set; their values are not in the file.
        nothing: Settings that are set to nothing, for which TOML has no word.
        settings: The other settings.
        overrides: Contexts below that are switched on or off.
    """

    id: str
    type: str
    context: str
    name: str = ""
    available: bool = True
    active: bool = True
    sharing: Sharing = Sharing.SHARED_ACTIVE
    secrets: list[str] = Field(default_factory=list)
    nothing: list[str] = Field(default_factory=list)
    settings: dict[str, Any] = Field(default_factory=dict)
    overrides: dict[str, bool] = Field(default_factory=dict)


class TransferDocument(_Part):
    """What a file holds.

    Arguments:
        format: The version of this format.
        organization: What organizations decided.
        service: The configurations.
    """

    format: Literal[1] = 1
    organization: list[OrganizationPart] = Field(default_factory=list)
    service: list[ServicePart] = Field(default_factory=list)


def read_document(text: str) -> TransferDocument:
    """Read a file.

    Raises:
        ConfigurationError: It is no TOML, or not what :func:`written` writes; every problem is named.
    """
    try:
        return TransferDocument.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        problem = f"it is no TOML: {error}"
    except ValidationError as error:
        problem = told(setting_problems(error, TransferDocument), TransferDocument)
    raise ConfigurationError(
        f"The services cannot be read from the file: {problem}.",
        hint="`iomconnector service export` shows what such a file looks like.",
    )


def written(document: TransferDocument) -> str:
    """The file.

    Raises:
        ConfigurationError: A setting holds what TOML has no word for.
    """
    import tomli_w

    head = (
        "# Managed services, without their secrets. `iomconnector service import FILE` reads them.\n"
        "# Secrets of services that are there already stay; others are given as ID.NAME=@FILE.\n\n"
    )
    try:
        return head + tomli_w.dumps(_without_empty_parts(document.model_dump(mode="json")))
    except TypeError as error:
        raise ConfigurationError(f"A setting cannot be written as TOML: {error}.") from error


def _without_empty_parts(document: dict[str, Any]) -> dict[str, Any]:
    for part in (*document["organization"], *document["service"]):
        for name in [name for name, value in part.items() if value in ([], {})]:
            del part[name]
    return document


def without_nothing(settings: Mapping[str, Any]) -> tuple[dict[str, Any], Sequence[str]]:
    """Settings that TOML can hold, and the names of those that are set to nothing."""
    held = {name: value for name, value in settings.items() if value is not None}
    return held, sorted(settings.keys() - held.keys())
