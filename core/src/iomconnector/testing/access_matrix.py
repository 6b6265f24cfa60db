"""Which routes of a web application answer callers whom nobody knows.

A cartridge that adds routes proves with one test that it forgot to guard none::

    async with application(cartridge) as system:
        web = create_web_application(system)
        assert await open_to_anybody(web, public={*PUBLIC, "GET /shop/{path}"}) == []
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final
from urllib.parse import urlsplit

from fastapi import FastAPI
from fastapi.routing import RouteContext, iter_route_contexts
from starlette.routing import Mount, NoMatchFound

from iomconnector.testing.browser import PAGE, Browser
from iomconnector.web.session_cookies import HOST_PREFIX, SESSION_COOKIE
from iomconnector.web.sessions import SIGN_IN_ROUTE

PUBLIC: Final = frozenset(
    {"GET /", "GET /health", "GET /health/live", "GET /health/ready", "GET /docs", "GET /openapi.json"}
)
"""What the web application answers to anybody, without any cartridge."""

_TOKEN: Final = "A" * 43
_CALLERS: Final = {
    "a program without a token": {"accept": "application/json"},
    "a program with a token of nobody": {
        "accept": "application/json",
        "authorization": f"Bearer iomc_{_TOKEN}",
    },
    "a browser without a session": {"accept": PAGE},
    "a browser with a session of nobody": {
        "accept": PAGE,
        "cookie": f"{SESSION_COOKIE}={_TOKEN}; {HOST_PREFIX}{SESSION_COOKIE}={_TOKEN}",
    },
}


async def open_to_anybody(web: FastAPI, *, public: Collection[str] = PUBLIC) -> list[str]:
    """Call every route that is not public as somebody whom nobody knows.

    A route refuses by 401 or 403, or leads to the page to sign in. Whatever else it answers is reported,
    also that parameters are wrong: who is not known learns nothing about those. Mounted applications are
    reported unless they are public, because their routes are not known.

    Arguments:
        web: The web application.
        public: The routes that anybody may call, as ``METHOD /path`` with the parameters as the route names
            them; a mounted application as ``MOUNT /path``.

    Returns:
        A sentence for each route that does not refuse, and for each that is said to be public and does not
        exist.
    """
    routes = dict(_routes(web))
    findings = [
        f"{route} is said to be public, but does not exist" for route in sorted(set(public) - set(routes))
    ]
    sign_in = _sign_in_path(web)
    for route, path in sorted(routes.items()):
        if route in public:
            continue
        method = route.partition(" ")[0]
        if method == "MOUNT":
            findings.append(f"{route} is a mounted application, and nobody knows what it answers")
            continue
        for caller, headers in _CALLERS.items():
            answer = await Browser(web).send(method, path, headers=headers)
            location = urlsplit(answer.header("location") or "").path
            if answer.status in (401, 403) or (answer.status == 303 and location == sign_in):
                continue
            findings.append(f"{route} answers {caller} with {answer.status}")
    return findings


def _sign_in_path(web: FastAPI) -> str | None:
    try:
        return str(web.url_path_for(SIGN_IN_ROUTE))
    except NoMatchFound:
        return None


def _routes(web: FastAPI) -> Iterator[tuple[str, str]]:
    """Each route, with a path that it matches."""
    for route in iter_route_contexts(web.routes):
        if isinstance(route.original_route, Mount):
            yield f"MOUNT {route.path}", ""
            continue
        for method in sorted(set(route.methods or {"GET"}) - {"HEAD"}):
            yield f"{method} {route.path_format}", _path(route)


def _path(route: RouteContext) -> str:
    samples = {
        "str": "x",
        "path": "x",
        "int": "1",
        "float": "1.5",
        "uuid": "0" * 8 + "-0000-0000-0000-" + "0" * 12,
    }
    path = str(route.path_format)
    for name, convertor in route.param_convertors.items():
        kind = type(convertor).__name__.removesuffix("Convertor").lower().replace("string", "str")
        path = path.replace(f"{{{name}}}", samples.get(kind, "x"))
    return path
