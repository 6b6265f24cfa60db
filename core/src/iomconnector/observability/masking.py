"""Keeps secrets out of the log: by the name of the field, by their form, and those that are known."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote, quote_plus

from pydantic import BaseModel, SecretStr

MASK: Final = "********"
SHORTEST_KNOWN: Final = 6
"""Characters from which on a known secret is looked for in text; a shorter one may stand there by chance."""

MOST_KNOWN: Final = 1000
"""So many secrets are looked for at most; the oldest are forgotten."""

SECRET_NAME: Final = re.compile(
    r"auth|cookie|token|secret|passw|pwd|credential|api[-_]?key|session|signature|jwt", re.IGNORECASE
)
"""The name of a field, header or parameter whose value is never shown."""

_FORMS: Final = (
    (re.compile(r"\beyJ[\w-]{5,}\.eyJ[\w-]{5,}\.[\w-]+"), MASK),
    (re.compile(r"\b(Basic|Bearer)\s+[\w.~+/=-]{6,}", re.IGNORECASE), rf"\1 {MASK}"),
    (re.compile(r"(://[^/@:\s]*:)[^/@\s]+@"), rf"\1{MASK}@"),
    (re.compile(r"([?&;]\w*(?:password|token|secret|api_?key)=)[^&\s'\"]+", re.IGNORECASE), rf"\1{MASK}"),
)


class KnownSecrets:
    """The secrets that this process works with, to be recognized wherever they turn up."""

    def __init__(self) -> None:
        self._forms: dict[str, tuple[str, ...]] = {}

    def remember(self, secret: str) -> None:
        """Look for a secret from now on; one that is too short to be told from other text is left out."""
        if len(secret) < SHORTEST_KNOWN or secret in self._forms:
            return
        while len(self._forms) >= MOST_KNOWN:
            del self._forms[next(iter(self._forms))]
        self._forms[secret] = tuple(sorted(set(written_forms(secret)), key=len, reverse=True))

    def remember_all(self, model: BaseModel) -> None:
        """Look for every ``SecretStr`` of settings, however deep it is."""
        for _, value in model:
            for secret in _secrets_in(value):
                self.remember(secret)

    def masked(self, text: str) -> str:
        """The text without them."""
        for forms in self._forms.values():
            for form in forms:
                if form in text:
                    text = text.replace(form, MASK)
        return text


KNOWN_SECRETS: Final = KnownSecrets()
"""Those of this process; the log is the process's own, whichever system runs in it."""


def written_forms(secret: str) -> Iterator[str]:
    """The forms in which programs and servers write a text that they got."""
    for form in (
        secret,
        quote(secret, safe=""),
        quote(secret),
        quote_plus(secret),
        html.escape(secret),
        repr(secret)[1:-1],
        repr(secret.encode(errors="replace"))[2:-1],
        base64.b64encode(secret.encode(errors="replace")).decode(),
    ):
        yield form
        yield json.dumps(form)[1:-1]
        yield json.dumps(form, ensure_ascii=False)[1:-1]


def masked_text(text: str) -> str:
    """A text without known secrets, passwords in URLs, credentials of headers and JSON web tokens."""
    text = KNOWN_SECRETS.masked(text)
    for form, replacement in _FORMS:
        text = form.sub(replacement, text)
    return text


def masked(value: Any, name: str = "") -> Any:
    """A value as it may be logged, however deep its secrets are.

    Arguments:
        value: What is to be logged.
        name: The name of the field; what has the name of a secret is not shown at all.
    """
    if name and value not in (None, "", True, False) and SECRET_NAME.search(name):
        return MASK
    if isinstance(value, str):
        return masked_text(value)
    if isinstance(value, Mapping):
        return {key: masked(each, str(key)) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [masked(each) for each in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return masked_text(str(value))


def _secrets_in(value: Any) -> Iterator[str]:
    if isinstance(value, SecretStr):
        yield value.get_secret_value()
    elif isinstance(value, BaseModel):
        for _, each in value:
            yield from _secrets_in(each)
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _secrets_in(each)
    elif isinstance(value, list | tuple | set | frozenset):
        for each in value:
            yield from _secrets_in(each)
