"""What the shop remembers of its reservations, so that none is forgotten whatever dies when."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from iomconnector.model.audit import AuditEntry
from iomconnector.model.stock_holds import StockHold


class ReservationLedger(Protocol):
    """One row a reservation. It is written before an inventory service is asked for the reservation.

    The order repository binds the row of a reservation to an order in the transaction that places the order.
    Where another order has the reservation, that transaction makes a row of a reservation that is gone.
    """

    async def begin(self, hold: StockHold) -> StockHold:
        """Remember that a reservation is going to be asked for.

        Returns:
            The same; or the reservation that the basket has already, and nothing was changed.

        Raises:
            StorageError: Nothing was changed.
        """
        ...

    async def change(
        self, before: StockHold, after: StockHold, *, entries: Sequence[AuditEntry] = ()
    ) -> StockHold | None:
        """Remember what became of a reservation.

        The order for which it is, and its basket, stay as they are, except that what ended has no basket.

        Arguments:
            before: As it was read.
            after: As it is to be; of whatever version.
            entries: What the audit trail is told in the same transaction.

        Returns:
            It as it is then; none where somebody else changed it meanwhile, and nothing was changed.

        Raises:
            StorageError: Nothing was changed.
        """
        ...

    async def replace(self, before: StockHold, after: StockHold, successor: StockHold) -> bool:
        """Remember that another reservation takes the place of one, for the same order, all in one step.

        Returns:
            False where somebody else changed it meanwhile, and nothing was changed.

        Raises:
            StorageError: Nothing was changed.
        """
        ...

    async def tell_order(self, hold: StockHold, *, by: str, at: datetime, reason: str) -> bool:
        """Let the order of a reservation have its id: a correction, with what stood there kept.

        The order stands where it stood: it needs no other approval.

        Returns:
            False where that is not possible at present, because the order is being sent, or may have been
            sent with what stands there; or never, because it left the shop. Nothing was changed.

        Raises:
            StorageError: Nothing was changed.
        """
        ...

    async def take(self, *, now: datetime, until: datetime, limit: int) -> Sequence[StockHold]:
        """Take reservations at which somebody has to look now: it is time, or their order came to another
        stage. Nobody else gets them before ``until``, or before they are changed.

        Raises:
            StorageError: None was taken.
        """
        ...

    async def get(self, key: str) -> StockHold | None:
        """The reservation of that key."""
        ...

    async def of_basket(self, channel: str, basket: str) -> StockHold | None:
        """What a basket has: a reservation that is held or asked for."""
        ...

    async def lost(self, channel: str, basket: str, *, now: datetime) -> int:
        """How many reservations there may be of a basket of which only the inventory service knows."""
        ...

    async def of_order(self, channel: str, number: str) -> Sequence[StockHold]:
        """The reservations of an order, the latest first."""
        ...

    async def page(
        self, *, channel: str | None = None, ended: bool = False, limit: int = 100
    ) -> Sequence[StockHold]:
        """Reservations, the latest first.

        Arguments:
            channel: Only those of this channel.
            ended: Those that hold nothing any more: they ended, or their pieces are an order's. Else those
                that may hold something.
            limit: How many at most.
        """
        ...

    async def forget(self, before: datetime, *, limit: int) -> int:
        """Remove reservations of no order that ended before a moment; how many there were."""
        ...
