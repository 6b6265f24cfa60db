"""Who asks, and whether that user may. Authentication is preemptive, Basic or Bearer. [iom-api 0]"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Sequence

import jwt

from dev_iomconnector_iom.config import Right, UserConfig


class Authenticator:
    """Knows the accounts.

    Arguments:
        users: The accounts.
        jwt_secret: The secret of HS256 tokens, whose claim ``user`` is the account name.
    """

    def __init__(self, users: Sequence[UserConfig], jwt_secret: str) -> None:
        self._users = {user.name: user for user in users}
        self._passwords = {user.name: user.password.get_secret_value().encode() for user in users}
        self._secret = jwt_secret

    def identify(self, authorization: str | None) -> UserConfig | None:
        """The user behind an ``Authorization`` header, or None."""
        scheme, _, credentials = (authorization or "").partition(" ")
        if scheme.lower() == "basic":
            return self._by_password(credentials.strip())
        if scheme.lower() == "bearer":
            return self._by_token(credentials.strip())
        return None

    def identify_by_password(self, authorization: str | None) -> UserConfig | None:
        """The same for inventory, which takes Basic alone. [iom-api 4.2]"""
        scheme, _, credentials = (authorization or "").partition(" ")
        return self._by_password(credentials.strip()) if scheme.lower() == "basic" else None

    def _by_password(self, credentials: str) -> UserConfig | None:
        try:
            name, _, password = base64.b64decode(credentials, validate=True).decode("utf-8").partition(":")
        except (binascii.Error, ValueError):
            return None
        expected = self._passwords.get(name)
        if expected is None or not hmac.compare_digest(expected, password.encode()):
            return None
        return self._users[name]

    def _by_token(self, token: str) -> UserConfig | None:
        try:
            claims = jwt.decode(token, self._secret, algorithms=["HS256"], options={"verify_aud": False})
        except jwt.InvalidTokenError:
            return None
        name = claims.get("user")
        return self._users.get(name) if isinstance(name, str) else None


def may(user: UserConfig, right: Right, shop: int) -> bool:
    """Whether the user has the right on the shop; a shop that does not exist grants nothing."""
    return right in user.rights.get(shop, ())
