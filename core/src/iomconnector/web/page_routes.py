"""Routes of pages: what goes wrong there is told to people, by a page of the same look."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from iomconnector.errors import NotFoundError


def page_route(
    explain: Callable[[Request, Exception], Awaitable[Response]],
    *,
    passed_on: tuple[type[Exception], ...] = (),
) -> type[APIRoute]:
    """A class of routes whose errors are pages.

    Arguments:
        explain: Makes the page for an error; also for an address with a zero in it, which asks nobody:
            nothing is named so, and PostgreSQL takes none in a text.
        passed_on: Errors that leave the route as they are.
    """

    class PageRoute(APIRoute):
        """A route whose errors are pages."""

        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            """The handler of the route."""
            handle = super().get_route_handler()

            async def handle_or_explain(request: Request) -> Response:
                try:
                    _check_address(request)
                    return await handle(request)
                except passed_on:
                    raise
                except Exception as error:
                    return await explain(request, error)

            return handle_or_explain

    return PageRoute


def _check_address(request: Request) -> None:
    if "\0" in request.url.path + "".join(request.query_params.values()):
        raise NotFoundError("There is nothing at this address.", hint="The menu leads to what there is.")
