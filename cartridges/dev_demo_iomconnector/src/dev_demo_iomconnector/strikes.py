"""What strikes a trial at random: processes die and hang, IOM misbehaves, the database goes away."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from dev_demo_iomconnector.misbehaviour import MISBEHAVIOURS
from dev_demo_iomconnector.trial import Trial
from iomconnector.model.order_documents import dump_order
from iomconnector.model.orders import Order
from iomconnector.testing.faults.postgresql_servers import FaultyPostgresql
from iomconnector.testing.faults.programs import Program
from iomconnector.testing.faults.shifted_clock import set_clock
from iomconnector.testing.faults.sqlite_files import locked
from iomconnector.testing.faults.strikes import Strike
from iomconnector.testing.faults.verdict import Key

LONGER_THAN_A_TIMEOUT = 2.0
AN_HOUR = 3600.0


@dataclass
class Victims:
    """What is struck.

    Arguments:
        trial: The shop and IOM.
        webs: The web applications.
        workers: The processes that export.
        orders: More orders, for commands that place them.
        clock: The file of the clock of one of the workers.
        postgresql: The server of the database; a SQLite file where omitted.
    """

    trial: Trial
    webs: Sequence[Program]
    workers: Sequence[Program]
    orders: Iterator[Order]
    clock: Path | None = None
    postgresql: FaultyPostgresql | None = None
    confirmed: set[Key] = field(default_factory=set)
    misbehaved: Counter[str] = field(default_factory=Counter)

    def strikes(self) -> list[Strike]:
        """Everything that can happen to them."""
        common = [
            Strike("kill -9 of a worker", lambda chance: self._kill(chance.choice(self.workers)), 4),
            Strike("kill -9 of a web application", lambda chance: self._kill(chance.choice(self.webs)), 2),
            Strike("kill -9 of IOM", lambda _: self._kill_iom(), 2),
            Strike("SIGTERM to a worker", lambda chance: self._restart(chance.choice(self.workers)), 2),
            Strike("worker paused for longer than its lease", self._pause_worker, 2),
            Strike("IOM half up", self._pause_iom),
            Strike("IOM misbehaves", self._misbehave, 6),
            Strike("kill -9 of a command that places orders", self._place_by_command, 2),
        ]
        if self.clock is not None:
            common.append(Strike("clock of a worker jumps by an hour", self._jump))
        return common + (self._of_postgresql() if self.postgresql else self._of_sqlite())

    def _of_postgresql(self) -> list[Strike]:
        server = self.postgresql
        assert server is not None
        return [
            Strike("PostgreSQL restarted", lambda _: server.restart()),
            Strike("PostgreSQL crashed", lambda _: server.restart_after_crash()),
            Strike("PostgreSQL ended all sessions", lambda _: server.throw_everybody_out()),
            Strike("PostgreSQL paused", self._pause_postgresql),
        ]

    def _of_sqlite(self) -> list[Strike]:
        return [Strike("SQLite file locked by another process", self._lock_file, 2)]

    def _kill(self, program: Program) -> None:
        program.kill()
        program.start()

    def _kill_iom(self) -> None:
        self.trial.iom.count_faults()
        self._kill(self.trial.iom)

    def _restart(self, program: Program) -> None:
        code = program.stop()
        if code != 0:
            raise AssertionError(f"{program.name} ended with {code} after SIGTERM:\n{program.said}")
        program.start()

    def _pause_worker(self, chance: Random) -> None:
        worker = chance.choice(self.workers)
        worker.pause()
        self.trial.outlast_the_lease()
        worker.resume()

    def _pause_iom(self, _: Random) -> None:
        self.trial.iom.pause()
        time.sleep(LONGER_THAN_A_TIMEOUT)
        self.trial.iom.resume()

    def _pause_postgresql(self, _: Random) -> None:
        assert self.postgresql is not None
        self.postgresql.pause()
        self.trial.outlast_the_lease()
        self.postgresql.resume()

    def _lock_file(self, _: Random) -> None:
        with locked(self.trial.data / "shop.sqlite"):
            self.trial.outlast_the_lease()

    def _misbehave(self, chance: Random) -> None:
        names = chance.sample(sorted(MISBEHAVIOURS), k=chance.randint(1, 3))
        rules = [MISBEHAVIOURS[name].now_and_then(chance.randrange(1 << 30)) for name in names]
        self.misbehaved.update(names)
        self.trial.iom.set_faults(tuple(rule for each in rules for rule in each))
        time.sleep(chance.uniform(0.5, 2))
        self.trial.iom.set_faults(())

    def _jump(self, chance: Random) -> None:
        assert self.clock is not None
        set_clock(self.clock, chance.choice((AN_HOUR, -AN_HOUR)))
        time.sleep(chance.uniform(0.2, 1))
        set_clock(self.clock, 0)

    def _place_by_command(self, chance: Random) -> None:
        """Begin to place a file, be killed in the middle, and place it again from its beginning."""
        orders = [next(self.orders) for _ in range(30)]
        given = "\n".join(map(dump_order, orders))
        file = self.trial.logs.parent / "orders.jsonl"
        file.write_text(given)
        placing = self.trial.program("place", "order", "place", str(file))
        placing.begin()
        time.sleep(chance.uniform(0.3, 1.2))
        placing.kill()
        done = self.trial.run("order", "place", str(file))
        if done.returncode != 0:
            raise AssertionError(f"Orders cannot be placed again: {done.stdout}{done.stderr}")
        self.confirmed.update((str(order.channel), str(order.number)) for order in orders)
