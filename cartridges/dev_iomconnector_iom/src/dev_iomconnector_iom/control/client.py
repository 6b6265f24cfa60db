"""A small client of the control interface for tests and demos; it blocks, so give it a thread of its own."""

from __future__ import annotations

import json
from decimal import Decimal
from http.client import HTTPConnection, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, TypeAdapter

from dev_iomconnector_iom.config import ClockMode
from dev_iomconnector_iom.control import messages
from dev_iomconnector_iom.control.messages import OrderReport, PiecesOfPosition, ShopReport
from dev_iomconnector_iom.control.routes import CONTROL_HEADER
from dev_iomconnector_iom.control.stock_client import StockControl
from dev_iomconnector_iom.exact_json import JsonObject, dump, parse
from dev_iomconnector_iom.faults.rules import ActiveFault, FaultRule
from dev_iomconnector_iom.faults.statistics import StatisticsReport
from dev_iomconnector_iom.web.segments import quote_segment

_SHOPS = TypeAdapter(list[ShopReport])
_FAULTS = TypeAdapter(list[ActiveFault])


class ControlError(Exception):
    """The control interface refused; the text is its answer.

    Arguments:
        status: The HTTP status: 401 wrong token, 404 unknown order, 409 not in this state, 422 wrong request.
        message: What it said.
    """

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        super().__init__(f"{status}: {message}")


