"""Whether both sides agree: the claims of the demonstration, each checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from dev_demo_iomconnector.demonstration import Outcome
from dev_demo_iomconnector.scenario import Scenario
from iomconnector.model.exports import ExportState
from iomconnector.usecases.check_orders import Verdict


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that must be true.

    Arguments:
        text: The claim.
        faults: The order numbers that break it.
    """

    text: str
    faults: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether no order breaks it."""
        return not self.faults


def claims(outcome: Outcome, scenario: Scenario) -> tuple[Claim, ...]:
    """Check the claims.

    Arguments:
        outcome: What was seen on both sides.
        scenario: What was placed.
    """
    by_state = {
        state: {order.request.number for order in outcome.orders if order.request.state is state}
        for state in ExportState
    }
    in_iom = Counter((channel, number) for channel, numbers in outcome.in_iom.items() for number in numbers)
    exported = {
        (order.request.channel, str(order.request.number))
        for order in outcome.orders
        if order.request.state is ExportState.EXPORTED
    }
    conflict = (scenario.conflicting.channel, str(scenario.conflicting.number))
    placed = {order.number for order in scenario.orders}
    parked = by_state[ExportState.PARKED]
    expected_parked = {*scenario.unexportable, scenario.conflicting.number}
    return (
        Claim("Every order is in the shop.", _names(placed - {o.request.number for o in outcome.orders})),
        Claim("No export is left open.", _names(by_state[ExportState.DUE] | by_state[ExportState.SENDING])),
        Claim("Every exported order is in IOM.", _names({number for _, number in exported - set(in_iom)})),
        Claim("No order is in IOM twice.", _names({key[1] for key, count in in_iom.items() if count > 1})),
        Claim(
            "IOM has no order that the shop did not export.",
            _names({number for _, number in set(in_iom) - exported - {conflict}}),
        ),
        Claim(
            "IOM's copy of every exported order is the same order.",
            _names({each.number for each in outcome.checked if each.verdict is not Verdict.SAME}),
        ),
        Claim("Parked are the orders that IOM cannot take, and no others.", _names(parked ^ expected_parked)),
        Claim(
            "Every parked order has a reason.",
            _names(
                {
                    o.request.number
                    for o in outcome.orders
                    if o.request.number in parked and not o.request.reason
                }
            ),
        ),
    )


def _names(numbers: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(numbers))
