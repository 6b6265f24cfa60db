"""The bodies of the part of the control interface that is about stock and reservations."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from dev_iomconnector_iom.contract.reservation import LONGEST_PRODUCT_ID
from dev_iomconnector_iom.inventory.stock import LARGEST_STOCK

_Product = Annotated[str, Field(min_length=1, max_length=LONGEST_PRODUCT_ID, pattern="^[^,]+$")]
_Location = Annotated[str, Field(max_length=50)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StockEntry(_Body):
    """Pieces of a product at a location; without ``location`` at the first supplier of the shop."""

    product: _Product
    pieces: int = Field(ge=0, le=LARGEST_STOCK)
    location: _Location = ""


class StockImport(_Body):
    """Set stocks; with ``replace`` all other stock of the shop is forgotten."""

    stock: tuple[StockEntry, ...]
    replace: bool = False


class StockAdjustment(_Body):
    """Add pieces to a stock, or take some away."""

    product: _Product
    by: int
    location: _Location = ""


class AdvanceCommand(_Body):
    """Move the time by which reservations expire on."""

    seconds: float = Field(gt=0, allow_inf_nan=False)


class StockReport(_Body):
    """A stock and what is available of it."""

    product: str
    location: str
    stock: int
    reserved: int
    blocked: int
    atp: int


class ReservationReport(_Body):
    """A reservation; ``pieces`` is product -> location -> pieces."""

    id: int
    type: str
    valid_until: datetime
    expired: bool
    pieces: dict[str, dict[str, int]]
