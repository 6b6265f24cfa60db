"""The contract of :class:`~iomconnector.ports.message_log.MessageLog`."""

import asyncio
from abc import abstractmethod
from contextlib import AbstractAsyncContextManager
from datetime import timedelta

import pytest

from iomconnector.errors import StorageError
from iomconnector.ports.message_log import MessageLog
from iomconnector.testing.contracts.contract import Contract
from iomconnector.testing.samples import CHANNEL, NOON, OTHER_CHANNEL, sample_message


class MessageLogContract(Contract):
    """Promises of a message log."""

    @abstractmethod
    def message_log(self) -> AbstractAsyncContextManager[MessageLog]:
        """The log to test."""

    async def test_a_message_comes_back_as_it_was_recorded(self) -> None:
        answered = sample_message(
            response_body='{"übel": "🎉"}\n',
            at=NOON + timedelta(microseconds=7),
            attempt=3,
            trace_id="4b" * 16,
        )
        failed = sample_message(status=None, error="connection reset", response_headers={})
        async with self.message_log() as log:
            await log.record(answered)
            await log.record(failed)
        async with self.message_log() as log:
            assert await log.by_id(answered.message_id) == answered
            assert await log.by_id(failed.message_id) == failed
            assert await log.by_id("never recorded") is None

    async def test_masking_is_the_business_of_the_sender(self) -> None:
        message = sample_message(request_headers={"Authorization": "Basic dXNlcjpwYXNz"}, request_body="pass")
        async with self.message_log() as log:
            await log.record(message)
            assert await log.by_id(message.message_id) == message

    async def test_what_the_sender_changes_later_changes_nothing(self) -> None:
        headers = {"Authorization": "********"}
        message = sample_message(request_headers=headers)
        async with self.message_log() as log:
            await log.record(message)
            headers["Authorization"] = "Basic dXNlcjpwYXNz"
            kept = await log.by_id(message.message_id)
            assert kept is not None
            assert kept.request_headers == {"Authorization": "********"}

    async def test_the_messages_of_an_order_come_oldest_first(self) -> None:
        times = [NOON + timedelta(seconds=second) for second in (2, 0, 1, 1)]
        messages = [sample_message(at=time) for time in times]
        async with self.message_log() as log:
            for message in messages:
                await log.record(message)
            assert [each.message_id for each in await log.of_order(CHANNEL, "2026-0001")] == [
                messages[index].message_id for index in (1, 2, 3, 0)
            ]

    async def test_an_order_has_no_messages_of_others(self) -> None:
        mine = sample_message("4711")
        others = [
            sample_message("4711", channel=OTHER_CHANNEL),
            sample_message("47110"),
            sample_message(None),
        ]
        async with self.message_log() as log:
            for message in (*others, mine):
                await log.record(message)
            assert list(await log.of_order(CHANNEL, "4711")) == [mine]
            assert await log.by_id(others[-1].message_id) == others[-1]

    async def test_an_id_is_given_once(self) -> None:
        message = sample_message("4711")
        async with self.message_log() as log:
            await log.record(message)
            with pytest.raises(StorageError):
                await log.record(sample_message("4712", message_id=message.message_id))
            assert await log.by_id(message.message_id) == message

    async def test_many_can_record_at_once(self) -> None:
        messages = [sample_message() for _ in range(50)]
        async with self.message_log() as log:
            await asyncio.gather(*(log.record(message) for message in messages))
            assert len(await log.of_order(CHANNEL, "2026-0001")) == 50
