"""The routes that cartridges add to the web application, refused where two of them are the same."""

import inspect
import re
from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter

from iomconnector.application import Application
from iomconnector.cartridges.importing import CartridgeLoadError, CartridgeProblem

_PARAMETER = re.compile(r"\{[^}]*\}")


class LastRouter(APIRouter):
    """A router whose routes answer only where no other one does, of whichever cartridge: for the pages that
    say that there is no such page."""


def sound_routers(application: Application) -> list[APIRouter]:
    """The routers of all cartridges in load order, with every :class:`LastRouter` behind all others.

    Raises:
        HookError: A cartridge failed to give its routes; every such cartridge is named.
        CartridgeLoadError: A route has method and path of an earlier one, in the same cartridge or in
            another. Only the first would ever be called; both are named with file and line.
    """
    offered = application.cartridges.collect("iomconnector_routers", application=application)
    first: dict[tuple[str, str], tuple[str, str]] = {}
    problems: list[CartridgeProblem] = []
    for cartridge, router in offered:
        for method, path, endpoint in routes_of(router):
            file, line = _place(endpoint)
            key = (method, _PARAMETER.sub("{}", path))
            if key not in first:
                first[key] = (cartridge, f"{file}:{line}")
                continue
            other, place = first[key]
            message = f"offers the route {method} {path}, but {other} has the same: {place}."
            mend = "Change one of them, or take one of the cartridges out of the assembly."
            problems.append(CartridgeProblem(cartridge, message, mend, file, line))
    if problems:
        raise CartridgeLoadError(tuple(problems))
    routers = [router for _, router in offered]
    return sorted(routers, key=lambda router: isinstance(router, LastRouter))


def routes_of(router: APIRouter) -> Iterator[tuple[str, str, Any]]:
    """Method, path and function of every route of a router."""
    for route in router.routes:
        for method in sorted(getattr(route, "methods", None) or ()):
            yield method, getattr(route, "path", ""), getattr(route, "endpoint", None)


def _place(endpoint: Any) -> tuple[str, int]:
    code = getattr(inspect.unwrap(endpoint), "__code__", None) if callable(endpoint) else None
    return (code.co_filename, code.co_firstlineno) if code else ("", 0)
