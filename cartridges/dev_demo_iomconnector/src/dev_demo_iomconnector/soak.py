"""A long run: customers place orders without pause while one fault strikes after the other."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Literal
from uuid import uuid4

from dev_demo_iomconnector.sample_orders import sample_orders
from dev_demo_iomconnector.scenario import DEFECTS
from dev_demo_iomconnector.strikes import Victims
from dev_demo_iomconnector.trial import Trial
from iomconnector.model.orders import Order
from iomconnector.testing.faults.postgresql_servers import FaultyPostgresql, faulty_postgresql
from iomconnector.testing.faults.shifted_clock import set_clock
from iomconnector.testing.faults.strikes import FaultPlan
from iomconnector.testing.faults.verdict import Evidence

DatabaseKind = Literal["sqlite", "postgresql"]

ENDLESS = 10_000_000
EVERY_NTH_DEFECTIVE = 40
QUIET_SECONDS = 300
PASSWORD = "a-password-to-look-for"  # noqa: S105


@dataclass(slots=True)
class Outcome:
    """What a run saw.

    Arguments:
        seed: With which it can be done again.
        evidence: Both sides in the end.
        strikes: How often each fault struck.
        misbehaved: How often IOM did each thing wrong.
        faults: How many requests each kind of fault of the stand-in hit.
        kills: How often each program was killed with ``kill -9``.
        unanswered: How many requests of customers got no answer.
        given_up: How many orders customers gave up, so that nobody knows whether they are placed.
        seconds: How long it took until nothing was open any more, from the end of the faults.
    """

    seed: int
    evidence: Evidence
    strikes: Counter[str] = field(default_factory=Counter)
    misbehaved: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    kills: dict[str, int] = field(default_factory=dict)
    unanswered: int = 0
    given_up: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Soak:
    """A run.

    Arguments:
        directory: For all its data; kept for whoever wants to know more.
        seed: Decides orders and faults.
        minutes: For how long faults strike.
        database: Where the shop keeps its data.
        workers: How many processes export.
        at_least: How many strikes there are, even where the time is over.
        customers: How many customers there are.
        rest: Seconds that each of them waits before the next order.
        pause: Seconds between two strikes, at least and at most.
        say: Is told how it goes, a line at a time.
    """

    directory: Path
    seed: int
    minutes: float
    database: DatabaseKind = "sqlite"
    workers: int = 2
    at_least: int = 0
    customers: int = 4
    rest: float = 0.1
    pause: tuple[float, float] = (0.3, 1.5)
    say: Callable[[str], object] = lambda _: None

    def run(self) -> Outcome:
        """Do it, and gather what is on both sides in the end.

        Raises:
            WaitedInVainError: Exports are still open long after the last fault.
            AssertionError: A process did not end in order, or an order was refused.
        """
        with ExitStack() as stack:
            server = stack.enter_context(faulty_postgresql()) if self.database == "postgresql" else None
            trial = Trial(self.directory, database_url=database_of(server) if server else None)
            stack.enter_context(trial.open())
            clock = self.directory / "clock"
            set_clock(clock, 0)
            webs = [trial.web(f"web-{number}") for number in (1, 2)]
            workers = [trial.worker(f"worker-{number}") for number in range(2, self.workers + 1)]
            workers.append(trial.worker("worker-1", clock=clock))
            for program in (*webs, *workers):
                program.start()
            victims = Victims(trial, webs, workers, self._orders(1), clock, server)
            customers = trial.customers(
                *webs, at_a_time=self.customers, patience=QUIET_SECONDS, rest=self.rest
            )
            plan = FaultPlan(victims.strikes(), seed=self.seed, pause=self.pause, say=self._tell(trial))
            with customers.placing(self._orders(2)):
                try:
                    plan.run(_for(self.minutes), at_least=self.at_least)
                finally:
                    customers.stop()
            began = time.monotonic()
            self.say("no more faults: waiting until nothing is open")
            trial.within(lambda application: application.ledger.expedite(at=application.clock.now()))
            trial.until_quiet(seconds=QUIET_SECONDS)
            quiet = time.monotonic() - began
            trial.iom.count_faults()
            self.say("comparing both sides")
            return Outcome(
                self.seed,
                trial.evidence(customers.confirmed | victims.confirmed),
                plan.done,
                victims.misbehaved,
                trial.iom.faults,
                {each.name: each.kills for each in (*webs, *workers, trial.iom) if each.kills},
                customers.unanswered,
                len(customers.given_up),
                quiet,
            )

    def _tell(self, trial: Trial) -> Callable[[str], None]:
        began = time.monotonic()

        def tell(strike: str) -> None:
            self.say(f"{time.monotonic() - began:6.1f} s  {strike}")

        return tell

    def _orders(self, stream: int) -> Iterator[Order]:
        """Orders without end, numbered apart from those of other streams; some cannot be exported."""
        chance = Random(self.seed + stream)  # noqa: S311
        orders = sample_orders(ENDLESS, seed=self.seed + stream, first_number=stream * ENDLESS)
        for order in orders:
            if not order.approval_steps and chance.randrange(EVERY_NTH_DEFECTIVE) == 0:
                _, defect = chance.choice(DEFECTS)
                yield order.model_copy(update=defect(order))
            else:
                yield order


def database_of(server: FaultyPostgresql) -> str:
    """The URL of a new database; the server lets everybody in, whatever the password."""
    name = f"shop_{uuid4().hex[:12]}"
    server.run(f"CREATE DATABASE {name} TEMPLATE template0")
    return server.url_of(name, password=PASSWORD)


def _for(minutes: float) -> Callable[[], bool]:
    end = time.monotonic() + 60 * minutes
    return lambda: time.monotonic() < end
