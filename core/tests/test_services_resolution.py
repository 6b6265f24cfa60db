"""Exactly one adapter serves a port in a context, or an error says why."""

import pytest
from structlog.testing import capture_logs

from iomconnector.errors import NotFoundError
from iomconnector.ports.service_configuration_store import Sharing
from iomconnector.services.definition import AdapterContext
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.inventory_services import SECOND, InventoryService, InventoryServices, Url
from iomconnector.testing.samples import CHANNEL, ORGANIZATION, OTHER_CHANNEL


@pytest.fixture
def world() -> InventoryServices:
    return InventoryServices()


@in_event_loop
async def test_the_one_adapter_gets_what_it_needs(world: InventoryServices) -> None:
    await world.add("stock", url="https://stock.example.com")
    await world.add("rma", definition="rma")
    adapter = await world.resolved()
    assert adapter.settings == Url(url="https://stock.example.com")
    assert adapter.context == AdapterContext(
        "stock", CHANNEL, world.clock, world.message_log, world.extensions
    )
    assert await world.resolved() is adapter


@in_event_loop
async def test_two_executable_adapters_are_refused_by_name(world: InventoryServices) -> None:
    await world.add("stock")
    await world.add("atp", definition="atp", active=False)
    await world.force("atp", active=True)
    with capture_logs() as logs:
        refused = await world.refusal()
        await world.refusal()
    assert refused.message == (
        "Only one adapter allowed to be executable of InventoryService, but 2 adapters found. "
        f"In context {CHANNEL} these are: atp, stock."
    )
    assert [(entry["log_level"], entry["event"]) for entry in logs] == [("error", refused.message)]
    await world.managed.change("atp", active=False, by="anna")
    assert (await world.resolved()).context.service == "stock"


@in_event_loop
async def test_a_shared_service_from_above_counts_beside_an_own_one(world: InventoryServices) -> None:
    await world.add("own")
    await world.add("shared", context=ORGANIZATION, sharing=Sharing.SHARED_INACTIVE)
    await world.force("shared", sharing=Sharing.SHARED_ACTIVE)
    assert "but 2 adapters found" in (await world.refusal()).message
    assert (await world.resolved(OTHER_CHANNEL)).context.service == "shared"


@in_event_loop
async def test_without_a_service_it_says_so(world: InventoryServices) -> None:
    await world.add("rma", definition="rma")
    refused = await world.refusal()
    assert refused.message == f"No adapter of InventoryService is operational in context {CHANNEL}."
    assert "service add" in refused.hint


@in_event_loop
async def test_every_service_that_is_not_operational_says_why(world: InventoryServices) -> None:
    await world.add("off", active=False)
    await world.add("private", context=ORGANIZATION, sharing=Sharing.UNSHARED)
    refused = await world.refusal()
    assert refused.message == (
        f"No adapter of InventoryService is operational in context {CHANNEL}. "
        f"off: It is deactivated in {CHANNEL}: activate it there. "
        f"private: {ORGANIZATION} does not share it: change its sharing rule there, "
        f"or configure a service for {CHANNEL}."
    )
    assert "service list" in refused.hint


@pytest.mark.parametrize(
    ("owner", "sharing", "served"),
    [
        (ORGANIZATION, Sharing.SHARED_ACTIVE, {ORGANIZATION, CHANNEL, OTHER_CHANNEL}),
        (ORGANIZATION, Sharing.UNSHARED, {ORGANIZATION}),
        (CHANNEL, Sharing.SHARED_ACTIVE, {CHANNEL}),
        (CHANNEL, Sharing.UNSHARED, {CHANNEL}),
    ],
)
@in_event_loop
async def test_a_service_serves_its_owner_and_what_it_is_shared_with(
    world: InventoryServices, owner: str, sharing: Sharing, served: set[str]
) -> None:
    await world.add("stock", context=owner, sharing=sharing)
    for context in (ORGANIZATION, CHANNEL, OTHER_CHANNEL):
        if context in served:
            assert (await world.resolved(context)).context.channel == context
        else:
            await world.refusal(context)


@in_event_loop
async def test_an_unknown_context_is_not_found(world: InventoryServices) -> None:
    with pytest.raises(NotFoundError, match="nowhere"):
        await world.resolver.resolve(InventoryService, "nowhere")


@in_event_loop
async def test_switching_off_and_another_on_takes_effect(world: InventoryServices) -> None:
    await world.add("stock")
    await world.add("atp", definition="atp", active=False)
    assert (await world.resolved()).context.service == "stock"
    await world.managed.change("stock", active=False, by="anna")
    world.clock.advance(SECOND)
    await world.refusal()
    await world.managed.change("atp", active=True, by="anna")
    assert (await world.resolved()).context.service == "atp"
