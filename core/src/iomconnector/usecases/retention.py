"""Remove what is older than the rule says, without holding up anybody."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

import structlog

from iomconnector.model.retention import Kept, RetentionRule
from iomconnector.ports.clock import Clock
from iomconnector.ports.personal_data import PersonalData
from iomconnector.ports.retention_store import RetentionStore

log = structlog.get_logger(__name__)

BY = "retention"
BATCH = 200


class Retention:
    """Keeps a rule, in short transactions with pauses between them as long as they took.

    Arguments:
        rule: How long what is kept.
        store: Removes messages, attempts and audit entries.
        personal_data: Erases personal data of orders.
        clock: Tells the time.
        rest: Pauses for so many seconds.
    """

    def __init__(
        self,
        rule: RetentionRule,
        store: RetentionStore,
        personal_data: PersonalData,
        clock: Clock,
        rest: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._rule = rule
        self._store = store
        self._personal_data = personal_data
        self._clock = clock
        self._rest = rest

    @property
    def rule(self) -> RetentionRule:
        """How long what is kept."""
        return self._rule

    async def plan(self) -> Mapping[Kept, int]:
        """How many of what is kept for a limited time would go now."""
        cutoffs = self._rule.cutoffs(self._clock.now())
        return {kept: await self._count(kept, before) for kept, before in cutoffs.items()}

    async def run(self, advance: Callable[[int], None] = lambda _: None) -> Mapping[Kept, int]:
        """Remove what is old enough; how many of what.

        Arguments:
            advance: Is told how many more things were removed.

        Raises:
            StorageError: The database does not answer; what was removed stays removed.
        """
        removed = {}
        for kept, before in self._rule.cutoffs(self._clock.now()).items():
            remove = self._erase if kept is Kept.PERSONAL_DATA else self._remove
            removed[kept] = await remove(kept, before, advance)
        return removed

    async def scheduled(self) -> None:
        """Run, and log what was removed."""
        removed = {kept.value: count for kept, count in (await self.run()).items() if count}
        if removed:
            log.info("removed what was old", removed=removed)

    async def _count(self, kept: Kept, before: datetime) -> int:
        if kept is not Kept.PERSONAL_DATA:
            return await self._store.count(kept, before)
        counted = after = 0
        while keys := await self._store.orders_to_erase(before, after=after, limit=BATCH):
            counted, after = counted + len(keys), keys[-1]
        return counted

    async def _remove(self, kept: Kept, before: datetime, advance: Callable[[int], None]) -> int:
        removed, after = 0, None
        while True:
            started = time.monotonic()
            batch = await self._store.remove(kept, before, at=self._clock.now(), after=after, limit=BATCH)
            removed, after = removed + batch.removed, batch.next
            advance(batch.removed)
            if after is None:
                return removed
            await self._rest(time.monotonic() - started)

    async def _erase(self, kept: Kept, before: datetime, advance: Callable[[int], None]) -> int:
        erased = after = 0
        while keys := await self._store.orders_to_erase(before, after=after, limit=BATCH):
            after = keys[-1]
            for key in keys:
                started = time.monotonic()
                found = await self._personal_data.erase(key, by=BY, at=self._clock.now())
                if found is not None and not found.obstacle and found.erased_at is None:
                    erased += 1
                    advance(1)
                await self._rest(time.monotonic() - started)
        if erased:
            await self._personal_data.forget_remnants()
        return erased
