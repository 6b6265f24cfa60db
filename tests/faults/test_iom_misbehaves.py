"""IOM loses answers, lies, is slow, half up or refuses: every order is there once as soon as it stops."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from bc_order.testing.customers import Customers
from dev_demo_iomconnector.misbehaviour import MISBEHAVIOURS
from dev_demo_iomconnector.trial import Trial, orders_without_approval
from iomconnector.model.exports import ExportState
from iomconnector.testing.faults.conditions import until
from iomconnector.testing.faults.relay import Relay
from iomconnector.testing.faults.verdict import assert_sound

ORDERS = 6


@dataclass
class Running:
    """A shop at work, whose way to IOM goes through a relay."""

    trial: Trial
    relay: Relay
    customers: Customers

    def place(self, first_number: int) -> None:
        """Place a few more orders."""
        self.customers.place(orders_without_approval(ORDERS, seed=first_number, first_number=first_number))

    def assert_all_exported(self, what: str) -> None:
        """Wait until nothing is open; then both sides must agree, with every order exported."""
        self.trial.until_quiet()
        evidence = self.trial.evidence(self.customers.confirmed)
        assert_sound(evidence, of={"IOM": what})
        assert evidence.states() == {ExportState.EXPORTED: len(self.customers.confirmed)}, evidence.reasons()
        assert self.trial.iom.sent_again() == 0, "IOM was asked for each order before it was sent again"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One shop for all: what one fault leaves behind the next one would meet."""
    directory: Path = tmp_path_factory.mktemp("misbehaviour")
    with ExitStack() as stack:
        trial = Trial(directory)
        relay = stack.enter_context(Relay(trial.iom.port))
        stack.enter_context(trial.open(iom_url=f"http://127.0.0.1:{relay.port}"))
        web, worker = trial.web(), trial.worker("worker")
        worker.begin()
        web.start()
        yield Running(trial, relay, trial.customers(web))
        assert worker.stop() == 0, worker.said
        assert web.stop() == 0, web.said


@pytest.mark.parametrize("name", MISBEHAVIOURS)
def test_every_order_arrives_once_when_iom_comes_to_its_senses(
    name: str, shop: Running, first_numbers: Iterator[int]
) -> None:
    shop.trial.iom.set_faults(MISBEHAVIOURS[name].rules)
    shop.place(next(first_numbers))
    until(lambda: any(each.fired for each in shop.trial.iom.control.faults()), "it went wrong")
    shop.trial.iom.control.clear_faults()
    shop.assert_all_exported(name)


def test_an_iom_that_is_half_up_is_waited_for(shop: Running, first_numbers: Iterator[int]) -> None:
    """Connections come about, and nothing is ever answered."""
    shop.relay.fall_silent()
    shop.place(next(first_numbers))
    until(lambda: shop.trial.failed() > 0, "somebody waited in vain")
    shop.relay.go_on()
    shop.assert_all_exported("half up")


def test_a_network_that_cuts_every_answer_in_the_middle_is_outlived(
    shop: Running, first_numbers: Iterator[int]
) -> None:
    cuts = shop.relay.cuts
    shop.relay.cut()
    shop.relay.cut_answers_after(60)
    shop.place(next(first_numbers))
    until(lambda: shop.relay.cuts >= cuts + 3, "answers were cut")
    shop.relay.go_on()
    shop.assert_all_exported("answers cut by the network")


def test_an_iom_that_is_killed_and_comes_back_has_what_it_confirmed(
    shop: Running, first_numbers: Iterator[int]
) -> None:
    shop.place(next(first_numbers))
    shop.trial.iom.kill()
    shop.place(next(first_numbers))
    until(lambda: shop.trial.open_exports() >= ORDERS, "orders wait for IOM")
    shop.trial.iom.start()
    shop.assert_all_exported("killed")
