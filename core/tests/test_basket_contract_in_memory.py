"""The contract of repositories of baskets, kept by the adapter in memory; and what baskets refuse."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import cached_property

import pytest

from iomconnector.model.baskets import (
    Basket,
    BasketLine,
    BasketRefusal,
    BasketRefusedError,
    BasketRules,
    BasketState,
)
from iomconnector.testing.contracts import BasketRepositoryContract
from iomconnector.testing.memory import MemoryBasketRepository
from iomconnector.testing.samples import sample_basket, sample_order, sample_product

RULES = BasketRules(most_lines=2, most_pieces=5)
PRICE = sample_product().gross


class TestMemoryBasketRepository(BasketRepositoryContract):
    @cached_property
    def _kept(self) -> MemoryBasketRepository:
        return MemoryBasketRepository()

    @asynccontextmanager
    async def basket_repository(self) -> AsyncIterator[MemoryBasketRepository]:
        yield self._kept


def refused(call: object, *arguments: object, **keywords: object) -> BasketRefusal:
    with pytest.raises(BasketRefusedError) as caught:
        call(*arguments, **keywords)  # type: ignore[operator]
    return caught.value.refusal


def test_more_of_a_product_is_one_line_at_its_new_price() -> None:
    dearer = replace(sample_basket(), lines=(BasketLine("M-1", 2, PRICE),))
    price = sample_product(net={"amount": "20", "currency": "EUR"}).gross
    basket = dearer.with_more("M-1", 3, price, RULES).with_more("T", 1, PRICE, RULES)
    assert [(line.sku, line.quantity) for line in basket.lines] == [("M-1", 5), ("T", 1)]
    assert basket.lines[0].price == price
    assert (basket.count, basket.pieces) == (6, {"M-1": 5, "T": 1})


def test_limits_are_kept() -> None:
    basket = sample_basket()
    assert refused(basket.with_more, "M-1", 4, PRICE, RULES) is BasketRefusal.TOO_MANY_PIECES
    assert refused(basket.with_more, "T", 0, PRICE, RULES) is BasketRefusal.NO_QUANTITY
    assert refused(basket.with_more, "M-1", -2, PRICE, RULES) is BasketRefusal.NO_QUANTITY
    assert refused(basket.with_quantity, "M-1", 6, PRICE, RULES, seen=2) is BasketRefusal.TOO_MANY_PIECES
    full = basket.with_more("T", 1, PRICE, RULES)
    assert refused(full.with_more, "U", 1, PRICE, RULES) is BasketRefusal.TOO_MANY_LINES
    assert full.with_more("T", 1, PRICE, RULES).count == 4


def test_what_was_changed_meanwhile_is_not_overwritten() -> None:
    basket = sample_basket()
    assert basket.with_quantity("M-1", 5, PRICE, RULES, seen=2).pieces == {"M-1": 5}
    assert refused(basket.with_quantity, "M-1", 5, PRICE, RULES, seen=1) is BasketRefusal.CHANGED_MEANWHILE
    assert refused(basket.with_quantity, "T", 5, PRICE, RULES, seen=1) is BasketRefusal.CHANGED_MEANWHILE
    assert refused(basket.without, "M-1", seen=1) is BasketRefusal.CHANGED_MEANWHILE
    assert basket.without("M-1", seen=2).lines == ()
    assert basket.without("T", seen=9) == basket


def test_what_is_being_ordered_is_not_changed() -> None:
    basket = sample_basket().being_ordered(sample_order())
    for each in (basket, basket.ordered("1")):
        assert refused(each.with_more, "M-1", 1, PRICE, RULES) is BasketRefusal.BEING_ORDERED
        assert refused(each.with_quantity, "M-1", 1, PRICE, RULES, seen=2) is BasketRefusal.BEING_ORDERED
        assert refused(each.without, "M-1", seen=2) is BasketRefusal.BEING_ORDERED
        assert refused(each.being_ordered, sample_order()) is BasketRefusal.BEING_ORDERED
    done: Basket = basket.ordered("1")
    assert (done.state, done.draft, done.order_number) == (BasketState.ORDERED, None, "1")
