"""Where order numbers come from."""

from typing import Protocol

from iomconnector.model.values import OrderNumber


class OrderNumberSequence(Protocol):
    """Gives order numbers."""

    async def next_number(self, organization: str) -> OrderNumber:
        """A number that was never given before in that organization, and never will be again: not by another
        task, thread, process or machine on the same database, and not after a crash.

        Numbers need not come in their order, and some may never come at all.

        Arguments:
            organization: The id of a context of kind organization.

        Raises:
            NotFoundError: There is no such organization.
            SequenceExhaustedError: The next number would be longer than permitted.
            SequenceWouldRepeatError: The clock was set back, to numbers of an earlier pattern.
            StorageError: No number can be had at present.
        """
        ...
