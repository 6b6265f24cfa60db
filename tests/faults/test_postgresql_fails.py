"""PostgreSQL restarts, crashes, throws everybody out, hangs and fails over while customers place orders."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from bc_order.testing.customers import Customers
from dev_demo_iomconnector.soak import PASSWORD, database_of
from dev_demo_iomconnector.trial import Trial, orders_without_approval
from iomconnector.model.exports import ExportState
from iomconnector.testing.faults.conditions import until
from iomconnector.testing.faults.postgresql_servers import FaultyPostgresql, faulty_postgresql, url_of_all
from iomconnector.testing.faults.relay import Relay
from iomconnector.testing.faults.verdict import assert_sound

ORDERS = 24
DATABASE = "shop"


@dataclass
class Running:
    """A shop at work, whose way to its database goes through a relay."""

    trial: Trial
    server: FaultyPostgresql
    relay: Relay
    customers: Customers

    def assert_outlived(self, fault: Callable[[], object], first_number: int) -> None:
        """Let a fault strike when half of the orders are placed; nothing may be lost."""
        confirmed = self.customers.confirmed
        half = len(confirmed) + ORDERS // 2
        orders = orders_without_approval(ORDERS, seed=first_number, first_number=first_number)
        with self.customers.placing(orders):
            until(lambda: len(confirmed) >= half, "half of the orders are placed")
            fault()
        self.trial.until_quiet()
        evidence = self.trial.evidence(confirmed)
        assert_sound(evidence, of={"fault": fault})
        assert evidence.states() == {ExportState.EXPORTED: len(confirmed)}, evidence.reasons()
        assert not self.customers.given_up


@pytest.fixture(scope="module")
def shop(faulty_server: FaultyPostgresql, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One shop for all: what one fault leaves behind the next one would meet."""
    directory: Path = tmp_path_factory.mktemp("postgresql")
    with ExitStack() as stack:
        relay = stack.enter_context(Relay(faulty_server.port))
        direct = database_of(faulty_server)
        trial = Trial(directory, database_url=direct.replace(str(faulty_server.port), str(relay.port)))
        stack.enter_context(trial.open())
        web, worker = trial.web(), trial.worker("worker")
        worker.begin()
        web.start()
        yield Running(trial, faulty_server, relay, trial.customers(web))
        assert worker.stop() == 0, worker.said
        assert web.stop() == 0, web.said


def test_a_restart(shop: Running, first_numbers: Iterator[int]) -> None:
    shop.assert_outlived(shop.server.restart, next(first_numbers))


def test_a_crash(shop: Running, first_numbers: Iterator[int]) -> None:
    shop.assert_outlived(shop.server.restart_after_crash, next(first_numbers))


def test_the_end_of_all_sessions(shop: Running, first_numbers: Iterator[int]) -> None:
    shop.assert_outlived(shop.server.throw_everybody_out, next(first_numbers))


def test_a_server_that_hangs_for_longer_than_a_lease(shop: Running, first_numbers: Iterator[int]) -> None:
    def hang() -> None:
        shop.server.pause()
        shop.trial.outlast_the_lease()
        shop.server.resume()

    shop.assert_outlived(hang, next(first_numbers))


def test_a_network_that_resets_every_connection(shop: Running, first_numbers: Iterator[int]) -> None:
    def cut() -> None:
        assert shop.relay.cut() > 0

    shop.assert_outlived(cut, next(first_numbers))


def test_a_network_that_loses_everything_for_a_while(shop: Running, first_numbers: Iterator[int]) -> None:
    def lose() -> None:
        shop.relay.fall_silent()
        shop.trial.outlast_the_lease()
        shop.relay.cut()
        shop.relay.go_on()

    shop.assert_outlived(lose, next(first_numbers))


def test_a_failover_to_the_standby_loses_no_order_that_was_confirmed(
    tmp_path: Path, first_numbers: Iterator[int]
) -> None:
    """The primary crashes for good in the middle; what a customer saw confirmed is on the standby."""
    with ExitStack() as stack:
        primary = stack.enter_context(faulty_postgresql())
        standby = primary.standby()
        primary.run(f"CREATE DATABASE {DATABASE} TEMPLATE template0")
        url = url_of_all(primary, standby, database=DATABASE, password=PASSWORD)
        trial = stack.enter_context(Trial(tmp_path, database_url=url).open())
        web, worker = trial.web(), trial.worker("worker")
        worker.begin()
        web.start()
        customers = trial.customers(web)
        number = next(first_numbers)
        with customers.placing(orders_without_approval(2 * ORDERS, seed=number, first_number=number)):
            until(lambda: len(customers.confirmed) >= ORDERS, "half of the orders are placed")
            primary.crash()
            standby.promote()
        trial.until_quiet()
        evidence = trial.evidence(customers.confirmed)
        assert_sound(evidence, of={"fault": "failover"})
        assert evidence.states() == {ExportState.EXPORTED: 2 * ORDERS}
        assert not customers.given_up
        assert worker.stop() == 0, worker.said
        assert web.stop() == 0, web.said
