"""The contract of :class:`~iomconnector.ports.customer_token_store.CustomerTokenStore`."""

import asyncio
from abc import abstractmethod
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import timedelta

from iomconnector.ports.customer_token_store import CustomerTokenStore, StoredCustomerToken, TokenKind
from iomconnector.testing.contracts.contract import Contract
from iomconnector.testing.samples import NOON

SOON = NOON + timedelta(hours=1)


def _token(
    digit: str, *, family: str = "family", account: str = "shop/anna", generation: int = 7
) -> StoredCustomerToken:
    return StoredCustomerToken(
        digit * 64, TokenKind.REFRESH, family, account, generation, NOON, NOON + timedelta(days=1)
    )


class CustomerTokenStoreContract(Contract):
    """Promises of a store of tokens."""

    @abstractmethod
    def customer_token_store(self) -> AbstractAsyncContextManager[CustomerTokenStore]:
        """The store to test."""

    async def test_a_token_is_found_by_its_digest_as_it_was_saved(self) -> None:
        access = replace(_token("b"), kind=TokenKind.ACCESS)
        async with self.customer_token_store() as store:
            await store.save([_token("a"), access])
            await store.save([])
        async with self.customer_token_store() as store:
            assert await store.find("a" * 64) == _token("a")
            assert await store.find("b" * 64) == access
            assert await store.find("c" * 64) is None

    async def test_a_token_is_spent_once(self) -> None:
        async with self.customer_token_store() as store:
            await store.save([_token("a")])
            assert await store.exchange("a" * 64, SOON, [_token("b"), _token("c")])
            assert await store.find("a" * 64) == replace(_token("a"), spent_at=SOON)
            assert not await store.exchange("a" * 64, SOON, [_token("d")])
            assert not await store.exchange("e" * 64, SOON, [_token("d")])
            assert await store.find("b" * 64) == _token("b")
            assert await store.find("d" * 64) is None

    async def test_of_many_that_spend_a_token_at_a_time_one_succeeds(self) -> None:
        async with self.customer_token_store() as store:
            await store.save([_token("a")])
            outcomes = await asyncio.gather(
                *(store.exchange("a" * 64, SOON, [_token(digit)]) for digit in "bcde")
            )
            assert sum(outcomes) == 1
            found = [await store.find(digit * 64) for digit in "bcde"]
            assert [each is not None for each in found] == outcomes

    async def test_families_are_removed_as_a_whole(self) -> None:
        async with self.customer_token_store() as store:
            await store.save([_token("a"), _token("b", family="other"), _token("c", family="third")])
            await store.save([_token("d", account="shop/bea", family="fourth"), _token("e", generation=8)])
            await store.save([_token("f", family="other", generation=8)])
            assert await store.delete_family("other") == 2
            assert [await store.find(digit * 64) for digit in "bf"] == [None, None]
            assert await store.delete_family("other") == 0
            left = [await store.find(digit * 64) for digit in "acde"]
            assert [each is not None for each in left] == [True] * 4

    async def test_what_is_worth_nothing_is_forgotten_spent_or_not(self) -> None:
        async with self.customer_token_store() as store:
            await store.save([_token("a"), replace(_token("b"), expires_at=SOON)])
            assert await store.exchange("a" * 64, SOON, [])
            assert await store.forget(SOON) == 1
            assert await store.find("a" * 64) is not None, "its second use is to be noticed"
            assert await store.forget(NOON + timedelta(days=1)) == 1
