"""The contract of :class:`~iomconnector.ports.audit_trail.AuditTrail`."""

from abc import abstractmethod
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from iomconnector.model.audit import AuditEntry
from iomconnector.ports.audit_trail import AuditTrail
from iomconnector.testing.contracts.contract import Contract
from iomconnector.testing.samples import CHANNEL, NOON, ORGANIZATION

CHANGES: dict[str, tuple[Any, Any]] = {
    "base_url": ("https://old.example.com/ü", "https://new.example.com"),
    "labels": (None, {"a": [1, 2.5, True, None]}),
    "password": ("********", "changed"),
}


def _entry(subject: str = "export", action: str = "service.changed", **fields: Any) -> AuditEntry:
    entry = AuditEntry(NOON + timedelta(microseconds=1), "anna", action, subject, CHANNEL, CHANGES)
    return replace(entry, **fields)


class AuditTrailContract(Contract):
    """Promises of an audit trail."""

    @abstractmethod
    def audit_trail(self) -> AbstractAsyncContextManager[AuditTrail]:
        """The trail to test."""

    async def test_an_entry_comes_back_as_it_was_recorded(self) -> None:
        async with self.audit_trail() as trail:
            await trail.record(_entry())
        async with self.audit_trail() as trail:
            (entry,) = await trail.entries()
            assert entry.number > 0
            assert replace(entry, number=0) == _entry()

    async def test_the_latest_comes_first_and_numbers_rise(self) -> None:
        async with self.audit_trail() as trail:
            assert list(await trail.entries()) == []
            await trail.record(_entry("a"), _entry("b"))
            await trail.record(_entry("c", at=NOON - timedelta(days=1)))
            await trail.record()
            entries = await trail.entries()
            assert [entry.subject for entry in entries] == ["c", "b", "a"]
            assert [entry.number for entry in entries] == sorted(
                {entry.number for entry in entries}, reverse=True
            )

    async def test_pages_follow_each_other_without_gap(self) -> None:
        async with self.audit_trail() as trail:
            for number in range(5):
                await trail.record(_entry(str(number)))
            first = await trail.entries(limit=2)
            second = await trail.entries(limit=2, before=first[-1].number)
            third = await trail.entries(limit=2, before=second[-1].number)
            pages = [[entry.subject for entry in page] for page in (first, second, third)]
            assert pages == [["4", "3"], ["2", "1"], ["0"]]
            assert list(await trail.entries(before=third[-1].number)) == []

    async def test_entries_are_found_by_topic_subject_and_context(self) -> None:
        async with self.audit_trail() as trail:
            await trail.record(
                _entry("export", "service.added"),
                _entry("export", "service.changed", context=ORGANIZATION),
                _entry("export", "account.added", context=None),
                _entry("history", "service.added"),
            )

            async def found(**filters: Any) -> list[str]:
                return [entry.action for entry in await trail.entries(**filters)]

            assert await found(topic="account") == ["account.added"]
            assert await found(topic="service", subject="export") == ["service.changed", "service.added"]
            assert await found(subject="history") == ["service.added"]
            assert await found(context=ORGANIZATION) == ["service.changed"]
            assert await found(topic="account", context=CHANNEL) == []
            assert await found(topic="serv") == []

    async def test_what_is_changed_outside_changes_nothing(self) -> None:
        labels = {"a": 1}
        async with self.audit_trail() as trail:
            await trail.record(_entry(changes={"labels": (None, labels)}))
            labels["b"] = 2
            (entry,) = await trail.entries()
            assert entry.changes == {"labels": (None, {"a": 1})}
