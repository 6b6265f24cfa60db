"""A blocking HTTP caller that shows every answer as it came, one connection for each request."""

from __future__ import annotations

import base64
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote, urlsplit

import jwt

from dev_iomconnector_iom.config import DEMO_PASSWORD
from dev_iomconnector_iom.contract.versions import BASE_PATH, MEDIA_TYPE
from dev_iomconnector_iom.exact_json import JsonObject, dump, parse


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: status, headers with lower-case names, body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON with exact numbers."""
        return parse(self.body)

    def errors(self) -> list[JsonObject]:
        """The errors of an ErrorReport."""
        errors: list[JsonObject] = self.json["errors"]
        return errors

    def fields(self) -> list[str]:
        """The fields that an ErrorReport names."""
        return [error.get("value", {}).get("field", "") for error in self.errors()]


class Caller:
    """Calls a server as a user of a shop.

    Arguments:
        url: The server, as ``http://127.0.0.1:8080``.
        shop: The shop id for the methods that need one.
        authorization: The header; None sends none.
        timeout: Seconds to wait for an answer.
    """

    def __init__(
        self, url: str, *, shop: int = 10020, authorization: str | None = "", timeout: float = 10.0
    ) -> None:
        self._address = urlsplit(url).netloc
        self._shop = shop
        self._authorization = (
            basic("webservice_shop", DEMO_PASSWORD.get_secret_value())
            if authorization == ""
            else authorization
        )
        self._timeout = timeout

    def call(
        self,
        method: str,
        target: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request to a path with query, as it stands."""
        sent = dict(headers or {})
        if self._authorization is not None:
            sent.setdefault("Authorization", self._authorization)
        connection = HTTPConnection(self._address, timeout=self._timeout)
        try:
            connection.request(method, target, body=body, headers=sent)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, content)

    def get(self, path: str, **headers: str) -> Answer:
        """GET a path below the shop."""
        return self.call("GET", self.path(path), headers=headers)

    def post(self, path: str, document: Any, content_type: str = MEDIA_TYPE) -> Answer:
        """POST a document, or bytes as they are, to a path below the shop."""
        body = document if isinstance(document, bytes) else dump(document)
        return self.call("POST", self.path(path), body, {"Content-Type": content_type})

    def post_order(self, order: Any) -> Answer:
        """createOrder."""
        return self.post("/orders", order)

    def order(self, number: str) -> Answer:
        """getOrder."""
        return self.get(f"/orders/{quote(number, safe='')}")

    def order_state(self, number: str) -> JsonObject:
        """The only order state with that number."""
        (state,) = self.get(f"/order-states?shopOrderNumbers={quote(number, safe='')}").json["data"]
        return dict(state)

    def path(self, path: str) -> str:
        """A path below the shop, from the root of the server."""
        return f"{BASE_PATH}/shops/{self._shop}{path}"


def basic(user: str, password: str) -> str:
    """The header of Basic authentication."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def bearer(user: str, secret: str, *, lifetime: int = 3600) -> str:
    """The header with a token of the account; ``lifetime`` is in seconds. [iom-api 0, auth]"""
    now = int(time.time())
    claims = {"iss": "Test", "sub": "Authentication", "iat": now, "exp": now + lifetime, "user": user}
    return "Bearer " + jwt.encode(claims, secret, algorithm="HS256")
