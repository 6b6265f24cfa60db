"""The local stock in a whole system: as the inventory service, and in place of one that fails."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any

import pytest
from pydantic import BaseModel
from sqlalchemy import text
from structlog.testing import capture_logs

from bc_inventory import cartridge
from bc_inventory.reservation_list import held_reservations
from bc_inventory.stock_changes import StockChange, StockChanges
from iomconnector.application import Application
from iomconnector.hooks import hookimpl
from iomconnector.model.availability import AvailabilityReason, AvailabilitySource, Quality, ReservationType
from iomconnector.ports.inventory_service import InventoryRules, InventoryService
from iomconnector.preparation import prepare_database
from iomconnector.services.definition import ServiceDefinition
from iomconnector.services.errors import ServiceConflictError
from iomconnector.services.resolution import ServiceResolutionError
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory import MemoryInventory, MemoryInventoryService
from iomconnector.testing.samples import CHANNEL, CONTEXTS, ORGANIZATION, OTHER_CHANNEL

Systems = Callable[..., AbstractAsyncContextManager[Application]]


class CheckLocally(BaseModel):
    """Whether the local stock answers on failure."""

    check_on_failure: bool = True


class RemoteInventory:
    """Offers another inventory service, in memory."""

    def __init__(self) -> None:
        self.inventory = MemoryInventory()

    @hookimpl
    def iomconnector_service_definitions(self) -> list[ServiceDefinition[Any]]:
        """The service type."""

        def adapter(settings: CheckLocally, _: object) -> MemoryInventoryService:
            rules = InventoryRules(
                keep=timedelta(0),
                budget=timedelta(seconds=30),
                check_locally_on_failure=settings.check_on_failure,
            )
            return MemoryInventoryService(self.inventory, rules)

        return [ServiceDefinition("remote", "Remote", "Inventory", InventoryService, CheckLocally, adapter)]


async def prepared(system: Application, **pieces: int) -> None:
    await prepare_database(system)
    for context in CONTEXTS:
        await system.contexts.save(context)
    await StockChanges(system.database, system.clock).apply(
        CHANNEL,
        [StockChange(sku, on_hand=quantity) for sku, quantity in pieces.items()],
        action="stock.adjusted",
        by="test",
        reason="test",
    )


async def add(system: Application, definition: str, context: str = ORGANIZATION, **more: Any) -> None:
    await system.services.add(
        definition, definition=definition, context=context, values={}, by="test", **more
    )


@in_event_loop
async def test_the_service_sells_what_its_channel_has(application: Systems) -> None:
    async with application(cartridge) as system:
        await prepared(system, A=5)
        await add(system, "simple-inventory")
        for quality in Quality:
            told = await system.availability.of(CHANNEL, ["A", "B"], quality=quality)
            assert [(each.available, each.quantity) for each in told.values()] == [(True, 5), (None, None)]
            assert {each.source for each in told.values()} == {AvailabilitySource.INVENTORY_SERVICE}
        elsewhere = await system.availability.of(OTHER_CHANNEL, ["A"])
        assert elsewhere["A"].reason is AvailabilityReason.NOT_THERE
        service = await system.inventory_service(CHANNEL)
        held = await service.reserve(
            {"A": 4}, kind=ReservationType.COMPLETE, lifetime=service.rules.lifetime, key="basket-7"
        )
        [listed] = await held_reservations(system.database, CHANNEL, now=system.clock.now(), sku="A")
        assert (listed.id, listed.key, listed.pieces) == (held.id, "basket-7", {"A": 4})
        assert (await system.availability.of(CHANNEL, ["A"]))["A"].quantity == 1
        mine = await system.availability.of(CHANNEL, ["A"], reservation=held.id)
        assert mine["A"].quantity == 5
        report = await system.services.test("simple-inventory", CHANNEL)
        assert report.ok, report
        assert "can be read; it has products" in report.message


@in_event_loop
async def test_two_adapters_are_refused_by_name_in_the_words_of_icm(application: Systems) -> None:
    async with application(cartridge, RemoteInventory()) as system:
        await prepared(system, A=5)
        await add(system, "simple-inventory")
        words = (
            "Only one adapter allowed to be executable of InventoryService, but 2 adapters found. "
            f"In context {ORGANIZATION} these are: remote, simple-inventory."
        )
        with capture_logs() as logs, pytest.raises(ServiceConflictError) as refused:
            await add(system, "remote")
        assert refused.value.message == words
        assert any(each.get("services") == "remote, simple-inventory" for each in logs)
        assert (await system.inventory_service(CHANNEL)).endpoint.name == "the shop's own stock"
        await add(system, "remote", replace=True)
        assert not (await system.services.get("simple-inventory")).active
        await _until(system, lambda service: service.endpoint.name == "memory")


@in_event_loop
async def test_two_that_are_active_all_the_same_serve_nobody_and_the_log_says_why(
    application: Systems,
) -> None:
    async with application(cartridge, RemoteInventory()) as system:
        await prepared(system, A=5)
        await add(system, "simple-inventory")
        await add(system, "remote", active=False)
        await _activate_behind_the_back(system, "remote")
    async with application(cartridge, RemoteInventory()) as system:
        words = "Only one adapter allowed to be executable of InventoryService, but 2 adapters found."
        with capture_logs() as logs:
            told = (await system.availability.of(CHANNEL, ["A"]))["A"]
        assert (told.source, told.reason) == (
            AvailabilitySource.NOBODY,
            AvailabilityReason.SERVICE_INACTIVE,
        )
        [entry] = [each for each in logs if each["log_level"] == "error"]
        assert entry["event"].startswith(words)
        with pytest.raises(ServiceResolutionError, match=words):
            await system.inventory_service(CHANNEL)


async def _activate_behind_the_back(system: Application, service: str) -> None:
    async def write(connection: Any) -> None:
        await connection.execute(
            text("UPDATE service_configurations SET active = true WHERE id = :id"), {"id": service}
        )

    await system.database.write(write)


@in_event_loop
async def test_it_answers_in_place_of_a_service_that_fails_though_it_is_not_active(
    application: Systems,
) -> None:
    remote = RemoteInventory()
    remote.inventory.stock["A"] = 3
    async with application(cartridge, remote) as system:
        await prepared(system, A=5)
        await add(system, "simple-inventory", active=False)
        await add(system, "remote")
        assert (await system.availability.of(CHANNEL, ["A"]))["A"].quantity == 3
        await remote.inventory.fail()
        told = (await system.availability.of(CHANNEL, ["A"]))["A"]
        assert (told.quantity, told.source) == (5, AvailabilitySource.LOCAL_STOCK)
        assert told.reason is AvailabilityReason.UNAVAILABLE
        await system.services.change("remote", values={"check_on_failure": False}, by="test")
        await _until(system, lambda service: not service.rules.check_locally_on_failure)
        assert (await system.availability.of(CHANNEL, ["A"]))["A"].source is AvailabilitySource.NOBODY


async def _until(system: Application, condition: Callable[[InventoryService], bool]) -> None:
    """Wait until the resolver has noticed that services were changed."""
    async with asyncio.timeout(30):
        while not condition(await system.inventory_service(CHANNEL)):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
