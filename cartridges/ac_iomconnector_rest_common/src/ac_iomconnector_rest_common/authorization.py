"""The header that tells IOM who asks, sent with every request without waiting for a challenge.

[iom-api 0, auth: basic and bearer; JWT as the test framework signs it]
"""

import base64
from datetime import timedelta
from typing import Final

import jwt

from ac_iomconnector_common.connection import Authentication, ConnectionSettings
from iomconnector.ports.clock import Clock

TOKEN_LIFETIME: Final = timedelta(hours=1)
_ISSUER: Final = "iomconnector"
_SUBJECT: Final = "Authentication"


class Authorization:
    """Makes the ``Authorization`` header of a connection.

    A JSON web token is signed anew for every request, so that none is ever used after its hour.
    """

    def __init__(self, settings: ConnectionSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._basic = f"Basic {basic_credentials(settings)}"

    def header(self) -> str:
        """The value of the header, valid now."""
        settings = self._settings
        match settings.authentication:
            case Authentication.BASIC:
                return self._basic
            case Authentication.BEARER_TOKEN:
                return f"Bearer {settings.token.get_secret_value()}"
            case Authentication.JWT:
                return f"Bearer {self._signed()}"

    def _signed(self) -> str:
        now = self._clock.now()
        claims = {
            "iss": _ISSUER,
            "iat": int(now.timestamp()),
            "exp": int((now + TOKEN_LIFETIME).timestamp()),
            "sub": _SUBJECT,
            "user": self._settings.user,
        }
        return jwt.encode(claims, self._settings.jwt_secret.get_secret_value(), algorithm="HS256")


def basic_credentials(settings: ConnectionSettings) -> str:
    """User and password as basic authentication writes them. [RFC 7617, UTF-8]"""
    pair = f"{settings.user}:{settings.password.get_secret_value()}"
    return base64.b64encode(pair.encode()).decode()
