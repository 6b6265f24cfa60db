"""Accounts of the people who operate the system: their names, roles and passwords."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from iomconnector.errors import ConnectorError

MAX_NAME_LENGTH = 100
MAX_DISPLAY_NAME_LENGTH = 200
MIN_PASSWORD_LENGTH = 12
MAX_PASSWORD_LENGTH = 1024

_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"})


class AccountNameError(ConnectorError):
    """A name that no account can have."""

    code = "account.name_refused"
    exit_code: ClassVar[int] = 2


class PasswordRefusedError(ConnectorError):
    """A password that is too easy to guess, too long, or cannot be typed again. It is never shown."""

    code = "account.password_refused"
    exit_code: ClassVar[int] = 2


class Role(StrEnum):
    """What somebody may do. Each role includes those before it."""

    READ_ONLY = "read-only"
    """See everything but secrets, change nothing."""
    OPERATOR = "operator"
    """Also run the daily work: export, retry, activate services, test connections."""
    ADMINISTRATOR = "administrator"
    """Also change configurations, sharing and accounts."""

    def includes(self, other: "Role") -> bool:
        """Whether who has this role may do what the other one may."""
        order = list(Role)
        return order.index(self) >= order.index(other)


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in.

    Arguments:
        name: Unique, as :func:`account_name` writes it.
        display_name: For people.
        role: What they may do.
        active: Whether they may sign in at all.
        created_at: When the account was made.
        locked_until: Until when sign-ins are refused after repeated failures; none while they are not.
    """

    name: str
    display_name: str
    role: Role
    active: bool
    created_at: datetime
    locked_until: datetime | None = None


def account_name(text: str) -> str:
    """The one way to write a name: NFKC, case folded, without surrounding spaces.

    Raises:
        AccountNameError: It is empty, longer than 100 characters, or has characters that cannot be seen.
    """
    name = normalized_name(text)
    if not name or len(name) > MAX_NAME_LENGTH:
        raise AccountNameError(
            "The name of an account is empty."
            if not name
            else f"The name of an account has more than {MAX_NAME_LENGTH} characters.",
            hint="Choose a short name without spaces, such as `anna` or `anna@example.com`.",
        )
    if any(unicodedata.category(character) in _UNPRINTABLE for character in name):
        raise AccountNameError(
            f"The name {name!r} has a space or a character that cannot be seen.",
            hint="Choose a short name without spaces, such as `anna` or `anna@example.com`.",
        )
    return name


def possible_name(text: str) -> str | None:
    """What was typed, written as names are; none where no account can have that name."""
    try:
        return account_name(text)
    except AccountNameError:
        return None


def normalized_name(text: str) -> str:
    """What was typed, written as names are, whether or not an account can have it."""
    if len(text) > MAX_PASSWORD_LENGTH:
        return text
    folded = unicodedata.normalize("NFKC", text).strip().casefold()
    return unicodedata.normalize("NFKC", folded)


def checked_display_name(text: str) -> str:
    """A name for people, without surrounding spaces.

    Raises:
        AccountNameError: It is longer than 200 characters or has characters that cannot be seen.
    """
    name = text.strip()
    unseen = any(unicodedata.category(character) in _UNPRINTABLE - {"Zs"} for character in name)
    if unseen or len(name) > MAX_DISPLAY_NAME_LENGTH:
        raise AccountNameError(
            f"The display name has a character that cannot be seen, or more than "
            f"{MAX_DISPLAY_NAME_LENGTH} of them.",
            hint="Choose one line of plain text.",
        )
    return name


def normalized_password(text: str) -> str | None:
    """What was typed, the same from every keyboard (NFKC); none where no account can have that password."""
    if len(text) > MAX_PASSWORD_LENGTH or any(unicodedata.category(each) == "Cs" for each in text):
        return None
    return unicodedata.normalize("NFKC", text)


def checked_password(text: str, *, name: str) -> str:
    """A new password of an account, normalized.

    Length is what counts (NIST SP 800-63B): no rule asks for digits or signs, and none ever expires.

    Arguments:
        text: As it was typed.
        name: The name of the account.

    Raises:
        PasswordRefusedError: It has less than 12 or more than 1024 characters, repeats the name of the
            account or one character, or cannot be encoded.
    """
    password = normalized_password(text)
    if password is None or len(password) > MAX_PASSWORD_LENGTH:
        raise PasswordRefusedError(
            "The password is too long, or has a character that cannot be encoded.",
            hint=f"At most {MAX_PASSWORD_LENGTH} characters are possible.",
        )
    if len(password) < MIN_PASSWORD_LENGTH:
        raise PasswordRefusedError(
            f"The password has less than {MIN_PASSWORD_LENGTH} characters.",
            hint="Several words that do not belong together are easy to remember and hard to guess.",
        )
    folded = normalized_name(password)
    if not folded.replace(name, ""):
        raise PasswordRefusedError(
            "The password is made of nothing but the name of the account.", hint="Choose another."
        )
    if len(set(folded)) < 3:
        raise PasswordRefusedError(
            "The password repeats one or two characters.", hint="Choose one that is harder to guess."
        )
    return password
