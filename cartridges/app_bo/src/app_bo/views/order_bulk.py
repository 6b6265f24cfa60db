"""Do something with many orders: see first what would happen, then have exactly that done."""

from __future__ import annotations

from fastapi import APIRouter, Response

from app_bo.caller import Caller, Operator
from app_bo.error_pages import PageRoute
from app_bo.order_filter import OrderFilter
from iomconnector.errors import ConnectorError, NotFoundError
from iomconnector.model.export_acts import ExportAct
from iomconnector.usecases.export_act_plans import ActPlan
from iomconnector.usecases.operate_exports import ActRun

router = APIRouter(prefix="/bo", route_class=PageRoute, include_in_schema=False)


@router.get("/bulk")
async def preview(caller: Operator, act: str = "", why: str = "") -> Response:
    """What would be done with the orders that meet conditions; nothing is changed."""
    asked = OrderFilter.of(caller.request.query_params)
    wanted, problems = asked.read()
    chosen = _act(act)
    if problems or (chosen.needs_reason and not why.strip()):
        return _page(caller, asked, chosen, why, problems=problems)
    plan = await caller.application.operate_exports.plan(chosen, wanted, reason=why.strip())
    return _page(caller, asked, chosen, why, plan=plan)


@router.post("/bulk")
async def run(caller: Operator) -> Response:
    """Do what was shown, and no more."""
    form = await caller.form()
    asked = OrderFilter.of({name: form.text(name) for name in OrderFilter.names()})
    wanted, problems = asked.read()
    act, why = _act(form.text("act")), form.text("why")
    if problems:
        return _page(caller, asked, act, why, problems=problems, status=422)
    try:
        done = await caller.application.operate_exports.run(
            act, wanted, token=form.text("token"), by=caller.name, reason=why
        )
    except ConnectorError as error:
        return _page(caller, asked, act, why, refused=error, status=409)
    return _page(caller, asked, act, why, done=done)


def _act(text: str) -> ExportAct:
    """The act of that name.

    Raises:
        NotFoundError: There is none.
    """
    try:
        return ExportAct(text)
    except ValueError:
        raise NotFoundError(
            f"Nothing of the name {text!r} can be done with orders.", hint="Choose from the list of orders."
        ) from None


def _page(
    caller: Caller,
    asked: OrderFilter,
    act: ExportAct,
    why: str,
    *,
    plan: ActPlan | None = None,
    done: ActRun | None = None,
    refused: ConnectorError | None = None,
    problems: object = (),
    status: int = 200,
) -> Response:
    return caller.page(
        "order_bulk.html",
        status=status,
        asked=asked,
        act=act,
        why=why,
        plan=plan,
        done=done,
        refused=refused,
        problems=problems,
    )
