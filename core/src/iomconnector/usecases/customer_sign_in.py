"""Signing in at the storefront: the users of customers, each in one channel."""

from dataclasses import dataclass, field
from datetime import datetime

from iomconnector.model.customer_users import CustomerUser, owner_key, owner_of
from iomconnector.ports.audit_trail import AuditTrail
from iomconnector.ports.clock import Clock
from iomconnector.ports.customer_user_repository import CustomerUserRepository, StoredCustomerUser
from iomconnector.ports.failed_sign_ins import FailedSignIns
from iomconnector.ports.password_hasher import PasswordHasher
from iomconnector.ports.session_store import SessionStore
from iomconnector.usecases.kept_sessions import KeptSessions, csrf_token_of
from iomconnector.usecases.password_proof import PasswordProof, Realm
from iomconnector.usecases.sign_in import SignInRules
from iomconnector.usecases.sign_in_keys import address_key, customer_key


@dataclass(frozen=True, slots=True)
class CustomerSession:
    """A user of a customer who is signed in at the storefront of a channel.

    Arguments:
        token: What the browser shows to be recognized; known here and in the browser only.
        csrf_token: What each form of the session carries; follows from the token.
        user: Who it is.
        expires_at: When the session ends unless it is used before.
    """

    token: str = field(repr=False)
    csrf_token: str = field(repr=False)
    user: CustomerUser
    expires_at: datetime


class CustomerSignIn:
    """Opens, recognizes and ends sessions of users of customers. The token of a session means nothing in
    another channel, and nothing in the back office. The audit trail is told of locks, not of sessions: it is
    for those who look after the system, and customers are many."""

    def __init__(
        self,
        users: CustomerUserRepository,
        sessions: SessionStore,
        failures: FailedSignIns,
        hasher: PasswordHasher,
        audit: AuditTrail,
        clock: Clock,
        rules: SignInRules,
    ) -> None:
        self._users = users
        self._sessions = KeptSessions(sessions, clock, idle=rules.idle, longest=rules.longest)
        self._proof = PasswordProof(
            failures, hasher, audit, clock, account=rules.account, address=rules.address
        )

    async def sign_in(
        self, channel: str, login: str, password: str, *, client: str, replacing: str = ""
    ) -> CustomerSession:
        """Open a session, with a token that nobody had before.

        Arguments:
            channel: At whose storefront.
            login: As it was typed.
            password: As it was typed.
            client: The address from which it was sent.
            replacing: The token of the session that the browser had; it ends.

        Raises:
            SignInRefusedError: Login and password do not belong together, the user is not active, or it or
                the address is locked: it is never said which.
        """
        owner = await self.prove(channel, login, password, client=client)
        user = owner.shown
        key = owner_key(channel, user.login)
        token, expires_at = await self._sessions.open(key, owner.generation, scope=channel)
        await self.sign_out(channel, replacing)
        await self.forget_what_is_over()
        return CustomerSession(token, csrf_token_of(token), user, expires_at)

    async def prove(self, channel: str, login: str, password: str, *, client: str) -> StoredCustomerUser:
        """Who knows the password of a login. Failures count as those of :meth:`sign_in`, and it raises what
        that raises."""
        return await self._proof.owner(self._realm(channel), login, password, client=client)

    async def recognize(self, channel: str, token: str) -> CustomerSession | None:
        """Whose session it is, and that it was used now; none where it is nobody's in that channel or is
        over."""
        recognized = await self._sessions.recognize(token, self._find, scope=channel)
        if recognized is None:
            return None
        owner, expires_at = recognized
        return CustomerSession(token, csrf_token_of(token), owner.shown, expires_at)

    async def sign_out(self, channel: str, token: str) -> None:
        """End a session; one that is over already stays so."""
        await self._sessions.close(token, scope=channel)

    async def forget_what_is_over(self) -> None:
        """Remove sessions that are over."""
        await self._sessions.forget_what_is_over()

    async def _find(self, key: str) -> StoredCustomerUser | None:
        return await self._users.find(*owner_of(key))

    def _realm(self, channel: str) -> Realm[StoredCustomerUser]:
        async def find(login: str) -> StoredCustomerUser | None:
            return await self._users.find(channel, login)

        async def rehash(owner: StoredCustomerUser, new: str) -> bool:
            return await self._users.rehash(channel, owner.user.login, old=owner.password_hash or "", new=new)

        return Realm(
            find=find,
            rehash=rehash,
            name_of=lambda owner: owner.user.login,
            account_key=lambda name: customer_key(channel, name),
            address_key=lambda client: f"customer {address_key(client)}",
            topic="customer",
            address_topic="customer_address",
            context=channel,
        )
