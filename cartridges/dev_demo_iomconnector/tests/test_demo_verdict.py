"""The demonstration's verdict finds every planted fault."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bc_order.placing import PlacingReport
from dev_demo_iomconnector.demonstration import Outcome
from dev_demo_iomconnector.scenario import Scenario, build_scenario
from dev_demo_iomconnector.verdict import claims
from iomconnector.model.exports import ExportRequest, ExportState, PlacedOrder
from iomconnector.ports.order_repository import StoredOrder
from iomconnector.usecases.check_orders import CheckedOrder, Verdict

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return build_scenario(30, seed=7, first_number=1)


@pytest.fixture
def outcome(scenario: Scenario) -> Outcome:
    """All is well."""
    result = Outcome(PlacingReport(Counter(), []))
    parked = {*scenario.unexportable, scenario.conflicting.number}
    for key, order in enumerate(scenario.orders, 1):
        state = ExportState.PARKED if order.number in parked else ExportState.EXPORTED
        request = ExportRequest(
            order_id=key,
            channel=order.channel,
            number=order.number,
            state=state,
            attempts=1,
            unclear=False,
            due_at=NOW,
            lease_until=None,
            reference="there" if state is ExportState.EXPORTED else None,
            reason_code="export.refused" if state is ExportState.PARKED else None,
            reason="because" if state is ExportState.PARKED else None,
            requested_at=NOW,
            updated_at=NOW,
            exported_at=NOW if state is ExportState.EXPORTED else None,
        )
        result.orders.append(StoredOrder(PlacedOrder(order), request))
        if state is ExportState.EXPORTED:
            result.checked.append(CheckedOrder(order.channel, order.number, Verdict.SAME))
        if state is ExportState.EXPORTED or order is scenario.conflicting:
            result.in_iom.setdefault(order.channel, []).append(order.number)
    return result


def _broken(outcome: Outcome, scenario: Scenario) -> list[str]:
    return [claim.text for claim in claims(outcome, scenario) if not claim.holds]


def test_all_claims_hold_where_all_is_well(outcome: Outcome, scenario: Scenario) -> None:
    assert _broken(outcome, scenario) == []


def test_an_order_missing_in_iom_is_found(outcome: Outcome, scenario: Scenario) -> None:
    del outcome.in_iom[scenario.duplicate.channel][0]
    assert _broken(outcome, scenario) == ["Every exported order is in IOM."]


def test_an_order_twice_in_iom_is_found(outcome: Outcome, scenario: Scenario) -> None:
    numbers = outcome.in_iom[scenario.duplicate.channel]
    numbers.append(numbers[0])
    assert _broken(outcome, scenario) == ["No order is in IOM twice."]


def test_an_order_that_nobody_exported_is_found(outcome: Outcome, scenario: Scenario) -> None:
    outcome.in_iom[scenario.duplicate.channel].append("4711")
    assert _broken(outcome, scenario) == ["IOM has no order that the shop did not export."]


def test_a_changed_copy_is_found(outcome: Outcome, scenario: Scenario) -> None:
    outcome.checked[3] = replace(outcome.checked[3], verdict=Verdict.DIFFERENT)
    assert _broken(outcome, scenario) == ["IOM's copy of every exported order is the same order."]


def test_an_order_lost_in_the_shop_is_found(outcome: Outcome, scenario: Scenario) -> None:
    lost = outcome.orders.pop(0)
    outcome.in_iom[lost.request.channel].remove(lost.request.number)
    assert _broken(outcome, scenario) == ["Every order that was confirmed is in the shop."]


def test_an_open_export_is_found(outcome: Outcome, scenario: Scenario) -> None:
    stored = outcome.orders[0]
    waiting = replace(
        stored.request, state=ExportState.DUE, reference=None, exported_at=None, reason_code="x", reason="x"
    )
    outcome.orders[0] = replace(stored, request=waiting)
    outcome.in_iom[stored.request.channel].remove(stored.request.number)
    assert _broken(outcome, scenario) == ["No export is left open."]


def test_parking_without_a_reason_is_found(outcome: Outcome, scenario: Scenario) -> None:
    index = next(i for i, o in enumerate(outcome.orders) if o.request.state is ExportState.PARKED)
    stored = outcome.orders[index]
    outcome.orders[index] = replace(stored, request=replace(stored.request, reason=None))
    assert _broken(outcome, scenario) == ["Every order that is not exported says why."]
