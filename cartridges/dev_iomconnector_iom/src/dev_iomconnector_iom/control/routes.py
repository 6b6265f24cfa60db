"""The control interface over HTTP, under ``/control``."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dev_iomconnector_iom.control import messages
from dev_iomconnector_iom.control.desk import ControlDesk, UnknownOrderError
from dev_iomconnector_iom.control.stock_desk import UnknownStockError
from dev_iomconnector_iom.control.stock_routes import stock_routes
from dev_iomconnector_iom.exact_json import MalformedJsonError, dump, parse
from dev_iomconnector_iom.faults.rules import FaultRule
from dev_iomconnector_iom.fulfilment.actions import ActionRefusedError
from dev_iomconnector_iom.web.segments import CONVERTOR

CONTROL_HEADER = "X-Control-Token"
"""The header that carries the control token."""

_Body = TypeVar("_Body", bound=BaseModel)
_Handler = Callable[[Request], Awaitable[Response]]


def control_application(desk: ControlDesk, token: str) -> Starlette:
    """The application behind ``/control``; every request needs the token in the header."""
    handlers = _Handlers(desk)
    order = f"/shops/{{shop:int}}/orders/{{number:{CONVERTOR}}}"
    actions: dict[str, _Handler] = {
        "alter": handlers.alter,
        "push": handlers.push,
        "approve": handlers.approve,
        "reject": handlers.reject,
        "cancel": handlers.cancel,
        "dispatch": handlers.dispatch,
        "return": handlers.take_back,
        "notes": handlers.add_note,
        "documents": handlers.add_document,
        "payments": handlers.book_payment,
    }
    routes = [
        Route("/shops", _guarded(token, handlers.shops)),
        Route("/shops/{shop:int}/orders", _guarded(token, handlers.numbers), methods=["GET"]),
        Route("/shops/{shop:int}/orders", _guarded(token, handlers.add_order), methods=["POST"]),
        Route(order, _guarded(token, handlers.order), methods=["GET"]),
        Route(order, _guarded(token, handlers.forget), methods=["DELETE"]),
        Route(f"{order}/document", _guarded(token, handlers.document)),
        Route("/step", _guarded(token, handlers.step), methods=["POST"]),
        Route("/clock", _guarded(token, handlers.set_clock), methods=["PUT"]),
        Route("/faults", _guarded(token, handlers.faults), methods=["GET"]),
        Route("/faults", _guarded(token, handlers.add_fault), methods=["POST"]),
        Route("/faults", _guarded(token, handlers.clear_faults), methods=["DELETE"]),
        Route("/faults/{id:int}", _guarded(token, handlers.remove_fault), methods=["DELETE"]),
        Route("/statistics", _guarded(token, handlers.statistics)),
        *stock_routes(desk.stock, lambda handler: _guarded(token, handler)),
        Route("/reset", _guarded(token, handlers.reset), methods=["POST"]),
        *(
            Route(f"{order}/{name}", _guarded(token, handler), methods=["POST"])
            for name, handler in actions.items()
        ),
    ]
    return Starlette(
        routes=routes,
        exception_handlers={
            UnknownOrderError: _failed(404),
            UnknownStockError: _failed(404),
            ActionRefusedError: _failed(409),
            ValidationError: _failed(422),
            MalformedJsonError: _failed(422),
            HTTPException: _http_failed,
        },
    )


class _Handlers:
    def __init__(self, desk: ControlDesk) -> None:
        self._desk = desk

    async def shops(self, request: Request) -> Response:
        return _json([each.model_dump() for each in self._desk.shops()])

    async def numbers(self, request: Request) -> Response:
        return _json(self._desk.stored_numbers(request.path_params["shop"]))

    async def order(self, request: Request) -> Response:
        return _answer(self._desk.order(*_key(request)))

    async def document(self, request: Request) -> Response:
        return Response(self._desk.document(*_key(request)), media_type="application/json")

    async def add_order(self, request: Request) -> Response:
        return _answer(self._desk.add_order(request.path_params["shop"], await request.body()), 201)

    async def forget(self, request: Request) -> Response:
        self._desk.forget(*_key(request))
        return Response(status_code=204)

    async def alter(self, request: Request) -> Response:
        command = messages.AlterCommand.model_validate(parse(await request.body()))
        return _answer(self._desk.alter(*_key(request), command))

    async def step(self, request: Request) -> Response:
        return _json({"moved": self._desk.step(await _read(request, messages.StepCommand))})

    async def set_clock(self, request: Request) -> Response:
        self._desk.set_clock(await _read(request, messages.ClockCommand))
        return Response(status_code=204)

    async def push(self, request: Request) -> Response:
        return _answer(self._desk.push(*_key(request), await _read(request, messages.PushCommand)))

    async def approve(self, request: Request) -> Response:
        return _answer(self._desk.decide(*_key(request), approved=True))

    async def reject(self, request: Request) -> Response:
        return _answer(self._desk.decide(*_key(request), approved=False))

    async def cancel(self, request: Request) -> Response:
        return _answer(self._desk.cancel(*_key(request), await _read(request, messages.CancelCommand)))

    async def dispatch(self, request: Request) -> Response:
        return _answer(self._desk.dispatch(*_key(request), await _read(request, messages.DispatchCommand)))

    async def take_back(self, request: Request) -> Response:
        return _answer(self._desk.take_back(*_key(request), await _read(request, messages.ReturnCommand)))

    async def add_note(self, request: Request) -> Response:
        return _answer(self._desk.add_note(*_key(request), await _read(request, messages.NoteCommand)))

    async def add_document(self, request: Request) -> Response:
        return _answer(
            self._desk.add_document(*_key(request), await _read(request, messages.DocumentCommand))
        )

    async def book_payment(self, request: Request) -> Response:
        return _answer(self._desk.book_payment(*_key(request), await _read(request, messages.PaymentCommand)))

    async def faults(self, request: Request) -> Response:
        return _json([each.model_dump(mode="json") for each in self._desk.faults()])

    async def add_fault(self, request: Request) -> Response:
        return _answer(self._desk.add_fault(await _read(request, FaultRule)), 201)

    async def remove_fault(self, request: Request) -> Response:
        if not self._desk.remove_fault(request.path_params["id"]):
            raise HTTPException(404, f"There is no fault rule {request.path_params['id']}.")
        return Response(status_code=204)

    async def clear_faults(self, request: Request) -> Response:
        self._desk.clear_faults()
        return Response(status_code=204)

    async def statistics(self, request: Request) -> Response:
        return _answer(self._desk.statistics())

    async def reset(self, request: Request) -> Response:
        self._desk.reset()
        return Response(status_code=204)


def _guarded(token: str, handler: _Handler) -> _Handler:
    expected = token.encode()

    async def guarded(request: Request) -> Response:
        sent = request.headers.get(CONTROL_HEADER, "")
        if not hmac.compare_digest(sent.encode(), expected):
            raise HTTPException(401, f"The header {CONTROL_HEADER} is missing or wrong.")
        return await handler(request)

    return guarded


async def _read(request: Request, model: type[_Body]) -> _Body:
    return model.model_validate_json(await request.body() or b"{}")


def _key(request: Request) -> tuple[int, str]:
    return request.path_params["shop"], request.path_params["number"]


def _answer(model: BaseModel, status: int = 200) -> Response:
    return Response(model.model_dump_json(), status, media_type="application/json")


def _json(document: dict[str, Any] | list[Any]) -> Response:
    return Response(dump(document), media_type="application/json")


def _failed(status: int) -> Callable[[Request, Exception], Response]:
    def handler(_request: Request, error: Exception) -> Response:
        return Response(dump({"error": str(error)}), status, media_type="application/json")

    return handler


def _http_failed(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return Response(dump({"error": error.detail}), error.status_code, media_type="application/json")
