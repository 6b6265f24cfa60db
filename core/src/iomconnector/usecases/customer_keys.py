"""Under which keys users of customers have sessions, and under which their failed sign-ins are counted."""

import hashlib


def owner_key(channel: str, login: str) -> str:
    """Under what the sessions of a user stand; the login of another channel has another key."""
    return f"{channel}/{login}"


def owner_of(key: str) -> tuple[str, str]:
    """The channel and the login of a key; ids of channels have no slash."""
    channel, _, login = key.partition("/")
    return channel, login


def customer_key(channel: str, name: str) -> str:
    """The key of the failures of a normalized login in a channel, whether or not there is such a user.

    It is a digest, because a password that was typed into the field of the name must not be stored.
    """
    digest = hashlib.sha256(f"{channel}/{name}".encode("utf-8", "replace")).hexdigest()
    return f"customer {digest}"
