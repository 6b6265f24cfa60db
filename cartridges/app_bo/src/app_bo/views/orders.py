"""Orders on their way out: the list, one order with its life, and what is done with it."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response

from app_bo.address_lines import address_lines
from app_bo.caller import Caller, Operator, Reader
from app_bo.error_pages import PageRoute
from app_bo.order_filter import ALL_STATES, OrderFilter
from app_bo.paths import order_path
from app_bo.pretty_json import pretty
from iomconnector.errors import ConnectorError, NotFoundError
from iomconnector.model.contexts import ContextKind
from iomconnector.model.export_acts import CORRECTABLE, ExportAct
from iomconnector.model.export_filters import ExportOrder
from iomconnector.ports.order_repository import StoredOrder
from iomconnector.usecases.order_life import OrderLife

PAGE: Final = 50
MOST_COUNTED: Final = 10_000
ACTS: Final = {act.value: act for act in ExportAct}
DONE: Final = {
    ExportAct.RETRY: "order-retried",
    ExportAct.EXPEDITE: "order-expedited",
    ExportAct.GIVE_UP: "order-given-up",
    ExportAct.REPLAY: "order-replayed",
}

router = APIRouter(prefix="/bo", route_class=PageRoute, include_in_schema=False)


@router.get("/orders")
async def list_orders(caller: Reader, after: Annotated[str, Query(max_length=100)] = "") -> Response:
    """Orders that meet conditions, a page at a time."""
    asked = OrderFilter.of(caller.request.query_params)
    wanted, problems = asked.read()
    queries = caller.application.export_queries
    page = await queries.page(wanted, order=asked.sort, after=after or None, limit=PAGE)
    counted = await queries.count(wanted, limit=MOST_COUNTED + 1)
    channels = await channels_of(caller)
    return caller.page(
        "orders.html",
        asked=asked,
        problems=problems,
        rows=page.rows,
        following=page.next,
        after=after,
        counted=min(counted, MOST_COUNTED),
        more_than_counted=counted > MOST_COUNTED,
        states=ALL_STATES,
        sorts=tuple(ExportOrder),
        channels=channels,
        names=dict(channels),
        pauses=await caller.application.export_pauses.all(),
        acts=tuple(ExportAct),
    )


@router.get("/orders/{channel}/{number:path}")
async def show_order(caller: Reader, channel: str, number: str) -> Response:
    """One order: why it is where it is, its life, its content."""
    return await order_page(caller, channel, number)


@router.post("/orders/{channel}/{number:path}")
async def act_on_order(caller: Operator, channel: str, number: str) -> Response:
    """Do something with one order, and show it again."""
    form = await caller.form()
    act = ACTS.get(form.text("act"))
    if act is None:
        raise NotFoundError("The form does not say what to do, so nothing was changed.", hint="Go back.")
    try:
        await caller.application.operate_exports.one(
            act, channel, number, by=caller.name, reason=form.text("reason")
        )
    except NotFoundError:
        raise
    except ConnectorError as error:
        return await order_page(caller, channel, number, refused=error, status=409)
    return caller.go(order_path(channel, number), done=DONE[act])


async def order_page(
    caller: Caller, channel: str, number: str, *, refused: ConnectorError | None = None, status: int = 200
) -> Response:
    """The page of an order.

    Arguments:
        caller: Who looks at it.
        channel: The channel of the order.
        number: Its number.
        refused: What was to be done and could not be; none where nothing was.
        status: The HTTP status.

    Raises:
        NotFoundError: There is no such order.
    """
    life = await caller.application.order_lives.of(channel, number)
    request = life.summary.request
    readable = isinstance(life.order, StoredOrder)
    return caller.page(
        "order.html",
        status=status,
        life=life,
        export=request,
        refused=refused,
        order=life.order.placed.order if isinstance(life.order, StoredOrder) else None,
        trouble="" if isinstance(life.order, StoredOrder) else life.order.problem,
        preview=await _preview(caller, life) if readable else None,
        acts=[act for act in ExportAct if request.state in act.states and life.summary.erased_at is None],
        correctable=request.state in CORRECTABLE and life.summary.erased_at is None,
        pause=(await caller.application.export_pauses.all()).get(channel),
        pretty=pretty,
        address_lines=address_lines,
    )


async def _preview(caller: Caller, life: OrderLife) -> dict[str, Any]:
    """The document that would be sent and what it loses, or why there is none."""
    if not isinstance(life.order, StoredOrder):
        return {"document": "", "notes": (), "problem": ""}
    try:
        service = await caller.application.export_service(life.summary.request.channel)
        document = service.preview(life.order.placed)
        notes = service.notes(life.order.placed)
    except ConnectorError as error:
        return {"document": "", "notes": (), "problem": error.message}
    return {"document": pretty(document), "notes": notes, "problem": ""}


async def channels_of(caller: Caller) -> list[tuple[str, str]]:
    """Id and name of every channel, by name."""
    contexts = await caller.application.contexts.all()
    return sorted(
        ((each.id, each.display_name) for each in contexts if each.kind is ContextKind.CHANNEL),
        key=lambda channel: channel[1].casefold(),
    )
