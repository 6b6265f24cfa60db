"""The control interface of stock and reservations over HTTP."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dev_iomconnector_iom.control import stock_messages as messages
from dev_iomconnector_iom.control.stock_desk import StockDesk
from dev_iomconnector_iom.exact_json import dump

_Handler = Callable[[Request], Awaitable[Response]]


def stock_routes(desk: StockDesk, guarded: Callable[[_Handler], _Handler]) -> list[Route]:
    """The routes, each behind the control token.

    Arguments:
        desk: Who does it.
        guarded: Asks for the token.
    """

    async def levels(request: Request) -> Response:
        return _json([each.model_dump() for each in desk.levels(_shop(request))])

    async def put(request: Request) -> Response:
        command = messages.StockImport.model_validate_json(await request.body())
        return _json({"entries": desk.put(_shop(request), command)})

    async def adjust(request: Request) -> Response:
        command = messages.StockAdjustment.model_validate_json(await request.body())
        return _json({"stock": desk.adjust(_shop(request), command)})

    async def reservations(request: Request) -> Response:
        return _json([each.model_dump(mode="json") for each in desk.reservations(_shop(request))])

    async def advance(request: Request) -> Response:
        desk.advance(messages.AdvanceCommand.model_validate_json(await request.body()))
        return Response(status_code=204)

    stock = "/shops/{shop:int}/stock"
    return [
        Route(stock, guarded(levels), methods=["GET"]),
        Route(stock, guarded(put), methods=["PUT"]),
        Route(f"{stock}/adjust", guarded(adjust), methods=["POST"]),
        Route("/shops/{shop:int}/reservations", guarded(reservations), methods=["GET"]),
        Route("/clock/advance", guarded(advance), methods=["POST"]),
    ]


def _shop(request: Request) -> int:
    return int(request.path_params["shop"])


def _json(document: dict[str, int] | list[dict[str, object]]) -> Response:
    return Response(dump(document), media_type="application/json")
