"""Asking IOM about stock and reservations, in the words of IOM."""

import logging
from collections import deque
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from ac_iomconnector_inventory.configuration import InventoryConfiguration
from ac_iomconnector_inventory.reading import AtpEntry, HeldReservation, read_entries, read_reservation
from ac_iomconnector_rest_common.answer import Answer
from ac_iomconnector_rest_common.client import RestClient
from ac_iomconnector_rest_common.errors import IomBadRequest
from ac_iomconnector_rest_common.inventory_api import (
    AtpApi,
    ReservationApi,
    batches,
    can_be_asked,
    not_as_asked,
)
from ac_iomconnector_rest_common.json_numbers import encode
from iomconnector.model.availability import ReservationType
from iomconnector.ports.clock import Clock

CONNECTION_TEST_PRODUCT: Final = "no-such-product"
MOST_TRIES: Final = 20
"""So many requests are sent at most to find the products for which IOM refuses an address."""

REMAINS: Final = timedelta(minutes=30)
"""So long a reservation that is read lasts about: half of the hour that the clock shows twice in autumn."""

_logger = logging.getLogger(__name__)


class IomInventory:
    """The inventory of one shop in IOM. Every method raises the errors of ``RestClient.send``.

    Arguments:
        client: A client of ``/servlets/services``.
        configuration: The shop, and how IOM counts and writes times.
        clock: Tells the time.
    """

    def __init__(self, client: RestClient, configuration: InventoryConfiguration, clock: Clock) -> None:
        self._atp = AtpApi(client, configuration.shop_id)
        self._reservations = ReservationApi(client, configuration.shop_id)
        self._unit = configuration.lifetime_unit.seconds
        self._zone = ZoneInfo(configuration.time_zone)
        self._clock = clock

    async def entries(
        self, products: Sequence[str], reservation: int | None = None
    ) -> Mapping[str, Sequence[AtpEntry]]:
        """Product -> what its suppliers have; products that IOM does not know are left out.

        One request is sent for all products that fit into one address. Where IOM refuses it because of one of
        them, that one is looked for and left out: many shoppers ask together, and nobody's product may keep
        the others from an answer.

        Arguments:
            products: Product ids; one that IOM cannot have is not asked for.
            reservation: A reservation whose pieces count as available.
        """
        wanted = [product for product in dict.fromkeys(products) if can_be_asked(product)]
        found: dict[str, list[AtpEntry]] = {}
        for batch in batches(wanted):
            known = set(batch)
            for entry in await self._answered(batch, reservation):
                if entry.product in known:
                    found.setdefault(entry.product, []).append(entry)
        return found

    async def _answered(self, batch: Sequence[str], reservation: int | None) -> list[AtpEntry]:
        """The entries of one address; without those products for which IOM refuses it."""
        try:
            return read_entries(await self._atp.available(batch, reservation))
        except IomBadRequest:
            await self._atp.available([CONNECTION_TEST_PRODUCT], reservation)
        parts, found, tries = deque(_halves(batch)), list[AtpEntry](), MOST_TRIES
        while parts and tries:
            part = parts.popleft()
            tries -= 1
            try:
                found += read_entries(await self._atp.available(part, reservation))
            except IomBadRequest:
                parts.extend(_halves(part))
                if len(part) == 1:
                    _logger.warning("IOM does not take the product %r, it is left out.", part[0])
        if parts:
            left = sum(map(len, parts))
            _logger.warning("IOM refuses too many products, nothing is told of %d of them.", left)
        return found

    async def reserve(
        self, pieces: Mapping[str, int], *, kind: ReservationType, seconds: float
    ) -> HeldReservation:
        """Hold pieces.

        IOM knows no key by which a repeated request is recognized. It is sent once; where its outcome is
        unclear, what it may hold is free again when its lifetime is over.

        Arguments:
            pieces: Product -> pieces.
            kind: What to do where there is not enough.
            seconds: The lifetime.
        """
        answer = await self._reservations.create(encode(self._request(pieces, kind, seconds)))
        return self._held(answer, "POST", timedelta(seconds=seconds))

    async def find(self, number: int) -> HeldReservation:
        """A reservation, also one that is over."""
        return self._held(await self._reservations.get(number), "GET", REMAINS, number)

    async def change(
        self, number: int, pieces: Mapping[str, int], *, kind: ReservationType, seconds: float
    ) -> HeldReservation:
        """Let a reservation hold these pieces for so long from now on; the same again changes nothing more.

        One that is over is made anew under its number, and says so with ``was_expired``.
        """
        answer = await self._reservations.update(number, encode(self._request(pieces, kind, seconds)))
        return self._held(answer, "PUT", timedelta(seconds=seconds), number)

    async def release(self, number: int) -> None:
        """Free what a reservation holds."""
        await self._reservations.delete(number)

    def _request(
        self, pieces: Mapping[str, int], kind: ReservationType, seconds: float
    ) -> Mapping[str, object]:
        return {
            "lifetime": max(1, -int(-seconds // self._unit)),
            "type": kind.value,
            "items": [{"id": product, "qty": quantity} for product, quantity in pieces.items()],
        }

    def _held(
        self, answer: Answer, method: str, lasts: timedelta, number: int | None = None
    ) -> HeldReservation:
        held = read_reservation(answer.json(), self._zone, self._clock.now() + lasts)
        if held is None:
            raise not_as_asked(answer, method, "is no reservation")
        if number not in (None, held.id):
            raise not_as_asked(answer, method, f"is reservation {held.id} in place of {number}")
        return held


def _halves(part: Sequence[str]) -> list[Sequence[str]]:
    middle = len(part) // 2
    return [part[:middle], part[middle:]] if middle else []
