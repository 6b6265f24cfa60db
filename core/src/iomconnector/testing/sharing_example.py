"""A tree of contexts and service types in which every rule of managed services matters."""

from typing import Any

from pydantic import BaseModel

from iomconnector.model.contexts import ContextKind
from iomconnector.services.definition import ServiceDefinition
from iomconnector.testing.plain_services import PlainType


class Stock:
    """A port."""


class Returns:
    """A port."""


class Reverses:
    """A port."""


class History:
    """A port."""


class Documents:
    """A port."""


TYPES = {
    "simple-stock": PlainType(Stock),
    "warehouse-stock": PlainType(Stock),
    "rma": PlainType(Returns, excludes=frozenset({"reverse"})),
    "reverse": PlainType(Reverses),
    "history": PlainType(History),
    "documents": PlainType(Documents, needs=(frozenset({"history", "rma"}),)),
}
TREE = {
    "org": None,
    "shop": "org",
    "outlet": "org",
    "web": "shop",
    "app": "shop",
    "kiosk": "outlet",
    "other-org": None,
    "other-shop": "other-org",
}
KINDS = (ContextKind.ORGANIZATION, ContextKind.CHANNEL, ContextKind.APPLICATION)


class NoSettings(BaseModel):
    """A service type without settings."""


class Adapter:
    """Knows whose adapter it is."""

    def __init__(self, _: NoSettings, context: Any) -> None:
        self.service = context.service

    async def aclose(self) -> None:
        """Nothing to give back."""


def definition(type_id: str) -> ServiceDefinition[Any]:
    """The service type, as a cartridge offers it."""
    of = TYPES[type_id]
    return ServiceDefinition(
        type_id,
        type_id,
        "Group",
        of.port,
        NoSettings,
        Adapter,
        excludes=tuple(of.excludes),
        needs=tuple(tuple(sorted(group)) for group in of.needs),
    )
