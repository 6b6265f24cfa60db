"""Exactly one adapter serves a port in a context, or an error says why."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

import pytest
from pydantic import BaseModel
from structlog.testing import capture_logs

from iomconnector.cartridges.extensions import Extensions
from iomconnector.errors import ConfigurationError, NotFoundError
from iomconnector.ports.service_configuration_store import ServiceConfiguration, Sharing
from iomconnector.services.configurations import ServiceConfigurations
from iomconnector.services.definition import AdapterContext, ServiceDefinition
from iomconnector.services.registry import ServiceDefinitions
from iomconnector.services.resolution import ServiceResolutionError, ServiceResolver
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory import (
    ManualClock,
    MemoryContextRepository,
    MemoryMessageLog,
    MemorySecretStore,
    MemoryServiceConfigurationStore,
)
from iomconnector.testing.samples import CHANNEL, CONTEXTS, ORGANIZATION, OTHER_CHANNEL

SECOND = timedelta(seconds=1)


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
    return Adapter(settings, context)


class SlowStore(MemoryServiceConfigurationStore):
    """Lets others run while it is asked, as a database does."""

    async def all(self) -> Sequence[ServiceConfiguration]:
        """Every configuration, later."""
        await asyncio.sleep(0)
        return await super().all()


@dataclass
class World:
    """Resolver and services on adapters in memory."""

    clock: ManualClock = field(default_factory=ManualClock)
    log: MemoryMessageLog = field(default_factory=MemoryMessageLog)
    store: SlowStore = field(default_factory=SlowStore)

    def __post_init__(self) -> None:
        contexts = MemoryContextRepository(CONTEXTS)
        definitions = ServiceDefinitions(
            [
                ("ac_stock", ServiceDefinition("stock", "Stock", "Orders", InventoryService, Url, _adapter)),
                ("ac_atp", ServiceDefinition("atp", "ATP", "Orders", InventoryService, Url, _adapter)),
                ("ac_rma", ServiceDefinition("rma", "RMA", "Orders", ReturnService, Url, _adapter)),
            ]
        )
        self.extensions = Extensions([], [])
        self.services = ServiceConfigurations(
            self.store, definitions, contexts, MemorySecretStore(), self.clock
        )
        self.resolver = ServiceResolver(
            definitions, self.services, contexts, self.extensions, self.clock, self.log
        )

    async def add(
        self,
        service: str,
        *,
        definition: str = "stock",
        context: str = CHANNEL,
        active: bool = True,
        sharing: Sharing = Sharing.SHARED,
        url: str = "https://oms.example.com",
    ) -> None:
        """Configure a service."""
        await self.services.save(
            service,
            definition=definition,
            context=context,
            values={"url": url},
            active=active,
            sharing=sharing,
        )

    async def resolved(self, context: str = CHANNEL) -> Adapter:
        """The adapter of the inventory service."""
        adapter = await self.resolver.resolve(InventoryService, context)
        assert isinstance(adapter, Adapter)
        return adapter

    async def refusal(self, context: str = CHANNEL) -> ServiceResolutionError:
        """Why there is none."""
        with pytest.raises(ServiceResolutionError) as refused:
            await self.resolver.resolve(InventoryService, context)
        return refused.value


@pytest.fixture
def world() -> World:
    return World()


@in_event_loop
async def test_the_one_adapter_gets_what_it_needs(world: World) -> None:
    await world.add("stock", url="https://stock.example.com")
    await world.add("rma", definition="rma")
    adapter = await world.resolved()
    assert adapter.settings == Url(url="https://stock.example.com")
    assert adapter.context == AdapterContext("stock", CHANNEL, world.clock, world.log, world.extensions)
    assert await world.resolved() is adapter


@in_event_loop
async def test_two_executable_adapters_are_refused_by_name(world: World) -> None:
    await world.add("stock")
    await world.add("atp", definition="atp")
    refused = await world.refusal()
    assert (
        "Only one adapter allowed to be executable of InventoryService, but 2 adapters found."
        in refused.message
    )
    assert "atp, stock" in refused.message
    assert CHANNEL in refused.message
    await world.services.change("atp", active=False)
    assert (await world.resolved()).context.service == "stock"


@in_event_loop
async def test_a_shared_service_from_above_counts_beside_an_own_one(world: World) -> None:
    await world.add("own")
    await world.add("shared", context=ORGANIZATION)
    assert "but 2 adapters found" in (await world.refusal()).message
    assert (await world.resolved(OTHER_CHANNEL)).context.service == "shared"


@in_event_loop
async def test_without_a_service_it_says_so(world: World) -> None:
    await world.add("rma", definition="rma")
    refused = await world.refusal()
    assert refused.message == f"No adapter of InventoryService is operational in context {CHANNEL}."
    assert "service add" in refused.hint


@in_event_loop
async def test_every_service_that_is_not_operational_says_why(world: World) -> None:
    await world.add("off", active=False)
    await world.add("private", context=ORGANIZATION, sharing=Sharing.UNSHARED)
    refused = await world.refusal()
    assert f"off is deactivated; private is not shared by {ORGANIZATION}" in refused.message
    assert "service activate" in refused.hint


@pytest.mark.parametrize(
    ("owner", "sharing", "served"),
    [
        (ORGANIZATION, Sharing.SHARED, {ORGANIZATION, CHANNEL, OTHER_CHANNEL}),
        (ORGANIZATION, Sharing.UNSHARED, {ORGANIZATION}),
        (CHANNEL, Sharing.SHARED, {CHANNEL}),
        (CHANNEL, Sharing.UNSHARED, {CHANNEL}),
    ],
)
@in_event_loop
async def test_a_service_serves_its_owner_and_what_it_is_shared_with(
    world: World, owner: str, sharing: Sharing, served: set[str]
) -> None:
    await world.add("stock", context=owner, sharing=sharing)
    for context in (ORGANIZATION, CHANNEL, OTHER_CHANNEL):
        if context in served:
            assert (await world.resolved(context)).context.channel == context
        else:
            await world.refusal(context)


@in_event_loop
async def test_an_unknown_context_is_not_found(world: World) -> None:
    with pytest.raises(NotFoundError, match="nowhere"):
        await world.resolver.resolve(InventoryService, "nowhere")


@pytest.mark.parametrize("between", [timedelta(0), SECOND])
@in_event_loop
async def test_a_change_takes_effect_within_a_second_without_restart(
    world: World, between: timedelta
) -> None:
    await world.add("stock", url="https://old.example.com")
    old = await world.resolved()
    await world.services.change("stock", values={"url": "https://new.example.com"})
    world.clock.advance(SECOND)
    new = await world.resolved()
    assert new.settings.url == "https://new.example.com"
    assert (old.closed, new.closed) == (0, 0), "the old one may still be at work"
    world.clock.advance(between)
    assert await world.resolved() is new
    await world.resolver.aclose()
    assert (old.closed, new.closed) == (1, 1)


@in_event_loop
async def test_what_did_not_change_keeps_its_adapter(world: World) -> None:
    await world.add("stock")
    adapter = await world.resolved()
    world.clock.advance(timedelta(days=1))
    assert await world.resolved() is adapter


@in_event_loop
async def test_switching_off_and_another_on_takes_effect(world: World) -> None:
    await world.add("stock")
    await world.add("atp", definition="atp", active=False)
    assert (await world.resolved()).context.service == "stock"
    await world.services.change("stock", active=False)
    world.clock.advance(SECOND)
    await world.refusal()
    await world.services.change("atp", active=True)
    assert (await world.resolved()).context.service == "atp"


@in_event_loop
async def test_many_that_resolve_at_once_get_one_adapter(world: World) -> None:
    await world.add("stock")
    adapters = await asyncio.gather(*(world.resolved() for _ in range(20)))
    assert len(set(adapters)) == 1


@in_event_loop
async def test_wrong_settings_are_told_and_the_old_adapter_is_closed_once(world: World) -> None:
    await world.add("stock")
    adapter = await world.resolved()
    await world.services.change("stock", values={"url": ""})
    world.clock.advance(SECOND)
    for _ in range(3):
        with pytest.raises(ConfigurationError, match="The URL is empty"):
            await world.resolved()
    await world.resolver.aclose()
    assert adapter.closed == 1


@in_event_loop
async def test_an_adapter_that_fails_to_close_is_named_and_the_others_are_closed(world: World) -> None:
    await world.add("broken", url="https://broken.example.com")
    await world.add("sound", context=OTHER_CHANNEL)
    adapters = [await world.resolved(), await world.resolved(OTHER_CHANNEL)]
    with capture_logs() as logs:
        await world.resolver.aclose()
    assert [adapter.closed for adapter in adapters] == [1, 1]
    assert [entry["service"] for entry in logs] == ["broken"]
    await world.resolver.aclose()
    assert [adapter.closed for adapter in adapters] == [1, 1]
