"""Baskets in the database keep the contract, and are filled by many at once."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from datetime import timedelta

import pytest

from bc_basket.baskets import SqlBasketRepository
from bc_basket.personal import BasketsOfPeople
from bc_basket.sweeping import OPEN_KEPT, ORDERED_KEPT, forget_old
from iomconnector.model.baskets import BasketRefusal, BasketRefusedError, BasketRules
from iomconnector.ports.personal_records import RecordsInUseError
from iomconnector.storage.context_repository import SqlContextRepository
from iomconnector.storage.database import Database
from iomconnector.storage.preparation import SchemaPreparer
from iomconnector.testing.contracts import BasketRepositoryContract
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory import ManualClock, MemoryProductCatalog
from iomconnector.testing.samples import (
    CHANNEL,
    CONTEXTS,
    NOON,
    sample_basket,
    sample_customer_user,
    sample_order,
    sample_product,
)
from iomconnector.usecases.shop_baskets import ShopBaskets

SECOND = timedelta(seconds=1)


@asynccontextmanager
async def baskets_at(url: str) -> AsyncIterator[SqlBasketRepository]:
    async with aclosing(Database(url)) as database:
        await SchemaPreparer("bc_basket:revisions").schema.upgrade(database)
        for context in CONTEXTS:
            await SqlContextRepository(database).save(context)
        yield SqlBasketRepository(database)


class TestSqlBasketRepository(BasketRepositoryContract):
    url: str

    @pytest.fixture(autouse=True)
    def _fresh(self, each_database_url: str) -> None:
        self.url = each_database_url

    @asynccontextmanager
    async def basket_repository(self) -> AsyncIterator[SqlBasketRepository]:
        async with baskets_at(self.url) as baskets:
            yield baskets


@in_event_loop
async def test_what_two_processes_put_in_at_once_is_all_in_it(each_database_url: str) -> None:
    catalog = MemoryProductCatalog()
    await catalog.put(CHANNEL, [sample_product("A"), sample_product("B")])
    anna = sample_customer_user()
    rules = BasketRules(most_pieces=15)
    async with baskets_at(each_database_url) as one, baskets_at(each_database_url) as other:
        windows = [ShopBaskets(each, catalog, ManualClock(), rules) for each in (one, other)]
        outcomes = await asyncio.gather(
            *(windows[turn % 2].add(anna, "AB"[turn % 2], 1) for turn in range(20)),
            *(windows[turn % 2].add(anna, "A", 1) for turn in range(10)),
            return_exceptions=True,
        )
        basket = await windows[0].current(anna)
        assert basket is not None
        refusals = {each.refusal for each in outcomes if isinstance(each, BasketRefusedError)}
        others = [each for each in outcomes if isinstance(each, Exception)]
        assert refusals <= {BasketRefusal.TOO_MANY_PIECES, BasketRefusal.CHANGED_MEANWHILE}
        assert basket.count == len(outcomes) - len(others)
        assert basket.pieces["A"] <= 15


@in_event_loop
async def test_baskets_are_shown_and_erased_for_those_who_ask(each_database_url: str) -> None:
    anna = sample_customer_user()
    async with aclosing(Database(each_database_url)) as database, baskets_at(each_database_url) as baskets:
        people = BasketsOfPeople(database)
        assert await people.stored(anna) == []
        begun = await baskets.begin(sample_basket())
        await baskets.begin(sample_basket(id="ben", login="ben"))
        [shown] = await people.stored(anna)
        assert (shown["id"], shown["state"]) == ("b1", "open")
        assert json.loads(json.dumps(shown))["lines"] == [
            {"sku": "M-1", "quantity": 2, "price": "11.9", "currency": "EUR"}
        ]
        ordering = await baskets.change(begun.being_ordered(sample_order()))
        assert ordering is not None
        with pytest.raises(RecordsInUseError, match="being ordered"):
            await people.erase(anna)
        await baskets.change(ordering.ordered("1"))
        assert (await people.erase(anna), await people.erase(anna)) == (1, 0)
        assert await people.stored(anna) == []
        assert await baskets.current(CHANNEL, "ben") is not None


@in_event_loop
async def test_old_baskets_are_removed_at_night(each_database_url: str) -> None:
    async with baskets_at(each_database_url) as baskets:
        for login in ("open", "ordered", "ordering"):
            basket = await baskets.begin(sample_basket(id=login, login=login))
            if login != "open":
                ordering = await baskets.change(basket.being_ordered(sample_order()))
                assert ordering is not None
                if login == "ordered":
                    await baskets.change(ordering.ordered("1"))
        assert await forget_old(baskets, NOON + ORDERED_KEPT) == 0
        assert await forget_old(baskets, NOON + ORDERED_KEPT + SECOND) == 1
        assert await forget_old(baskets, NOON + OPEN_KEPT + SECOND) == 1
        assert await baskets.current(CHANNEL, "ordering") is not None
