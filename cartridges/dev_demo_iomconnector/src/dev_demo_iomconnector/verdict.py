"""Whether both sides agree: the claims of the demonstration, each checked."""

from __future__ import annotations

from collections.abc import Iterable

from dev_demo_iomconnector.demonstration import Outcome
from dev_demo_iomconnector.scenario import Scenario
from iomconnector.model.exports import ExportState
from iomconnector.testing.faults import verdict
from iomconnector.testing.faults.verdict import Claim, Evidence


def claims(outcome: Outcome, scenario: Scenario) -> tuple[Claim, ...]:
    """Check the claims.

    Arguments:
        outcome: What was seen on both sides.
        scenario: What was placed.
    """
    evidence = Evidence(
        confirmed={(order.channel, order.number) for order in scenario.orders},
        orders=outcome.orders,
        checked=outcome.checked,
        far_side=outcome.in_iom,
        foreign={(scenario.conflicting.channel, scenario.conflicting.number)},
    )
    by_state = {
        state: {order.request.number for order in outcome.orders if order.request.state is state}
        for state in ExportState
    }
    expected_parked = {*scenario.unexportable, scenario.conflicting.number}
    return (
        *verdict.claims(evidence, far_side="IOM"),
        Claim("No export is left open.", _names(by_state[ExportState.DUE] | by_state[ExportState.SENDING])),
        Claim(
            "Parked are the orders that IOM cannot take, and no others.",
            _names(by_state[ExportState.PARKED] ^ expected_parked),
        ),
    )


def _names(numbers: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(numbers))
