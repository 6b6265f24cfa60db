"""Where the users of customers are kept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Protocol, TypeAlias

from iomconnector.errors import ConfigurationError, NotFoundError
from iomconnector.model.audit import AuditEntry
from iomconnector.model.customer_users import CustomerUser, CustomerUserChange


class CustomerUserExistsError(ConfigurationError):
    """There is a user of that login in the channel already."""

    code = "customer_user.exists"


@dataclass(frozen=True, slots=True)
class StoredCustomerUser:
    """A user as it is stored.

    Arguments:
        user: Who it is; ``has_password`` and ``locked_until`` are not stored, and stand at their defaults.
        password_hash: Made by a :class:`~iomconnector.ports.password_hasher.PasswordHasher`; none where
            the user has no password.
        generation: Raised by every change after which older sessions and tokens are worth nothing.
    """

    user: CustomerUser
    password_hash: str | None = field(repr=False)
    generation: int

    @property
    def active(self) -> bool:
        """Whether the user may sign in."""
        return self.user.active

    @property
    def shown(self) -> CustomerUser:
        """The user, who tells whether there is a password."""
        return replace(self.user, has_password=self.password_hash is not None)


USER_TOPICS: Final = ("customer", "customer_session", "customer_token")
"""Under which topics the audit trail tells of users."""
USER_ERASED: Final = "customer.erased"

UserNote: TypeAlias = Callable[[StoredCustomerUser, StoredCustomerUser], AuditEntry | None]
"""Says what the audit trail is to tell of a change, from the user before and after it; none for nothing. It
may be asked twice."""


class CustomerUserRepository(Protocol):
    """Keeps users of customers. A login is unique in its channel, and means nobody in any other. What the
    audit trail is to tell is recorded together with the change, or not at all."""

    async def add(self, user: StoredCustomerUser, entry: AuditEntry) -> None:
        """Add a user.

        Raises:
            CustomerUserExistsError: There is one of that login in the channel.
            CustomerUserRefusedError: It does not fit the other users of its customer, as
                :func:`~iomconnector.model.customer_users.require_fitting` says.
            NotFoundError: There is no such channel.
        """
        ...

    async def find(self, channel: str, login: str) -> StoredCustomerUser | None:
        """The user of that login in the channel, or none."""
        ...

    async def users(
        self, *, channel: str | None = None, customer: str | None = None, limit: int | None = None
    ) -> Sequence[StoredCustomerUser]:
        """Users, by channel and login.

        Arguments:
            channel: Only those of this channel.
            customer: Only those of the customer of this number.
            limit: How many at most; none for all.
        """
        ...

    async def change(
        self,
        channel: str,
        login: str,
        change: CustomerUserChange,
        note: UserNote,
        *,
        password_hash: str | None = None,
    ) -> StoredCustomerUser:
        """Change what is given, in one step.

        The generation goes up by one where the activity or the password hash is given and differs from what
        is stored.

        Returns:
            The user after the change.

        Raises:
            NotFoundError: There is no such user.
            CustomerUserRefusedError: The user cannot be so; nothing was changed.
        """
        ...

    async def erase(self, channel: str, login: str, *, by: str, at: datetime) -> bool:
        """Remove a user with all sessions and tokens, and take login and values out of what the audit trail
        tells of this user; what was done and when stays, and that the user was erased is told without name.

        Returns:
            False where there is no such user; nothing was changed then.
        """
        ...

    async def rehash(self, channel: str, login: str, *, old: str, new: str) -> bool:
        """Replace the hash of an unchanged password; sessions and tokens live on.

        Returns:
            False where the user has another hash by now, or is gone; nothing was changed then.
        """
        ...


def no_such_user(channel: str, login: str) -> NotFoundError:
    """That nobody has a login in a channel."""
    return NotFoundError(
        f"There is no user {login!r} in channel {channel}.",
        hint="See `iomconnector customer list`.",
        channel=channel,
        login=login,
    )


def changed_user(
    before: StoredCustomerUser, change: CustomerUserChange, password_hash: str | None
) -> StoredCustomerUser:
    """A user after a change, as every adapter has to make it."""
    after = replace(
        before,
        user=change.applied_to(before.user),
        password_hash=before.password_hash if password_hash is None else password_hash,
    )
    same = (after.active, after.password_hash) == (before.active, before.password_hash)
    return after if same else replace(after, generation=before.generation + 1)
