"""What people do with managed services: status, conflicts, overrides, enablement."""

from typing import Any

import pytest
from pydantic import BaseModel
from structlog.testing import capture_logs

from iomconnector.errors import ConfigurationError, NotFoundError
from iomconnector.model.contexts import Context, ContextKind
from iomconnector.ports.service_configuration_store import Sharing
from iomconnector.services.definition import ServiceDefinition
from iomconnector.services.errors import (
    OverrideRefusedError,
    ServiceConflictError,
)
from iomconnector.services.rows import ServiceRow
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.managed_services import ServicesInMemory
from iomconnector.testing.memory import MemoryContextRepository
from iomconnector.testing.samples import CHANNEL, CONTEXTS, ORGANIZATION, OTHER_CHANNEL

APPLICATION = "inSPIRED-inTRONICS-rest"


class InventoryService:
    """A port."""


class ReturnService:
    """A port."""


class ReverseService:
    """A port."""


class HistoryService:
    """A port."""


class DocumentService:
    """A port."""


class NoSettings(BaseModel):
    """A service type without settings."""


def _definition(type_id: str, port: type[Any], **fields: Any) -> ServiceDefinition[Any]:
    return ServiceDefinition(
        type_id, type_id.upper(), "Orders", port, NoSettings, lambda _, __: None, **fields
    )


DEFINITIONS = (
    _definition("stock", InventoryService),
    _definition("atp", InventoryService),
    _definition("rma", ReturnService, excludes=("reverse",)),
    _definition("reverse", ReverseService),
    _definition("history", HistoryService),
    _definition("documents", DocumentService, needs=(("history", "rma"),)),
)


class World(ServicesInMemory):
    """Managed services in a tree of four contexts."""

    def __init__(self) -> None:
        application = Context(
            id=APPLICATION, kind=ContextKind.APPLICATION, display_name="REST", parent=CHANNEL
        )
        super().__init__(DEFINITIONS, contexts=MemoryContextRepository([*CONTEXTS, application]))

    async def add(
        self, key: str, definition: str = "stock", context: str = ORGANIZATION, **fields: Any
    ) -> None:
        """Add a service."""
        fields = {"values": {}, "by": "anna", **fields}
        await self.managed.add(key, definition=definition, context=context, **fields)

    async def row(self, key: str, context: str) -> ServiceRow:
        """A service as a context sees it."""
        rows = await self.managed.overview(context)
        return next(row for row in rows if row.configuration.id == key)

    async def reason(self, key: str, context: str) -> str:
        """Why a service is not operational in a context."""
        status = (await self.row(key, context)).status
        assert bool(status.reason) != status.operational
        return status.reason


@pytest.fixture
def world() -> World:
    return World()


@in_event_loop
async def test_every_reason_names_the_context_and_says_what_to_do(world: World) -> None:
    services = world.managed
    await world.add("a", sharing=Sharing.SHARED_INACTIVE)
    assert await world.reason("a", ORGANIZATION) == ""
    assert await world.reason("a", CHANNEL) == (
        f"{ORGANIZATION} shares it as inactive: activate it in {CHANNEL}."
    )
    await services.override("a", CHANNEL, True, by="anna")
    assert await world.reason("a", APPLICATION) == ""
    await services.change("a", active=False, by="anna")
    for context in (ORGANIZATION, CHANNEL, APPLICATION):
        assert await world.reason("a", context) == (
            f"It is deactivated in {ORGANIZATION}: activate it there."
        )
    await services.change("a", available=False, by="anna")
    assert await world.reason("a", CHANNEL) == (
        f"It is marked as not available in {ORGANIZATION}: mark it as available there."
    )
    await services.enable("stock", ORGANIZATION, False, by="anna")
    assert await world.reason("a", CHANNEL) == f"STOCK is not enabled for {ORGANIZATION}: enable it there."
    world.offered = DEFINITIONS[1:]
    assert await world.reason("a", CHANNEL) == (
        "No cartridge of this assembly offers its service type stock: include the cartridge, "
        "or remove the configuration."
    )


@in_event_loop
async def test_a_service_that_lacks_what_it_needs_says_what(world: World) -> None:
    await world.add("documents", "documents")
    assert await world.reason("documents", CHANNEL) == (
        f"It needs HISTORY or RMA in {CHANNEL}: activate one of them there."
    )
    await world.add("history", "history", CHANNEL)
    assert await world.reason("documents", CHANNEL) == ""
    assert await world.reason("documents", APPLICATION) == ""
    assert "It needs HISTORY or RMA" in await world.reason("documents", OTHER_CHANNEL)


@in_event_loop
async def test_services_that_exclude_each_other_are_refused_together(world: World) -> None:
    await world.add("rma", "rma")
    with capture_logs() as logs, pytest.raises(ServiceConflictError) as refused:
        await world.add("reverse", "reverse", CHANNEL)
    assert refused.value.message == (
        f"REVERSE and RMA exclude each other, but both would be operational in context {CHANNEL}: "
        "reverse and rma."
    )
    assert [(each["log_level"], each["event"]) for each in logs] == [("error", refused.value.message)]
    assert [each.id for each in await world.managed.all()] == ["rma"]
    await world.add("reverse", "reverse", CHANNEL, replace=True)
    assert (await world.row("rma", CHANNEL)).status.overridden
    assert (await world.row("rma", OTHER_CHANNEL)).status.operational


