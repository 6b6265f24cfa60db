"""The contract of :class:`~iomconnector.ports.access_token_store.AccessTokenStore`."""

from abc import abstractmethod
from contextlib import AbstractAsyncContextManager
from datetime import timedelta

import pytest

from iomconnector.errors import ConfigurationError
from iomconnector.ports.access_token_store import AccessToken, AccessTokenStore
from iomconnector.testing.contracts.contract import Contract
from iomconnector.testing.samples import CHANNEL, NOON, OTHER_CHANNEL


def _token(name: str, digit: str = "a") -> AccessToken:
    return AccessToken(name, digit * 64, (OTHER_CHANNEL, CHANNEL), NOON + timedelta(microseconds=1))


class AccessTokenStoreContract(Contract):
    """Promises of an access token store."""

    @abstractmethod
    def access_token_store(self) -> AbstractAsyncContextManager[AccessTokenStore]:
        """The store to test."""

    async def test_a_token_is_found_by_its_digest_as_it_was_saved(self) -> None:
        async with self.access_token_store() as store:
            await store.save(_token("storefront", "a"))
            await store.save(_token("back office", "b"))
            assert await store.find("b" * 64) == _token("back office", "b")
        async with self.access_token_store() as store:
            assert await store.find("a" * 64) == _token("storefront", "a")

    async def test_nothing_is_found_by_another_digest(self) -> None:
        async with self.access_token_store() as store:
            await store.save(_token("storefront", "a"))
            assert await store.find("A" * 64) is None
            assert await store.find("a" * 63) is None
            assert await store.find("") is None

    async def test_all_tokens_come_by_name(self) -> None:
        async with self.access_token_store() as store:
            assert list(await store.all()) == []
            for name, digit in (("c", "1"), ("a", "2"), ("b", "3")):
                await store.save(_token(name, digit))
            assert [token.name for token in await store.all()] == ["a", "b", "c"]

    async def test_a_name_is_given_once(self) -> None:
        async with self.access_token_store() as store:
            await store.save(_token("storefront", "a"))
            with pytest.raises(ConfigurationError, match="storefront"):
                await store.save(_token("storefront", "b"))
            assert list(await store.all()) == [_token("storefront", "a")]

    async def test_a_revoked_token_is_gone_and_its_name_is_free(self) -> None:
        async with self.access_token_store() as store:
            await store.save(_token("storefront", "a"))
            assert await store.delete("storefront")
            assert await store.find("a" * 64) is None
            assert not await store.delete("storefront")
            await store.save(_token("storefront", "b"))
            assert await store.find("b" * 64) is not None
