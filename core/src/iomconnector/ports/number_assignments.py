"""Which number an order got that came without one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from iomconnector.model.values import OrderNumber


@dataclass(frozen=True, slots=True)
class Assignment:
    """A number for an order that came without one.

    Arguments:
        channel: The order's channel.
        idempotency_key: What the caller calls the order; unique in the channel.
        digest: The fingerprint of the order's content.
        number: Its number.
    """

    channel: str
    idempotency_key: str
    digest: str
    number: OrderNumber


class NumberAssignments(Protocol):
    """Keeps numbers, so that an order that is sent again gets the number that it got before."""

    async def find(self, keys: Sequence[tuple[str, str]]) -> Sequence[Assignment | None]:
        """What was assigned to each channel and idempotency key, in their order.

        Raises:
            StorageError: They cannot be read at present.
        """
        ...

    async def assign(self, assignments: Sequence[Assignment]) -> Sequence[Assignment]:
        """Assign numbers, where none was assigned before, in one transaction. They survive a crash.

        Returns:
            What is assigned now to each channel and key, in their order: by the first who came.

        Raises:
            StorageError: None of them was assigned.
        """
        ...

    async def replace(self, taken: Assignment, number: OrderNumber) -> Assignment:
        """Give an order another number because another order has the first one.

        Returns:
            What is assigned now; it has another number where somebody else replaced it before.

        Raises:
            StorageError: It was not replaced.
        """
        ...
