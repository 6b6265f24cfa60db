"""The web application: the routes of the assembly's cartridges."""

from importlib.metadata import version
from typing import Final, Literal

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import RedirectResponse
from pydantic import BaseModel
from starlette.routing import NoMatchFound
from starlette.types import ASGIApp

from iomconnector.application import Application
from iomconnector.processes.health import Health
from iomconnector.web.api_documentation import add_api_documentation
from iomconnector.web.cartridge_routes import sound_routers
from iomconnector.web.health_routes import add_health_routes
from iomconnector.web.problems import answer_errors_as_problems
from iomconnector.web.request_bodies import BodyLimit
from iomconnector.web.request_context import RequestContext
from iomconnector.web.security_headers import SecurityHeaders

FRONT_ROUTE: Final = "front_page"


class ProcessState(BaseModel):
    """That the process answers, and without which cartridges of its assembly it runs."""

    status: Literal["up"] = "up"
    skipped_cartridges: list[str] = []


class _Observed(FastAPI):
    """Stands within the request's context from its first to its last step, errors included."""

    def build_middleware_stack(self) -> ASGIApp:
        application: Application = self.state.application
        return RequestContext(super().build_middleware_stack(), application.telemetry)


def create_web_application(application: Application, *, health: Health | None = None) -> FastAPI:
    """The web application of a system, with the routes of all its cartridges.

    Arguments:
        application: The system.
        health: Tells whether the process is fit to answer; without, it counts as started.

    Raises:
        HookError: A cartridge failed to give its routes.
        CartridgeLoadError: Two cartridges offer one route.
    """
    web = _Observed(
        title="iomconnector",
        version=version("iomconnector"),
        description="Orders of the shop, on their way to the order management system.",
        docs_url=None,
        redoc_url=None,
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    web.state.application = application
    answer_errors_as_problems(web)
    web.add_middleware(BodyLimit)
    web.add_middleware(SecurityHeaders)
    add_api_documentation(web)

    @web.get("/health", tags=["operations"], summary="Is the process up?")
    async def state() -> ProcessState:
        return ProcessState(skipped_cartridges=[each.name for each in application.cartridges.skipped])

    add_health_routes(web, health or _started(application))

    for router in sound_routers(application):
        web.include_router(router)
    web.add_api_route("/", _front, include_in_schema=False)
    return web


def _started(application: Application) -> Health:
    health = Health(application.database)
    health.started()
    return health


async def _front(request: Request) -> RedirectResponse:
    """Lead to the GET route named :data:`FRONT_ROUTE`; a cartridge that answers at ``/`` comes before."""
    try:
        return RedirectResponse(request.url_for(FRONT_ROUTE).path, status_code=303)
    except NoMatchFound:
        raise HTTPException(404) from None
