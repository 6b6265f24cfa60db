"""What two copies of an order, or the lack of one, say about it."""

from collections.abc import Callable, Sequence
from datetime import datetime

from iomconnector.model.exports import ExportRequest, ExportState
from iomconnector.model.reconciliation import Disagreement, Finding, Period, Tally
from iomconnector.ports.clock import Clock
from iomconnector.ports.order_directory import RemoteOrder
from iomconnector.ports.reconciliation_store import ShopOrder
from iomconnector.usecases.far_sides import Copy, FarSide


class Judge:
    """Judges the orders of one order management system, and counts those that agree.

    Arguments:
        side: The order management system.
        period: Orders that were placed in it are judged.
        tally: Is counted.
        clock: Tells the time.
        advance: Is told of each order of the shop that is judged.
    """

    def __init__(
        self, side: FarSide, period: Period, tally: Tally, clock: Clock, advance: Callable[[int], None]
    ) -> None:
        self.side = side
        self.period = period
        self.tally = tally
        self._clock = clock
        self._advance = advance

    def concerns(self, order: ShopOrder) -> bool:
        """Whether an order of the shop is to be judged at all."""
        return order.channel in self.side.chosen and order.placed_at in self.period

    def unknown(
        self, remote: RemoteOrder, elsewhere: Sequence[ShopOrder], *, twice: bool
    ) -> Sequence[Finding]:
        """An order that is there, and in none of the channels that send there.

        Arguments:
            remote: The order.
            elsewhere: Orders of that number in other channels of the shop.
            twice: It came before.
        """
        if remote.created_at is not None and remote.created_at not in self.period:
            return []
        if twice:
            detail = "The shop has no such order."
            return [_of_remote(Disagreement.DUPLICATE, remote, detail)]
        detail = f"{', '.join(self.side.services)} has no such order."
        if elsewhere:
            others = ", ".join(order.channel for order in elsewhere)
            detail += f" {others} has one of that number, but does not send to {self.side.name}."
        if remote.created_at is None:
            detail += " When it was created cannot be read."
        return [_of_remote(Disagreement.UNKNOWN, remote, detail)]

    async def shown(self, order: ShopOrder, remote: RemoteOrder) -> Sequence[Finding]:
        """An order that a page of the order management system shows; the shop was read after it."""
        self._advance(1)
        if order.stored is None:
            return [_of_order(Disagreement.UNCONFIRMED, order, order.problem)]
        return self._both(order, await self.side.compared(order, remote))

    async def twice(self, orders: Sequence[ShopOrder]) -> Sequence[Finding]:
        """Orders that pages showed more than once: they are asked for, because a page may be read again."""
        readable = [order for order in orders if order.stored is not None]
        copies = await self.side.copies_of(readable) if readable else {}
        return [
            _duplicate(order, copies[order.order_id])
            for order in {order.order_id: order for order in readable}.values()
            if len(copies[order.order_id]) > 1
        ]

    def to_ask_for(self, orders: Sequence[ShopOrder]) -> Sequence[ShopOrder]:
        """The orders that no page showed and that could be there all the same."""
        return [order for order in orders if order.stored is not None and _may_be_there(order.stored.request)]

    def not_asked(self, orders: Sequence[ShopOrder]) -> Sequence[Finding]:
        """The others that no page showed: they were never sent, or cannot be read."""
        findings = []
        for order in orders:
            if order.stored is None:
                self._advance(1)
                findings.append(_of_order(Disagreement.UNCONFIRMED, order, order.problem))
            elif not _may_be_there(order.stored.request):
                self._advance(1)
                self.tally.agree += 1
        return findings

    def asked(self, before: ShopOrder, now: ShopOrder, copies: Sequence[Copy]) -> Sequence[Finding]:
        """An order that the order management system was asked for.

        Arguments:
            before: As it was before it was asked for.
            now: As it was afterwards.
            copies: What the order management system has of it.
        """
        self._advance(1)
        if now.stored is None:
            return [_of_order(Disagreement.UNCONFIRMED, now, now.problem)]
        if copies:
            doubled = [_duplicate(now, copies)] if len(copies) > 1 else []
            return [*self._both(now, copies[0]), *doubled]
        assert before.stored is not None
        if now.stored.request.state is not ExportState.EXPORTED:
            self.tally.agree += 1
            return []
        if before.stored.request.exported_at != now.stored.request.exported_at:
            self.tally.under_way += 1
            return []
        detail = f"It is not at {self.side.name}."
        if now.stored.placed.erased_at is not None:
            detail += " Its personal data were erased here, so that it cannot be sent again."
        return [_of_order(Disagreement.MISSING, now, detail)]

    def _both(self, order: ShopOrder, copy: Copy) -> Sequence[Finding]:
        """An order that stands on both sides."""
        assert order.stored is not None
        request = order.stored.request
        if copy.failure is not None:
            return [_of_order(Disagreement.UNCONFIRMED, order, str(copy.failure), copy.reference)]
        if copy.differences:
            detail = copy.told
            if request.state is not ExportState.EXPORTED:
                detail = f"It is {request.state.value} here. {detail}"
            return [_of_order(Disagreement.DIFFERENT, order, detail, copy.reference)]
        if request.state is ExportState.EXPORTED:
            self.tally.agree += 1
            self.tally.erased += order.stored.placed.erased_at is not None
            return []
        if is_under_way(request, self._clock.now()):
            self.tally.under_way += 1
            return []
        detail = f"It is there, and the same; here it is {request.state.value}."
        return [_of_order(Disagreement.UNRECORDED, order, detail, copy.reference)]


def is_under_way(request: ExportRequest, now: datetime) -> bool:
    """Whether somebody works on an export at this moment."""
    return (
        request.state is ExportState.SENDING and request.lease_until is not None and request.lease_until > now
    )


def _may_be_there(request: ExportRequest) -> bool:
    return request.state is ExportState.EXPORTED or request.attempts > 0


def _of_remote(disagreement: Disagreement, remote: RemoteOrder, detail: str) -> Finding:
    return Finding(
        disagreement,
        remote.number,
        None,
        detail,
        created_at=remote.created_at,
        reference=remote.reference,
    )


def _duplicate(order: ShopOrder, copies: Sequence[Copy]) -> Finding:
    detail = f"{len(copies)} orders of that number are there."
    return _of_order(Disagreement.DUPLICATE, order, detail, copies[0].reference)


def _of_order(disagreement: Disagreement, order: ShopOrder, detail: str, reference: str = "") -> Finding:
    stored = order.stored
    return Finding(
        disagreement,
        order.number,
        order.channel,
        detail,
        order_id=order.order_id,
        state=stored.request.state if stored else None,
        created_at=order.placed_at,
        reference=reference,
        erased=stored is not None and stored.placed.erased_at is not None,
    )
