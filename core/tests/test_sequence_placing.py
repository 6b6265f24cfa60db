"""Placing orders that come without a number."""

import asyncio
from typing import Any

import pytest

from iomconnector.errors import NotFoundError
from iomconnector.model.order_documents import OrderDocumentError, dump_order, parse_json
from iomconnector.model.orders import Order
from iomconnector.model.unnumbered_orders import UnnumberedOrder, order_or_unnumbered_from
from iomconnector.model.values import OrderNumber
from iomconnector.ports.order_repository import OrderConflictError, PlacementOutcome
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.placing_stage import PlacingStage
from iomconnector.testing.samples import CHANNEL, ORGANIZATION, OTHER_CHANNEL, sample_order
from iomconnector.usecases.number_orders import KeyReusedError, SequenceBehindError

PLACED, ALREADY = PlacementOutcome.PLACED, PlacementOutcome.ALREADY_PLACED


def document(**changes: Any) -> dict[str, Any]:
    content: dict[str, Any] = parse_json(dump_order(sample_order()))
    del content["number"]
    return {**content, **changes}


def unnumbered(key: str, **changes: Any) -> UnnumberedOrder:
    order = order_or_unnumbered_from(document(idempotency_key=key, **changes))
    assert isinstance(order, UnnumberedOrder)
    return order


@in_event_loop
async def test_an_order_without_a_number_gets_the_next_and_keeps_it() -> None:
    stage = PlacingStage()
    first = await stage.placing.one(unnumbered("cart-1"))
    assert (first.outcome, first.number) == (PLACED, "00000001")
    again = await stage.placing.one(unnumbered("cart-1"))
    assert (again.outcome, again.number) == (ALREADY, "00000001")
    assert (await stage.placing.one(unnumbered("cart-2"))).number == "00000002"
    stored = await stage.storage.stored("00000001")
    assert stored.placed.order == sample_order("00000001")
    assert await stage.storage.claimed_numbers() == ["00000001", "00000002"]


@in_event_loop
async def test_a_key_stands_for_one_order_of_a_channel() -> None:
    stage = PlacingStage()
    await stage.placing.one(unnumbered("cart-1"))
    with pytest.raises(KeyReusedError, match=r"'cart-1' was used in channel .* for order 00000001"):
        await stage.placing.one(unnumbered("cart-1", project="another"))
    other = await stage.placing.one(unnumbered("cart-1", channel=OTHER_CHANNEL))
    assert (other.outcome, other.number) == (PLACED, "00000002"), "numbers are unique in the organization"
    with pytest.raises(NotFoundError, match="nowhere"):
        await stage.placing.one(unnumbered("cart-2", channel="nowhere"))


@in_event_loop
async def test_a_number_that_an_order_of_the_organization_has_is_passed_over() -> None:
    stage = PlacingStage()
    await stage.storage.place("00000001", "00000003")
    await stage.placing.one(sample_order("00000002", channel=OTHER_CHANNEL))
    placed = await stage.placing.many([unnumbered("a"), unnumbered("b")])
    assert [(each.outcome, each.number) for each in placed] == [(PLACED, "00000004"), (PLACED, "00000005")]


@in_event_loop
async def test_a_sequence_that_is_far_behind_says_so_and_what_to_do() -> None:
    stage = PlacingStage()
    await stage.storage.place(*(f"{number:08d}" for number in range(1, 1200)))
    with pytest.raises(SequenceBehindError, match=r"orders have the last 1001 .* sequence suggest"):
        await stage.placing.one(unnumbered("a"))
    assert (await stage.placing.one(unnumbered("a"))).number == "00001200"


@in_event_loop
async def test_a_number_that_is_taken_at_the_last_moment_is_replaced_for_good() -> None:
    stage = PlacingStage()
    order = unnumbered("cart-1", project="ours")
    [numbered] = await stage.numbers.numbered([order])
    assert isinstance(numbered, Order)
    await stage.placing.one(sample_order(numbered.number))
    raced = await asyncio.gather(*(stage.placing.one(order) for _ in range(5)))
    assert {each.number for each in raced} == {raced[0].number}
    assert raced[0].number != numbered.number
    assert sorted(each.outcome or "" for each in raced) == [ALREADY] * 4 + [PLACED]
    assert len(await stage.storage.orders.page()) == 2


@in_event_loop
async def test_a_process_that_dies_between_numbering_and_placing_costs_nothing() -> None:
    stage = PlacingStage()
    order = unnumbered("cart-1")
    await stage.numbers.numbered([order])
    placed = await stage.placing.one(order)
    assert (placed.outcome, placed.number) == (PLACED, "00000001")


