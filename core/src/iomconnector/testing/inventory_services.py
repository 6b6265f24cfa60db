"""Inventory services without a database, for tests of what the resolver does with them."""

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Protocol

from pydantic import BaseModel

from iomconnector.errors import ConfigurationError
from iomconnector.ports.service_configuration_store import ServiceChange, ServiceState, Sharing
from iomconnector.services.definition import AdapterContext, ServiceDefinition
from iomconnector.services.resolution import ServiceResolutionError
from iomconnector.testing.managed_services import ServicesInMemory
from iomconnector.testing.memory import MemoryServiceConfigurationStore
from iomconnector.testing.samples import CHANNEL

SECOND = timedelta(seconds=1)
"""How long a change may take to have effect."""


MISTAKE = "https://mistake.example.com"
"""With this URL the adapter cannot be made: its author made a mistake."""


class InventoryService(Protocol):
    """A port."""


class ReturnService(Protocol):
    """Another port."""


class Url(BaseModel):
    """Settings."""

    url: str = "https://oms.example.com"


@dataclass(eq=False)
class Adapter:
    """Remembers how it was made, and whether it was closed."""

    settings: Url
    context: AdapterContext
    closed: int = 0

    async def aclose(self) -> None:
        """Count."""
        self.closed += 1
        if self.settings.url == "https://broken.example.com":
            raise OSError("cannot be closed")


def _adapter(settings: Url, context: AdapterContext) -> Adapter:
    if settings.url == "":
        raise ConfigurationError("The URL is empty.")
    if settings.url == MISTAKE:
        raise KeyError(settings.url)
    return Adapter(settings, context)


class SlowStore(MemoryServiceConfigurationStore):
    """Lets others run while it is asked, as a database does, and counts what it is asked for."""

    states = 0
    revisions = 0

    async def state(self) -> ServiceState:
        """The state, later."""
        self.states += 1
        await asyncio.sleep(0)
        return await super().state()

    async def revision(self) -> str:
        """The revision."""
        self.revisions += 1
        return await super().revision()


class InventoryServices(ServicesInMemory):
    """Resolver and services on adapters in memory."""

    def __init__(self) -> None:
        super().__init__(
            [
                ServiceDefinition("stock", "Stock", "Orders", InventoryService, Url, _adapter),
                ServiceDefinition("atp", "ATP", "Orders", InventoryService, Url, _adapter),
                ServiceDefinition("rma", "RMA", "Orders", ReturnService, Url, _adapter),
            ]
        )
        self.slow = SlowStore(self.trail)
        self.store = self.slow

    async def add(
        self,
        service: str,
        *,
        definition: str = "stock",
        context: str = CHANNEL,
        active: bool = True,
        sharing: Sharing = Sharing.SHARED_ACTIVE,
        url: str = "https://oms.example.com",
    ) -> None:
        """Configure a service."""
        await self.managed.add(
            service,
            definition=definition,
            context=context,
            values={"url": url},
            active=active,
            sharing=sharing,
            by="anna",
        )

    async def force(self, service: str, **fields: Any) -> None:
        """Change a configuration behind the back of every check, as an older version or a script may have."""

        def decide(before: ServiceState) -> ServiceChange:
            changed = replace(before.configurations[service], **fields)
            return ServiceChange(replace(before, configurations={**before.configurations, service: changed}))

        await self.store.change(decide)

    async def resolved(self, context: str = CHANNEL) -> Adapter:
        """The adapter of the inventory service."""
        adapter = await self.resolver.resolve(InventoryService, context)
        assert isinstance(adapter, Adapter)
        return adapter

    async def refusal(self, context: str = CHANNEL) -> ServiceResolutionError:
        """Why there is none."""
        try:
            await self.resolver.resolve(InventoryService, context)
        except ServiceResolutionError as refused:
            return refused
        raise AssertionError(f"there is one in {context}")
