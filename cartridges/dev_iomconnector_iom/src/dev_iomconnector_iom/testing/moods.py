"""A stand-in that is there or not, and answers as a test wants it to; it keeps its port and its orders."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from dev_iomconnector_iom.application import Middleware
from dev_iomconnector_iom.config import ClockConfig, ClockMode, InventoryConfig, StandInConfig
from dev_iomconnector_iom.contract.versions import ApiVersion
from dev_iomconnector_iom.control.desk import ControlDesk
from dev_iomconnector_iom.faults.rules import FaultKind, FaultRule
from dev_iomconnector_iom.server import StandIn


class MoodyStandIn:
    """A stand-in with a clock that stands still. Each mood holds until the next one.

    Arguments:
        folder: Where it keeps its orders.
        version: The version of the Order API that it speaks.
        middleware: Sees every answer before a fault spoils it.
        inventory: How ATP and reservations behave.
    """

    def __init__(
        self,
        folder: Path,
        version: str,
        middleware: Sequence[Middleware] = (),
        inventory: InventoryConfig | None = None,
    ) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self._config = StandInConfig(
            api_version=ApiVersion(version),
            port=port,
            storage=folder / "orders.sqlite3",
            clock=ClockConfig(mode=ClockMode.MANUAL),
            inventory=inventory or InventoryConfig(),
        )
        self._middleware = middleware
        self._running: StandIn | None = None

    @property
    def url(self) -> str:
        """Where it listens whenever it does."""
        return f"http://127.0.0.1:{self._config.port}"

    async def start(self) -> ControlDesk:
        """Listen, if it does not; its control desk."""
        if self._running is None:
            self._running = await StandIn(self._config, middleware=self._middleware).__aenter__()
        return self._running.desk

    async def go_down(self) -> None:
        """Listen no more: a connection cannot be made."""
        if self._running is not None:
            await self._running.__aexit__(None, None, None)
            self._running = None

    async def accept(self) -> None:
        """Answer as it should be answered."""
        (await self.start()).clear_faults()

    async def only(self, rule: FaultRule) -> None:
        """Do one thing wrong, always."""
        await self.accept()
        (await self.start()).add_fault(rule)

    async def ignore(self) -> None:
        """Take requests and close the connection without an answer."""
        await self.only(FaultRule(kind=FaultKind.REFUSE))

    async def lose_answers(self) -> None:
        """Handle requests, and lose the answers."""
        await self.only(FaultRule(kind=FaultKind.LOST_ANSWER))

    async def fail(self) -> None:
        """Answer 500."""
        await self.only(FaultRule(kind=FaultKind.STATUS, status=500))

    async def throttle(self, seconds: int) -> None:
        """Answer 429, with a time after which to come back."""
        await self.only(FaultRule(kind=FaultKind.STATUS, status=429, retry_after=seconds))

    async def forbid(self) -> None:
        """Answer 403."""
        await self.only(FaultRule(kind=FaultKind.STATUS, status=403))

    @contextmanager
    def unharmed(self, desk: ControlDesk) -> Iterator[None]:
        """Answer as it should be inside the block, whatever the mood."""
        rules = [active.rule for active in desk.faults()]
        desk.clear_faults()
        try:
            yield
        finally:
            for rule in rules:
                desk.add_fault(rule)
