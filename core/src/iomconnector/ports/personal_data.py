"""Personal data in the shop's database: what is stored where, and its erasure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from iomconnector.model.exports import ExportState


@dataclass(frozen=True, slots=True)
class HeldOrder:
    """An order that has, or had, personal data.

    Arguments:
        order_id: Its key.
        channel: Its channel.
        number: Its number.
        placed_at: When it was placed.
        state: Where its export stands.
        unclear: Whether it may be on its way to the order management system.
        erased_at: When its personal data were erased.
    """

    order_id: int
    channel: str
    number: str
    placed_at: datetime
    state: ExportState
    unclear: bool
    erased_at: datetime | None

    @property
    def obstacle(self) -> str:
        """Why its personal data cannot be erased yet; empty where nothing is in the way."""
        if self.state not in (ExportState.EXPORTED, ExportState.REJECTED, ExportState.GIVEN_UP):
            return f"it is {self.state.value}: export it, or give it up with a reason, first"
        if self.unclear:
            return "it may be in the order management system or not: let the export find out first"
        return ""


class PersonalData(Protocol):
    """Finds and erases personal data."""

    async def of_customer(self, number: str) -> Sequence[HeldOrder]:
        """The orders of a customer, by ascending key. One from which the customer's number was erased is not
        among them."""
        ...

    async def of_order(self, number: str, channel: str | None = None) -> Sequence[HeldOrder]:
        """The orders of that number, in one channel or in all."""
        ...

    async def stored(self, order_id: int) -> Mapping[str, Any]:
        """All that is stored about an order, ready for JSON, by the name of the table."""
        ...

    async def erase(self, order_id: int, *, by: str, at: datetime) -> HeldOrder | None:
        """Erase the personal data of an order: in itself, its earlier contents, decisions, messages, attempts
        and audit entries. The audit trail tells of it, without them.

        Arguments:
            order_id: The key of the order.
            by: Who wants it.
            at: Now.

        Returns:
            The order as it was found; nothing was changed where it has an obstacle or was erased already.
            None where there is no such order.
        """
        ...

    async def forget_remnants(self) -> str:
        """Take what was erased out of files of the database, as far as that hinders nobody.

        Returns:
            What may be left, and what removes it, as a sentence for people.
        """
        ...

    async def rewrite(self, tables: Sequence[str] = ()) -> str:
        """Write the database anew, so that nothing is left of what was erased. Others wait meanwhile.

        Arguments:
            tables: Names of tables that cartridges keep, which are written anew as well.

        Returns:
            What was done, as a sentence.
        """
        ...
