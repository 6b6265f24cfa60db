"""The health of a process that serves, for load balancers: they need no secret, and learn no reason."""

from typing import Literal

from fastapi import FastAPI, Response
from pydantic import BaseModel

from iomconnector.processes.health import Health

UNREADY = 503


class Liveness(BaseModel):
    """That the event loop answers."""

    status: Literal["live"] = "live"


class Readiness(BaseModel):
    """Whether the process is fit to answer requests; the operations listener says why it is not."""

    status: Literal["ready", "not ready"]


def add_health_routes(web: FastAPI, health: Health) -> None:
    """Add ``/health/live`` and ``/health/ready``.

    Arguments:
        web: The web application.
        health: The health of the process.
    """

    @web.get("/health/live", tags=["operations"], summary="Does the process answer?")
    async def live() -> Liveness:
        return Liveness()

    @web.get(
        "/health/ready",
        tags=["operations"],
        summary="Is the process fit to answer requests?",
        responses={UNREADY: {"model": Readiness}},
    )
    async def ready(response: Response) -> Readiness:
        if await health.problems():
            response.status_code = UNREADY
            return Readiness(status="not ready")
        return Readiness(status="ready")
