"""A stand-in for IOM on a real port, for development and tests.

It reads the Order REST contract by itself: it shares no code with the connector that it judges.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dev_iomconnector_iom.application import Middleware, create_app
    from dev_iomconnector_iom.config import (
        ClockConfig,
        ClockMode,
        InventoryConfig,
        Right,
        ShopConfig,
        StandInConfig,
        UserConfig,
    )
    from dev_iomconnector_iom.contract.versions import ApiVersion
    from dev_iomconnector_iom.control.client import ControlClient, ControlError
    from dev_iomconnector_iom.control.messages import OrderReport, PiecesOfPosition
    from dev_iomconnector_iom.control.stock_messages import StockEntry
    from dev_iomconnector_iom.faults.rules import FaultKind, FaultRule
    from dev_iomconnector_iom.server import RunningStandIn, StandIn, StandInStartError, run_in_thread

__all__ = [
    "ApiVersion",
    "ClockConfig",
    "ClockMode",
    "ControlClient",
    "ControlError",
    "FaultKind",
    "FaultRule",
    "InventoryConfig",
    "Middleware",
    "OrderReport",
    "PiecesOfPosition",
    "Right",
    "RunningStandIn",
    "ShopConfig",
    "StandIn",
    "StandInConfig",
    "StandInStartError",
    "StockEntry",
    "UserConfig",
    "create_app",
    "run_in_thread",
]

_MODULES = {
    "ApiVersion": "dev_iomconnector_iom.contract.versions",
    "ClockConfig": "dev_iomconnector_iom.config",
    "ClockMode": "dev_iomconnector_iom.config",
    "ControlClient": "dev_iomconnector_iom.control.client",
    "ControlError": "dev_iomconnector_iom.control.client",
    "FaultKind": "dev_iomconnector_iom.faults.rules",
    "FaultRule": "dev_iomconnector_iom.faults.rules",
    "InventoryConfig": "dev_iomconnector_iom.config",
    "Middleware": "dev_iomconnector_iom.application",
    "OrderReport": "dev_iomconnector_iom.control.messages",
    "PiecesOfPosition": "dev_iomconnector_iom.control.messages",
    "Right": "dev_iomconnector_iom.config",
    "RunningStandIn": "dev_iomconnector_iom.server",
    "ShopConfig": "dev_iomconnector_iom.config",
    "StockEntry": "dev_iomconnector_iom.control.stock_messages",
    "StandIn": "dev_iomconnector_iom.server",
    "StandInConfig": "dev_iomconnector_iom.config",
    "StandInStartError": "dev_iomconnector_iom.server",
    "UserConfig": "dev_iomconnector_iom.config",
    "create_app": "dev_iomconnector_iom.application",
    "run_in_thread": "dev_iomconnector_iom.server",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first used, so that listing cartridges stays quick."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)
