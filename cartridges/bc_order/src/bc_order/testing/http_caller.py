"""Calls to a web application over a real socket, each with a connection of its own."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any

SECONDS = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back.

    Arguments:
        method: The method of the request.
        path: The path of the request.
        status: The status.
        headers: The headers, with names in small letters.
        body: The body.
    """

    method: str
    path: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def content(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who calls a web application.

    Arguments:
        address: ``host:port``.
        token: The access token that is sent; none where empty.
    """

    address: str
    token: str = ""

    def get(self, path: str) -> Answer:
        """Ask for something."""
        return self.send("GET", path)

    def post(self, path: str, document: object, headers: Mapping[str, str] | None = None) -> Answer:
        """Send a document; text and bytes are sent as they are, anything else as JSON."""
        body = document if isinstance(document, str | bytes) else json.dumps(document)
        return self.send("POST", path, body, {"Content-Type": "application/json", **(headers or {})})

    def send(
        self,
        method: str,
        path: str,
        body: str | bytes | Iterable[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send a request and read the answer.

        Arguments:
            method: The method.
            path: The path with the query.
            body: The body; parts are sent in chunks.
            headers: Headers beside that of the access token; an empty one is left out.
        """
        sent = {"Authorization": f"Bearer {self.token}" if self.token else "", **(headers or {})}
        content = body.encode() if isinstance(body, str) else body
        with closing(HTTPConnection(self.address, timeout=SECONDS)) as connection:
            connection.request(method, path, content, {name: text for name, text in sent.items() if text})
            answer = connection.getresponse()
            names = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(method, path, answer.status, names, answer.read())
