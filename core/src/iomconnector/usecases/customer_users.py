"""The users of customers: who may sign in at a storefront."""

import secrets
from collections.abc import Sequence
from dataclasses import replace

from iomconnector.model.accounts import account_name, checked_password
from iomconnector.model.audit import AuditEntry
from iomconnector.model.customer_users import CustomerUser, CustomerUserChange, checked_user, owner_key
from iomconnector.ports.audit_trail import AuditTrail
from iomconnector.ports.clock import Clock
from iomconnector.ports.customer_user_repository import (
    CustomerUserRepository,
    StoredCustomerUser,
    UserNote,
    no_such_user,
)
from iomconnector.ports.failed_sign_ins import FailedSignIns
from iomconnector.ports.password_hasher import PasswordHasher
from iomconnector.ports.session_store import SessionStore
from iomconnector.usecases.accounts import FIRST_GENERATIONS
from iomconnector.usecases.sign_in_keys import customer_key


class CustomerUsers:
    """Registers and changes users of customers.

    Each change names who made it (``by``) and is in the audit trail. A change of the password or the activity
    ends every session of the user.
    """

    def __init__(
        self,
        repository: CustomerUserRepository,
        sessions: SessionStore,
        failures: FailedSignIns,
        hasher: PasswordHasher,
        audit: AuditTrail,
        clock: Clock,
    ) -> None:
        self._repository = repository
        self._sessions = sessions
        self._failures = failures
        self._hasher = hasher
        self._audit = audit
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
        stored = StoredCustomerUser(new, hashed, secrets.randbelow(FIRST_GENERATIONS))
        await self._repository.add(stored, entry)
        return stored.shown

    async def all(
        self, *, channel: str | None = None, customer: str | None = None, limit: int | None = None
    ) -> Sequence[CustomerUser]:
        """Users, by channel and login.

        Arguments:
            channel: Only those of this channel.
            customer: Only those of the customer of this number.
            limit: How many at most; none for all.
        """
        found = await self._repository.users(channel=channel, customer=customer, limit=limit)
        return [each.shown for each in found]

    async def get(self, channel: str, login: str) -> CustomerUser:
        """One user.

        Raises:
            AccountNameError: No user can have that login.
            NotFoundError: There is no such user.
        """
        name = account_name(login)
        found = await self._repository.find(channel, name)
        if found is None:
            raise no_such_user(channel, name)
        return found.shown

    async def set_password(self, channel: str, login: str, password: str, *, by: str) -> CustomerUser:
        """Give a user another password.

        Raises:
            PasswordRefusedError: It is too weak.
            NotFoundError: There is no such user.
        """
        name = account_name(login)
        hashed = await self._hasher.hash(checked_password(password, name=name))

        def note(_: StoredCustomerUser, after: StoredCustomerUser) -> AuditEntry:
            return self._entry(by, "customer.password_set", after.user)

        return await self._changed(channel, name, CustomerUserChange(), note, hashed)

    async def change(self, channel: str, login: str, change: CustomerUserChange, *, by: str) -> CustomerUser:
        """Change what is given of a user.

        Raises:
            CustomerUserRefusedError: The user cannot be so.
            NotFoundError: There is no such user.
        """

        def note(before: StoredCustomerUser, after: StoredCustomerUser) -> AuditEntry | None:
            differs = {
                name: (getattr(before.user, name), value)
                for name, value in change.given().items()
                if getattr(before.user, name) != value
            }
            if not differs:
                return None
            return replace(self._entry(by, "customer.changed", after.user), changes=differs)

        return await self._changed(channel, account_name(login), change, note)

    async def unlock(self, channel: str, login: str, *, by: str) -> bool:
        """Forget the failed sign-ins of a user; False where there were none.

        Raises:
            NotFoundError: There is no such user.
        """
        user = await self.get(channel, login)
        done = await self._failures.clear(customer_key(channel, user.login))
        if done:
            await self._audit.record(self._entry(by, "customer.unlocked", user))
        return done

    async def _changed(
        self,
        channel: str,
        login: str,
        change: CustomerUserChange,
        note: UserNote,
        password_hash: str | None = None,
    ) -> CustomerUser:
        after = await self._repository.change(channel, login, change, note, password_hash=password_hash)
        await self._sessions.delete_of(owner_key(channel, login), older_than=after.generation)
        return after.shown

    def _entry(self, by: str, action: str, user: CustomerUser) -> AuditEntry:
        return AuditEntry(self._clock.now(), by, action, user.login, context=user.channel)
