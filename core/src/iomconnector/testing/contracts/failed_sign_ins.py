"""The contract of :class:`~iomconnector.ports.failed_sign_ins.FailedSignIns`."""

import asyncio
from abc import abstractmethod
from contextlib import AbstractAsyncContextManager
from datetime import timedelta

from iomconnector.model.lockout import FailureCount, LockoutRule
from iomconnector.ports.failed_sign_ins import Attempt, FailedSignIns
from iomconnector.testing.contracts.contract import Contract
from iomconnector.testing.samples import NOON

MINUTE = timedelta(minutes=1)
RULE = LockoutRule(3, window=15 * MINUTE, first_lock=MINUTE, longest_lock=60 * MINUTE)


class FailedSignInsContract(Contract):
    """Promises of what counts failed sign-ins."""

    @abstractmethod
    def failed_sign_ins(self) -> AbstractAsyncContextManager[FailedSignIns]:
        """The counter to test."""

    async def test_attempts_are_let_through_up_to_the_lock_which_outlives_the_process(self) -> None:
        async with self.failed_sign_ins() as failures:
            for number in (1, 2):
                made = await failures.begin("key", RULE, NOON)
                assert made == Attempt(True, FailureCount(number, NOON), False)
            locked = FailureCount(3, NOON, 1, NOON + MINUTE)
            assert await failures.begin("key", RULE, NOON) == Attempt(True, locked, True)
        async with self.failed_sign_ins() as failures:
            assert await failures.begin("key", RULE, NOON) == Attempt(False, locked, False)
            assert await failures.counts(["key", "other"]) == {"key": locked}
            made = await failures.begin("key", RULE, NOON + MINUTE)
            assert made == Attempt(True, FailureCount(1, NOON + MINUTE, 1, NOON + MINUTE), False)

    async def test_keys_do_not_disturb_each_other(self) -> None:
        async with self.failed_sign_ins() as failures:
            for _ in range(4):
                await failures.begin("key", RULE, NOON)
            assert (await failures.begin("KEY", RULE, NOON)).allowed
            assert await failures.counts([]) == {}

    async def test_an_attempt_that_succeeded_is_taken_back_with_the_lock_that_it_began(self) -> None:
        async with self.failed_sign_ins() as failures:
            for _ in range(3):
                await failures.begin("key", RULE, NOON)
            await failures.take_back("key", RULE, NOON)
            assert (await failures.begin("key", RULE, NOON)).locks
            await failures.take_back("nobody", RULE, NOON)
            assert await failures.counts(["nobody"]) == {}

    async def test_what_is_cleared_is_forgotten(self) -> None:
        async with self.failed_sign_ins() as failures:
            for _ in range(3):
                await failures.begin("key", RULE, NOON)
            assert await failures.clear("key")
            assert not await failures.clear("key")
            assert (await failures.begin("key", RULE, NOON)).count == FailureCount(1, NOON)

    async def test_what_is_old_can_be_forgotten_and_nothing_else(self) -> None:
        async with self.failed_sign_ins() as failures:
            await failures.begin("old", RULE, NOON)
            await failures.begin("new", RULE, NOON + MINUTE)
            for _ in range(3):
                await failures.begin("locked", RULE, NOON)
            assert await failures.forget(NOON) == 0
            assert await failures.forget(NOON + MINUTE) == 1
            assert set(await failures.counts(["old", "new", "locked"])) == {"new", "locked"}

    async def test_attempts_at_the_same_time_are_not_let_through_beyond_the_rule(self) -> None:
        async with self.failed_sign_ins() as first, self.failed_sign_ins() as second:
            made = await asyncio.gather(
                *(each.begin("key", RULE, NOON) for _ in range(20) for each in (first, second))
            )
            assert [each.allowed for each in made].count(True) == 3
            assert [each.locks for each in made].count(True) == 1

    async def test_clearing_and_counting_at_the_same_time_fail_nobody(self) -> None:
        async with self.failed_sign_ins() as first, self.failed_sign_ins() as second:
            for _ in range(5):
                await asyncio.gather(
                    first.begin("key", RULE, NOON),
                    second.clear("key"),
                    second.begin("key", RULE, NOON),
                    first.take_back("key", RULE, NOON),
                    first.forget(NOON + 100 * MINUTE),
                )
