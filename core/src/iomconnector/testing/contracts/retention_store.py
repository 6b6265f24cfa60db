"""The contract of :class:`~iomconnector.ports.retention_store.RetentionStore`."""

from abc import abstractmethod
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Any

import pytest

from iomconnector.model.audit import AuditEntry
from iomconnector.model.export_acts import ExportAct
from iomconnector.model.exports import ExportState
from iomconnector.model.retention import Kept
from iomconnector.testing.contracts.contract import Contract
from iomconnector.testing.contracts.personal_data import PrivacyStorage
from iomconnector.testing.memory.clock import ManualClock
from iomconnector.testing.samples import CHANNEL, NOON, sample_message, sample_order

DAY = timedelta(days=1)
BODIES = (Kept.MESSAGE_BODIES, Kept.MESSAGES)
NEEDED = ("due", "parked", "unclear")


class RetentionStoreContract(Contract):
    """Promises of what removes what is old."""

    @abstractmethod
    def privacy(self, clock: ManualClock) -> AbstractAsyncContextManager[PrivacyStorage]:
        """The storage to test, with the contexts of :data:`iomconnector.testing.samples.CONTEXTS`."""

    async def test_bodies_go_and_the_proof_stays(self) -> None:
        async with self.privacy(ManualClock()) as scene:
            await _exported(scene, "1")
            old = sample_message("1", request_body="1234567", url="https://oms.example.com/orders?a=b")
            new = sample_message("1", at=NOON + 2 * DAY)
            for message in (old, new):
                await scene.message_log.record(message)
            assert await scene.retention.count(Kept.MESSAGE_BODIES, NOON + DAY) == 1
            assert await self._remove_all(scene, Kept.MESSAGE_BODIES, NOON + DAY) == 1
            first, second = await scene.message_log.of_order(CHANNEL, "1")
            assert second == new
            assert (first.message_id, first.at, first.status, first.duration_ms) == (
                old.message_id,
                old.at,
                old.status,
                old.duration_ms,
            )
            assert (first.url, first.request_headers, first.response_headers) == (
                "https://oms.example.com/orders",
                {},
                {},
            )
            assert "7 characters" in first.request_body
            assert (first.response_body, first.error) == ("", "")
            assert await scene.retention.count(Kept.MESSAGE_BODIES, NOON + DAY) == 0
            assert await self._remove_all(scene, Kept.MESSAGE_BODIES, NOON + DAY) == 0
            assert await self._remove_all(scene, Kept.MESSAGES, NOON + DAY) == 1
            assert await scene.message_log.by_id(old.message_id) is None

    @pytest.mark.parametrize("kept", BODIES)
    async def test_messages_about_no_order_go(self, kept: Kept) -> None:
        async with self.privacy(ManualClock()) as scene:
            await scene.message_log.record(sample_message(None))
            await scene.message_log.record(sample_message("never placed"))
            assert await self._remove_all(scene, kept, NOON + DAY) == 2

    @pytest.mark.parametrize("kept", [*BODIES, Kept.ATTEMPTS])
    async def test_what_an_unsettled_order_needs_stays(self, kept: Kept) -> None:
        clock = ManualClock()
        async with self.privacy(clock) as scene:
            await scene.office.place("settled", *NEEDED)
            claims = await scene.office.claimed()
            await scene.office.export(claims["settled"])
            await scene.office.park(claims["parked"])
            for number in ("due", "unclear"):
                await scene.office.postpone(claims[number], DAY)
            await scene.office.act(ExportAct.GIVE_UP, "unclear", reason="enough")
            for number in ("settled", *NEEDED):
                await scene.message_log.record(sample_message(number))
            before = {number: await self._stored(scene, number) for number in NEEDED}
            assert await scene.retention.count(kept, NOON + DAY) == 1
            assert await self._remove_all(scene, kept, NOON + DAY) == 1
            assert {number: await self._stored(scene, number) for number in NEEDED} == before

    async def test_old_attempts_go(self) -> None:
        clock = ManualClock()
        async with self.privacy(clock) as scene:
            await _exported(scene, "1")
            clock.advance(2 * DAY)
            await _exported(scene, "2")
            assert await self._remove_all(scene, Kept.ATTEMPTS, NOON + DAY) == 1
            assert (await self._stored(scene, "1"))["export_attempts"] == []
            assert len((await self._stored(scene, "2"))["export_attempts"]) == 1
            assert (await scene.office.orders.get(CHANNEL, "1")).request.attempts == 1

    async def test_old_entries_of_the_audit_trail_go(self) -> None:
        async with self.privacy(ManualClock()) as scene:
            for number in range(5):
                entry = AuditEntry(NOON + number * DAY, "anna", "service.changed", str(number))
                await scene.audit_trail.record(entry)
            assert await scene.retention.count(Kept.AUDIT_ENTRIES, NOON + 3 * DAY) == 3
            assert await self._remove_all(scene, Kept.AUDIT_ENTRIES, NOON + 3 * DAY) == 3
            assert [each.subject for each in await scene.audit_trail.entries()] == ["4", "3"]
            await scene.audit_trail.record(AuditEntry(NOON + 5 * DAY, "anna", "service.changed", "5"))
            newest, second, _ = await scene.audit_trail.entries()
            assert newest.number > second.number

    @pytest.mark.parametrize("limit", [1, 3, 7, 100])
    async def test_small_batches_remove_everything(self, limit: int) -> None:
        async with self.privacy(ManualClock()) as scene:
            await scene.office.place("parked")
            await scene.office.park((await scene.office.claimed())["parked"])
            for number in range(7):
                await scene.message_log.record(
                    sample_message(None, at=NOON + number // 2 * timedelta(hours=1))
                )
                await scene.message_log.record(sample_message("parked", at=NOON))
            assert await self._remove_all(scene, Kept.MESSAGE_BODIES, NOON + DAY, limit=limit) == 7
            assert await self._remove_all(scene, Kept.MESSAGES, NOON + DAY, limit=limit) == 7
            assert len(await scene.message_log.of_order(CHANNEL, "parked")) == 7

    async def test_orders_to_erase_are_exported_long_ago(self) -> None:
        clock = ManualClock()
        async with self.privacy(clock) as scene:
            await _exported(scene, "1")
            await _exported(scene, "2")
            await scene.place(sample_order("3"), ExportState.GIVEN_UP)
            clock.advance(2 * DAY)
            await _exported(scene, "4")
            first, second = await scene.office.keys("1", "2")
            old = NOON + DAY
            assert list(await scene.retention.orders_to_erase(old)) == [first, second]
            assert list(await scene.retention.orders_to_erase(old, limit=1)) == [first]
            assert list(await scene.retention.orders_to_erase(old, after=first)) == [second]
            await scene.personal_data.erase(first, by="anna", at=clock.now())
            assert list(await scene.retention.orders_to_erase(old)) == [second]

    async def _remove_all(
        self, scene: PrivacyStorage, kept: Kept, before: datetime, *, limit: int = 100
    ) -> int:
        removed, after = 0, None
        for _ in range(100):
            batch = await scene.retention.remove(
                kept, before, at=scene.office.clock.now(), after=after, limit=limit
            )
            assert batch.removed <= limit
            removed, after = removed + batch.removed, batch.next
            if after is None:
                return removed
        raise AssertionError("it did not come to an end")

    async def _stored(self, scene: PrivacyStorage, number: str) -> Any:
        [key] = await scene.office.keys(number)
        return await scene.personal_data.stored(key)


async def _exported(scene: PrivacyStorage, number: str) -> None:
    await scene.office.place(number)
    await scene.office.export((await scene.office.claimed())[number])
