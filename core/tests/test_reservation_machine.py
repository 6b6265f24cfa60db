"""Reservations of baskets and orders with inventory services in memory of each kind."""

from iomconnector.model.availability import ReservationType
from iomconnector.testing.memory import ManualClock
from iomconnector.testing.reservation_machine import Reservations, as_test
from iomconnector.testing.reservation_stage import ReservationParts
from iomconnector.testing.reservations_in_memory import ShopInMemory


class _InMemory(Reservations):
    recognizes_keys = True
    consumed_by_order = False
    kind = ReservationType.COMPLETE

    async def parts(self, clock: ManualClock, pieces: dict[str, int]) -> ReservationParts:
        return ShopInMemory(
            clock,
            pieces,
            kind=self.kind,
            recognizes_keys=self.recognizes_keys,
            consumed_by_order=self.consumed_by_order,
        ).parts


class _TakesByKey(_InMemory):
    """As the shop's own stock does it."""


class _TakesPartlyWithoutKeys(_InMemory):
    recognizes_keys = False
    kind = ReservationType.PARTLY


class _OrdersUseItUp(_InMemory):
    """As IOM does it."""

    recognizes_keys = False
    consumed_by_order = True


class _OrdersUseUpWhatIsHeldPartly(_OrdersUseItUp):
    recognizes_keys = True
    kind = ReservationType.PARTLY


TestTakesByKey = as_test(_TakesByKey, count=60)
TestTakesPartlyWithoutKeys = as_test(_TakesPartlyWithoutKeys, count=60)
TestOrdersUseItUp = as_test(_OrdersUseItUp, count=60)
TestOrdersUseUpWhatIsHeldPartly = as_test(_OrdersUseUpWhatIsHeldPartly, count=60)
