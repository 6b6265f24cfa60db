"""The IOM Inventory Service. [KB B29919: Inventory 2.0 and reservation, /servlets/services]"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Final

import httpx

from ac_iomconnector_common.endpoint import endpoint_of
from ac_iomconnector_inventory.configuration import InventoryConfiguration
from ac_iomconnector_inventory.failures import inventory_failure, reservation_failure
from ac_iomconnector_inventory.iom_inventory import CONNECTION_TEST_PRODUCT, IomInventory
from ac_iomconnector_inventory.product_stock import stock_of
from ac_iomconnector_inventory.reading import EXPIRED_CODE, HeldReservation
from ac_iomconnector_inventory.reservation_numbers import require_number, reservation_number
from ac_iomconnector_inventory.reserving import Reserving, reservation_of
from ac_iomconnector_inventory.spared_log import SparedLog
from ac_iomconnector_rest_common.client import RestClient
from ac_iomconnector_rest_common.errors import IomBadRequest, IomNotFound
from ac_iomconnector_rest_common.inventory_api import BASE_PATH, LARGEST_NUMBER, MEDIA_TYPE
from iomconnector.errors import ConnectorError
from iomconnector.model.availability import ProductStock, Reservation, ReservationType
from iomconnector.model.endpoints import Endpoint
from iomconnector.ports.inventory_service import (
    InventoryRules,
    ReservationExpiredError,
    ReservationGoneError,
    ReservationUnclearError,
    UnknownReservationError,
)
from iomconnector.services.definition import AdapterContext


class IomInventoryService:
    """Tells what IOM's suppliers have, and has IOM hold pieces; implements the port ``InventoryService``.

    Arguments:
        configuration: Where IOM is, and how it counts.
        context: What the framework gives to an adapter.
        transport: Another way to send requests, for tests.
    """

    recognizes_keys: Final = False
    """IOM has no field for a key: a reservation is sent once, and its lifetime bounds what a lost answer
    holds."""

    consumed_by_order: Final = True
    """The order carries the number of its reservation, and IOM uses that up when the order arrives."""

    def __init__(
        self,
        configuration: InventoryConfiguration,
        context: AdapterContext,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._configuration = configuration
        self._endpoint = endpoint_of(configuration, configuration)
        self._client = RestClient(
            configuration,
            base_path=BASE_PATH,
            media_type=MEDIA_TYPE,
            clock=context.clock,
            message_log=SparedLog(context.message_log),
            service=context.service,
            channel=context.channel,
            transport=transport,
            telemetry=context.telemetry,
        )
        self._inventory = IomInventory(self._client, configuration, context.clock)
        self._reserving = Reserving(self._inventory, configuration.locations, context.clock)

    @property
    def endpoint(self) -> Endpoint:
        """The shop in IOM that is asked."""
        return self._endpoint

    @property
    def rules(self) -> InventoryRules:
        """What the configuration says."""
        configuration = self._configuration
        return InventoryRules(
            keep=timedelta(seconds=configuration.availability_cache),
            budget=timedelta(seconds=configuration.page_budget),
            check_locally_on_failure=configuration.check_on_failure,
            lifetime=timedelta(seconds=configuration.reservation_lifetime),
            reservation_type=configuration.reservation_type,
        )

    async def availability(
        self, skus: Sequence[str], reservation: str | None = None
    ) -> Mapping[str, ProductStock]:
        """What there is of products. See ``InventoryService.availability``.

        A reservation of which IOM does not want to hear has no pieces: then it is asked without it.

        Raises:
            InventoryUnavailableError: IOM could not answer.
        """
        number = None if reservation is None else reservation_number(reservation)
        try:
            try:
                entries = await self._inventory.entries(skus, number)
            except (IomBadRequest, IomNotFound):
                if number is None:
                    raise
                entries = await self._inventory.entries(skus)
        except ConnectorError as error:
            raise inventory_failure(error) from error
        rule = self._configuration.locations
        return {sku: stock_of(sku, found, rule) for sku, found in entries.items()}

    async def reserve(
        self, items: Mapping[str, int], *, kind: ReservationType, lifetime: timedelta, key: str
    ) -> Reservation:
        """Have pieces held. See ``InventoryService.reserve``; the key is not sent.

        Raises:
            ReservationRefusedError: It is not held.
            ReservationUnclearError: The answer was lost.
            InventoryUnavailableError: IOM could not answer; nothing is held.
        """
        return await self._reserving.reserve(items, kind=kind, lifetime=lifetime)

    async def reservation(self, reservation_id: str) -> Reservation:
        """What a reservation holds now. See ``InventoryService.reservation``.

        Raises:
            ReservationGoneError: Nothing.
            InventoryUnavailableError: IOM could not answer.
        """
        return reservation_of(await self._holding(require_number(reservation_id)))

    async def extend(self, reservation_id: str, lifetime: timedelta) -> Reservation:
        """Let a reservation last for so long from now. See ``InventoryService.extend``.

        IOM wants to hear all that it shall hold, so it is read before. Where its time is over between the
        two, IOM makes it anew under its number (21004): that is removed again, since the pieces were free
        meanwhile and the port promises that nothing is made anew.

        Raises:
            ReservationGoneError: It holds nothing any more.
            ReservationUnclearError: The answer was lost.
            InventoryUnavailableError: IOM could not answer; it lasts as long as it did.
        """
        number = require_number(reservation_id)
        pieces = (await self._holding(number)).pieces
        try:
            changed = await self._inventory.change(
                number, pieces, kind=ReservationType.COMPLETE, seconds=lifetime.total_seconds()
            )
        except (IomBadRequest, IomNotFound) as error:
            if isinstance(error, IomBadRequest) and any(each.code == EXPIRED_CODE for each in error.errors):
                raise _expired(number) from error
            await self._holding(number)
            raise inventory_failure(error) from error
        except ConnectorError as error:
            raise reservation_failure(error) from error
        if changed.was_expired:
            await self._remove_made_anew(number)
            raise _expired(number)
        if changed.expired or not changed.pieces:
            raise _expired(number)
        return reservation_of(changed)

    async def release(self, reservation_id: str) -> None:
        """Free what a reservation holds. See ``InventoryService.release``.

        Raises:
            ReservationUnclearError: The answer was lost. Releasing again is safe.
            InventoryUnavailableError: IOM could not answer; nothing was freed.
        """
        number = reservation_number(reservation_id)
        if number is None:
            return
        try:
            await self._inventory.release(number)
        except IomNotFound:
            return
        except IomBadRequest as error:
            try:
                await self._holding(number)
            except ReservationGoneError:
                return
            raise inventory_failure(error) from error
        except ConnectorError as error:
            raise reservation_failure(error) from error

    async def fulfil(self, reservation_id: str, order: str) -> None:
        """Nothing is sent: the order carries the id, and IOM uses the reservation up when it arrives."""

    async def restock(self, reservation_id: str, order: str) -> None:
        """Nothing is sent: nothing was taken off IOM's stock for an order that did not arrive there."""

    async def check(self) -> str:
        """The connection test: ask for a product and for a reservation that do not exist.

        Raises:
            InventoryUnavailableError: IOM does not answer, or not to this user, password or shop.
        """
        configuration = self._configuration
        try:
            await self._inventory.entries([CONNECTION_TEST_PRODUCT])
            with suppress(IomNotFound):
                await self._inventory.find(LARGEST_NUMBER)
        except ConnectorError as error:
            raise inventory_failure(error) from error
        return (
            f"IOM at {configuration.base_url} answers, and stock and reservations of shop "
            f"{configuration.shop_id} can be read."
        )

    async def aclose(self) -> None:
        """Give connections back."""
        await self._client.aclose()

    async def _holding(self, number: int) -> HeldReservation:
        """A reservation that holds something."""
        try:
            held = await self._inventory.find(number)
        except IomNotFound as error:
            raise UnknownReservationError(
                f"IOM knows no reservation {number}.", reservation=number, message_id=error.message_id
            ) from error
        except ConnectorError as error:
            raise inventory_failure(error) from error
        if held.expired or not held.pieces:
            raise _expired(number)
        return held

    async def _remove_made_anew(self, number: int) -> None:
        try:
            await self.release(str(number))
        except ConnectorError as error:
            raise ReservationUnclearError(
                f"Reservation {number} was over and IOM made it anew; it could not be removed: "
                f"{error.message}",
                hint="What it holds is free when its lifetime is over.",
                reservation=number,
            ) from error


def _expired(number: int) -> ReservationExpiredError:
    return ReservationExpiredError(
        f"The time of reservation {number} is over: it holds nothing any more.",
        hint="Reserve anew.",
        reservation=number,
    )
