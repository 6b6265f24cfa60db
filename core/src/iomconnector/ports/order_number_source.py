"""Which order numbers another system has."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class NumbersPage:
    """Order numbers that another system has.

    Arguments:
        numbers: The numbers; one may be on several pages.
        total: How many orders it has, as it says itself.
    """

    numbers: Sequence[str]
    total: int


@runtime_checkable
class OrderNumberSource(Protocol):
    """What an order management system can be asked about its numbers. An adapter of
    :class:`~iomconnector.ports.order_export_service.OrderExportService` may be one too."""

    def number_space(self) -> str:
        """Within what its numbers are unique, for people; the same text for the same orders."""
        ...

    def all_numbers(self) -> AsyncIterator[NumbersPage]:
        """Every number that was there when the first page was asked for, page by page. Nothing is changed.

        Raises:
            ExportUnavailableError: The system could not answer.
        """
        ...

    def latest_numbers(self) -> AsyncIterator[NumbersPage]:
        """A few pages on which the largest numbers are to be expected, which is no proof that they are there.

        Raises:
            ExportUnavailableError: The system could not answer.
        """
        ...
