"""Keeps secrets out of the message log and out of errors."""

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final
from urllib.parse import quote, quote_plus

from ac_iomconnector_common.connection import ConnectionSettings
from ac_iomconnector_rest_common.authorization import basic_credentials

MASK: Final = "***"
SHORTEST_RECOGNIZED: Final = 4
"""Characters from which on a secret is recognized in other text; shorter ones may stand there by chance."""

_SECRET_NAME = re.compile(
    r"auth|cookie|token|secret|passw|pwd|credential|api[-_]?key|session|signature|jwt", re.IGNORECASE
)
_JSON_WEB_TOKEN = re.compile(r"eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+")


class SecretMask:
    """Replaces the secrets of one connection, wherever they stand.

    Headers and parameters are masked by their name. In all other text the secrets of the connection are
    recognized in the forms in which servers repeat them (plain, JSON, URL, HTML, Python, base64), and so is
    every JSON web token.
    """

    def __init__(self, settings: ConnectionSettings) -> None:
        self._forms = sorted(set(_forms(settings)), key=len, reverse=True)

    def text(self, text: str) -> str:
        """The text without the secrets of the connection."""
        for form in self._forms:
            text = text.replace(form, MASK)
        return _JSON_WEB_TOKEN.sub(MASK, text)

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """The headers, those with a secret's name without their value."""
        return {name: self.value(name, value) for name, value in headers.items()}

    def params(self, params: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        """The parameters, those with a secret's name without their value."""
        return [(name, self.value(name, value)) for name, value in params]

    def value(self, name: str, value: str) -> str:
        """The value of a header or parameter, nothing of it where the name is a secret's."""
        return MASK if _names_a_secret(name) else self.text(value)


@lru_cache(maxsize=1024)
def _names_a_secret(name: str) -> bool:
    return _SECRET_NAME.search(name) is not None


def _forms(settings: ConnectionSettings) -> Iterator[str]:
    secrets = (settings.password, settings.token, settings.jwt_secret)
    for secret in (field.get_secret_value() for field in secrets):
        if len(secret) >= SHORTEST_RECOGNIZED:
            for form in _written(secret):
                yield form
                yield json.dumps(form)[1:-1]
                yield json.dumps(form, ensure_ascii=False)[1:-1]
    if settings.password.get_secret_value():
        yield basic_credentials(settings)


def _written(secret: str) -> tuple[str, ...]:
    """The forms in which a program writes a text that it got."""
    return (
        secret,
        quote(secret, safe=""),
        quote(secret),
        quote_plus(secret),
        html.escape(secret),
        repr(secret)[1:-1],
        repr(secret.encode())[2:-1],
        secret.encode("latin-1", errors="replace").decode("utf-8", errors="replace"),
    )
