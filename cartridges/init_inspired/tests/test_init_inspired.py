"""The sample organization is prepared once, however often preparation runs."""

import asyncio
import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from init_inspired.contexts import CONTEXTS
from iomconnector.cartridges.loading import load_cartridges
from iomconnector.container import Container, running
from iomconnector.model.contexts import Context
from iomconnector.preparation import Watcher, prepare_database
from iomconnector.settings import Settings


def _prepare(directory: Path) -> tuple[list[Context], list[str]]:
    container = Container(
        settings=Settings(data_directory=directory), cartridges=load_cartridges(["init_inspired"])
    )
    steps: list[str] = []

    async def work() -> list[Context]:
        async with running(container) as application:
            watcher = Watcher(ended=lambda step, entry: steps.append(f"{step.title}: {entry.message}"))
            await prepare_database(application, watcher)
            return list(await application.contexts.all())

    return asyncio.run(work()), steps


def test_the_organization_has_its_two_channels(tmp_path: Path) -> None:
    contexts, steps = _prepare(tmp_path)
    assert set(contexts) == set(CONTEXTS)
    assert steps[1] == (
        "init_inspired: organization and channels: inSPIRED, inSPIRED-inTRONICS, inSPIRED-inTRONICS_Business"
    )


def test_preparing_again_changes_nothing(tmp_path: Path) -> None:
    contexts, steps = _prepare(tmp_path)
    assert _prepare(tmp_path) == (contexts, [])
    assert len(steps) == 2


def test_the_readme_shows_what_is_printed(tmp_path: Path) -> None:
    assembly = tmp_path / "sample.toml"
    assembly.write_text('[assembly]\nname = "sample"\n\n[database]\ninit = ["init_inspired"]\n')
    environment = {
        **os.environ,
        "IOMC_DATA_DIRECTORY": str(tmp_path / "data"),
        "IOMC_ASSEMBLY": str(assembly),
    }
    command = [sys.executable, "-m", "iomconnector", "dbprepare"]
    printed = [
        subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]
    readme = Path(__file__).parent.parent / "README.md"
    shown = [
        line for line in readme.read_text().splitlines() if line.endswith(" s)") or line.endswith(" s).")
    ]
    assert [_timeless(line) for line in shown] == [_timeless(line) for line in "".join(printed).splitlines()]


def _timeless(line: str) -> str:
    return re.sub(r"\d+\.\d+ s", "... s", line)


def test_a_lost_protocol_does_no_harm(tmp_path: Path) -> None:
    contexts, _ = _prepare(tmp_path)
    with closing(sqlite3.connect(tmp_path / "shop.sqlite", isolation_level=None)) as database:
        database.execute("DELETE FROM preparation_steps")
        database.execute("DELETE FROM prepared_cartridges")
    again, steps = _prepare(tmp_path)
    assert (again, len(steps)) == (contexts, 1)
