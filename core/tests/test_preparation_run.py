"""Preparing databases: the order of the steps, the protocol, and later releases of a cartridge."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.application import Application
from iomconnector.ports.preparation_protocol import Mode, Outcome, Phase, StepEntry
from iomconnector.preparation import (
    StepFailedError,
    Watcher,
    plan_preparation,
    prepare_database,
)
from iomconnector.preparation.steps import CORE
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.preparers import cartridge_with, failing, telling

System = Callable[..., AbstractAsyncContextManager[Application]]


async def entries(system: Application) -> list[StepEntry]:
    return [entry for entry in await system.preparation_protocol.entries() if entry.cartridge != CORE]


@in_event_loop
async def test_steps_run_by_phase_and_load_order_and_never_again(application: System) -> None:
    told: list[str] = []
    ended: list[str] = []
    shop = [
        cartridge_with("shop", telling(told, "3"), telling(told, "1", phase=Phase.PRE), telling(told, "4")),
        cartridge_with(
            "demo", telling(told, "6", phase=Phase.POST), telling(told, "5"), telling(told, "2", phase="pre")
        ),
    ]
    async with application(*shop) as system:
        watcher = Watcher(
            begins=lambda step: ended.append(f"{step.title}?"),
            ended=lambda step, entry: ended.append(f"{step.title}: {entry.message}"),
        )
        done = await prepare_database(system, watcher)
        assert told == ["1", "2", "3", "4", "5", "6"]
        assert ended[2:4] == ["demo_2: 2?", "demo_2: 2: 2 is done"]
        assert [entry.step for entry in done.entries] == told
        found = await entries(system)
        assert found == list(done.entries)
        assert {entry.outcome for entry in found} == {Outcome.DONE}
        assert {(entry.version, entry.mode) for entry in found} == {("0", Mode.INIT)}
        assert all(entry.finished_at and entry.finished_at >= entry.started_at for entry in found)
        assert all(entry.pid and entry.host and entry.seconds is not None for entry in found)
        again = await prepare_database(system)
        assert (len(told), again.entries, await entries(system)) == (6, (), found)
        known = await system.preparation_protocol.registrations()
        assert [each.cartridge for each in known] == ["demo_2", "shop"]


@in_event_loop
async def test_a_plan_says_what_the_run_does_and_changes_nothing(application: System) -> None:
    told: list[str] = []
    async with application(
        cartridge_with("shop", telling(told, "a"), telling(told, "b", modes=[Mode.MIGRATE]))
    ) as system:
        for _ in range(2):
            plan = await plan_preparation(system)
            assert [each.step.title for each in plan.to_run] == ["shop: a"]
        assert (told, await entries(system)) == ([], [])
        done = await prepare_database(system)
        assert done.plan == plan
        assert [(each.step, each.outcome) for each in await entries(system)] == [
            ("b", Outcome.NOT_NEEDED),
            ("a", Outcome.DONE),
        ]
        assert (await plan_preparation(system)).to_run == ()


@in_event_loop
async def test_changes_of_a_later_release_run_where_an_earlier_one_made_the_content(
    application: System,
) -> None:
    told: list[str] = []
    content = telling(told, "content")
    initial, change = (
        telling(told, name, modes=[mode]) for name, mode in (("i", Mode.INIT), ("m", Mode.MIGRATE))
    )
    async with application(cartridge_with("shop", content)) as system:
        await prepare_database(system)
    later = cartridge_with("shop", content, initial, change)
    async with application(later) as system:
        assert (await prepare_database(system, mode=Mode.INIT)).entries == ()
        [entry] = (await prepare_database(system)).entries
        assert (entry.step, entry.mode) == ("m", Mode.MIGRATE)
    assert told == ["content", "m"]


@in_event_loop
async def test_a_fresh_database_contains_the_change_and_never_gets_it(application: System) -> None:
    told: list[str] = []
    shop = cartridge_with(
        "shop", telling(told, "i", modes=[Mode.INIT]), telling(told, "m", modes=[Mode.MIGRATE])
    )
    async with application(shop) as system:
        assert (await prepare_database(system, mode=Mode.MIGRATE)).entries == ()
        await prepare_database(system)
        for mode in Mode:
            await prepare_database(system, mode=mode)
    assert told == ["i"]


@in_event_loop
async def test_a_cartridge_whose_process_died_before_the_registration_is_registered_next_time(
    application: System,
) -> None:
    told: list[str] = []
    async with application(cartridge_with("shop", telling(told, "a"))) as system:
        await prepare_database(system)
        await system.database.write(_deleting("prepared_cartridges"))
        assert (await prepare_database(system)).entries == ()
        assert [each.cartridge for each in await system.preparation_protocol.registrations()] == ["shop"]
    assert told == ["a"]


def _deleting(table: str) -> Callable[[AsyncConnection], Awaitable[None]]:
    async def delete(connection: AsyncConnection) -> None:
        await connection.execute(text(f"DELETE FROM {table}"))

    return delete


@in_event_loop
async def test_a_dead_process_is_told_of_and_its_step_runs_again(application: System) -> None:
    told: list[str] = []
    async with application(cartridge_with("shop", telling(told, "a"))) as system:
        await prepare_database(system)
        await system.database.write(_deleting("prepared_cartridges"))
        await system.database.write(_dying)
        [planned] = (await plan_preparation(system)).to_run
        assert planned.reason.endswith("and did not end")
        await prepare_database(system)
        first, second = await entries(system)
        assert (first.outcome, first.message) == (
            Outcome.FAILED,
            "The process that ran it ended in the middle.",
        )
        assert second.outcome is Outcome.DONE
    assert told == ["a", "a"]


async def _dying(connection: AsyncConnection) -> None:
    await connection.execute(
        text("UPDATE preparation_steps SET outcome = 'running', finished_at = NULL, seconds = NULL")
    )


async def _by_an_older_release(connection: AsyncConnection) -> None:
    await connection.execute(text("UPDATE preparation_steps SET version = 'older'"))


@in_event_loop
async def test_a_release_that_completes_what_an_older_one_began_brings_its_changes(
    application: System,
) -> None:
    told: list[str] = []
    change = telling(told, "change of old", modes=[Mode.MIGRATE])
    begun = [telling(told, "content", modes=[Mode.INIT]), change]
    async with application(cartridge_with("shop", *begun, failing("rest", OSError("no rest")))) as system:
        with pytest.raises(StepFailedError, match="no rest"):
            await prepare_database(system)
        await system.database.write(_by_an_older_release)
    newer = [*begun, telling(told, "rest"), telling(told, "change of new", modes=[Mode.MIGRATE])]
    async with application(cartridge_with("shop", *newer)) as system:
        await prepare_database(system)
        assert told == ["content", "rest", "change of new"]
        await prepare_database(system)
        assert len(told) == 3
        [known] = await system.preparation_protocol.registrations()
        assert known.version == "0"