@in_event_loop
async def test_two_that_exclude_each_other_are_both_off_and_say_why(world: World) -> None:
    await world.add("rma", "rma")
    world.offered = [each for each in DEFINITIONS if each.id not in ("rma", "reverse")] + [
        _definition("rma", ReturnService),
        _definition("reverse", ReverseService),
    ]
    await world.add("reverse", "reverse")
    world.offered = DEFINITIONS
    assert await world.reason("rma", CHANNEL) == (
        f"RMA and REVERSE exclude each other, and reverse is active in {CHANNEL} too: "
        "deactivate one of the two there."
    )
    assert (await world.row("rma", CHANNEL)).conflicts == ("reverse",)
    await world.managed.change("rma", display_name="Still to be changed", by="anna")
    await world.managed.change("rma", active=False, by="anna")
    assert await world.reason("reverse", CHANNEL) == ""


@in_event_loop
async def test_a_second_adapter_is_refused_in_the_words_of_icm_wherever_it_would_be(world: World) -> None:
    await world.add("stock")
    await world.add("atp", "atp", APPLICATION, active=False)
    with capture_logs() as logs, pytest.raises(ServiceConflictError) as refused:
        await world.managed.change("atp", active=True, by="anna")
    assert refused.value.message == (
        "Only one adapter allowed to be executable of InventoryService, but 2 adapters found. "
        f"In context {APPLICATION} these are: atp, stock."
    )
    assert logs[0]["services"] == "atp, stock"
    assert not (await world.managed.get("atp")).active
    await world.managed.change("atp", active=True, by="anna", replace=True)
    assert (await world.store.state()).overrides == {("stock", APPLICATION): False}
    assert (await world.row("stock", CHANNEL)).status.operational


@in_event_loop
async def test_what_is_mandatory_is_never_put_aside(world: World) -> None:
    await world.add("stock", sharing=Sharing.SHARED_MANDATORY)
    with pytest.raises(ServiceConflictError, match="stock is mandatory and cannot be deactivated in"):
        await world.add("atp", "atp", CHANNEL, replace=True)
    await world.add("atp", "atp", ORGANIZATION, replace=True)
    assert not (await world.managed.get("stock")).active


@in_event_loop
async def test_a_change_that_wakes_two_rivals_is_refused_even_when_it_may_replace(world: World) -> None:
    await world.add("one")
    await world.managed.enable("stock", ORGANIZATION, False, by="anna")
    await world.add("two", context=CHANNEL)
    with pytest.raises(ServiceConflictError, match="these are: one, two"):
        await world.managed.enable("stock", ORGANIZATION, True, by="anna", replace=True)


@pytest.mark.parametrize(
    ("context", "sharing", "why"),
    [
        (ORGANIZATION, Sharing.SHARED_ACTIVE, f"{ORGANIZATION} owns stock"),
        (CHANNEL, Sharing.UNSHARED, f"{ORGANIZATION} does not share stock"),
        (CHANNEL, Sharing.SHARED_MANDATORY, f"stock is mandatory below {ORGANIZATION}"),
    ],
)
@in_event_loop
async def test_an_override_is_refused_where_there_is_nothing_to_switch(
    world: World, context: str, sharing: Sharing, why: str
) -> None:
    await world.add("stock", sharing=sharing)
    for active in (True, False, None):
        with pytest.raises(OverrideRefusedError, match=why):
            await world.managed.override("stock", context, active, by="anna")
    await world.add("own", "history", CHANNEL)
    with pytest.raises(OverrideRefusedError, match="is not below it"):
        await world.managed.override("own", OTHER_CHANNEL, False, by="anna")
    with pytest.raises(NotFoundError, match="nowhere"):
        await world.managed.override("own", "nowhere", False, by="anna")


@in_event_loop
async def test_an_override_that_a_stricter_rule_made_void_can_be_removed(world: World) -> None:
    await world.add("stock")
    await world.managed.override("stock", CHANNEL, False, by="anna")
    await world.managed.change("stock", sharing=Sharing.SHARED_MANDATORY, by="anna")
    assert (await world.row("stock", CHANNEL)).status.operational
    await world.managed.override("stock", CHANNEL, None, by="anna")
    await world.managed.change("stock", sharing=Sharing.SHARED_ACTIVE, by="anna")
    assert (await world.row("stock", CHANNEL)).status.operational


@in_event_loop
async def test_the_first_service_enables_its_type_unless_somebody_disabled_it(world: World) -> None:
    await world.managed.enable("history", ORGANIZATION, False, by="anna")
    types = {row.definition.id: row for row in await world.managed.types(CHANNEL)}
    assert not types["stock"].enabled
    await world.add("stock", context=CHANNEL)
    await world.add("history", "history")
    types = {row.definition.id: row for row in await world.managed.types(ORGANIZATION)}
    assert (types["stock"].enabled, types["stock"].configurations) == (True, 1)
    assert (types["history"].enabled, types["history"].configurations) == (False, 1)
    with pytest.raises(ConfigurationError, match=f"{CHANNEL} is no organization"):
        await world.managed.enable("stock", CHANNEL, True, by="anna")
    for enabled in (True, False):
        with pytest.raises(NotFoundError, match="fax"):
            await world.managed.enable("fax", ORGANIZATION, enabled, by="anna")
    world.offered = DEFINITIONS[1:]
    await world.managed.enable("stock", ORGANIZATION, False, by="anna")
    assert not (await world.store.state()).enablements["stock", ORGANIZATION]


@in_event_loop
async def test_what_is_shared_comes_first_and_what_is_not_shared_not_at_all(world: World) -> None:
    await world.add("z-shared")
    await world.add("private", "rma", sharing=Sharing.UNSHARED)
    await world.add("a-own", "history", CHANNEL)
    rows = await world.managed.overview(CHANNEL)
    assert [(row.configuration.id, row.shared_from, row.cartridge) for row in rows] == [
        ("z-shared", ORGANIZATION, "ac_test"),
        ("a-own", None, "ac_test"),
    ]
    assert [row.configuration.id for row in await world.managed.overview(ORGANIZATION)] == [
        "private",
        "z-shared",
    ]
