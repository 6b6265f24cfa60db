"""The verdict on a run with faults finds every violation that is planted."""

from dataclasses import replace
from typing import Any

import pytest

from iomconnector.model.exports import ExportRequest, ExportState, PlacedOrder
from iomconnector.ports.order_repository import StoredOrder
from iomconnector.testing.faults.verdict import Evidence, assert_sound, broken, claims
from iomconnector.testing.samples import CHANNEL, NOON, sample_order
from iomconnector.usecases.check_orders import CheckedOrder, Verdict

CONFIRMED = "Every order that was confirmed is in the shop."
ARRIVED = "Every exported order is in the far side."
SINGLE = "No order is in the far side twice."
NOTHING_ELSE = "The far side has no order that the shop did not export."
SAME = "The far side's copy of every exported order is the same order."
EXPLAINED = "Every order that is not exported says why."
CONSISTENT = "Every row of the ledger is true in itself."
NO_LEASE = "No lease is left behind."
NO_SECRET = "No secret is in any log, row or file."

EXPORTED, PARKED, WAITING, UNTOUCHED = range(4)


def _stored(number: str, **fields: Any) -> StoredOrder:
    row: dict[str, Any] = {
        "order_id": int(number),
        "channel": CHANNEL,
        "number": number,
        "state": ExportState.EXPORTED,
        "attempts": 1,
        "unclear": False,
        "due_at": NOON,
        "lease_until": None,
        "reference": f"/orders/{number}",
        "reason_code": None,
        "reason": None,
        "requested_at": NOON,
        "updated_at": NOON,
        "exported_at": NOON,
    }
    return StoredOrder(PlacedOrder(sample_order(number)), ExportRequest(**{**row, **fields}))


def _open(number: str, state: ExportState, **fields: Any) -> StoredOrder:
    return _stored(number, state=state, reference=None, exported_at=None, **fields)


@pytest.fixture
def evidence() -> Evidence:
    """All is well: an order of each kind, and one of somebody else on the far side."""
    reason = {"reason_code": "export.refused", "reason": "They do not like it."}
    return Evidence(
        confirmed={(CHANNEL, number) for number in "1234"},
        orders=[
            _stored("1"),
            _open("2", ExportState.PARKED, **reason),
            _open("3", ExportState.DUE, unclear=True, **reason),
            _open("4", ExportState.DUE, attempts=0),
            _open("5", ExportState.WAITING_FOR_APPROVAL, attempts=0),
            _open("6", ExportState.GIVEN_UP, **reason),
        ],
        checked=[CheckedOrder(CHANNEL, "1", Verdict.SAME)],
        far_side={CHANNEL: ["1", "9"]},
        foreign={(CHANNEL, "9")},
    )


def _change(evidence: Evidence, index: int, **fields: Any) -> None:
    stored = evidence.orders[index]
    evidence.orders[index] = replace(stored, request=replace(stored.request, **fields))


def _broken(evidence: Evidence) -> list[str]:
    return [claim.text for claim in broken(claims(evidence))]


def test_all_claims_hold_where_all_is_well(evidence: Evidence) -> None:
    assert _broken(evidence) == []
    assert_sound(evidence, of={})


def test_a_confirmed_order_that_the_shop_lost_is_found(evidence: Evidence) -> None:
    del evidence.orders[UNTOUCHED]
    assert _broken(evidence) == [CONFIRMED]


def test_an_order_that_the_far_side_lost_is_found(evidence: Evidence) -> None:
    evidence.far_side[CHANNEL].remove("1")
    assert _broken(evidence) == [ARRIVED]


def test_a_duplicate_is_found(evidence: Evidence) -> None:
    evidence.far_side[CHANNEL].append("1")
    assert _broken(evidence) == [SINGLE]


def test_an_order_in_the_wrong_channel_is_found(evidence: Evidence) -> None:
    evidence.far_side["another"] = ["1"]
    assert _broken(evidence) == [NOTHING_ELSE]


@pytest.mark.parametrize(("index", "number"), [(PARKED, "2"), (WAITING, "3"), (UNTOUCHED, "4")])
def test_a_ledger_that_denies_an_order_that_is_there_is_found(
    index: int, number: str, evidence: Evidence
) -> None:
    evidence.far_side[CHANNEL].append(number)
    assert _broken(evidence) == [NOTHING_ELSE]


def test_a_ledger_that_admits_that_it_does_not_know_is_truthful(evidence: Evidence) -> None:
    evidence.far_side[CHANNEL].append("2")
    _change(evidence, PARKED, unclear=True)
    assert _broken(evidence) == []


@pytest.mark.parametrize("verdict", [Verdict.DIFFERENT, Verdict.MISSING, Verdict.UNKNOWN])
def test_another_copy_and_one_that_could_not_be_compared_are_found(
    verdict: Verdict, evidence: Evidence
) -> None:
    evidence.checked = [CheckedOrder(CHANNEL, "1", verdict)]
    assert _broken(evidence) == [SAME]


def test_a_copy_that_nobody_compared_is_found(evidence: Evidence) -> None:
    evidence.checked = []
    assert _broken(evidence) == [SAME]


@pytest.mark.parametrize("fields", [{"reason": None}, {"reason": ""}, {"reason_code": None}])
@pytest.mark.parametrize("index", [PARKED, WAITING, 5])
def test_silence_about_an_order_is_found(index: int, fields: dict[str, Any], evidence: Evidence) -> None:
    _change(evidence, index, **fields)
    assert _broken(evidence) == [EXPLAINED]


@pytest.mark.parametrize(
    "fields",
    [
        {"reference": None},
        {"exported_at": None},
        {"attempts": 0},
        {"unclear": True},
        {"reason_code": "export.unavailable"},
    ],
)
def test_an_exported_row_that_lies_is_found(fields: dict[str, Any], evidence: Evidence) -> None:
    _change(evidence, EXPORTED, **fields)
    assert _broken(evidence) == [CONSISTENT]


@pytest.mark.parametrize("fields", [{"reference": "/orders/2"}, {"exported_at": NOON}])
def test_an_open_row_that_claims_to_be_exported_is_found(fields: dict[str, Any], evidence: Evidence) -> None:
    _change(evidence, PARKED, **fields)
    assert _broken(evidence) == [CONSISTENT]


def test_a_lease_that_is_left_behind_is_found(evidence: Evidence) -> None:
    _change(evidence, UNTOUCHED, state=ExportState.SENDING, attempts=1, lease_until=NOON)
    assert _broken(evidence) == [NO_LEASE]


def test_a_lease_of_an_order_on_which_nobody_works_is_found(evidence: Evidence) -> None:
    _change(evidence, PARKED, lease_until=NOON)
    assert _broken(evidence) == [CONSISTENT, NO_LEASE]


def test_a_leak_is_found(evidence: Evidence) -> None:
    evidence.leaks = ["password in worker.1.log"]
    assert _broken(evidence) == [NO_SECRET]


def test_what_is_broken_and_how_to_do_it_again_are_told(evidence: Evidence) -> None:
    evidence.far_side[CHANNEL] += ["1", "4711"]
    with pytest.raises(AssertionError, match="seed 7") as failure:
        assert_sound(evidence, of={"seed": 7})
    assert f"{SINGLE} Not so: 1" in str(failure.value)
    assert f"{NOTHING_ELSE} Not so: 4711" in str(failure.value)
