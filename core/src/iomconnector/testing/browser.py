"""A browser without a window: calls a web application in this process, and keeps cookies as browsers do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urlsplit

from starlette.types import ASGIApp, Message

PAGE = "text/html,application/xhtml+xml,*/*;q=0.8"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back.

    Arguments:
        status: The HTTP status.
        headers: The headers as they were sent; the names in small letters.
        body: The content.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """A header; none where it is missing."""
        return next((value for key, value in self.headers if key == name.lower()), None)

    @property
    def text(self) -> str:
        """The content as text."""
        return self.body.decode()

    @property
    def json(self) -> Any:
        """The content, read as JSON."""
        return json.loads(self.body)

    @property
    def cookies(self) -> SimpleCookie:
        """The cookies that were set, with their attributes."""
        cookies = SimpleCookie()
        for name, value in self.headers:
            if name == "set-cookie":
                cookies.load(value)
        return cookies


class Browser:
    """Calls an ASGI application. It does not follow redirects.

    Arguments:
        app: The application.
        site: Where the application is; with ``https:`` as if behind a proxy that ends TLS.
        client: The address that the browser has.

    Attributes:
        cookies: What it keeps, by name.
        last: The last answer, also of an application that failed behind it.
    """

    def __init__(self, app: ASGIApp, site: str = "http://shop.example", client: str = "192.0.2.1") -> None:
        self._app = app
        self._site = urlsplit(site)
        self._client = client
        self.cookies: dict[str, str] = {}
        self.last: Answer | None = None

    async def get(self, path: str, **headers: str) -> Answer:
        """Ask for a page."""
        return await self.send("GET", path, headers={"accept": PAGE, **headers})

    async def post(self, path: str, form: Mapping[str, str], **headers: str) -> Answer:
        """Send a form."""
        kind = {"accept": PAGE, "content-type": "application/x-www-form-urlencoded"}
        body = urlencode(form, errors="surrogatepass").encode()
        return await self.send("POST", path, body, headers={**kind, **headers})

    async def send(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send a request with the cookies, and keep those of the answer.

        Arguments:
            method: The HTTP method.
            path: Path and query.
            body: The content.
            headers: More headers; underscores in their names stand for dashes.
        """
        sent: list[Message] = []
        received = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> Message:
            return received.pop(0) if received else {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            sent.append(message)

        try:
            await self._app(self._scope(method, path, headers or {}), receive, send)
        finally:
            self.last = _answer(sent) if sent else None
        assert self.last is not None, "the application answered nothing"
        self._keep(self.last.cookies)
        return self.last

    def _scope(self, method: str, path: str, headers: Mapping[str, str]) -> dict[str, Any]:
        url = urlsplit(path)
        named = {name.replace("_", "-").lower(): value for name, value in headers.items()}
        if self.cookies:
            named.setdefault("cookie", "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        named.setdefault("host", self._site.netloc)
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": self._site.scheme,
            "path": url.path,
            "raw_path": url.path.encode(),
            "query_string": url.query.encode(),
            "root_path": "",
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in named.items()],
            "client": (self._client, 50000),
            "server": (self._site.hostname, self._site.port),
        }

    def _keep(self, cookies: SimpleCookie) -> None:
        for name, cookie in cookies.items():
            if cookie["secure"] and self._site.scheme != "https":
                continue
            if cookie["max-age"] == "0":
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = cookie.value


def _answer(sent: list[Message]) -> Answer:
    start = sent[0]
    return Answer(
        start["status"],
        tuple((name.decode().lower(), value.decode("latin-1")) for name, value in start["headers"]),
        b"".join(message.get("body", b"") for message in sent[1:]),
    )
