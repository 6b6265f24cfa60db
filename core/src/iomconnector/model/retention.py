"""How long what is kept is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Kept(StrEnum):
    """What is removed when it is old enough."""

    MESSAGE_BODIES = "message bodies"
    """Bodies and headers of messages; when, where, with what status and how large they were stays."""
    MESSAGES = "messages"
    """Messages as a whole."""
    ATTEMPTS = "attempts"
    """What became of each attempt to export an order."""
    AUDIT_ENTRIES = "audit entries"
    """Who changed what."""
    PERSONAL_DATA = "personal data of exported orders"
    """What an erasure removes from an order."""


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """For how many days each thing is kept; what is not named is kept for good.

    Arguments:
        days: By what it is about.
    """

    days: Mapping[Kept, int]

    def cutoffs(self, now: datetime) -> Mapping[Kept, datetime]:
        """What is older than this may go; only for what does not stay for good."""
        return {kept: now - timedelta(days=self.days[kept]) for kept in Kept if kept in self.days}
