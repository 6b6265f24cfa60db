"""The users of customers: who may sign in at a storefront."""

from collections.abc import Sequence
from dataclasses import replace

from iomconnector.model.accounts import checked_password
from iomconnector.model.audit import AuditEntry
from iomconnector.model.customer_users import CustomerUser, checked_user
from iomconnector.ports.clock import Clock
from iomconnector.ports.customer_user_repository import CustomerUserRepository, StoredCustomerUser
from iomconnector.ports.password_hasher import PasswordHasher


class CustomerUsers:
    """Registers users of customers. Each change names who made it (``by``) and is in the audit trail."""

    def __init__(self, repository: CustomerUserRepository, hasher: PasswordHasher, clock: Clock) -> None:
        self._repository = repository
        self._hasher = hasher
        self._clock = clock

    async def register(self, user: CustomerUser, password: str | None, *, by: str) -> CustomerUser:
        """Register a user.

        Arguments:
            user: Who it is; the time of registration is set.
            password: The password; none where nobody can sign in as this user yet.
            by: Who registers the user.

        Raises:
            AccountNameError: No user can have that login.
            CustomerUserRefusedError: The user cannot be so.
            CustomerUserExistsError: There is one of that login in the channel.
            PasswordRefusedError: The password is too weak.
            NotFoundError: There is no such channel.
        """
        now = self._clock.now()
        new = checked_user(replace(user, created_at=now))
        hashed = None
        if password is not None:
            hashed = await self._hasher.hash(checked_password(password, name=new.login))
        entry = AuditEntry(now, by, "customer.registered", new.login, context=new.channel)
        stored = StoredCustomerUser(new, hashed, 1)
        await self._repository.add(stored, entry)
        return stored.shown

    async def all(self, *, channel: str | None = None, customer: str | None = None) -> Sequence[CustomerUser]:
        """Users, by channel and login."""
        return [each.shown for each in await self._repository.users(channel=channel, customer=customer)]
