"""Give orders their numbers: one for each idempotency key, and none that is used already."""

from collections import Counter
from collections.abc import Sequence, Set

from iomconnector.errors import ConnectorError
from iomconnector.model.contexts import ContextKind
from iomconnector.model.orders import Order
from iomconnector.model.unnumbered_orders import UnnumberedOrder
from iomconnector.model.values import OrderNumber
from iomconnector.ports.context_repository import ContextRepository
from iomconnector.ports.number_assignments import Assignment, NumberAssignments
from iomconnector.ports.order_number_sequence import OrderNumberSequence
from iomconnector.ports.order_repository import OrderConflictError
from iomconnector.ports.sequence_store import UsedNumbers

MOST_PASSED_OVER = 1000
"""So many used numbers are passed over for orders that come together, while a customer waits."""


class KeyReusedError(OrderConflictError):
    """An idempotency key was used before, for an order of other content."""

    code = "order.idempotency_key.reused"


class SequenceBehindError(ConnectorError):
    """A sequence gives numbers that orders have already, one after the other."""

    code = "sequence.behind"
    exit_code = 3


class NumberOrders:
    """Gives each order one number for good, before it is placed, so that whoever sends it again gets the
    same one whatever died in between."""

    def __init__(
        self,
        sequence: OrderNumberSequence,
        assignments: NumberAssignments,
        used: UsedNumbers,
        contexts: ContextRepository,
    ) -> None:
        self._sequence = sequence
        self._assignments = assignments
        self._used = used
        self._contexts = contexts

    async def numbered(
        self, orders: Sequence[UnnumberedOrder], *, apart_from: Set[str] = frozenset()
    ) -> Sequence[Order | KeyReusedError]:
        """The orders with their numbers; an error in place of one whose key stands for another order.

        Arguments:
            orders: The orders.
            apart_from: Numbers that they must not get, because orders that come with them have those.

        Raises:
            NotFoundError: A channel does not exist.
            SequenceExhaustedError: The next number would be longer than permitted.
            SequenceWouldRepeatError: The clock was set back, to numbers of an earlier pattern.
            SequenceBehindError: Orders have the next thousand numbers already.
            StorageError: No numbers can be had at present.
        """
        if not orders:
            return []
        found = await self._assignments.find([(order.channel, order.idempotency_key) for order in orders])
        missing = [order for order, known in zip(orders, found, strict=True) if known is None]
        proposed = await self._proposed(missing, apart_from)
        made = iter(await self._assignments.assign(proposed) if proposed else ())
        return [
            _with_number(order, known if known is not None else next(made))
            for order, known in zip(orders, found, strict=True)
        ]

    async def renumbered(self, order: UnnumberedOrder, taken: OrderNumber) -> Order:
        """The order with another number, because another order has the one that it got.

        Raises:
            SequenceExhaustedError: The next number would be longer than permitted.
            SequenceWouldRepeatError: The clock was set back, to numbers of an earlier pattern.
            SequenceBehindError: Orders have the next thousand numbers already.
            StorageError: No number can be had at present.
        """
        [proposed] = await self._proposed([order])
        old = Assignment(order.channel, order.idempotency_key, order.digest, taken)
        return order.numbered((await self._assignments.replace(old, proposed.number)).number)

    async def _proposed(
        self, orders: Sequence[UnnumberedOrder], apart_from: Set[str] = frozenset()
    ) -> list[Assignment]:
        """A free number for each, in their order."""
        of_channel = {channel: await self._organization(channel) for channel in {o.channel for o in orders}}
        counts = Counter(of_channel[order.channel] for order in orders)
        free = {place: iter(await self._free(*place, count, apart_from)) for place, count in counts.items()}
        return [
            Assignment(
                order.channel, order.idempotency_key, order.digest, next(free[of_channel[order.channel]])
            )
            for order in orders
        ]

    async def _free(
        self, organization: str, channels: Sequence[str], count: int, apart_from: Set[str]
    ) -> list[OrderNumber]:
        """Numbers of the sequence that no order of the organization has."""
        free: list[OrderNumber] = []
        passed_over = 0
        while len(free) < count:
            drawn = [await self._sequence.next_number(organization) for _ in range(count - len(free))]
            used = (await self._used.among(channels, drawn)) | (apart_from & set(drawn))
            free += [number for number in drawn if number not in used]
            passed_over += len(used)
            if passed_over > MOST_PASSED_OVER:
                raise SequenceBehindError(
                    f"The sequence of {organization} has come to {drawn[-1]}, and orders have the last "
                    f"{passed_over} numbers already.",
                    hint="Run `iomconnector sequence suggest`, and set the start that it computes.",
                    organization=organization,
                )
        return free

    async def _organization(self, channel: str) -> tuple[str, tuple[str, ...]]:
        """The organization of a channel, and all its channels."""
        organization = (await self._contexts.path_to(channel))[-1].id
        channels = [
            context.id
            for context in await self._contexts.all()
            if context.kind is ContextKind.CHANNEL and context.parent == organization
        ]
        return organization, tuple(channels)


def _with_number(order: UnnumberedOrder, assigned: Assignment) -> Order | KeyReusedError:
    if assigned.digest != order.digest and assigned.digest != order.digest_if_erased:
        return KeyReusedError(
            f"The idempotency_key {order.idempotency_key!r} was used in channel {order.channel} before, "
            f"for order {assigned.number} of other content.",
            hint="Give every order a key of its own; send an order again as it was.",
            order=assigned.number,
            channel=order.channel,
        )
    return order.numbered(assigned.number)
