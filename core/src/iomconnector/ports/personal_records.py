"""Personal data that a cartridge keeps in tables of its own."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from iomconnector.errors import ConnectorError
from iomconnector.model.customer_users import CustomerUser


class RecordsInUseError(ConnectorError):
    """Something that is kept of a person is needed for a moment still. It is not erased yet; erase again."""

    code = "privacy.records_in_use"


class PersonalRecords(Protocol):
    """Shows and erases what a cartridge keeps of people; the hook ``iomconnector_personal_records`` gives it.

    Arguments:
        name: What is kept, in small letters with underscores, for example ``product_subscriptions``.
        tables: The tables in which it stands, by their names; they are written anew where an operator wants
            nothing to be left in free space.
    """

    name: str
    tables: Sequence[str]

    async def stored(self, user: CustomerUser) -> Sequence[Mapping[str, Any]]:
        """All that is kept of a user in the user's channel, and of the user's e-mail address there; ready for
        JSON.

        Raises:
            StorageError: The database cannot be read.
        """
        ...

    async def erase(self, user: CustomerUser) -> int:
        """Erase all of that; how many records. Again is safe.

        Raises:
            RecordsInUseError: Some of it has to stay for a moment; nothing else is erased of the user then.
            StorageError: The database does not answer; do it again.
        """
        ...
