"""Real processes that prepare one database: two at once, and one that is killed in the middle of a step."""

import asyncio
import subprocess
import sys
from contextlib import aclosing
from pathlib import Path

from iomconnector.ports.preparation_protocol import Outcome, StepEntry
from iomconnector.storage.database import Database
from iomconnector.storage.preparation_protocol import SqlPreparationProtocol

PREPARE = """
import asyncio, sys
from pathlib import Path

from iomconnector.container import Container, running
from iomconnector.preparation import Watcher, prepare_database
from iomconnector.settings import Settings
from iomconnector.storage.preparation import Preparer
from iomconnector.testing.hook_objects import cartridges_from
from iomconnector.testing.preparers import cartridge_with

url, log, *patience = sys.argv[1:]
log = Path(log)


def step(name, seconds):
    async def prepare(application):
        with log.open("a") as file:
            file.write(name + "\\n")
        print("began", name, flush=True)
        await asyncio.sleep(float(seconds))
        return name + " is done"

    return Preparer(name, prepare)


async def main():
    container = Container(
        settings=Settings(database_url=url, data_directory=log.parent),
        cartridges=cartridges_from(cartridge_with("shop", *map(step, "abc", patience))),
    )
    async with running(container) as application:
        print("ready", flush=True)
        sys.stdin.readline()
        watcher = Watcher(waits=lambda: print("waits", flush=True))
        done = await prepare_database(application, watcher)
        print("done", *(entry.step for entry in done.entries[-3:]), flush=True)


asyncio.run(main())
"""


def _start(url: str, log: Path, *seconds: float) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", PREPARE, url, str(log), *map(str, seconds)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _let_go(*processes: "subprocess.Popen[str]") -> None:
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n", process.communicate()
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()


def _entries(url: str) -> list[StepEntry]:
    async def read() -> list[StepEntry]:
        async with aclosing(Database(url)) as database:
            return list(await SqlPreparationProtocol(database).entries())

    return asyncio.run(read())


def test_of_two_processes_one_prepares_and_the_other_finds_all_done(empty_url: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    processes = [_start(empty_url, log, 0.2, 0.2, 0.2) for _ in range(2)]
    _let_go(*processes)
    ended = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], ended
    found_done, prepared = sorted((out.replace("began ", "").split() for out, _ in ended), key=len)
    assert found_done == ["waits", "done"]
    prepared = prepared[1:] if prepared[0] == "waits" else prepared  # where both reached for it at once
    assert prepared == ["a", "b", "c", "done", "a", "b", "c"]
    assert log.read_text().split() == ["a", "b", "c"]
    entries = _entries(empty_url)
    assert [entry.outcome for entry in entries] == [Outcome.DONE] * 4
    assert len({entry.pid for entry in entries}) == 1


def test_after_kill_9_the_step_in_the_middle_and_those_behind_it_run(empty_url: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    victim = _start(empty_url, log, 0, 60, 0)
    _let_go(victim)
    assert victim.stdout is not None
    assert [victim.stdout.readline() for _ in range(2)] == ["began a\n", "began b\n"]
    victim.kill()
    victim.communicate(timeout=60)
    assert [entry.outcome for entry in _entries(empty_url)][-1] is Outcome.RUNNING
    heir = _start(empty_url, log, 0, 0, 0)
    _let_go(heir)
    out, err = heir.communicate(timeout=60)
    assert (out.splitlines()[-1], err) == ("done b c", "")
    assert log.read_text().split() == ["a", "b", "b", "c"]
    told = [(entry.step, entry.outcome, entry.pid) for entry in _entries(empty_url)][1:]
    assert told == [
        ("a", Outcome.DONE, victim.pid),
        ("b", Outcome.FAILED, victim.pid),
        ("b", Outcome.DONE, heir.pid),
        ("c", Outcome.DONE, heir.pid),
    ]
