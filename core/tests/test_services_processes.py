"""A change of a service takes effect in another process within a second, and none is lost between two."""

import asyncio
import subprocess
import sys
import time
from contextlib import aclosing
from typing import Any

from pydantic import BaseModel

from iomconnector.cartridges.extensions import Extensions
from iomconnector.jobs.clock import SystemClock
from iomconnector.services.definition import ServiceDefinition
from iomconnector.services.managed import ManagedServices
from iomconnector.services.registry import ServiceDefinitions
from iomconnector.services.resolution import ServiceResolver
from iomconnector.services.setting_values import SettingValues
from iomconnector.storage.audit_trail import SqlAuditTrail
from iomconnector.storage.context_repository import SqlContextRepository
from iomconnector.storage.database import Database
from iomconnector.storage.message_log import SqlMessageLog
from iomconnector.storage.service_configuration_store import SqlServiceConfigurationStore
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory import MemorySecretStore
from iomconnector.testing.samples import CHANNEL, CONTEXTS, ORGANIZATION

WITHIN_SECONDS = 1.0
SLACK_SECONDS = 1.0
"""For two busy cores: the promise itself is a second."""

PROCESS = """
import asyncio, runpy, sys
module = runpy.run_path(sys.argv[1], run_name="services")
asyncio.run(module[sys.argv[2]](*sys.argv[3:]))
"""


class Port:
    """What is resolved."""


class Settings(BaseModel):
    """Settings that two processes change."""

    url: str = "first"
    left: int = 0
    right: int = 0


class Adapter:
    """Tells its settings."""

    def __init__(self, settings: Settings, _: object) -> None:
        self.settings = settings

    async def aclose(self) -> None:
        """Nothing to give back."""


DEFINITIONS = ServiceDefinitions(
    [("ac_test", ServiceDefinition("stock", "Stock", "Group", Port, Settings, Adapter))]
)
SETTINGS = SettingValues(DEFINITIONS, MemorySecretStore())


def _managed(database: Database) -> ManagedServices:
    return ManagedServices(
        SqlServiceConfigurationStore(database),
        DEFINITIONS,
        SqlContextRepository(database),
        SETTINGS,
        SqlAuditTrail(database),
        SystemClock(),
        SqlMessageLog(database),
        Extensions([], []),
    )


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def watch(url: str) -> None:
    """Resolve all the time, as a busy exporter does, and print each setting when it is seen first."""
    async with aclosing(Database(url)) as database:
        resolver = ServiceResolver(
            DEFINITIONS,
            SqlServiceConfigurationStore(database),
            SETTINGS,
            SqlContextRepository(database),
            Extensions([], []),
            SystemClock(),
            SqlMessageLog(database),
        )
        seen = ""
        while seen != "last":
            adapter: Any = await resolver.resolve(Port, CHANNEL)
            if adapter.settings.url != seen:
                seen = adapter.settings.url
                _say(f"{seen} {time.time()}")
            await asyncio.sleep(0.01)
        await resolver.aclose()


async def count(url: str, setting: str, times: str) -> None:
    """Count one setting up."""
    async with aclosing(Database(url)) as database:
        services = _managed(database)
        _say("ready")
        sys.stdin.readline()
        for number in range(1, int(times) + 1):
            await services.change("stock", values={setting: number}, by=setting)


def _start(function: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROCESS, __file__, function, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


async def _prepare(database: Database) -> ManagedServices:
    for context in CONTEXTS:
        await SqlContextRepository(database).save(context)
    services = _managed(database)
    await services.add("stock", definition="stock", context=ORGANIZATION, values={}, by="anna")
    return services


@in_event_loop
async def test_another_process_sees_a_change_within_a_second(each_database: Database) -> None:
    async with aclosing(each_database) as database:
        services = await _prepare(database)
        watcher = _start("watch", database.url.render_as_string(hide_password=False))
        try:
            assert (await asyncio.to_thread(_line, watcher)).startswith("first ")
            for wanted in ("second", "last"):
                await services.change("stock", values={"url": wanted}, by="anna")
                changed = time.time()
                seen, at = (await asyncio.to_thread(_line, watcher)).split()
                assert seen == wanted
                assert float(at) - changed < WITHIN_SECONDS + SLACK_SECONDS
            assert await asyncio.to_thread(watcher.wait, 30) == 0
        finally:
            watcher.kill()
            watcher.communicate()


@in_event_loop
async def test_two_processes_that_change_different_settings_lose_none(each_database: Database) -> None:
    times = 20
    async with aclosing(each_database) as database:
        services = await _prepare(database)
        url = database.url.render_as_string(hide_password=False)
        processes = [_start("count", url, setting, str(times)) for setting in ("left", "right")]
        try:
            for process in processes:
                assert await asyncio.to_thread(_line, process) == "ready"
            for process in processes:
                assert process.stdin is not None
                process.stdin.write("\n")
                process.stdin.flush()
            assert [await asyncio.to_thread(process.wait, 60) for process in processes] == [0, 0]
        finally:
            for process in processes:
                process.kill()
                process.communicate()
        found = await services.get("stock")
        assert found.values == {"left": times, "right": times}
        assert found.version == 1 + 2 * times
        entries = await services.audit(service="stock", limit=1000)
        assert len([each for each in entries if each.action == "service.changed"]) == 2 * times
