"""Where the sequences of order numbers stand."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from iomconnector.model.audit import AuditEntry
from iomconnector.model.order_number_sequences import SequenceState

T = TypeVar("T")
Result = TypeVar("Result", covariant=True)


@dataclass(frozen=True, slots=True)
class SequenceChange(Generic[Result]):
    """A change of a sequence.

    Arguments:
        state: Where it stands from now on.
        result: What the change was made for.
        entries: What the audit trail tells of it.
    """

    state: SequenceState
    result: Result
    entries: tuple[AuditEntry, ...] = ()


class SequenceStore(Protocol):
    """Keeps the sequence of each organization."""

    async def get(self, organization: str) -> SequenceState:
        """Where a sequence stands; one that was never used nor set has the defaults.

        Raises:
            NotFoundError: There is no such organization.
            StorageError: It cannot be read at present.
        """
        ...

    async def update(self, organization: str, change: Callable[[SequenceState], SequenceChange[T]]) -> T:
        """Read a sequence, change it and store it, in one transaction that nobody else comes between. It
        survives a crash of this process and of the machine once this returns.

        Arguments:
            organization: Whose sequence it is.
            change: Says what becomes of it. It may be called more than once, and only the last call counts.

        Returns:
            The result of the change.

        Raises:
            NotFoundError: There is no such organization.
            StorageError: Nothing was changed.
            Exception: What ``change`` raised; nothing was changed then.
        """
        ...


@dataclass(frozen=True, slots=True)
class UsedNumber:
    """The number of an order in the shop.

    Arguments:
        key: Where it stands in the order of placing.
        channel: The order's channel.
        number: The number.
    """

    key: int
    channel: str
    number: str


class UsedNumbers(Protocol):
    """The numbers of the shop's orders, without the orders."""

    async def page(
        self, channels: Sequence[str], *, after: int = 0, limit: int = 10_000
    ) -> Sequence[UsedNumber]:
        """Numbers of orders of these channels by ascending key, beginning behind ``after``.

        Raises:
            StorageError: They cannot be read at present.
        """
        ...

    async def among(self, channels: Sequence[str], numbers: Sequence[str]) -> frozenset[str]:
        """Those of the numbers that an order of these channels has.

        Raises:
            StorageError: They cannot be read at present.
        """
        ...
