"""Users of customers and their tokens in memory."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from iomconnector.errors import NotFoundError
from iomconnector.model.audit import AuditEntry
from iomconnector.model.customer_users import CustomerUserChange, checked_user, require_fitting
from iomconnector.model.erasure import ERASED
from iomconnector.ports.customer_token_store import StoredCustomerToken
from iomconnector.ports.customer_user_repository import (
    USER_ERASED,
    CustomerUserExistsError,
    StoredCustomerUser,
    UserNote,
    changed_user,
    no_such_user,
)
from iomconnector.testing.memory.audit_trail import MemoryAuditTrail


class MemoryCustomerUserRepository:
    """Implements :class:`~iomconnector.ports.customer_user_repository.CustomerUserRepository`.

    Arguments:
        audit: Where its changes are told.
        channels: The ids of the channels that there are.
    """

    def __init__(self, audit: MemoryAuditTrail, channels: Collection[str]) -> None:
        self._users: dict[tuple[str, str], StoredCustomerUser] = {}
        self._audit = audit
        self._channels = channels

    async def add(self, user: StoredCustomerUser, entry: AuditEntry) -> None:
        """Add a user."""
        new = user.user
        if new.channel not in self._channels:
            raise NotFoundError(f"There is no channel {new.channel!r}.", channel=new.channel)
        if (new.channel, new.login) in self._users:
            raise CustomerUserExistsError(f"There is a user {new.login!r} in channel {new.channel} already.")
        require_fitting(
            new, [each.user for each in await self.users(channel=new.channel, customer=new.customer)]
        )
        self._users[new.channel, new.login] = user
        self._audit.append(entry)

    async def find(self, channel: str, login: str) -> StoredCustomerUser | None:
        """The user of that login in the channel, or none."""
        return self._users.get((channel, login))

    async def users(
        self, *, channel: str | None = None, customer: str | None = None, limit: int | None = None
    ) -> Sequence[StoredCustomerUser]:
        """Users, by channel and login."""
        found = [
            self._users[key]
            for key in sorted(self._users)
            if channel in (None, key[0]) and customer in (None, self._users[key].user.customer)
        ]
        return found[:limit]

    async def erase(self, channel: str, login: str, *, by: str, at: datetime) -> bool:
        """Remove a user."""
        if self._users.pop((channel, login), None) is None:
            return False
        self._audit.forget_user(channel, login)
        self._audit.append(AuditEntry(at, by, USER_ERASED, ERASED, context=channel))
        return True

    async def change(
        self,
        channel: str,
        login: str,
        change: CustomerUserChange,
        note: UserNote,
        *,
        password_hash: str | None = None,
    ) -> StoredCustomerUser:
        """Change what is given."""
        before = self._users.get((channel, login))
        if before is None:
            raise no_such_user(channel, login)
        after = changed_user(before, change, password_hash)
        checked_user(after.user)
        entry = note(before, after)
        self._users[channel, login] = after
        self._audit.append(*([entry] if entry else []))
        return after

    async def rehash(self, channel: str, login: str, *, old: str, new: str) -> bool:
        """Replace the hash of an unchanged password."""
        found = self._users.get((channel, login))
        if found is None or found.password_hash != old:
            return False
        self._users[channel, login] = replace(found, password_hash=new)
        return True


class MemoryCustomerTokenStore:
    """Implements :class:`~iomconnector.ports.customer_token_store.CustomerTokenStore`."""

    def __init__(self) -> None:
        self._tokens: dict[str, StoredCustomerToken] = {}

    async def save(self, tokens: Sequence[StoredCustomerToken]) -> None:
        """Add tokens."""
        self._tokens.update({token.digest: token for token in tokens})

    async def find(self, digest: str) -> StoredCustomerToken | None:
        """The token of that digest, or none."""
        return self._tokens.get(digest)

    async def exchange(self, digest: str, at: datetime, tokens: Sequence[StoredCustomerToken]) -> bool:
        """Spend a token for others."""
        found = self._tokens.get(digest)
        if found is None or found.spent_at is not None:
            return False
        self._tokens[digest] = replace(found, spent_at=at)
        await self.save(tokens)
        return True

    async def delete_family(self, family: str) -> int:
        """Remove the tokens of a family."""
        return self._delete([each.digest for each in self._tokens.values() if each.family == family])

    async def forget(self, expired_at: datetime) -> int:
        """Remove tokens that are worth nothing at a time."""
        return self._delete([each.digest for each in self._tokens.values() if each.expires_at <= expired_at])

    def _delete(self, digests: Collection[str]) -> int:
        for digest in digests:
            del self._tokens[digest]
        return len(digests)
