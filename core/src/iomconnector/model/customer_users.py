"""The people who buy: users of customers, who sign in at the storefront."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, ClassVar, Final

from iomconnector.errors import ConnectorError
from iomconnector.model.accounts import account_name
from iomconnector.model.values import ChannelId

LANGUAGES: Final = ("", "en", "de")
MAX_LENGTH: Final = 200
MAX_CUSTOMER_LENGTH: Final = 255
MAX_EMAIL_LENGTH: Final = 254


class CustomerUserRefusedError(ConnectorError):
    """A user that cannot be registered as given, or changed so."""

    code = "customer_user.refused"
    exit_code: ClassVar[int] = 2


@dataclass(frozen=True, slots=True)
class CustomerUser:
    """A registered user of a customer, in one channel.

    Arguments:
        channel: The channel at whose storefront the user signs in.
        login: Unique in the channel, as :func:`iomconnector.model.accounts.account_name` writes it.
        customer: The number of the customer, identical in both systems.
        business: Whether the customer is a company.
        company: The name of the company; empty for a private customer.
        first_name: First name.
        last_name: Last name.
        email: Where orders are confirmed to; it tells the orders of one buyer of a company from another's.
        sees_all_orders: Whether the user sees the orders of all buyers of the customer (ICM's account admin).
        active: Whether the user may sign in.
        created_at: When the user was registered.
        language: The preferred language, ``en`` or ``de``; empty where none was chosen.
        has_password: Whether there is a password; without one nobody can sign in as this user.
        locked_until: Until when sign-ins are refused after repeated failures; none while they are not, and
            where nobody asked for it.
    """

    channel: ChannelId
    login: str
    customer: str
    business: bool
    company: str
    first_name: str
    last_name: str
    email: str
    sees_all_orders: bool
    active: bool
    created_at: datetime
    language: str = ""
    has_password: bool = False
    locked_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class OrderOwner:
    """Whose orders are shown. Every question about orders of the storefront names one.

    Arguments:
        channel: The channel.
        customer: The number of the customer.
        email: Only orders with this e-mail address at the invoice address, compared without case; none: the
            orders of all buyers of the customer.
    """

    channel: ChannelId
    customer: str
    email: str | None = None

    @classmethod
    def of(cls, user: CustomerUser) -> "OrderOwner":
        """What a user may see: a private customer and an account admin see all orders of the customer."""
        alone = user.business and not user.sees_all_orders
        return cls(user.channel, user.customer, user.email if alone else None)


@dataclass(frozen=True, slots=True)
class CustomerUserChange:
    """What of a user is to be changed; what is none stays as it is."""

    company: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    sees_all_orders: bool | None = None
    language: str | None = None
    active: bool | None = None

    def given(self) -> dict[str, Any]:
        """What is to be changed, by its name."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: value for name, value in values.items() if value is not None}

    def applied_to(self, user: CustomerUser) -> CustomerUser:
        """The user after the change."""
        return replace(user, **self.given())


def checked_user(user: CustomerUser) -> CustomerUser:
    """A user whose every value can be stored and shown, without surrounding spaces.

    Raises:
        AccountNameError: No account can have that login.
        CustomerUserRefusedError: Another value is missing, too long, or does not fit the others.
    """
    checked = replace(
        user,
        login=account_name(user.login),
        customer=_line("customer", user.customer, MAX_CUSTOMER_LENGTH, required=True),
        company=_line("company", user.company, required=user.business),
        first_name=_line("first_name", user.first_name),
        last_name=_line("last_name", user.last_name, required=True),
        email=_line("email", user.email, MAX_EMAIL_LENGTH, required=True),
        language=user.language.strip().lower(),
    )
    name, _, host = checked.email.partition("@")
    if not name or not host or any(each.isspace() or each == "@" for each in name + host):
        raise _refused(f"email: {checked.email!r} is no e-mail address", "Write it as anna@example.com.")
    if checked.language not in LANGUAGES:
        raise _refused(
            f"language: {checked.language!r} is not known", f"Choose {' or '.join(filter(None, LANGUAGES))}."
        )
    if checked.company and not checked.business:
        raise _refused("company: a private customer has none", "Leave it out, or say that it is a business.")
    if checked.sees_all_orders and not checked.business:
        raise _refused(
            "sees_all_orders: a private customer sees all orders anyway", "It is for users of companies."
        )
    return checked


def require_fitting(user: CustomerUser, others: Sequence[CustomerUser]) -> None:
    """Let a new user through who fits those that its customer has in the channel.

    Raises:
        CustomerUserRefusedError: The customer is of the other kind, or is private and has a user.
    """
    for other in others:
        if other.business != user.business:
            kind = "a company" if other.business else "a private customer"
            raise _refused(
                f"customer: {user.customer} is {kind}, as its user {other.login} says",
                "Check the number of the customer.",
            )
        if not user.business:
            raise _refused(
                f"customer: {user.customer} is a private customer and has the user {other.login}",
                "Somebody else would see the orders of that person. Check the number of the customer.",
            )


def owner_key(channel: str, login: str) -> str:
    """Under what the sessions of a user stand; the login of another channel has another key."""
    return f"{channel}/{login}"


def owner_of(key: str) -> tuple[str, str]:
    """The channel and the login of a key; ids of channels have no slash."""
    channel, _, login = key.partition("/")
    return channel, login


def _line(name: str, text: str, limit: int = MAX_LENGTH, *, required: bool = False) -> str:
    line = text.strip()
    if required and not line:
        raise _refused(f"{name}: it is missing", "Give it.")
    if len(line) > limit:
        raise _refused(f"{name}: it has more than {limit} characters", "Give a shorter one.")
    if not line.isprintable():
        raise _refused(f"{name}: it has a character that cannot be seen", "Give one line of plain text.")
    return line


def _refused(problem: str, hint: str) -> CustomerUserRefusedError:
    return CustomerUserRefusedError(f"This cannot be a user: {problem}.", hint=hint)
