"""The contract of :class:`~iomconnector.ports.session_store.SessionStore`."""

from abc import abstractmethod
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import timedelta

from iomconnector.ports.session_store import SessionStore, StoredSession
from iomconnector.testing.contracts.contract import Contract
from iomconnector.testing.samples import NOON

MINUTE = timedelta(minutes=1)


def _session(digit: str, account: str = "anna", generation: int = 1) -> StoredSession:
    seen_at = NOON + timedelta(microseconds=1)
    return StoredSession(digit * 64, account, generation, NOON, seen_at, NOON + 60 * MINUTE)


class SessionStoreContract(Contract):
    """Promises of a store of sessions."""

    @abstractmethod
    def session_store(self) -> AbstractAsyncContextManager[SessionStore]:
        """The store to test."""

    async def test_a_session_is_found_by_its_digest_as_it_was_saved(self) -> None:
        async with self.session_store() as store:
            await store.save(_session("a"))
            await store.save(_session("b", "bert", 2**30 + 5))
        async with self.session_store() as store:
            assert await store.find("b" * 64) == _session("b", "bert", 2**30 + 5)
            assert await store.find("a" * 64) == _session("a")
            for other in ("", "A" * 64, "a" * 63, "c" * 64):
                assert await store.find(other) is None

    async def test_its_use_is_noted_and_time_does_not_go_back(self) -> None:
        async with self.session_store() as store:
            await store.save(_session("a"))
            await store.save(_session("b"))
            await store.touch("a" * 64, NOON + 2 * MINUTE)
            await store.touch("a" * 64, NOON + MINUTE)
            assert await store.find("a" * 64) == replace(_session("a"), seen_at=NOON + 2 * MINUTE)
            assert await store.find("b" * 64) == _session("b")

    async def test_an_ended_session_stays_ended(self) -> None:
        async with self.session_store() as store:
            await store.save(_session("a"))
            await store.save(_session("b"))
            assert await store.delete("a" * 64)
            await store.touch("a" * 64, NOON + MINUTE)
            assert await store.find("a" * 64) is None
            assert not await store.delete("a" * 64)
            assert await store.find("b" * 64) is not None

    async def test_all_sessions_of_an_account_end_together(self) -> None:
        async with self.session_store() as store:
            for session in (_session("a"), _session("b", generation=2), _session("c", "anna2")):
                await store.save(session)
            assert await store.delete_of("anna", older_than=2) == 1
            assert await store.find("a" * 64) is None
            assert await store.find("b" * 64) is not None
            assert await store.delete_of("anna") == 1
            assert await store.delete_of("anna") == 0
            assert await store.find("c" * 64) is not None

    async def test_what_is_over_is_forgotten_and_nothing_else(self) -> None:
        async with self.session_store() as store:
            await store.save(replace(_session("a"), seen_at=NOON))
            await store.save(replace(_session("b"), seen_at=NOON + MINUTE, expires_at=NOON + 30 * MINUTE))
            await store.save(replace(_session("c"), seen_at=NOON + MINUTE))
            expired_at = NOON + 30 * MINUTE
            assert await store.forget(seen_before=NOON, expired_at=expired_at - MINUTE) == 0
            assert await store.forget(seen_before=NOON + MINUTE, expired_at=expired_at) == 2
            assert await store.find("c" * 64) is not None
