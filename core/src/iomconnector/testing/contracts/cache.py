"""The contract of :class:`~iomconnector.ports.cache.Cache`."""

import asyncio
from abc import abstractmethod
from contextlib import AbstractAsyncContextManager
from datetime import timedelta

import pytest

from iomconnector.ports.cache import Cache
from iomconnector.testing.contracts.contract import Contract

LONG = timedelta(minutes=10)
SHORT = timedelta(milliseconds=50)
AT_MOST = 30
"""Seconds within which everything that a test waits for has to happen."""


class CacheContract(Contract):
    """Promises of a cache."""

    @abstractmethod
    def cache(self) -> AbstractAsyncContextManager[Cache]:
        """The cache to test; opened a second time it shows the same content."""

    async def test_what_is_kept_is_found_by_whoever_looks(self) -> None:
        async with self.cache() as cache, self.cache() as other:
            await cache.set_many({"one": b"1", "two": b"2"}, keep=LONG)
            assert await other.get_many(["one", "two", "three"]) == {"one": b"1", "two": b"2"}
            assert await cache.get_many(["two"]) == {"two": b"2"}

    async def test_the_last_value_counts(self) -> None:
        async with self.cache() as cache, self.cache() as other:
            await cache.set_many({"one": b"1"}, keep=LONG)
            await other.set_many({"one": b"another"}, keep=LONG)
            assert await cache.get_many(["one"]) == {"one": b"another"}

    async def test_what_is_dropped_is_gone(self) -> None:
        async with self.cache() as cache, self.cache() as other:
            await cache.set_many({"one": b"1", "two": b"2"}, keep=LONG)
            await other.delete_many(["one", "absent"])
            assert await cache.get_many(["one", "two"]) == {"two": b"2"}

    async def test_nothing_is_nothing(self) -> None:
        async with self.cache() as cache:
            await cache.set_many({}, keep=LONG)
            await cache.delete_many([])
            assert await cache.get_many([]) == {}

    @pytest.mark.parametrize(
        "value", [b"", b"\x00", bytes(range(256)), b"\x80\x04N.", b"x" * 1_000_000], ids=len
    )
    async def test_bytes_come_back_as_they_were(self, value: bytes) -> None:
        async with self.cache() as cache:
            await cache.set_many({"value": value}, keep=LONG)
            assert await cache.get_many(["value"]) == {"value": value}

    async def test_keys_are_told_apart(self) -> None:
        keys = [
            "a",
            "A",
            "ä",
            " a",
            "a ",
            "",
            "1",
            "01",
            "alone-a",
            "k" * 500,
            "'; drop table Cache; --",
            "../a",
        ]
        async with self.cache() as cache:
            await cache.set_many({key: key.encode() for key in keys}, keep=LONG)
            assert await cache.get_many(keys) == {key: key.encode() for key in keys}

    async def test_nothing_stays_longer_than_it_is_to_be_kept(self) -> None:
        async with self.cache() as cache:
            await cache.set_many({"brief": b"1"}, keep=SHORT)
            await cache.set_many({"not at all": b"2"}, keep=timedelta(0))
            await cache.set_many({"long": b"3"}, keep=LONG)
            async with asyncio.timeout(AT_MOST):
                while (await cache.get_many(["brief", "long"])).keys() != {"long"}:  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
            assert await cache.get_many(["not at all"]) == {}

    async def test_a_value_of_no_time_replaces_one_that_was_kept(self) -> None:
        async with self.cache() as cache:
            await cache.set_many({"one": b"1"}, keep=LONG)
            await cache.set_many({"one": b"2"}, keep=timedelta(0))
            assert await cache.get_many(["one"]) == {}

    async def test_one_is_inside_at_a_time(self) -> None:
        inside = most = 0

        async def enter(cache: Cache) -> None:
            nonlocal inside, most
            async with cache.alone("door", at_most=LONG):
                inside += 1
                most = max(most, inside)
                await asyncio.sleep(0.001)
                inside -= 1

        async with self.cache() as cache, self.cache() as other, asyncio.timeout(AT_MOST):
            await asyncio.gather(*(enter(each) for _ in range(5) for each in (cache, other)))
        assert (most, inside) == (1, 0)

    async def test_doors_do_not_hinder_each_other(self) -> None:
        async with (
            self.cache() as cache,
            asyncio.timeout(AT_MOST),
            cache.alone("one", at_most=LONG),
            cache.alone("two", at_most=LONG),
        ):
            await cache.set_many({"one": b"1"}, keep=LONG)
            assert await cache.get_many(["one"]) == {"one": b"1"}

    async def test_who_fails_inside_leaves(self) -> None:
        async with self.cache() as cache, asyncio.timeout(AT_MOST):
            with pytest.raises(ZeroDivisionError):
                async with cache.alone("door", at_most=LONG):
                    raise ZeroDivisionError
            async with cache.alone("door", at_most=LONG):
                pass

    async def test_who_is_called_off_leaves(self) -> None:
        entered = asyncio.Event()

        async def stay(cache: Cache) -> None:
            async with cache.alone("door", at_most=LONG):
                entered.set()
                await asyncio.Event().wait()

        async with self.cache() as cache, asyncio.timeout(AT_MOST):
            inside = asyncio.create_task(stay(cache))
            await entered.wait()
            waiting = asyncio.create_task(stay(cache))
            await asyncio.sleep(0.01)
            for task in (waiting, inside):
                task.cancel()
                await asyncio.wait({task})
            async with cache.alone("door", at_most=LONG):
                pass

    async def test_nobody_waits_for_ever_for_who_died(self) -> None:
        async with (
            self.cache() as cache,
            self.cache() as other,
            asyncio.timeout(AT_MOST),
            cache.alone("door", at_most=SHORT),
            other.alone("door", at_most=SHORT),
        ):
            pass

    async def test_who_stayed_too_long_does_not_let_others_in(self) -> None:
        async with self.cache() as cache, asyncio.timeout(AT_MOST):
            slow = cache.alone("door", at_most=SHORT)
            await slow.__aenter__()
            async with cache.alone("door", at_most=LONG):
                await slow.__aexit__(None, None, None)
                third = asyncio.create_task(self._enter(cache))
                await asyncio.wait({third}, timeout=0.1)
                assert not third.done()
            await third

    async def _enter(self, cache: Cache) -> None:
        async with cache.alone("door", at_most=LONG):
            pass
