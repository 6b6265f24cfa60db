"""Where baskets are kept."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from iomconnector.model.baskets import Basket


class BasketRepository(Protocol):
    """Keeps the baskets of the users who sign in at a channel."""

    async def current(self, channel: str, login: str) -> Basket | None:
        """The basket of a user that is not ordered yet; none where there is none.

        Raises:
            StorageError: It cannot be read.
        """
        ...

    async def begin(self, basket: Basket) -> Basket:
        """Keep a new basket. Gives the one that is not ordered yet: where the user has one already, that one,
        and nothing is kept.

        Raises:
            StorageError: It cannot be written.
        """
        ...

    async def get(self, channel: str, login: str, basket_id: str) -> Basket | None:
        """A basket of a user; none where there is none, or it is somebody else's.

        Raises:
            StorageError: It cannot be read.
        """
        ...

    async def change(self, basket: Basket) -> Basket | None:
        """Keep a basket in place of the one of its id, if that has the same version still.

        Returns:
            The basket with its new version; none where somebody changed it meanwhile.

        Raises:
            StorageError: It cannot be written.
        """
        ...

    async def unfinished(self, before: datetime, *, limit: int) -> Sequence[Basket]:
        """Baskets that are being ordered and were not changed since a moment: those of whoever died over it.

        Raises:
            StorageError: They cannot be read.
        """
        ...

    async def forget(self, *, opened_before: datetime, ordered_before: datetime, limit: int) -> int:
        """Remove baskets that nobody touched for long; those that are being ordered stay.

        Arguments:
            opened_before: Those that are open and were not changed since then.
            ordered_before: Those that were ordered before.
            limit: How many at most.

        Returns:
            How many were removed.

        Raises:
            StorageError: They cannot be removed.
        """
        ...
