"""The web application: the routes of the assembly's cartridges."""

from importlib.metadata import version
from typing import Literal

from fastapi import FastAPI
from pydantic import BaseModel

from iomconnector.application import Application
from iomconnector.web.problems import answer_errors_as_problems
from iomconnector.web.request_bodies import BodyLimit


class Health(BaseModel):
    """That the process answers."""

    status: Literal["up"] = "up"


def create_web_application(application: Application) -> FastAPI:
    """The web application of a system, with the routes of all its cartridges."""
    web = FastAPI(
        title="iomconnector",
        version=version("iomconnector"),
        description="Orders of the shop, on their way to the order management system.",
    )
    web.state.application = application
    answer_errors_as_problems(web)
    web.add_middleware(BodyLimit)

    @web.get("/health", tags=["operations"], summary="Is the process up?")
    async def health() -> Health:
        return Health()

    for _, router in application.cartridges.collect("iomconnector_routers", application=application):
        web.include_router(router)
    return web
