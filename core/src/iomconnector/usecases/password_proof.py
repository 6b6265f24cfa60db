"""Proving who somebody is by a password: how failures are counted, and what nobody can tell from the answer.

The people who operate the system and the people who buy prove themselves in the same way; a :class:`Realm`
says among whom a name is looked for.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar

from iomconnector.errors import ConnectorError
from iomconnector.model.accounts import normalized_name, normalized_password, possible_name
from iomconnector.model.audit import AuditEntry
from iomconnector.model.lockout import LockoutRule
from iomconnector.ports.audit_trail import AuditTrail
from iomconnector.ports.clock import Clock
from iomconnector.ports.failed_sign_ins import Attempt, FailedSignIns
from iomconnector.ports.password_hasher import PasswordHasher
from iomconnector.usecases.sign_in_keys import address_of, shown

SIGN_IN: Final = "sign-in"
"""Who locks, in the audit trail."""
NO_ACCOUNT: Final = "(no account of that name)"
"""Stands in the audit trail for a name that no account has: it may be a password in the wrong field."""


class SignInRefusedError(ConnectorError):
    """Name and password do not belong together, or there were too many attempts: it is never said which."""

    code = "sign_in.refused"


class PasswordOwner(Protocol):
    """Somebody who may have a password."""

    @property
    def active(self) -> bool:
        """Whether they may sign in at all."""
        ...

    @property
    def password_hash(self) -> str | None:
        """The hash of the password; none where they have none, and then nothing lets them in."""
        ...


Owner = TypeVar("Owner", bound=PasswordOwner)


@dataclass(frozen=True, slots=True)
class Realm(Generic[Owner]):
    """Among whom a name is looked for.

    Arguments:
        find: Who has a name, as :func:`~iomconnector.model.accounts.account_name` writes it.
        rehash: Keeps a newer hash of an unchanged password.
        name_of: The name of an owner.
        account_key: Under what the failures of a normalized name are counted.
        address_key: Under what the failures of a client's address are counted.
        topic: What the audit trail calls an account.
        address_topic: What the audit trail calls an address.
        context: Which context the entries of the audit trail concern; none for none.
    """

    find: Callable[[str], Awaitable[Owner | None]]
    rehash: Callable[[Owner, str], Awaitable[object]]
    name_of: Callable[[Owner], str]
    account_key: Callable[[str], str]
    address_key: Callable[[str], str]
    topic: str
    address_topic: str
    context: str | None = None


class PasswordProof:
    """Lets through who knows the password of a name.

    Arguments:
        failures: Counts what failed.
        hasher: Compares passwords.
        audit: Is told of locks.
        clock: Tells the time.
        account: When an account is locked.
        address: When the address of a client is locked.
    """

    def __init__(
        self,
        failures: FailedSignIns,
        hasher: PasswordHasher,
        audit: AuditTrail,
        clock: Clock,
        *,
        account: LockoutRule,
        address: LockoutRule,
    ) -> None:
        self._failures = failures
        self._hasher = hasher
        self._audit = audit
        self._clock = clock
        self._account = account
        self._address = address

    async def owner(self, realm: Realm[Owner], name: str, password: str, *, client: str) -> Owner:
        """Who has the name and knows the password.

        Arguments:
            realm: Among whom.
            name: As it was typed.
            password: As it was typed.
            client: The address from which it was sent.

        Raises:
            SignInRefusedError: Name and password do not belong together, the account is not active, or it or
                the address is locked. The message is always the same, and so is the time that it takes unless
                the address is locked.
        """
        await self._count_for_address(realm, client)
        allowed = await self._count_for_account(realm, name, client)
        owner = await _find(realm, name)
        known = owner is not None and owner.active and allowed
        typed = normalized_password(password)
        right = await self._hasher.verify(
            typed or "", owner.password_hash if known and owner and typed else None
        )
        if not right or owner is None or owner.password_hash is None:
            raise _refused()
        await self._failures.take_back(realm.address_key(client), self._address, self._clock.now())
        await self._failures.clear(realm.account_key(realm.name_of(owner)))
        if typed and self._hasher.outdated(owner.password_hash):
            await realm.rehash(owner, await self._hasher.hash(typed))
        return owner

    async def _count_for_address(self, realm: Realm[Owner], client: str) -> None:
        attempt = await self._failures.begin(realm.address_key(client), self._address, self._clock.now())
        if attempt.locks:
            await self._note_lock(realm, realm.address_topic, address_of(client), attempt, client)
        if not attempt.allowed:
            raise _refused()

    async def _count_for_account(self, realm: Realm[Owner], name: str, client: str) -> bool:
        key = realm.account_key(normalized_name(name))
        attempt = await self._failures.begin(key, self._account, self._clock.now())
        if attempt.locks:
            owner = await _find(realm, name)
            subject = realm.name_of(owner) if owner is not None else NO_ACCOUNT
            await self._note_lock(realm, realm.topic, subject, attempt, client)
        return attempt.allowed

    async def _note_lock(
        self, realm: Realm[Owner], topic: str, subject: str, attempt: Attempt, client: str
    ) -> None:
        until = attempt.count.locked_until.isoformat() if attempt.count.locked_until else None
        changes = {"locked_until": (None, until), "address": (None, shown(client))}
        await self._audit.record(
            AuditEntry(
                self._clock.now(), SIGN_IN, f"{topic}.locked", subject, context=realm.context, changes=changes
            )
        )


async def _find(realm: Realm[Owner], name: str) -> Owner | None:
    known = possible_name(name)
    return None if known is None else await realm.find(known)


def _refused() -> SignInRefusedError:
    return SignInRefusedError(
        "This name and password do not open an account now.",
        hint="Check both. After several failures nobody is let in for a while: then wait, or ask an "
        "administrator.",
    )
