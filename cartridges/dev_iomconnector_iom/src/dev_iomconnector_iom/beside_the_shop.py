"""The stand-in as a background service of ``iomconnector serve``."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import structlog

from dev_iomconnector_iom.cli import STORAGE_NAME
from dev_iomconnector_iom.config import StandInConfig
from dev_iomconnector_iom.sample_stock import with_sample_stock
from dev_iomconnector_iom.server import StandIn, StandInStartError
from iomconnector.jobs.background import BackgroundService, Place

PORT = 8090
PORT_VARIABLE = "IOM_STAND_IN_PORT"
TOKEN_VARIABLE = "IOM_STAND_IN_CONTROL_TOKEN"  # noqa: S105

log = structlog.get_logger(__name__)


def stand_in_service(data_directory: Path) -> BackgroundService:
    """A stand-in that keeps its orders and stock in a directory, at first the stock of IOM's demo.

    It listens on port 8090, or on ``$IOM_STAND_IN_PORT``; an empty value leaves it out, and where something
    listens there already, that is used. The control interface is on where ``$IOM_STAND_IN_CONTROL_TOKEN`` is
    set.

    Arguments:
        data_directory: Where it keeps its orders.
    """

    async def run(stop: asyncio.Event) -> None:
        port = os.environ.get(PORT_VARIABLE, str(PORT))
        if not port:
            return
        config = with_sample_stock(
            StandInConfig.model_validate(
                {
                    "port": port,
                    "storage": data_directory / STORAGE_NAME,
                    "control_token": os.environ.get(TOKEN_VARIABLE),
                }
            )
        )
        try:
            async with StandIn(config) as iom:
                log.info("the IOM stand-in listens", url=iom.url)
                await stop.wait()
        except StandInStartError as error:
            log.warning(
                "the IOM stand-in does not start; orders go to whatever listens there",
                reason=str(error),
                mend=f"stop that, or set {PORT_VARIABLE} to another port",
            )
            await stop.wait()

    return BackgroundService("IOM stand-in", run, Place.WEB)
