"""The bodies of the control interface; requests and answers are plain JSON."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal, Self

from pydantic import Base64Bytes, BaseModel, ConfigDict, Field, model_validator

from dev_iomconnector_iom.config import ClockMode
from dev_iomconnector_iom.fulfilment.actions import Pieces


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PiecesOfPosition(_Body):
    """Pieces of a position; without ``quantity`` all that there are."""

    position: int
    quantity: int | None = Field(default=None, ge=1)
    serial_numbers: tuple[str, ...] = ()

    def as_pieces(self) -> Pieces:
        """The same for the actions."""
        return Pieces(self.position, self.quantity, self.serial_numbers)


class StepCommand(_Body):
    """Take steps; with ``shop`` and ``number``, which go together, only with that order."""

    steps: int = Field(default=1, ge=1, le=1000)
    shop: int | None = None
    number: str | None = None

    @model_validator(mode="after")
    def _order_is_named_in_full(self) -> Self:
        if (self.shop is None) is not (self.number is None):
            raise ValueError("shop and number go together")
        return self


class AlterCommand(_Body):
    """Change fields of an order: new values by paths, as ``sales.total.gross.amount``."""

    fields: dict[str, Any] = Field(min_length=1)


class ClockCommand(_Body):
    """Change how time passes."""

    mode: ClockMode
    seconds_per_step: float | None = Field(default=None, gt=0)


class PushCommand(_Body):
    """Push one order a step on, or until it has the state ``to``, as ``STATE_COMMISSIONED``."""

    to: str | None = None


class CancelCommand(_Body):
    """Cancel open pieces; without ``pieces`` all of them."""

    pieces: tuple[PiecesOfPosition, ...] = ()
    reason: str = "CAN010"
    text: str = "Cancelled on request"


class DispatchCommand(_Body):
    """Dispatch open pieces; without ``pieces`` all of them."""

    pieces: tuple[PiecesOfPosition, ...] = ()
    carrier: str = ""
    tracking_number: str = ""
    packages: int = Field(default=1, ge=1)


class ReturnCommand(_Body):
    """Take dispatched pieces back; without ``pieces`` all of them."""

    pieces: tuple[PiecesOfPosition, ...] = ()
    reason: str = "RET010"
    type: Literal["CAN", "RCL", "INV", "RET", "DEF"] = "RET"


class NoteCommand(_Body):
    """Write a note."""

    message: str
    type: str = "COMPLAINT"


class DocumentCommand(_Body):
    """Add a document; a PDF is made of the lines, unless there is a ``content`` (Base64) to serve instead."""

    type: str = Field(default="returnSlip", pattern=r"^[A-Za-z]{1,40}$")
    title: str
    lines: tuple[str, ...] = ()
    content: Base64Bytes | None = None


class PaymentCommand(_Body):
    """Book money that came in."""

    amount: Decimal
    comment: str = ""


class OrderReport(_Body):
    """An order as the control interface sees it.

    ``trace_parent`` is the header of the request that created it, ``traceparent`` in W3C Trace Context.
    """

    id: int
    shop: int
    number: str
    state: str
    positions: dict[int, str]
    documents: tuple[str, ...]
    trace_parent: str | None = None


class ShopReport(_Body):
    """How many orders a shop has."""

    id: int
    name: str
    orders: int
