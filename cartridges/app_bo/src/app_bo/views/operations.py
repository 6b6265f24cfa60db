"""How the export fares: backlog, circuits, jobs; pause a channel, close a circuit."""

from __future__ import annotations

from fastapi import APIRouter, Response

from app_bo.caller import Caller, Operator, Reader
from app_bo.error_pages import PageRoute
from app_bo.views.orders import channels_of
from iomconnector.errors import ConnectorError, NotFoundError
from iomconnector.model.exports import ExportState

WAITING = (ExportState.WAITING_FOR_APPROVAL, ExportState.DUE, ExportState.SENDING, ExportState.PARKED)

router = APIRouter(prefix="/bo", route_class=PageRoute, include_in_schema=False)


@router.get("/operations")
async def operations(caller: Reader) -> Response:
    """What waits, for what, and what the workers do."""
    return await _page(caller)


@router.post("/operations/pauses")
async def pause(caller: Operator) -> Response:
    """Pause the export of a channel, or let it go on."""
    form = await caller.form()
    pauses, channel = caller.application.pause_exports, form.text("channel")
    paused = form.decided("paused")
    try:
        if paused:
            await pauses.pause(channel, by=caller.name, reason=form.text("reason"))
        else:
            await pauses.resume(channel, by=caller.name)
    except NotFoundError:
        raise
    except ConnectorError as error:
        return await _page(caller, refused=error, status=409)
    return caller.go("/bo/operations", done="channel-paused" if paused else "channel-resumed")


@router.post("/operations/circuits")
async def close_circuit(caller: Operator) -> Response:
    """Have orders sent to an endpoint again at once."""
    form = await caller.form()
    await caller.application.close_circuits.close(form.text("endpoint"), by=caller.name)
    return caller.go("/bo/operations", done="circuit-closed")


async def _page(caller: Caller, *, refused: ConnectorError | None = None, status: int = 200) -> Response:
    application = caller.application
    now = application.clock.now()
    return caller.page(
        "operations.html",
        status=status,
        refused=refused,
        now=now,
        backlog=await application.export_queries.backlog(now=now),
        reasons=await application.export_queries.reasons(),
        names=dict(await channels_of(caller)),
        endpoints=await application.endpoint_states.all(),
        jobs=await application.job_engine.snapshot(),
        held=await application.job_engine.held(limit=20),
        states=WAITING,
        State=ExportState,
    )
