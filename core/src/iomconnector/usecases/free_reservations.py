"""What operators do with reservations."""

from dataclasses import replace

from iomconnector.errors import ConnectorError, NotFoundError, StorageError
from iomconnector.model.audit import AuditEntry
from iomconnector.model.stock_holds import HoldState, OrderStage, StockHold
from iomconnector.ports.clock import Clock
from iomconnector.ports.reservation_ledger import ReservationLedger
from iomconnector.usecases.export_act_plans import ReasonMissingError
from iomconnector.usecases.settle_reservations import SettleReservations


class NotFreedError(ConnectorError):
    """The reservation cannot be freed as it stands; nothing was changed."""

    code = "reservation.not_freed"


class FreeReservations:
    """Finds reservations and frees those of baskets.

    Arguments:
        ledger: Remembers the reservations.
        settling: Does with them what is due.
        clock: Tells the time.
    """

    def __init__(self, ledger: ReservationLedger, settling: SettleReservations, clock: Clock) -> None:
        self._ledger = ledger
        self._settling = settling
        self._clock = clock

    async def find(self, key: str) -> StockHold:
        """The reservation of that key.

        Raises:
            NotFoundError: There is none.
        """
        hold = await self._ledger.get(key)
        if hold is None:
            raise NotFoundError(
                f"There is no reservation {key!r}.",
                hint="`iomconnector reservation list` shows those that there are.",
                hold=key,
            )
        return hold

    async def free(self, key: str, *, by: str, reason: str) -> StockHold:
        """Free what a basket has, whoever it is.

        Arguments:
            key: The key of the reservation.
            by: Who frees it.
            reason: Why.

        Returns:
            The reservation as it is now. Where the inventory service is away, it is freed later.

        Raises:
            NotFoundError: There is no such reservation.
            ReasonMissingError: There is no reason.
            NotFreedError: An order needs it, or it holds nothing.
        """
        if not reason.strip():
            raise ReasonMissingError("To free a reservation needs a reason.", hint="Say why; others wonder.")
        hold = await self.find(key)
        if hold.order is not None and hold.order.stage is not OrderStage.STAYS:
            raise NotFreedError(
                f"Order {hold.order.number} needs the reservation.",
                hint="Reject the order or give it up: that frees its pieces.",
                hold=key,
                order=hold.order.number,
            )
        if hold.state is HoldState.ENDED:
            raise NotFreedError("The reservation holds nothing any more.", hold=key)
        now = self._clock.now()
        entry = AuditEntry(now, by, "reservation.released", key, hold.channel, {"reason": (None, reason)})
        going = await self._ledger.change(
            hold, replace(hold, state=HoldState.RELEASING, look_at=now), entries=[entry]
        )
        if going is None:
            raise NotFreedError("Something happened to the reservation just now. Look again.", hold=key)
        try:
            await self._settling.settle(going)
        except StorageError:
            raise
        except ConnectorError:
            pass
        return await self.find(key)
