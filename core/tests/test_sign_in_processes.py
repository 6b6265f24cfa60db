"""Locks hold for all processes together, however many guess at the same time."""

import asyncio
import json
import subprocess
import sys
from contextlib import aclosing, suppress

from iomconnector.container import Container, running
from iomconnector.model.accounts import Role
from iomconnector.settings import Settings
from iomconnector.storage.account_failures import SqlFailedSignIns
from iomconnector.storage.database import Database
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.hook_objects import cartridges_from
from iomconnector.testing.sign_in_stage import PASSWORD, WRONG
from iomconnector.usecases.password_proof import SignInRefusedError
from iomconnector.usecases.sign_in_keys import account_key

PROCESSES, GUESSES, LIMIT = 3, 20, 5

GUESSING = f"""
import asyncio, sys
from dependency_injector import providers
from iomconnector.container import Container, running
from iomconnector.settings import Settings
from iomconnector.testing.hook_objects import cartridges_from
from iomconnector.testing.memory import FastPasswordHasher
from iomconnector.usecases.password_proof import SignInRefusedError

class Counting(FastPasswordHasher):
    compared = 0

    async def verify(self, password, hashed):
        self.compared += hashed is not None
        return await super().verify(password, None)

async def main():
    hasher = Counting()
    settings = Settings.of({{"database_url": sys.argv[1], "lockout_failures": {LIMIT}}}, {{}})
    container = Container(settings=settings, cartridges=cartridges_from())
    container.password_hasher.override(providers.Object(hasher))
    async with running(container) as system:
        async def guess(number):
            try:
                await system.sign_in.sign_in("anna", "wrong", client=f"{{sys.argv[2]}}.0.0.{{number}}")
            except SignInRefusedError:
                pass
        await system.accounts.all()
        print("ready", flush=True)
        sys.stdin.readline()
        await asyncio.gather(*(guess(number) for number in range({GUESSES})))
    print(hasher.compared)

asyncio.run(main())
"""


def test_processes_that_guess_at_the_same_time_share_one_lock(each_database_url: str) -> None:
    async def prepare() -> None:
        settings = Settings.of(
            {"database_url": each_database_url, "password_memory_kib": 32, "password_passes": 1}, {}
        )
        async with running(Container(settings=settings, cartridges=cartridges_from())) as system:
            await system.accounts.add("anna", PASSWORD, Role.OPERATOR, by="test")

    asyncio.run(prepare())
    guessing = [
        subprocess.Popen(
            [sys.executable, "-c", GUESSING, each_database_url, str(number + 10)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(PROCESSES)
    ]
    compared = []
    try:
        for process in guessing:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in guessing:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        compared = [json.loads(process.communicate(timeout=120)[0]) for process in guessing]
    finally:
        for process in guessing:
            process.kill()
            process.wait()
    assert sum(compared) == LIMIT


@in_event_loop
async def _locks(url: str) -> None:
    async with aclosing(Database(url)) as database:
        [count] = (await SqlFailedSignIns(database).counts([account_key("anna")])).values()
        assert count.locks == 1


def test_a_lock_outlives_the_process_that_made_it(each_database_url: str) -> None:
    settings = Settings.of(
        {
            "database_url": each_database_url,
            "password_memory_kib": 32,
            "password_passes": 1,
            "lockout_failures": 2,
        },
        {},
    )

    async def signs_in(password: str) -> bool:
        async with running(Container(settings=settings, cartridges=cartridges_from())) as system:
            with suppress(SignInRefusedError):
                await system.sign_in.sign_in("anna", password, client="192.0.2.1")
                return True
        return False

    async def prepare() -> None:
        async with running(Container(settings=settings, cartridges=cartridges_from())) as system:
            await system.accounts.add("anna", PASSWORD, Role.OPERATOR, by="test")

    asyncio.run(prepare())
    assert asyncio.run(signs_in(PASSWORD))
    assert not asyncio.run(signs_in(WRONG))
    assert not asyncio.run(signs_in(WRONG))
    assert not asyncio.run(signs_in(PASSWORD))
    _locks(each_database_url)
