"""The face of the cartridge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iomconnector.cartridges.descriptor import CartridgeDescriptor
from iomconnector.hooks import hookimpl

if TYPE_CHECKING:
    from fastapi import APIRouter

descriptor = CartridgeDescriptor(display_name="Back Office")


@hookimpl
def iomconnector_routers() -> list[APIRouter]:
    """The pages below ``/bo``."""
    from app_bo.routers import ROUTERS

    return ROUTERS
