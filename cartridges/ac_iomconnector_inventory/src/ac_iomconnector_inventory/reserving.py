"""Having IOM hold pieces, and keeping the promises of the port where IOM's own are not known."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from pydantic import ValidationError

from ac_iomconnector_inventory.configuration import LocationRule
from ac_iomconnector_inventory.failures import reservation_failure
from ac_iomconnector_inventory.iom_inventory import IomInventory
from ac_iomconnector_inventory.product_stock import stock_of
from ac_iomconnector_inventory.reading import HeldReservation
from ac_iomconnector_rest_common.errors import IomBadRequest, IomNotFound
from ac_iomconnector_rest_common.inventory_api import can_be_asked
from iomconnector.errors import ConnectorError
from iomconnector.model.availability import Reservation, ReservationType, ReservedItem
from iomconnector.ports.clock import Clock
from iomconnector.ports.inventory_service import ReservationRefusedError, ReservationUnclearError

_logger = logging.getLogger(__name__)
_DOUBTFUL: Final = timedelta(minutes=15)


class Reserving:
    """Makes reservations in IOM.

    Arguments:
        inventory: IOM.
        rule: What counts as available where several locations have a product.
        clock: Tells the time.
    """

    def __init__(self, inventory: IomInventory, rule: LocationRule, clock: Clock) -> None:
        self._inventory = inventory
        self._rule = rule
        self._clock = clock
        self._doubted = False

    async def reserve(
        self, items: Mapping[str, int], *, kind: ReservationType, lifetime: timedelta
    ) -> Reservation:
        """Have pieces held. See ``InventoryService.reserve``.

        A request that IOM refused held nothing: where some of the products are unknown to IOM and what there
        is of the others is wanted, it is sent once more without them.
        """
        for sku, pieces in items.items():
            _require_an_item(sku, pieces)
        possible = {sku: pieces for sku, pieces in items.items() if can_be_asked(sku)}
        if not possible or (kind is ReservationType.COMPLETE and len(possible) < len(items)):
            odd = [sku for sku in items if sku not in possible]
            raise ReservationRefusedError(
                f"IOM cannot have the product {odd[0][:50]!r}.", short=dict.fromkeys(odd, 0)
            )
        try:
            return await self._held(items, possible, kind, lifetime)
        except IomBadRequest as refused:
            there = await self._there(possible)
            known = {sku: pieces for sku, pieces in possible.items() if sku in there}
            if kind is ReservationType.PARTLY and 0 < len(known) < len(possible):
                try:
                    return await self._held(items, known, kind, lifetime)
                except IomBadRequest as again:
                    raise _refusal(again, possible, there) from again
            raise _refusal(refused, possible, there) from refused

    async def _held(
        self,
        items: Mapping[str, int],
        asked: Mapping[str, int],
        kind: ReservationType,
        lifetime: timedelta,
    ) -> Reservation:
        """What IOM holds.

        Raises:
            IomBadRequest: IOM refuses it.
            ReservationRefusedError: IOM made less than ``kind`` allows, and it was removed again.
        """
        ends_at = self._clock.now() + lifetime
        try:
            held = await self._inventory.reserve(asked, kind=kind, seconds=lifetime.total_seconds())
        except IomBadRequest:
            raise
        except ConnectorError as error:
            raise reservation_failure(error) from error
        self._look_at_the_end(held, ends_at)
        made = reservation_of(held, items, kind)
        if made.pieces and (made.complete or kind is ReservationType.PARTLY):
            return made
        await self._remove(held.id)
        raise ReservationRefusedError(
            f"IOM made reservation {held.id} with less than was asked for; it was removed again.",
            short={item.sku: item.reserved for item in made.items if item.reserved < item.wanted},
            reservation=held.id,
        )

    async def _remove(self, number: int) -> None:
        try:
            await self._inventory.release(number)
        except IomNotFound:
            return
        except ConnectorError as error:
            raise ReservationUnclearError(
                f"Reservation {number} is not what was asked for, and could not be removed: {error.message}",
                hint="What it holds is free when its lifetime is over.",
                reservation=number,
            ) from error

    async def _there(self, items: Mapping[str, int]) -> dict[str, int]:
        """What there is of the products that IOM knows; nothing where that cannot be found out."""
        try:
            entries = await self._inventory.entries(list(items))
        except ConnectorError as error:
            _logger.info("What there is of refused products cannot be told: %s", error.message)
            return {}
        return {sku: stock_of(sku, found, self._rule).quantity or 0 for sku, found in entries.items()}

    def _look_at_the_end(self, held: HeldReservation, ends_at: datetime) -> None:
        """Tell, once, that IOM understands lifetimes or times in another way than the settings say."""
        if held.valid_until is None or self._doubted or abs(held.valid_until - ends_at) < _DOUBTFUL:
            return
        self._doubted = True
        _logger.warning(
            "Reservation %s ends at %s, it should at %s: check the settings lifetime_unit and time_zone.",
            held.id,
            held.valid_until.isoformat(),
            ends_at.isoformat(),
        )


def reservation_of(
    held: HeldReservation, wanted: Mapping[str, int] | None = None, kind: ReservationType | None = None
) -> Reservation:
    """A reservation in the words of the shop.

    Arguments:
        held: The reservation as IOM describes it.
        wanted: What was asked for; IOM does not keep it, then that is what is held.
        kind: What it was to do where there was not enough.
    """
    return Reservation(
        id=str(held.id),
        items=tuple(
            ReservedItem(sku=sku, wanted=pieces, reserved=min(held.pieces.get(sku, 0), pieces))
            for sku, pieces in (held.pieces if wanted is None else wanted).items()
        ),
        valid_until=held.valid_until,
        type=kind,
    )


def _require_an_item(sku: str, pieces: int) -> None:
    """Refuse, before anything is held, what could not be told of afterwards."""
    what = f"{pieces} pieces of {sku[:50]!r} cannot be reserved"
    if pieces < 1:
        raise ReservationRefusedError(f"{what}: at least 1 is needed.")
    try:
        ReservedItem(sku=sku, wanted=pieces, reserved=0)
    except ValidationError as error:
        raise ReservationRefusedError(f"{what}: {error.errors()[0]['msg']}.") from error


def _refusal(
    error: IomBadRequest, wanted: Mapping[str, int], there: Mapping[str, int]
) -> ReservationRefusedError:
    return ReservationRefusedError(
        error.message,
        short={sku: there[sku] for sku, pieces in wanted.items() if sku in there and there[sku] < pieces},
        their_code=error.their_code,
        message_id=error.message_id,
    )
