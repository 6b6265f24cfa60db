"""The trail of who changed what, when."""

from collections.abc import Sequence
from typing import Protocol

from iomconnector.model.audit import AuditEntry


class AuditTrail(Protocol):
    """Keeps entries for good; none is ever changed."""

    async def record(self, *entries: AuditEntry) -> None:
        """Add entries to the end of the trail, all or none; each gets its number."""
        ...

    async def entries(
        self,
        *,
        topic: str | None = None,
        subject: str | None = None,
        context: str | None = None,
        limit: int = 100,
        before: int | None = None,
    ) -> Sequence[AuditEntry]:
        """Entries, the latest first.

        Arguments:
            topic: Only those about it, for example ``service``.
            subject: Only those about the thing of this id.
            context: Only those that concern this context.
            limit: How many at most.
            before: Only those before the entry of this number: the last one of the page before.
        """
        ...
