"""The sequences of order numbers, to look at; they are moved on with the command line."""

from __future__ import annotations

from fastapi import APIRouter, Response

from app_bo.caller import Reader
from app_bo.context_tree import ContextTree
from app_bo.error_pages import PageRoute
from iomconnector.model.order_number_sequences import day_of

router = APIRouter(prefix="/bo", route_class=PageRoute, include_in_schema=False)


@router.get("/order-numbers")
async def order_numbers(caller: Reader) -> Response:
    """The sequence of each organization."""
    application = caller.application
    today = day_of(application.clock.now())
    return caller.page(
        "order_numbers.html",
        sequences=[(state, state.next_number(today)) for state in await application.sequences.all()],
        names=ContextTree(await application.contexts.all()).names,
    )
