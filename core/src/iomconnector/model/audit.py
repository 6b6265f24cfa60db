"""Who changed what, when."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One change of something that administrators look after.

    Arguments:
        at: When.
        by: Who: an account of the back office, a user of the operating system, or a part of the system.
        action: What was done, ``topic.verb``, for example ``service.changed`` or ``account.added``.
        subject: The id of what was changed.
        context: The context that it concerns; none where it concerns no single one.
        changes: What was changed: a name, with what it was and what it is now, both of them content for JSON.
            Of a secret neither is told, only that it was changed.
        number: Where it stands in the trail; greater than that of every earlier entry. 0 where it is in no
            trail yet.
    """

    at: datetime
    by: str
    action: str
    subject: str
    context: str | None = None
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    number: int = 0

    @property
    def topic(self) -> str:
        """What the action is about: its part before the first dot."""
        return self.action.partition(".")[0]
