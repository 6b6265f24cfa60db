"""The pytest plugin: what it offers, and that it costs nothing where it is not used."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, aclosing
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from iomconnector.application import Application
from iomconnector.cartridges.importing import CartridgeLoadError
from iomconnector.hooks import hookimpl
from iomconnector.jobs.work_off import work_off
from iomconnector.ports.order_export_service import OrderExportService
from iomconnector.services.definition import ServiceDefinition
from iomconnector.storage.database import Database
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory import MemoryOrderExportService, MemoryOrderManagement
from iomconnector.testing.samples import CHANNEL, CONTEXTS, ORGANIZATION, sample_order

Systems = Callable[..., AbstractAsyncContextManager[Application]]

PROFILE = """
import pytest
from hypothesis import given, settings, strategies as st

partly = settings(max_examples=7)

def test_profile():
    print(f"profile={settings.get_current_profile_name()} deadline={partly.deadline}",
          f"examples={partly.max_examples} derandomize={partly.derandomize}")
"""


def _pytest(folder: Path, test: str, *arguments: str, **environment: str) -> str:
    (folder / "test_it.py").write_text(test)
    kept = {name: value for name, value in os.environ.items() if name not in ("CI", "HYPOTHESIS_PROFILE")}
    command = [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", *arguments, "test_it.py"]
    done = subprocess.run(
        command, cwd=folder, env={**kept, **environment}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_nothing_is_imported_before_a_test_asks_for_it(tmp_path: Path) -> None:
    test = """
import sys

def test_imports():
    heavy = ("hypothesis", "sqlalchemy", "pydantic", "alembic", "fastapi", "asyncio")
    loaded = {name.partition(".")[0] for name in sys.modules}
    ours = sorted(name for name in sys.modules if name.startswith("iomconnector"))
    assert ours == ["iomconnector", "iomconnector.testing", "iomconnector.testing.plugin"]
    assert not loaded.intersection(heavy), loaded.intersection(heavy)
"""
    others = ("anyio", "xdist", "langsmith", "schemathesis")
    _pytest(tmp_path, test, *(part for name in others for part in ("-p", f"no:{name}")))


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, "profile=dev deadline=None examples=7 derandomize=False"),
        ({"CI": "true"}, "profile=ci deadline=None examples=7 derandomize=True"),
        (
            {"CI": "true", "HYPOTHESIS_PROFILE": "nightly"},
            "profile=nightly deadline=None examples=7 derandomize=False",
        ),
    ],
)
def test_the_environment_chooses_the_hypothesis_profile(
    tmp_path: Path, environment: Mapping[str, str], said: str
) -> None:
    assert said in _pytest(tmp_path, PROFILE, **environment)


def test_a_profile_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(
        "from hypothesis import settings\n"
        "settings.register_profile('theirs', deadline=1234)\n"
        "settings.load_profile('theirs')\n"
    )
    assert "profile=theirs" in _pytest(tmp_path, PROFILE, HYPOTHESIS_PROFILE="theirs")
    assert "profile=ci" in _pytest(tmp_path, PROFILE, "--hypothesis-profile=ci", HYPOTHESIS_PROFILE="theirs")


def test_a_failing_promise_shows_the_values_compared(tmp_path: Path) -> None:
    test = """
from datetime import datetime, timedelta, timezone
from iomconnector.testing.contracts import ClockContract

class LocalClock:
    def now(self):
        return datetime(2026, 11, 2, tzinfo=timezone(timedelta(hours=1)))

class TestLocalClock(ClockContract):
    def clock(self):
        return LocalClock()
"""
    (tmp_path / "test_it.py").write_text(test)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_it.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "1 failed, 1 passed" in done.stdout
    assert "datetime.timedelta(seconds=3600) == datetime.timedelta(0)" in done.stdout


@in_event_loop
async def test_the_database_is_prepared_and_empty(database: Database) -> None:
    from iomconnector.storage.context_repository import SqlContextRepository

    async with aclosing(database):
        assert list(await SqlContextRepository(database).all()) == []


class NoSettings(BaseModel):
    """A service type without settings."""


class ExportsToMemory:
    """Offers an order export service in memory."""

    def __init__(self, management: MemoryOrderManagement) -> None:
        self.management = management

    @hookimpl
    def iomconnector_service_definitions(self) -> list[ServiceDefinition[Any]]:
        """The service type."""
        return [
            ServiceDefinition(
                "memory",
                "In memory",
                "Orders",
                OrderExportService,
                NoSettings,
                lambda _, __: MemoryOrderExportService(self.management),
            )
        ]


@in_event_loop
async def test_a_system_can_be_made_of_objects_with_hooks(application: Systems) -> None:
    hooks = ExportsToMemory(MemoryOrderManagement())
    async with application(hooks, export_concurrency=2) as system:
        assert system.cartridges.names == ("ExportsToMemory",)
        assert system.settings.export_concurrency == 2
        for context in CONTEXTS:
            await system.contexts.save(context)
        await system.services.add("memory", definition="memory", context=ORGANIZATION, values={}, by="test")
        await system.place_orders.many([sample_order(str(number)) for number in range(5)])
        run = await work_off(system, wait=0)
        assert run.exported == 5
    assert len(hooks.management.copies) == 5
    async with application() as system:
        assert system.cartridges.names == ()
        assert len(await system.orders.page(channel=CHANNEL)) == 5, "it is the same database"


def test_hooks_that_would_never_be_called_are_refused(application: Systems) -> None:
    class Unmarked:
        def iomconnector_commands(self) -> list[Any]:
            return []

    class Misspelt:
        @hookimpl
        def iomconnector_comands(self) -> list[Any]:
            return []

    async def start(hooks: object) -> None:
        async with application(hooks):
            pass

    for hooks, name in ((Unmarked(), "iomconnector_commands"), (Misspelt(), "iomconnector_comands")):
        with pytest.raises(CartridgeLoadError, match=name):
            asyncio.run(start(hooks))


def test_a_test_that_leaves_tasks_behind_fails() -> None:
    @in_event_loop
    async def careless() -> None:
        task = asyncio.create_task(asyncio.Event().wait())
        await asyncio.sleep(0)
        assert not task.done()

    with pytest.raises(AssertionError, match="left tasks behind"):
        careless()