class ControlClient:
    """Talks to ``/control``. All methods raise ControlError when the interface refuses.

    Arguments:
        url: The URL of the control interface, as ``http://127.0.0.1:8080/control``.
        token: The control token.
        timeout: Seconds to wait for an answer.
    """

    def __init__(self, url: str, token: str, *, timeout: float = 10.0) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{url!r} is no URL of a control interface.")
        self._is_secure = parts.scheme == "https"
        self._host, self._port, self._path = parts.hostname, parts.port, parts.path.rstrip("/")
        self._token = token
        self._timeout = timeout
        self.stock = StockControl(self._call)
        """Stock and reservations."""

    def shops(self) -> list[ShopReport]:
        """How many orders each shop has."""
        return _SHOPS.validate_json(self._call("GET", "/shops"))

    def stored_numbers(self, shop: int) -> list[str]:
        """The numbers of a shop's orders in the order of their arrival."""
        return [str(number) for number in json.loads(self._call("GET", f"/shops/{shop}/orders"))]

    def order(self, shop: int, number: str) -> OrderReport:
        """An order's state."""
        return OrderReport.model_validate_json(self._call("GET", _path(shop, number)))

    def document(self, shop: int, number: str) -> JsonObject:
        """The document that created the order, with Decimals for numbers that have a fraction."""
        document: JsonObject = parse(self.document_bytes(shop, number))
        return document

    def document_bytes(self, shop: int, number: str) -> bytes:
        """The same, byte by byte."""
        return self._call("GET", f"{_path(shop, number)}/document")

    def add_order(self, shop: int, document: JsonObject) -> OrderReport:
        """Put an order there that came on another way."""
        answer = self._call("POST", f"/shops/{shop}/orders", dump(document))
        return OrderReport.model_validate_json(answer)

    def forget(self, shop: int, number: str) -> None:
        """Lose an order, as a restore from an old backup does."""
        self._call("DELETE", _path(shop, number))

    def alter(self, shop: int, number: str, fields: JsonObject) -> OrderReport:
        """Change fields of an order: new values by paths, as ``sales.total.gross.amount``."""
        answer = self._call("POST", f"{_path(shop, number)}/alter", dump({"fields": fields}))
        return OrderReport.model_validate_json(answer)

    def step(self, steps: int = 1, *, shop: int | None = None, number: str | None = None) -> int:
        """Move all orders, or one, on by some steps; answers how many steps were taken."""
        command = messages.StepCommand(steps=steps, shop=shop, number=number)
        return int(json.loads(self._call("POST", "/step", command))["moved"])

    def set_clock(self, mode: ClockMode, seconds_per_step: float | None = None) -> None:
        """Change how time passes."""
        self._call("PUT", "/clock", messages.ClockCommand(mode=mode, seconds_per_step=seconds_per_step))

    def push(self, shop: int, number: str, to: str | None = None) -> OrderReport:
        """Push an order a step on, or until it has the state ``to``."""
        return self._act(shop, number, "push", messages.PushCommand(to=to))

    def approve(self, shop: int, number: str) -> OrderReport:
        """Approve an order that waits for it."""
        return self._act(shop, number, "approve", None)

    def reject(self, shop: int, number: str) -> OrderReport:
        """Refuse the approval, which cancels the order."""
        return self._act(shop, number, "reject", None)

    def cancel(
        self,
        shop: int,
        number: str,
        *pieces: PiecesOfPosition,
        reason: str = "CAN010",
        text: str = "Cancelled on request",
    ) -> OrderReport:
        """Cancel open pieces; without pieces all of them."""
        command = messages.CancelCommand(pieces=pieces, reason=reason, text=text)
        return self._act(shop, number, "cancel", command)

    def dispatch(
        self,
        shop: int,
        number: str,
        *pieces: PiecesOfPosition,
        carrier: str = "",
        tracking_number: str = "",
        packages: int = 1,
    ) -> OrderReport:
        """Dispatch open pieces; without pieces all of them."""
        command = messages.DispatchCommand(
            pieces=pieces, carrier=carrier, tracking_number=tracking_number, packages=packages
        )
        return self._act(shop, number, "dispatch", command)

    def take_back(
        self, shop: int, number: str, *pieces: PiecesOfPosition, reason: str = "RET010", kind: str = "RET"
    ) -> OrderReport:
        """Take dispatched pieces back; without pieces all of them."""
        command = messages.ReturnCommand.model_validate({"pieces": pieces, "reason": reason, "type": kind})
        return self._act(shop, number, "return", command)

    def add_note(self, shop: int, number: str, message: str, kind: str = "COMPLAINT") -> OrderReport:
        """Write a note on the order."""
        return self._act(shop, number, "notes", messages.NoteCommand(message=message, type=kind))

    def add_document(self, shop: int, number: str, kind: str, title: str, *lines: str) -> OrderReport:
        """Add a document, served as PDF."""
        return self._act(
            shop, number, "documents", messages.DocumentCommand(type=kind, title=title, lines=lines)
        )

    def book_payment(self, shop: int, number: str, amount: Decimal, comment: str = "") -> OrderReport:
        """Book money that came in for the order."""
        return self._act(shop, number, "payments", messages.PaymentCommand(amount=amount, comment=comment))

    def faults(self) -> list[ActiveFault]:
        """The fault rules at work, with their counts."""
        return _FAULTS.validate_json(self._call("GET", "/faults"))

    def add_fault(self, rule: FaultRule) -> ActiveFault:
        """Put a fault rule to work."""
        return ActiveFault.model_validate_json(self._call("POST", "/faults", rule))

    def remove_fault(self, identity: int) -> None:
        """Take a fault rule off."""
        self._call("DELETE", f"/faults/{identity}")

    def clear_faults(self) -> None:
        """Take all fault rules off."""
        self._call("DELETE", "/faults")

    def statistics(self) -> StatisticsReport:
        """The counts of requests, answers and faults."""
        return StatisticsReport.model_validate_json(self._call("GET", "/statistics"))

    def reset(self) -> None:
        """Forget all orders, stock, reservations, fault rules and counts."""
        self._call("POST", "/reset")

    def _act(self, shop: int, number: str, action: str, command: BaseModel | None) -> OrderReport:
        answer = self._call("POST", f"{_path(shop, number)}/{action}", command)
        return OrderReport.model_validate_json(answer)

    def _call(self, method: str, path: str, body: BaseModel | bytes | None = None) -> bytes:
        connection = self._connect()
        try:
            connection.request(
                method,
                self._path + path,
                body=body.model_dump_json().encode() if isinstance(body, BaseModel) else body,
                headers={CONTROL_HEADER: self._token, "Content-Type": "application/json"},
            )
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        if answer.status >= 400:
            raise ControlError(answer.status, _message(content))
        return content

    def _connect(self) -> HTTPConnection:
        kind = HTTPSConnection if self._is_secure else HTTPConnection
        return kind(self._host, self._port, timeout=self._timeout)


def _path(shop: int, number: str) -> str:
    return f"/shops/{shop}/orders/{quote_segment(number)}"


def _message(body: bytes) -> str:
    try:
        answer: Any = json.loads(body)
    except ValueError:
        return body.decode("utf-8", "replace")
    return str(answer["error"]) if isinstance(answer, dict) and "error" in answer else str(answer)
