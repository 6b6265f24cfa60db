"""The IOM stand-in as a process of its own, so that it can be killed."""

from __future__ import annotations

import asyncio
import secrets
import sys
from asyncio.subprocess import PIPE, Process
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar
from urllib.request import Request, urlopen

from dev_iomconnector_iom.application import CONTROL_PATH
from dev_iomconnector_iom.config import DEMO_PASSWORD
from dev_iomconnector_iom.contract.versions import BASE_PATH
from dev_iomconnector_iom.control.client import ControlClient
from dev_iomconnector_iom.exact_json import dump
from dev_iomconnector_iom.faults.rules import FaultRule
from iomconnector.errors import ConnectorError

T = TypeVar("T")

MEDIA_TYPE = "application/vnd.intershop.order.v2+json"


class StandInFailedError(ConnectorError):
    """The stand-in did not start."""

    code = "demo.stand_in_failed"
    exit_code = 4


class StandInProcess:
    """Starts, kills and restarts a stand-in on one set of data.

    Arguments:
        data_directory: Where it keeps its orders.
        port: Where it listens.
    """

    def __init__(self, data_directory: Path, port: int) -> None:
        self._data_directory = data_directory
        self._port = port
        self._token = secrets.token_urlsafe(16)
        self._process: Process | None = None
        self.faults: Counter[str] = Counter()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._port}"

    async def start(self) -> None:
        """Start it, and wait until it listens.

        Raises:
            StandInFailedError: It ended instead; the text has its own words.
        """
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "dev_iomconnector_iom",
            "--port",
            str(self._port),
            "--data-dir",
            str(self._data_directory),
            "--control-token",
            self._token,
            "--clock",
            "real",
            "--seconds-per-step",
            "1",
            stdout=PIPE,
            stderr=PIPE,
        )
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        if not await self._process.stdout.readline():
            words = (await self._process.stderr.read()).decode().strip()
            raise StandInFailedError(words, hint="Choose another port with --iom-port.")

    async def control(self, call: Callable[[ControlClient], T]) -> T:
        """Use the control interface."""
        return await asyncio.to_thread(call, ControlClient(self.url + CONTROL_PATH, self._token))

    async def plant(self, shop: int, document: Mapping[str, Any]) -> None:
        """Put an order there as somebody else would, past the connector and its message log.

        Arguments:
            shop: IOM's number of the shop.
            document: The order.
        """
        request = Request(  # noqa: S310
            f"{self.url}{BASE_PATH}/shops/{shop}/orders",
            data=dump(document),
            headers={
                "Content-Type": MEDIA_TYPE,
                "Authorization": "Basic "
                + b64encode(f"webservice_shop:{DEMO_PASSWORD.get_secret_value()}".encode()).decode(),
            },
        )
        answer = await asyncio.to_thread(urlopen, request)
        answer.close()

    async def set_faults(self, rules: tuple[FaultRule, ...]) -> None:
        """Put fault rules to work instead of those that are."""

        def put(control: ControlClient) -> None:
            control.clear_faults()
            for rule in rules:
                control.add_fault(rule)

        await self.control(put)

    async def stored_numbers(self, shop: int) -> list[str]:
        """The numbers of a shop's orders in the order of their arrival."""
        return await self.control(lambda control: control.stored_numbers(shop))

    async def count_faults(self) -> None:
        """Add what it counted to :attr:`faults`; what a killed process counted would be gone."""
        self.faults.update((await self.control(ControlClient.statistics)).faults)

    async def kill(self) -> None:
        """Kill it, as ``kill -9`` does."""
        assert self._process is not None
        self._process.kill()
        await self._process.wait()

    async def stop(self) -> None:
        """End it in good order."""
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            await self._process.wait()
