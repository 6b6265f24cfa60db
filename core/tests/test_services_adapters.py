"""An adapter is made once, kept while nothing changes, replaced within a second, and closed at the end."""

import asyncio
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from iomconnector.errors import ConfigurationError
from iomconnector.ports.service_configuration_store import Sharing
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.inventory_services import MISTAKE, SECOND, InventoryServices, ReturnService
from iomconnector.testing.samples import CHANNEL, ORGANIZATION, OTHER_CHANNEL


@pytest.fixture
def world() -> InventoryServices:
    return InventoryServices()


@pytest.mark.parametrize("between", [timedelta(0), SECOND])
@in_event_loop
async def test_a_change_takes_effect_within_a_second_without_restart(
    world: InventoryServices, between: timedelta
) -> None:
    await world.add("stock", url="https://old.example.com")
    old = await world.resolved()
    await world.managed.change("stock", values={"url": "https://new.example.com"}, by="anna")
    world.clock.advance(SECOND)
    new = await world.resolved()
    assert new.settings.url == "https://new.example.com"
    assert (old.closed, new.closed) == (0, 0), "the old one may still be at work"
    world.clock.advance(between)
    assert await world.resolved() is new
    await world.resolver.aclose()
    assert (old.closed, new.closed) == (1, 1)


@in_event_loop
async def test_what_did_not_change_keeps_its_adapter(world: InventoryServices) -> None:
    await world.add("stock")
    adapter = await world.resolved()
    world.clock.advance(timedelta(days=1))
    assert await world.resolved() is adapter


@in_event_loop
async def test_what_changes_no_setting_keeps_the_adapter_and_its_connections(
    world: InventoryServices,
) -> None:
    await world.add("stock")
    adapter = await world.resolved()
    await world.managed.change("stock", display_name="The stock", sharing=Sharing.UNSHARED, by="anna")
    await world.managed.change("stock", active=False, by="anna")
    world.clock.advance(SECOND)
    await world.refusal()
    await world.managed.change("stock", active=True, by="anna")
    assert await world.resolved() is adapter


@in_event_loop
async def test_looking_for_changes_costs_one_row_a_second_whatever_is_asked(world: InventoryServices) -> None:
    await world.add("stock", context=ORGANIZATION)
    await world.add("rma", definition="rma", context=ORGANIZATION)
    contexts = (ORGANIZATION, CHANNEL, OTHER_CHANNEL)
    for second in range(10):
        for _ in range(20):
            for context in contexts:
                await world.resolved(context)
                await world.resolver.resolve(ReturnService, context)
        assert (world.slow.states, world.slow.revisions) == (1, second)
        world.clock.advance(SECOND)


@in_event_loop
async def test_many_that_resolve_at_once_get_one_adapter(world: InventoryServices) -> None:
    await world.add("stock")
    adapters = await asyncio.gather(*(world.resolved() for _ in range(20)))
    assert len(set(adapters)) == 1


@in_event_loop
async def test_wrong_settings_are_told_and_the_old_adapter_is_closed_once(world: InventoryServices) -> None:
    await world.add("stock")
    adapter = await world.resolved()
    await world.managed.change("stock", values={"url": ""}, by="anna")
    world.clock.advance(SECOND)
    for _ in range(3):
        with pytest.raises(ConfigurationError, match="The URL is empty"):
            await world.resolved()
    await world.resolver.aclose()
    assert adapter.closed == 1


@in_event_loop
async def test_a_mistake_in_an_adapter_is_told_as_what_keeps_the_service_from_working(
    world: InventoryServices,
) -> None:
    await world.add("stock", url=MISTAKE)
    with capture_logs() as logs:
        refused = await world.refusal()
    assert refused.ids == {"service": "stock", "context": CHANNEL}
    assert "service stock cannot be made: KeyError" in refused.message
    assert MISTAKE not in str(refused), "what a mistake says may show a secret"
    assert [(entry["service"], entry["log_level"]) for entry in logs] == [("stock", "error")]


@in_event_loop
async def test_an_adapter_that_fails_to_close_is_named_and_the_others_are_closed(
    world: InventoryServices,
) -> None:
    await world.add("broken", url="https://broken.example.com")
    await world.add("sound", context=OTHER_CHANNEL)
    adapters = [await world.resolved(), await world.resolved(OTHER_CHANNEL)]
    with capture_logs() as logs:
        await world.resolver.aclose()
    assert [adapter.closed for adapter in adapters] == [1, 1]
    assert [entry["service"] for entry in logs] == ["broken"]
    await world.resolver.aclose()
    assert [adapter.closed for adapter in adapters] == [1, 1]


@in_event_loop
async def test_an_adapter_has_the_identity_of_its_settings_in_each_process(world: InventoryServices) -> None:
    async def identity(context: str = CHANNEL) -> str:
        return (await world.resolver.resolution(world.offered[0].port, context)).identity

    await world.add("stock", context=ORGANIZATION, url="https://old.example.com")
    first = await identity()
    assert "old.example.com" not in first
    assert await identity(OTHER_CHANNEL) != first
    await world.resolver.aclose()
    del world.resolver
    assert await identity() == first, "as in another process"
    await world.managed.change("stock", values={"url": "https://new.example.com"}, by="anna")
    world.clock.advance(SECOND)
    assert await identity() != first
    await world.managed.change("stock", values={"url": "https://old.example.com"}, by="anna")
    world.clock.advance(SECOND)
    assert await identity() == first
