"""Baskets in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from iomconnector.model.baskets import Basket, BasketState


class MemoryBasketRepository:
    """Implements :class:`~iomconnector.ports.basket_repository.BasketRepository` in memory."""

    def __init__(self) -> None:
        self._baskets: dict[str, Basket] = {}

    async def current(self, channel: str, login: str) -> Basket | None:
        """The one that is not ordered."""
        for each in self._baskets.values():
            if (each.channel, each.login) == (channel, login) and each.state is not BasketState.ORDERED:
                return each
        return None

    async def begin(self, basket: Basket) -> Basket:
        """Keep a new one, or give the current one."""
        present = await self.current(basket.channel, basket.login)
        return present or self._baskets.setdefault(basket.id, basket)

    async def get(self, channel: str, login: str, basket_id: str) -> Basket | None:
        """One of a user."""
        found = self._baskets.get(basket_id)
        return found if found and (found.channel, found.login) == (channel, login) else None

    async def change(self, basket: Basket) -> Basket | None:
        """Keep it where nobody changed it."""
        present = self._baskets.get(basket.id)
        if present is None or present.version != basket.version:
            return None
        self._baskets[basket.id] = replace(basket, version=basket.version + 1)
        return self._baskets[basket.id]

    async def unfinished(self, before: datetime, *, limit: int) -> Sequence[Basket]:
        """Those that are being ordered."""
        found = [
            each
            for each in self._baskets.values()
            if each.state is BasketState.ORDERING and each.changed_at < before
        ]
        return sorted(found, key=lambda each: (each.changed_at, each.id))[:limit]

    async def forget(self, *, opened_before: datetime, ordered_before: datetime, limit: int) -> int:
        """Remove old ones."""
        limits = {BasketState.OPEN: opened_before, BasketState.ORDERED: ordered_before}
        gone = [
            each.id
            for each in self._baskets.values()
            if each.state in limits and each.changed_at < limits[each.state]
        ][:limit]
        for basket_id in gone:
            del self._baskets[basket_id]
        return len(gone)
