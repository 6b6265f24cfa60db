"""Under which keys the failed sign-ins of users of customers are counted."""

import hashlib


def customer_key(channel: str, name: str) -> str:
    """The key of the failures of a normalized login in a channel, whether or not there is such a user.

    It is a digest, because a password that was typed into the field of the name must not be stored.
    """
    digest = hashlib.sha256(f"{channel}/{name}".encode("utf-8", "replace")).hexdigest()
    return f"customer {digest}"
