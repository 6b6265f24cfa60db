"""What a customer may ask for: to see what is stored, and to have it erased."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from iomconnector.errors import NotFoundError
from iomconnector.model.customer_users import CustomerUser
from iomconnector.ports.clock import Clock
from iomconnector.ports.customer_user_repository import CustomerUserRepository
from iomconnector.ports.personal_data import HeldOrder, PersonalData
from iomconnector.ports.personal_records import PersonalRecords


@dataclass(slots=True)
class ErasurePlan:
    """The orders of a customer, or of a number.

    Arguments:
        erasable: Those that can be erased.
        refused: Those with an obstacle.
        erased_before: Those from which nothing is left to erase.
    """

    erasable: list[HeldOrder] = field(default_factory=list)
    refused: list[HeldOrder] = field(default_factory=list)
    erased_before: list[HeldOrder] = field(default_factory=list)

    @classmethod
    def of(cls, orders: Sequence[HeldOrder]) -> "ErasurePlan":
        """What can be done with orders."""
        plan = cls()
        for order in orders:
            if order.erased_at is not None:
                plan.erased_before.append(order)
            elif order.obstacle:
                plan.refused.append(order)
            else:
                plan.erasable.append(order)
        return plan


class Privacy:
    """Shows and erases personal data.

    Arguments:
        personal_data: Finds and erases those of orders.
        users: Finds and erases users of customers.
        clock: Tells the time.
        records: What cartridges keep in tables of their own.
    """

    def __init__(
        self,
        personal_data: PersonalData,
        users: CustomerUserRepository,
        clock: Clock,
        records: Sequence[PersonalRecords] = (),
    ) -> None:
        self._personal_data = personal_data
        self._users = users
        self._clock = clock
        self._records = records

    async def orders(
        self, *, customer: str | None = None, order: str | None = None, channel: str | None = None
    ) -> Sequence[HeldOrder]:
        """The orders of a customer, or of a number; perhaps in one channel only.

        Raises:
            NotFoundError: There is no such order.
        """
        if customer is not None:
            found = await self._personal_data.of_customer(customer)
            return [each for each in found if channel in (None, each.channel)]
        assert order is not None
        held = await self._personal_data.of_order(order, channel)
        if not held:
            raise NotFoundError(
                f"There is no order {order}{f' in channel {channel}' if channel else ''}.",
                hint="`iomconnector order list` shows the orders that there are.",
            )
        return held

    async def stored(self, orders: Sequence[HeldOrder]) -> Sequence[Mapping[str, Any]]:
        """All that is stored about orders, ready for JSON."""
        return [await self._personal_data.stored(order.order_id) for order in orders]

    async def erase(
        self, orders: Sequence[HeldOrder], *, by: str, advance: Callable[[int], None] = lambda _: None
    ) -> tuple[ErasurePlan, str]:
        """Erase the personal data of orders, one order a transaction.

        Arguments:
            orders: The orders.
            by: Who wants it.
            advance: Is told of each order.

        Returns:
            What was erased and what was not, as the orders were found at that moment; and what may be left in
            files of the database.

        Raises:
            StorageError: The database does not answer. What was erased is erased; do it again for the rest.
        """
        found = []
        for order in orders:
            now = await self._personal_data.erase(order.order_id, by=by, at=self._clock.now())
            if now is not None:
                found.append(now)
            advance(1)
        return ErasurePlan.of(found), await self._personal_data.forget_remnants()

    async def users(self, customer: str, channel: str | None = None) -> Sequence[CustomerUser]:
        """The users of a customer; perhaps in one channel only."""
        return [each.shown for each in await self._users.users(channel=channel, customer=customer)]

    async def records(self, users: Sequence[CustomerUser]) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """What cartridges keep of users, ready for JSON, by what it is."""
        return {
            each.name: [record for user in users for record in await each.stored(user)]
            for each in self._records
        }

    async def erase_users(self, users: Sequence[CustomerUser], *, by: str) -> int:
        """Erase users with their sessions, tokens and names in the audit trail, one a transaction, and first
        what cartridges keep of them.

        Arguments:
            users: The users.
            by: Who wants it.

        Returns:
            How many were erased.

        Raises:
            RecordsInUseError: Something of a user is needed still: that user and the rest stay; do it again.
            StorageError: The database does not answer. Who was erased is erased; do it again for the rest.
        """
        erased = 0
        for user in users:
            for each in self._records:
                await each.erase(user)
            erased += await self._users.erase(user.channel, user.login, by=by, at=self._clock.now())
        if erased:
            await self._personal_data.forget_remnants()
        return erased

    async def rewrite(self) -> str:
        """Write the database anew, so that nothing is left of what was erased; what was done."""
        tables = [name for each in self._records for name in each.tables]
        return await self._personal_data.rewrite(tables)
