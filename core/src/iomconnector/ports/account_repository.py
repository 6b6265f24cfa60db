"""Where the accounts of people are kept."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol, TypeAlias

from iomconnector.errors import ConfigurationError, ConnectorError
from iomconnector.model.accounts import Role
from iomconnector.model.audit import AuditEntry


class AccountExistsError(ConfigurationError):
    """There is an account of that name already."""

    code = "account.exists"


class LastAdministratorError(ConnectorError):
    """The change would leave nobody who may change accounts."""

    code = "account.last_administrator"


@dataclass(frozen=True, slots=True)
class StoredAccount:
    """An account as it is stored.

    Arguments:
        name: Unique.
        display_name: For people.
        role: What they may do.
        active: Whether they may sign in.
        created_at: When the account was made.
        password_hash: Made by a :class:`~iomconnector.ports.password_hasher.PasswordHasher`.
        generation: Raised by every change after which older sessions are worth nothing. It begins anywhere,
            so that a removed account and a later one of the same name hardly ever share one.
    """

    name: str
    display_name: str
    role: Role
    active: bool
    created_at: datetime
    password_hash: str = field(repr=False)
    generation: int


Note: TypeAlias = Callable[[StoredAccount, StoredAccount], AuditEntry | None]
"""Says what the audit trail is to tell of a change, from the account before and after it; none for nothing.
It may be asked twice."""


class AccountRepository(Protocol):
    """Keeps accounts. Whatever changes run at the same time, in whatever process: where there was an active
    administrator, one stays. What the audit trail is to tell is recorded together with the change, or not at
    all."""

    async def add(self, account: StoredAccount, entry: AuditEntry) -> None:
        """Add an account.

        Raises:
            AccountExistsError: There is one of that name.
        """
        ...

    async def find(self, name: str) -> StoredAccount | None:
        """The account of that name, or none."""
        ...

    async def all(self) -> Sequence[StoredAccount]:
        """Every account, by name."""
        ...

    async def change(
        self,
        name: str,
        note: Note,
        *,
        display_name: str | None = None,
        role: Role | None = None,
        active: bool | None = None,
        password_hash: str | None = None,
    ) -> StoredAccount:
        """Change what is given, in one step.

        The generation goes up by one where the role, the activity or the password hash is given and differs
        from what is stored.

        Returns:
            The account after the change.

        Raises:
            NotFoundError: There is no such account.
            LastAdministratorError: It is the last active administrator and would be one no more; nothing was
                changed.
        """
        ...

    async def rehash(self, name: str, *, old: str, new: str) -> bool:
        """Replace the hash of an unchanged password; sessions live on.

        Returns:
            False where the account has another hash by now, or is gone; nothing was changed then.
        """
        ...

    async def delete(self, name: str, entry: AuditEntry) -> bool:
        """Remove an account; False where there is none, and then nothing is recorded.

        Raises:
            LastAdministratorError: It is the last active administrator.
        """
        ...


def changed_account(
    before: StoredAccount,
    display_name: str | None,
    role: Role | None,
    active: bool | None,
    password_hash: str | None,
) -> StoredAccount:
    """An account after a change, as every adapter has to make it."""
    after = replace(
        before,
        display_name=before.display_name if display_name is None else display_name,
        role=before.role if role is None else role,
        active=before.active if active is None else active,
        password_hash=before.password_hash if password_hash is None else password_hash,
    )
    same = (after.role, after.active, after.password_hash) == (
        before.role,
        before.active,
        before.password_hash,
    )
    return after if same else replace(after, generation=before.generation + 1)


def keep_an_administrator(
    administrators: Collection[str], before: StoredAccount, after: StoredAccount
) -> None:
    """Let a change through that leaves somebody who may change accounts.

    Arguments:
        administrators: The names of the active administrators before the change.
        before: The account before the change.
        after: The account after it; inactive where it is to be removed.

    Raises:
        LastAdministratorError: Nobody would be left.
    """
    able = before.active and before.role is Role.ADMINISTRATOR
    stays = after.active and after.role is Role.ADMINISTRATOR
    if able and not stays and not set(administrators) - {before.name}:
        raise LastAdministratorError(
            f"{before.name} is the last active administrator.",
            hint="Make another account an administrator first.",
            account=before.name,
        )
