"""Orders that cannot be placed keep no other order from being placed."""

from datetime import timedelta
from typing import Any, cast

from structlog.testing import capture_logs

from iomconnector.errors import ConnectorError
from iomconnector.model.baskets import BasketState
from iomconnector.model.unnumbered_orders import UnnumberedOrder
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory import ManualClock, MemoryBasketRepository, MemoryProductCatalog
from iomconnector.testing.samples import CHANNEL, sample_basket, sample_order
from iomconnector.usecases.check_out import AT_ONCE, LEFT_AFTER, CheckOut


class _Numbered:
    number = "7"


class _Refusing:
    """Places no order but that of one basket."""

    def __init__(self, error: type[Exception] = ConnectorError) -> None:
        self._error = error

    async def one(self, order: UnnumberedOrder) -> _Numbered:
        if order.idempotency_key != "last":
            raise self._error("This order can never be placed.")
        return _Numbered()


@in_event_loop
async def test_a_hundred_orders_that_can_never_be_placed_keep_no_other_one_waiting() -> None:
    clock, baskets = ManualClock(), MemoryBasketRepository()
    nobody = cast("Any", None)
    placing = cast("Any", _Refusing())
    check_out = CheckOut(baskets, MemoryProductCatalog(), nobody, nobody, placing, clock)
    for number, name in enumerate([*(f"bad{each}" for each in range(AT_ONCE)), "last"]):
        at = clock.now() + timedelta(milliseconds=number)
        basket = await baskets.begin(sample_basket(id=name, login=name, changed_at=at))
        assert await baskets.change(basket.being_ordered(sample_order())) is not None
    for _ in range(2):
        clock.advance(LEFT_AFTER + timedelta(seconds=1))
        await check_out.finish_those_left()
    last = await baskets.get(CHANNEL, "last", "last")
    assert last is not None
    assert (last.state, last.order_number) == (BasketState.ORDERED, "7")


@in_event_loop
async def test_an_order_that_somebody_places_at_this_moment_is_left_to_them() -> None:
    clock, baskets = ManualClock(), MemoryBasketRepository()
    nobody = cast("Any", None)
    check_out = CheckOut(baskets, MemoryProductCatalog(), nobody, nobody, cast("Any", _Refusing()), clock)
    basket = await baskets.begin(sample_basket(id="last", changed_at=clock.now()))
    assert await baskets.change(basket.being_ordered(sample_order())) is not None
    clock.advance(timedelta(seconds=50))
    assert await check_out.finish_those_left() == 0
    clock.advance(timedelta(seconds=11))
    assert await check_out.finish_those_left() == 1


@in_event_loop
async def test_one_that_fails_unexpectedly_keeps_no_other_one_waiting() -> None:
    clock, baskets = ManualClock(), MemoryBasketRepository()
    nobody = cast("Any", None)
    placing = cast("Any", _Refusing(ZeroDivisionError))
    check_out = CheckOut(baskets, MemoryProductCatalog(), nobody, nobody, placing, clock)
    for name in ("bad", "last"):
        basket = await baskets.begin(sample_basket(id=name, login=name, changed_at=clock.now()))
        assert await baskets.change(basket.being_ordered(sample_order())) is not None
    clock.advance(LEFT_AFTER + timedelta(seconds=1))
    with capture_logs() as told:
        assert await check_out.finish_those_left() == 2
    last = await baskets.get(CHANNEL, "last", "last")
    assert last is not None
    assert last.state is BasketState.ORDERED
    assert [each["basket"] for each in told] == ["bad"]
