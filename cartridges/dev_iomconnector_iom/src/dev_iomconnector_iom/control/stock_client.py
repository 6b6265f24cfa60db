"""The part of the client of the control interface that is about stock and reservations."""

from __future__ import annotations

import json
from collections.abc import Callable

from pydantic import BaseModel, TypeAdapter

from dev_iomconnector_iom.control import stock_messages as messages
from dev_iomconnector_iom.control.stock_messages import ReservationReport, StockEntry, StockReport

_LEVELS = TypeAdapter(list[StockReport])
_RESERVATIONS = TypeAdapter(list[ReservationReport])


class StockControl:
    """Talks to ``/control`` about inventory. All methods raise ControlError when the interface refuses.

    Arguments:
        call: Sends a request with method, path and body, and gives the body of the answer.
    """

    def __init__(self, call: Callable[[str, str, BaseModel | None], bytes]) -> None:
        self._call = call

    def put(self, shop: int, *entries: StockEntry, replace: bool = False) -> int:
        """Set stocks; answers how many."""
        command = messages.StockImport(stock=entries, replace=replace)
        return int(json.loads(self._call("PUT", f"/shops/{shop}/stock", command))["entries"])

    def adjust(self, shop: int, product: str, by: int, location: str = "") -> int:
        """Add pieces, or take some away; answers the new stock."""
        command = messages.StockAdjustment(product=product, by=by, location=location)
        return int(json.loads(self._call("POST", f"/shops/{shop}/stock/adjust", command))["stock"])

    def levels(self, shop: int) -> list[StockReport]:
        """All stock of a shop."""
        return _LEVELS.validate_json(self._call("GET", f"/shops/{shop}/stock", None))

    def reservations(self, shop: int) -> list[ReservationReport]:
        """The reservations of a shop that no order took, expired ones too."""
        return _RESERVATIONS.validate_json(self._call("GET", f"/shops/{shop}/reservations", None))

    def advance(self, seconds: float) -> None:
        """Move the time by which reservations expire on."""
        self._call("POST", "/clock/advance", messages.AdvanceCommand(seconds=seconds))