@in_event_loop
async def test_many_orders_with_and_without_numbers_keep_their_order() -> None:
    stage = PlacingStage()
    await stage.placing.one(sample_order("7", project="there"))
    orders: list[Order | UnnumberedOrder] = [
        unnumbered("a"),
        sample_order("7"),
        unnumbered("a"),
        unnumbered("a", project="another"),
        sample_order("8"),
        unnumbered("b", channel="nowhere"),
        unnumbered("c"),
    ]
    placed = await stage.placing.many(orders)
    assert [(each.outcome, each.number) for each in placed] == [
        (PLACED, "00000001"),
        (PlacementOutcome.CONFLICT, "7"),
        (ALREADY, "00000001"),
        (None, ""),
        (PLACED, "8"),
        (None, ""),
        (PLACED, "00000004"),
    ]
    assert "'a' was used" in placed[3].reason
    assert "nowhere" in placed[5].reason
    assert [stored.request.number for stored in await stage.storage.orders.page()] == [
        "7", "00000001", "8", "00000004"
    ]  # fmt: skip


@in_event_loop
async def test_the_same_order_at_once_gets_one_number() -> None:
    stage = PlacingStage()
    placed = await asyncio.gather(*(stage.placing.one(unnumbered("cart-1")) for _ in range(20)))
    assert len({each.number for each in placed}) == 1
    assert [each.outcome for each in placed].count(PLACED) == 1


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"number": "1", "idempotency_key": "a"}, "idempotency_key: has no place beside a number"),
        ({"idempotency_key": ""}, "idempotency_key: must be 1 to 255 printable characters"),
        ({"idempotency_key": "a" * 256}, "idempotency_key: must be"),
        ({"idempotency_key": "a\nb"}, "idempotency_key: must be"),
        ({"idempotency_key": 7}, "idempotency_key: must be"),
        ({"idempotency_key": None}, "idempotency_key: must be"),
        ({}, "number: Field required"),
        ({}, "An order without a number needs an idempotency_key."),
        ({"idempotency_key": "a", "payments": []}, "payments: "),
    ],
)
def test_what_is_neither_with_nor_without_a_number_is_refused(changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(OrderDocumentError) as refused:
        order_or_unnumbered_from(document(**changes))
    assert problem in str(refused.value)


def test_a_number_does_not_change_what_the_order_is() -> None:
    order = unnumbered("a")
    assert order.numbered(OrderNumber("1")) == sample_order("1")
    assert order.digest == unnumbered("b").digest != unnumbered("a", project="x").digest


@in_event_loop
async def test_a_conflict_of_a_number_of_ones_own_stays_one() -> None:
    stage = PlacingStage()
    number = await stage.sequence.next_number(ORGANIZATION)
    await stage.placing.one(sample_order(number))
    with pytest.raises(OrderConflictError) as refused:
        await stage.placing.one(sample_order(number, project="another"))
    assert refused.value.ids == {"order": number, "channel": CHANNEL}


@in_event_loop
async def test_a_number_that_another_channel_takes_at_the_last_moment_is_replaced_too() -> None:
    stage = PlacingStage()
    order = unnumbered("cart-1")
    [numbered] = await stage.numbers.numbered([order])
    assert isinstance(numbered, Order)
    await stage.placing.one(sample_order(numbered.number, channel=OTHER_CHANNEL))
    for outcome in (PLACED, ALREADY):
        placed = await stage.placing.one(order)
        assert (placed.outcome, placed.number) == (outcome, "00000002")
    assert list(await stage.storage.orders.channels_of(numbered.number)) == [OTHER_CHANNEL]


@in_event_loop
async def test_a_number_of_ones_own_that_the_sequence_gave_elsewhere_is_refused() -> None:
    stage = PlacingStage()
    given = await stage.placing.one(unnumbered("cart-1"))
    rival = sample_order(given.number, channel=OTHER_CHANNEL)
    with pytest.raises(
        OrderConflictError, match="00000001 is that of an order in another channel"
    ) as refused:
        await stage.placing.one(rival)
    assert refused.value.ids == {"order": given.number, "channel": OTHER_CHANNEL}
    [placed] = await stage.placing.many([rival])
    assert placed.outcome is PlacementOutcome.TAKEN_ELSEWHERE
    assert "another channel of the organization" in placed.reason
