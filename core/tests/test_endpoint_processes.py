"""Processes that send to one real server through one database: together never too much, whoever is killed."""

import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from iomconnector.model.endpoints import CircuitState, EndpointState
from iomconnector.storage.database import Database
from iomconnector.storage.endpoint_states import SqlEndpointStates
from iomconnector.testing.event_loop import in_event_loop

SEND_FOR_EVER = """
import asyncio, sys, time
from datetime import timedelta
from iomconnector.jobs.clock import SystemClock
from iomconnector.model.endpoints import Endpoint, EndpointRule, Outcome
from iomconnector.storage.database import Database
from iomconnector.storage.endpoint_states import SqlEndpointStates
from iomconnector.usecases.gate_closed import GateClosedError
from iomconnector.usecases.gates import Gates

async def main(url, worker, port):
    rule = EndpointRule(4, 3, timedelta(seconds=0.3), timedelta(seconds=0.3))
    gates = Gates(
        SqlEndpointStates(Database(url)), worker, SystemClock(), lease=timedelta(seconds=3), interval=0.05
    )
    gate = gates.of(Endpoint("server", rule))

    async def request():
        reader, writer = await asyncio.open_connection("127.0.0.1", int(port))
        try:
            writer.write(worker.encode() + b"\\n")
            return await reader.readline()
        finally:
            writer.close()

    async def send():
        while True:
            try:
                async with gate.entered():
                    began = time.monotonic()
                    try:
                        outcome = Outcome.ANSWERED if await request() else Outcome.FAILED
                    except OSError:
                        outcome = Outcome.FAILED
                    gate.report(outcome, time.monotonic() - began)
            except GateClosedError:
                await gate.opened()

    await asyncio.gather(*(send() for _ in range(8)))

asyncio.run(main(*sys.argv[1:]))
"""


@dataclass
class Server:
    """Counts the requests that are under way, and answers them while it is up."""

    up: bool = True
    under_way: int = 0
    most: int = 0
    answered: Counter[str] = field(default_factory=Counter)
    failed: int = 0

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Meet a request."""
        worker = (await reader.readline()).decode().strip()
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        up = self.up
        await asyncio.sleep(0.01)
        self.under_way -= 1
        if up:
            self.answered[worker] += 1
            writer.write(b"ok\n")
        else:
            self.failed += 1
        with suppress(OSError):
            await writer.drain()
            writer.close()
            await writer.wait_closed()

    async def until_answered(self, workers: set[str], count: int) -> None:
        """Wait until each of these workers has so many answers from now on."""
        self.answered.clear()
        await until(lambda: all(self.answered[worker] >= count for worker in workers))


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(60):
        while True:
            if holds():
                return
            await asyncio.sleep(0.005)


@asynccontextmanager
async def sending(
    url: str, server: Server, workers: set[str]
) -> AsyncIterator[dict[str, asyncio.subprocess.Process]]:
    """A server and processes that send to it."""
    listening = await asyncio.start_server(server.meet, "127.0.0.1", 0)
    port = str(listening.sockets[0].getsockname()[1])
    processes = {
        worker: await asyncio.create_subprocess_exec(sys.executable, "-c", SEND_FOR_EVER, url, worker, port)
        for worker in workers
    }
    try:
        yield processes
    finally:
        for process in processes.values():
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        await until(lambda: server.under_way == 0)
        listening.close()
        await listening.wait_closed()


async def until_opened(states: SqlEndpointStates, times: int) -> None:
    """Wait until the circuit opened so many times without having been closed."""
    async with asyncio.timeout(60):
        while True:
            if (await state_of(states)).openings >= times:
                return
            await asyncio.sleep(0.01)


async def state_of(states: SqlEndpointStates) -> EndpointState:
    """What all know of the server."""
    [standing] = await states.all()
    return standing.state


@in_event_loop
async def test_processes_share_what_a_server_bears_whoever_dies_and_whatever_fails(
    each_database_url: str,
) -> None:
    server, database = Server(), Database(each_database_url)
    states = SqlEndpointStates(database)
    async with sending(each_database_url, server, {"one", "two", "three"}) as processes:
        await server.until_answered({"one", "two", "three"}, 30)
        assert server.most == 4

        processes["three"].kill()
        server.most = 0
        await server.until_answered({"one", "two"}, 30)
        await until(lambda: server.most == 4)

        server.up = False
        await until_opened(states, 2)
        await until(lambda: server.under_way == 0)
        server.most, server.failed = 0, 0
        await until(lambda: server.failed >= 3)
        assert server.most == 1
        state = await state_of(states)
        assert state.circuit is not CircuitState.CLOSED
        assert state.openings >= 4

        server.up = True
        await server.until_answered({"one", "two"}, 30)
        assert server.most <= 4
        assert (await state_of(states)).circuit is CircuitState.CLOSED
    await database.aclose()
