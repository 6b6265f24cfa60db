"""The IOM service types are enabled once, and an administrator's decision stays."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from iomconnector.application import Application
from iomconnector.cartridges.loading import load_cartridges
from iomconnector.container import Container, running
from iomconnector.preparation import prepare_database
from iomconnector.settings import Settings

T = TypeVar("T")

ORGANIZATION = "inSPIRED"
TYPE = "iom-order-export"
WITH_TYPES = (
    "init_inspired",
    "ac_iomconnector_common",
    "ac_iomconnector_rest_common",
    "ac_iomconnector_orderexport",
    "init_iomconnector",
)


def _on(
    directory: Path,
    work: Callable[[Application], Awaitable[T]],
    names: tuple[str, ...] = WITH_TYPES,
) -> tuple[list[str], T]:
    container = Container(settings=Settings(data_directory=directory), cartridges=load_cartridges(names))

    async def main() -> tuple[list[str], T]:
        async with running(container) as application:
            done = await prepare_database(application)
            told = [entry.message for entry in done.entries if entry.cartridge == "init_iomconnector"]
            return told, await work(application)

    return asyncio.run(main())


async def _enabled(application: Application) -> dict[str, bool]:
    return {row.definition.id: row.enabled for row in await application.services.types(ORGANIZATION)}


async def _disable(application: Application) -> None:
    await application.services.enable(TYPE, ORGANIZATION, False, by="anna")


def test_the_service_types_are_enabled_for_the_organization(tmp_path: Path) -> None:
    told, enabled = _on(tmp_path, _enabled)
    assert enabled == {TYPE: True}
    assert told == [f"{TYPE} enabled for {ORGANIZATION}"]


def test_what_an_administrator_disabled_stays_disabled(tmp_path: Path) -> None:
    _on(tmp_path, _disable)
    told, enabled = _on(tmp_path, _enabled)
    assert enabled == {TYPE: False}
    assert told == []


def test_a_service_type_of_another_system_is_left_alone(tmp_path: Path) -> None:
    told, _ = _on(tmp_path, _enabled, ("init_inspired", "ac_iomconnector_common", "init_iomconnector"))
    assert told == ["nothing to enable: there is no service type of IOM"]


def test_without_an_organization_nothing_is_enabled(tmp_path: Path) -> None:
    async def audit(application: Application) -> int:
        return len(await application.services.audit())

    told, entries = _on(tmp_path, audit, WITH_TYPES[1:])
    assert told == ["nothing to enable: there is no organization"]
    assert entries == 0
