"""A stand-in for IOM on a real port, for development and tests.

It reads the Order REST contract by itself: it shares no code with the connector that it judges.
"""

from dev_iomconnector_iom.application import Middleware, create_app
from dev_iomconnector_iom.config import (
    ClockConfig,
    ClockMode,
    Right,
    ShopConfig,
    StandInConfig,
    UserConfig,
)
from dev_iomconnector_iom.contract.versions import ApiVersion
from dev_iomconnector_iom.control.client import ControlClient, ControlError
from dev_iomconnector_iom.control.messages import OrderReport, PiecesOfPosition
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
    "Middleware",
    "OrderReport",
    "PiecesOfPosition",
    "Right",
    "RunningStandIn",
    "ShopConfig",
    "StandIn",
    "StandInConfig",
    "StandInStartError",
    "UserConfig",
    "create_app",
    "run_in_thread",
]
