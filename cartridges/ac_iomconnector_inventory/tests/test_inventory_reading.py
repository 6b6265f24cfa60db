"""What IOM's answers about stock and reservations are read as, and what is never read out of them."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ac_iomconnector_inventory.reading import AtpEntry, read_entries, read_reservation

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2016, 1, 7, 12, tzinfo=UTC)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def reservation(**changes: Any) -> dict[str, Any]:
    data = {
        "resvId": 15280,
        "validUntil": "2016-01-07 14:29:32",
        "items": [{"id": "A", "qty": 2, "state": "reserved"}],
    }
    return {"data": data | changes, "statusCode": 201, "errors": [], "exceptions": []}


def test_an_entry_says_what_is_available_where() -> None:
    entry = {"id": "A", "location": "Supplier X", "stock": 1500, "reserved": 100, "blocked": 473, "atp": 927}
    assert read_entries([entry | {"state": "available"}]) == [AtpEntry("A", "Supplier X", 927, "available")]


def test_what_is_missing_is_computed_and_below_zero_is_nothing() -> None:
    assert read_entries([{"id": "A", "stock": 5, "blocked": 1, "reserved": 1}])[0].pieces == 3
    assert read_entries([{"id": "A", "atp": -4}])[0].pieces == 0


@pytest.mark.parametrize(
    "entry", [{}, {"id": "A"}, {"id": 5, "atp": 1}, {"id": "A", "atp": "many"}, {"id": "A", "stock": 5}]
)
def test_an_entry_without_a_quantity_is_unknown_and_not_zero(entry: dict[str, Any]) -> None:
    assert read_entries([entry]) == []


@given(st.lists(st.dictionaries(st.sampled_from(["id", "atp", "stock", "location", "state"]), JSON)))
def test_no_entry_is_too_strange(data: list[dict[str, Any]]) -> None:
    assert all(entry.pieces >= 0 for entry in read_entries(data))


def test_times_are_in_the_zone_of_the_configuration() -> None:
    held = read_reservation(reservation(), BERLIN, NOON)
    assert held is not None
    assert held.valid_until == datetime(2016, 1, 7, 13, 29, 32, tzinfo=UTC)
    named = read_reservation(reservation(validUntil="2016-07-01T14:00:00Z"), BERLIN, NOON)
    assert named is not None
    assert named.valid_until == datetime(2016, 7, 1, 14, tzinfo=UTC)
    for unread in ("soon", None, 5):
        held = read_reservation(reservation(validUntil=unread), BERLIN, NOON)
        assert held is not None
        assert held.valid_until is None


@pytest.mark.parametrize(("began", "ends"), [(0, "00:40"), (1, "01:40")])
def test_of_the_two_hours_of_the_change_of_the_clock_it_is_the_one_that_is_expected(
    began: int, ends: str
) -> None:
    expected = datetime(2026, 10, 25, began, 41, tzinfo=UTC)
    held = read_reservation(reservation(validUntil="2026-10-25 02:40:00"), BERLIN, expected)
    assert held is not None
    assert held.valid_until is not None
    assert f"{held.valid_until:%F %R}" == f"2026-10-25 {ends}"


@pytest.mark.parametrize("items", [None, {}, "none", ["A"], [{"id": "A"}], [{"id": "A", "qty": -1}]])
def test_an_answer_without_readable_items_does_not_say_that_it_holds_nothing(items: Any) -> None:
    assert read_reservation(reservation(items=items), BERLIN, NOON) is None


def test_an_int64_stays_exact_and_digits_are_numbers() -> None:
    held = read_reservation(reservation(resvId=2**63 - 1, items=[{"id": "A", "qty": "2"}]), BERLIN, NOON)
    assert held is not None
    assert (held.id, held.pieces) == (2**63 - 1, {"A": 2})


def test_code_21004_says_that_it_was_over() -> None:
    document = reservation()
    document["exceptions"] = [
        {"code": "21004", "message": "The reservation with id 15280 has already expired"}
    ]
    held = read_reservation(document, BERLIN, NOON)
    assert held is not None
    assert (held.was_expired, held.expired, held.pieces) == (True, False, {"A": 2})


def test_expired_items_hold_nothing() -> None:
    held = read_reservation(reservation(items=[{"id": "A", "qty": 2, "state": "expired"}]), BERLIN, NOON)
    assert held is not None
    assert (held.expired, held.pieces) == (True, {})


@given(JSON | st.dictionaries(st.sampled_from(["data", "exceptions"]), JSON))
def test_no_answer_is_too_strange(document: Any) -> None:
    read_reservation(document, BERLIN, NOON)


@pytest.mark.parametrize("number", [None, 0, -1, "x", True, 1.5])
def test_an_answer_without_number_is_no_reservation(number: Any) -> None:
    assert read_reservation(reservation(resvId=number), BERLIN, NOON) is None
