"""Asking whether products can be bought, and having pieces held."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from iomconnector.errors import ConnectorError
from iomconnector.model.availability import ProductStock, Reservation, ReservationType
from iomconnector.model.endpoints import Endpoint


class InventoryUnavailableError(ConnectorError):
    """The inventory service could not answer now; nothing was changed.

    Arguments:
        retry_after: Seconds that it asked to wait; none where it did not.
    """

    code = "inventory.unavailable"
    exit_code = 4

    def __init__(
        self, message: str, *, retry_after: float | None = None, hint: str = "", **ids: object
    ) -> None:
        super().__init__(message, hint=hint, **ids)
        self.retry_after = retry_after


class ReservationUnclearError(InventoryUnavailableError):
    """Nobody knows whether something was changed: the answer was lost.

    What may be held is free again at the latest when its lifetime is over.
    """

    code = "inventory.reservation_unclear"


class ReservationRefusedError(ConnectorError):
    """The inventory service does not hold the pieces; nothing is held. Asking again does not help.

    Arguments:
        short: What is there of products of which there is not enough, product -> pieces, as far as it is
            told.
        their_code: The code that the service gives as its reason; empty where it gives none.
    """

    code = "inventory.reservation_refused"

    def __init__(
        self,
        message: str,
        *,
        short: Mapping[str, int] | None = None,
        their_code: str = "",
        hint: str = "",
        **ids: object,
    ) -> None:
        super().__init__(message, hint=hint, **ids)
        self.short = dict(short or {})
        self.their_code = their_code


class ReservationGoneError(ConnectorError):
    """There is no such reservation any more, for one reason or another: it holds nothing."""

    code = "inventory.reservation_gone"


class ReservationExpiredError(ReservationGoneError):
    """The time of the reservation is over: it holds nothing any more. Reserve anew."""

    code = "inventory.reservation_expired"


class UnknownReservationError(ReservationGoneError):
    """The inventory service knows no such reservation: it was released, or there never was one."""

    code = "inventory.reservation_unknown"


@dataclass(frozen=True, slots=True)
class InventoryRules:
    """What the configuration of the service says.

    Arguments:
        keep: For how long an answer is used again where somebody looks around.
        budget: Longer than this no page waits for the inventory service.
        check_locally_on_failure: Whether the local stock answers in its place while it cannot
            ("Availability check on failure"). [KB B29919]
        lifetime: How long a reservation lasts where nobody says it.
        reservation_type: What a reservation does, where nobody says it, if there is not enough.
    """

    keep: timedelta = timedelta(seconds=5)
    budget: timedelta = timedelta(seconds=1)
    check_locally_on_failure: bool = False
    lifetime: timedelta = timedelta(minutes=30)
    reservation_type: ReservationType = ReservationType.COMPLETE


class InventoryService(Protocol):
    """Tells what can be bought of products, and holds pieces. Any number of callers may ask at once.

    What it holds for one reservation nobody else gets, until it is released or its time is over.
    """

    @property
    def endpoint(self) -> Endpoint:
        """What the requests go to, and how much it bears; services with the same endpoint share it."""
        ...

    @property
    def rules(self) -> InventoryRules:
        """What the configuration says."""
        ...

    @property
    def recognizes_keys(self) -> bool:
        """Whether a reservation that is asked for again with the same key is not made twice."""
        ...

    @property
    def consumed_by_order(self) -> bool:
        """Whether the order management system uses a reservation up when it gets the order that names it.

        Then the reservation has to last until the order is there, and ``fulfil`` and ``restock`` do nothing.
        """
        ...

    async def availability(
        self, skus: Sequence[str], reservation: str | None = None
    ) -> Mapping[str, ProductStock]:
        """What there is of products, by SKU; those that the service does not know are left out.

        One question is asked for a page of products, more only where their SKUs are too long for it. What
        nobody can say is left out as well, and is never an empty stock.

        Arguments:
            skus: The products.
            reservation: The id of a reservation whose pieces count as available; one that is gone has none.

        Raises:
            InventoryUnavailableError: The service could not answer.
        """
        ...

    async def reserve(
        self, items: Mapping[str, int], *, kind: ReservationType, lifetime: timedelta, key: str
    ) -> Reservation:
        """Have pieces held.

        Where the service recognizes keys, the same items asked for again with the same key are the
        reservation that was made before, for as long as it holds them; it lasts as long as it did. With
        other items it is refused.

        Arguments:
            items: Product -> pieces, at least 1 each. There is at least one product.
            kind: What to do where there is not enough. Where nothing of all is there, nothing is made.
            lifetime: How long from now, more than 0; rounded up to what the service counts in.
            key: What it is for, such as the number of a basket; not empty.

        Raises:
            ReservationRefusedError: It is not held: there is not enough, a product is not known, or something
                is wrong with the request.
            ReservationUnclearError: The answer was lost; it may be held. Asking again with the same key is
                safe where the service recognizes keys.
            InventoryUnavailableError: The service could not answer; nothing is held.
        """
        ...

    async def reservation(self, reservation_id: str) -> Reservation:
        """What a reservation holds now.

        Raises:
            ReservationGoneError: Nothing: its time is over, or the service does not know it.
            InventoryUnavailableError: The service could not answer.
        """
        ...

    async def extend(self, reservation_id: str, lifetime: timedelta) -> Reservation:
        """Let a reservation last for so long from now, be that longer or shorter; it holds what it held.

        Raises:
            ReservationExpiredError: Its time is over; it was not made anew.
            UnknownReservationError: The service does not know it.
            ReservationUnclearError: The answer was lost; it lasts as long as it did, or so long from now.
            InventoryUnavailableError: The service could not answer; it lasts as long as it did.
        """
        ...

    async def release(self, reservation_id: str) -> None:
        """Free what a reservation holds; nothing is wrong where it holds nothing any more.

        Raises:
            ReservationUnclearError: The answer was lost. Releasing again is safe.
            InventoryUnavailableError: The service could not answer; nothing was freed.
        """
        ...

    async def fulfil(self, reservation_id: str, order: str) -> None:
        """The order for which pieces were held was placed for good: they are the order's from now on.

        Where the service keeps the stock itself they are taken off it, and the reservation ends; it can be
        neither extended nor released any more. Said again for the same order, nothing more is taken.

        Arguments:
            reservation_id: The reservation.
            order: The number of the order, in the channel of the service.

        Raises:
            ReservationGoneError: It holds nothing any more, or another order has its pieces; nothing was
                taken.
            ReservationUnclearError: The answer was lost. Saying it again is safe.
            InventoryUnavailableError: The service could not answer; nothing was taken.
        """
        ...

    async def restock(self, reservation_id: str, order: str) -> None:
        """The order was given up before anybody shipped it: what was taken for it can be bought again.

        Nothing is wrong where nothing was taken, or it was put back already.

        Arguments:
            reservation_id: The reservation that was fulfilled.
            order: The number of the order, as it was given then.

        Raises:
            ReservationUnclearError: The answer was lost. Saying it again is safe.
            InventoryUnavailableError: The service could not answer; nothing was put back.
        """
        ...

    async def aclose(self) -> None:
        """Give connections back."""
        ...
