"""The sample organization is prepared once, however often preparation runs."""

import asyncio
from pathlib import Path

from init_inspired.contexts import CONTEXTS
from iomconnector.cartridges.loading import load_cartridges
from iomconnector.container import Container, running
from iomconnector.model.contexts import Context
from iomconnector.preparation import prepare_database
from iomconnector.settings import Settings


def _prepare(directory: Path) -> tuple[list[Context], list[str]]:
    container = Container(
        settings=Settings(data_directory=directory), cartridges=load_cartridges(["init_inspired"])
    )
    steps: list[str] = []

    async def work() -> list[Context]:
        async with running(container) as application:
            await prepare_database(application, lambda step, done: steps.append(f"{step}: {done}"))
            return list(await application.contexts.all())

    return asyncio.run(work()), steps


def test_the_organization_has_its_two_channels(tmp_path: Path) -> None:
    contexts, steps = _prepare(tmp_path)
    assert set(contexts) == set(CONTEXTS)
    assert steps[1] == (
        "init_inspired: organization and channels: inSPIRED, inSPIRED-inTRONICS, inSPIRED-inTRONICS_Business"
    )


def test_preparing_again_changes_nothing(tmp_path: Path) -> None:
    assert _prepare(tmp_path) == _prepare(tmp_path)
