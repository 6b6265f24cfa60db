"""The lines, the steps, the events and the total of an order."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app_sf_responsive.order_lines import order_lines
from app_sf_responsive.order_page import line_groups
from app_sf_responsive.order_progress import Step, progress
from app_sf_responsive.order_timeline import EventKind, timeline
from app_sf_responsive.order_totals import TotalKind, order_totals
from app_sf_responsive.source_notice import source_notice
from app_sf_responsive.testing.samples import SHIPPED, sample_state, sample_view
from iomconnector.model.approvals import Decision
from iomconnector.model.order_states import OrderState, PositionState, StateSource
from iomconnector.model.order_status import Phase, StatusName
from iomconnector.testing.samples import NOON, approval, approval_step, placed_order, sample_order

_names = st.sampled_from(["", "A", "B"])
_pieces = st.integers(0, 9)
_moments = st.integers(0, 5).map(lambda hours: NOON + timedelta(hours=hours))
_positions = st.builds(
    PositionState,
    position=st.none() | st.integers(0, 3),
    sku=st.sampled_from(["201807231-01", "00910", "X"]),
    name=st.sampled_from(["Shoes", "Pad"]),
    status=st.just(SHIPPED),
    ordered=st.none() | _pieces,
    supplier=st.none() | _names,
    commissioned_at=st.none() | _moments,
    confirmed_at=st.none() | _moments,
    confirmed=st.lists(st.fixed_dictionaries({"quantity": _pieces}), max_size=2).map(tuple),
    cancellations=st.lists(
        st.fixed_dictionaries(
            {"quantity": _pieces, "at": st.none() | _moments, "reason": st.none() | _names}
        ),
        max_size=2,
    ).map(tuple),
    dispatches=st.lists(
        st.fixed_dictionaries({"quantity": _pieces, "at": _moments, "delivery_note": st.none() | _names}),
        max_size=3,
    ).map(tuple),
    returns=st.lists(
        st.fixed_dictionaries(
            {"quantity": _pieces, "at": st.none() | _moments, "status": st.just("Accepted")}
        ),
        max_size=2,
    ).map(tuple),
)


def _view(positions: list[PositionState], **fields: Any) -> Any:
    order = sample_order()
    return sample_view(
        order, state=OrderState(number=order.number, status=SHIPPED, positions=tuple(positions)), **fields
    )


@given(st.lists(_positions, max_size=6))
def test_every_position_of_the_order_management_system_stands_in_one_line(
    positions: list[PositionState],
) -> None:
    lines = order_lines(_view(positions))
    shown = [state for line in lines for state in line.states]
    assert sorted(map(repr, shown)) == sorted(map(repr, positions))
    assert sum(line.shipped for line in lines) == sum(each.dispatched_quantity for each in positions)
    assert sum(line.cancelled for line in lines) == sum(each.cancelled_quantity for each in positions)
    assert lines[0].ordered == Decimal(1), "what was ordered is what the shop says"


@given(st.lists(_positions, max_size=6))
def test_groups_by_supplier_have_every_line_once(positions: list[PositionState]) -> None:
    lines = order_lines(_view(positions))
    grouped = [line for group in line_groups(lines) for line in group.lines]
    assert sorted(map(repr, grouped)) == sorted(map(repr, lines))


@given(st.lists(_positions, max_size=6))
def test_events_are_in_order_and_lose_no_piece(positions: list[PositionState]) -> None:
    events = timeline(_view(positions))
    times = [event.at for event in events if event.at is not None]
    assert times == sorted(times)
    undated = [event.at is None for event in events]
    assert undated == sorted(undated), "what has no time stands at the end"
    for kind, quantity in (
        (EventKind.SHIPPED, "dispatched_quantity"),
        (EventKind.CANCELLED, "cancelled_quantity"),
        (EventKind.RETURNED, "returned_quantity"),
    ):
        told = sum(event.quantity or 0 for event in events if event.kind is kind)
        assert told == sum(getattr(each, quantity) for each in positions)


def test_one_parcel_with_several_products_is_one_event() -> None:
    parcel = {"quantity": 2, "at": NOON, "delivery_note": "DN-1", "carrier": "DHL"}
    positions = [
        PositionState.model_validate(
            {
                "position": at,
                "sku": name,
                "name": name,
                "status": SHIPPED,
                "supplier": "A",
                "dispatches": [parcel],
            }
        )
        for at, name in enumerate(("Shoes", "Socks"))
    ]
    [event] = [each for each in timeline(_view(positions)) if each.kind is EventKind.SHIPPED]
    assert (event.quantity, event.products) == (4, ("Shoes", "Socks"))
    assert event.details == {"carrier": "DHL", "delivery_note": "DN-1"}


def test_the_life_in_the_shop_is_told_with_who_approved() -> None:
    order = sample_order(approval_steps=[approval_step("anna", "bob").model_dump()])
    view = sample_view(
        order,
        placed=placed_order(
            order, approval(by="anna"), approval(by="bob", decision=Decision.REJECTED, comment="no")
        ),
    )
    kinds = [(event.kind, event.by) for event in timeline(view)]
    assert kinds == [
        (EventKind.PLACED, ""),
        (EventKind.APPROVED, "anna"),
        (EventKind.REJECTED, "bob"),
        (EventKind.HANDED_OVER, ""),
    ]


@pytest.mark.parametrize("phase", Phase)
def test_every_phase_has_steps_but_those_that_nobody_explained(phase: Phase) -> None:
    found = progress(sample_view(status=StatusName(code="X", phase=phase)))
    if phase is Phase.UNKNOWN:
        assert found is None
        return
    assert found is not None
    assert 0 < found.reached <= len(found.steps)
    assert found.settled == (found.reached == len(found.steps) and not found.partly)


@pytest.mark.parametrize("phase", [Phase.PROCESSING, Phase.IN_CLARIFICATION])
def test_an_order_that_needed_approval_keeps_that_step(phase: Phase) -> None:
    order = sample_order(approval_steps=[approval_step("anna").model_dump()])
    found = progress(sample_view(order, status=StatusName(code="X", phase=phase)))
    assert found is not None
    assert found.steps[: found.reached] == (Step.PLACED, Step.APPROVAL)
    assert found.steps[-1] is Step.SHIPPED


def test_totals_are_those_of_the_shop_gross_or_net() -> None:
    order = sample_order()
    totals = order_totals(order)
    assert totals.gross
    assert [(line.kind, str(line.amount)) for line in totals.lines] == [
        (TotalKind.SUBTOTAL, "119 EUR"),
        (TotalKind.TAX, "19 EUR"),
        (TotalKind.TOTAL, "119 EUR"),
    ]
    net = order.total.model_dump() | {"gross": None}
    only_net = sample_order(total=net)
    assert not order_totals(only_net).gross
    assert str(order_totals(only_net).lines[-1].amount) == str(only_net.total.to_pay) == "100 EUR"


def test_taxes_without_a_rate_are_one_line_and_those_with_one_stand_alone() -> None:
    amounts = {"ReducedTax": ("0.30", None), "FullTax": ("2.22", None), "Import": ("1.00", "19")}
    taxes = [
        {"tax_class": name, "amount": {"amount": amount, "currency": "EUR"}, "rate": rate}
        for name, (amount, rate) in amounts.items()
    ]
    order = sample_order()
    order = sample_order(total=order.total.model_dump() | {"taxes": taxes})
    lines = [line for line in order_totals(order).lines if line.kind is TotalKind.TAX]
    assert [(str(line.amount), line.rate) for line in lines] == [("1 EUR", Decimal(19)), ("2.52 EUR", None)]


def test_a_notice_stands_only_where_something_should_have_answered() -> None:
    order = sample_order()
    live = sample_view(order, state=sample_state(order))
    old = sample_view(
        order, state=sample_state(order), source=StateSource.LAST_KNOWN, as_of=NOON - timedelta(hours=1)
    )
    assert source_notice([live, sample_view(), sample_view(reason="service inactive")]) is None
    silent = source_notice([sample_view(reason="unavailable")])
    assert silent is not None
    assert silent.source is StateSource.SHOP
    mixed = source_notice([live, old])
    assert mixed is not None
    assert (mixed.source, mixed.as_of, mixed.all_orders) == (StateSource.LAST_KNOWN, old.as_of, False)


def test_a_notice_tells_the_age_of_the_oldest_and_that_of_nothing_missing() -> None:
    order = sample_order()
    ages = [timedelta(hours=2), timedelta(hours=5), timedelta(hours=1)]
    old = [
        sample_view(order, state=sample_state(order), source=StateSource.LAST_KNOWN, as_of=NOON - age)
        for age in ages
    ]
    notice = source_notice(old)
    assert notice is not None
    assert (notice.as_of, notice.all_orders) == (NOON - max(ages), True)
    assert source_notice([sample_view(reason="not there")]) is None
