"""The IOM stand-in as a process of its own, so that it can be killed."""

from __future__ import annotations

import secrets
import sys
from base64 import b64encode
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from dev_iomconnector_iom.application import CONTROL_PATH
from dev_iomconnector_iom.config import DEMO_PASSWORD
from dev_iomconnector_iom.contract.versions import BASE_PATH
from dev_iomconnector_iom.control.client import ControlClient
from dev_iomconnector_iom.exact_json import dump
from dev_iomconnector_iom.faults.rules import FaultRule
from iomconnector.errors import ConnectorError
from iomconnector.testing.faults.programs import Program, ProgramEndedError

MEDIA_TYPE = "application/vnd.intershop.order.v2+json"


class StandInFailedError(ConnectorError):
    """The stand-in did not start."""

    code = "demo.stand_in_failed"
    exit_code = 4


class StandInProcess(Program):
    """Starts, kills and restarts a stand-in on one set of data. Its calls block.

    Arguments:
        data_directory: Where it keeps its orders, and what it says.
        port: Where it listens.
        options: More options of its command line.
    """

    def __init__(self, data_directory: Path, port: int, *options: str) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        token = secrets.token_urlsafe(16)
        self.control = ControlClient(self.url + CONTROL_PATH, token)
        self.faults: Counter[str] = Counter()
        command = [sys.executable, "-m", "dev_iomconnector_iom", "--port", str(port)]
        command += ["--data-dir", str(data_directory), "--control-token", token, *options]
        super().__init__("iom-stand-in", command, logs=data_directory, ready="listens on")

    def start(self, *, seconds: float = 60) -> StandInProcess:
        """Start it, and wait until it listens; itself.

        Raises:
            StandInFailedError: It ended instead; the text has its own words.
        """
        try:
            super().start(seconds=seconds)
        except ProgramEndedError as error:
            raise StandInFailedError(str(error), hint="Choose another port with --iom-port.") from None
        return self

    def plant(self, shop: int, document: Mapping[str, Any]) -> None:
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
        urlopen(request).close()  # noqa: S310

    def set_faults(self, rules: tuple[FaultRule, ...]) -> None:
        """Put fault rules to work instead of those that are."""
        self.control.clear_faults()
        for rule in rules:
            self.control.add_fault(rule)

    def count_faults(self) -> None:
        """Add what it counted to :attr:`faults`; what a killed process counted would be gone."""
        self.faults.update(self.control.statistics().faults)

    def sent_again(self) -> int:
        """How many orders came that it had already; it refuses those, as far as anybody knows of IOM."""
        counts = self.control.statistics()
        return counts.answers.get("POST 400", 0) + counts.processed.get("POST 400", 0)
