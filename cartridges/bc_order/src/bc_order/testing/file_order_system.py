"""An order management system that is a directory: one file an order, made exactly once."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from iomconnector.model.endpoints import Endpoint
from iomconnector.model.erasure import without_personal_data
from iomconnector.model.exports import PlacedOrder
from iomconnector.model.order_documents import dump_order, order_from, parse_json
from iomconnector.ports.message_log import Message
from iomconnector.ports.order_directory import RemoteOrder
from iomconnector.ports.order_export_service import (
    Difference,
    ExportUnavailableError,
    FoundOrder,
    OrderExportService,
    OrderNotExportableError,
    OrderRefusedError,
    Receipt,
)
from iomconnector.ports.order_number_source import NumbersPage
from iomconnector.services.definition import AdapterContext, ServiceDefinition

REFUSED = "refused"
NOT_EXPORTABLE = "not exportable"
HOLD = "hold"
"""While a file of this name lies in the directory, nothing is stored; what waits leaves ``held-...``."""


class FileOrderSystemSettings(BaseModel):
    """Where the files are.

    Arguments:
        directory: It must exist; without it the system cannot be reached.
        password: Not used; to see that it is shown nowhere.
        labels: Not used; a setting that is a table.
        retries: Not used; a setting that is a number.
    """

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    directory: Path
    password: SecretStr = SecretStr("")
    labels: dict[str, str] = Field(default_factory=dict)
    retries: int = 0


class FileOrderExportService:
    """Keeps orders as files, by channel and number.

    An order whose ``customer_order_number`` is :data:`REFUSED` is refused, and one for which it is
    :data:`NOT_EXPORTABLE` breaks a rule.
    """

    def __init__(self, settings: FileOrderSystemSettings, context: AdapterContext) -> None:
        self._directory = settings.directory
        self._context = context

    @property
    def endpoint(self) -> Endpoint:
        """The directory."""
        return Endpoint(self.number_space())

    async def submit(self, placed: PlacedOrder) -> Receipt:
        """Make the file; it is there once, whoever else tries."""
        order = placed.order
        content = json.dumps(self.preview(placed))
        self._check_directory()
        await self._held(order.number)
        file = self._file(placed)
        try:
            with file.open("x", encoding="utf-8") as new:
                refused = order.customer_order_number == REFUSED
                new.write("" if refused else content)
        except FileExistsError:
            await self._record(placed, "409")
            raise OrderRefusedError(f"Order {order.number} exists.", their_code="EXISTS") from None
        if refused:
            file.unlink()
            await self._record(placed, "400")
            raise OrderRefusedError("No such customer.", their_code="CUSTOMER_UNKNOWN")
        await self._record(placed, "201")
        return Receipt(str(file))

    async def find(self, placed: PlacedOrder) -> FoundOrder | None:
        """Read the file and compare."""
        self._check_directory()
        file = self._file(placed)
        try:
            theirs = parse_json(file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        differences = _differences(self.preview(placed), theirs)
        return FoundOrder(str(file), differences, bool(placed.revision and differences))

    def preview(self, placed: PlacedOrder) -> Mapping[str, Any]:
        """The canonical document of the order."""
        if placed.order.customer_order_number == NOT_EXPORTABLE:
            raise OrderNotExportableError(
                f"Order {placed.order.number}: customer_order_number is forbidden.", order=placed.order.number
            )
        document: Mapping[str, Any] = parse_json(dump_order(placed.order))
        return document

    def notes(self, placed: PlacedOrder) -> Sequence[str]:
        """What is lost: nothing but a project."""
        return [f"project {placed.order.project} has no place"] if placed.order.project else []

    def number_space(self) -> str:
        """The directory, in which all channels have their orders."""
        return f"directory {self._directory}"

    async def all_numbers(self) -> AsyncIterator[NumbersPage]:
        """The number of every file, two a page."""
        self._check_directory()
        numbers = sorted(unquote(file.stem).partition(" ")[2] for file in self._directory.glob("*.json"))
        for begin in range(0, max(len(numbers), 1), 2):
            yield NumbersPage(numbers[begin : begin + 2], len(numbers))

    async def latest_numbers(self) -> AsyncIterator[NumbersPage]:
        """The first two numbers."""
        async for page in self.all_numbers():
            yield page
            return

    async def orders_between(self, start: datetime, end: datetime) -> AsyncIterator[Sequence[RemoteOrder]]:
        """Every file, on one page."""
        self._check_directory()
        yield [self._remote(file) for file in sorted(self._directory.glob("*.json"))]

    async def look_up(self, numbers: Sequence[str]) -> Sequence[RemoteOrder]:
        """The files of these numbers."""
        self._check_directory()
        everything = [self._remote(file) for file in self._directory.glob("*.json")]
        return [remote for remote in everything if remote.number in numbers]

    async def compare(self, placed: PlacedOrder, remote: RemoteOrder) -> Sequence[Difference]:
        """What differs from a file."""
        assert isinstance(remote.content, Mapping)
        theirs = remote.content
        if placed.erased_at is not None:
            theirs = parse_json(dump_order(without_personal_data(order_from(theirs))))
        return _differences(self.preview(placed), theirs)

    async def aclose(self) -> None:
        """Nothing is held."""

    def _file(self, placed: PlacedOrder) -> Path:
        return self._directory / quote(f"{placed.order.channel} {placed.order.number}.json", safe="")

    def _remote(self, file: Path) -> RemoteOrder:
        content = parse_json(file.read_text(encoding="utf-8"))
        created_at = datetime.fromisoformat(content["created_at"])
        return RemoteOrder(content["number"], created_at, str(file), content)

    def _check_directory(self) -> None:
        if not self._directory.is_dir():
            raise ExportUnavailableError(f"{self._directory} is not there.", whole_service=True)

    async def _held(self, number: str) -> None:
        hold = self._directory / HOLD
        if hold.exists():
            (self._directory / f"held-{os.getpid()}-{quote(number, safe='')}").touch()
        while hold.exists():  # noqa: ASYNC110
            await asyncio.sleep(0.01)

    async def _record(self, placed: PlacedOrder, status: str) -> None:
        await self._context.message_log.record(
            Message(
                message_id=uuid4().hex,
                at=self._context.clock.now(),
                channel=placed.order.channel,
                order_number=placed.order.number,
                service=self._context.service,
                method="WRITE",
                url=self._file(placed).resolve().as_uri(),
                request_headers={"Authorization": "***"},
                request_body=dump_order(placed.order),
                status=int(status),
                duration_ms=1.5,
            )
        )


def _differences(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> tuple[Difference, ...]:
    return tuple(
        Difference(name, str(ours.get(name)), str(theirs.get(name)))
        for name in sorted({*ours, *theirs})
        if ours.get(name) != theirs.get(name)
    )


FILE_ORDER_EXPORT = ServiceDefinition(
    id="file-order-export",
    display_name="Order export to files",
    group="Order management",
    port=OrderExportService,
    configuration=FileOrderSystemSettings,
    adapter=FileOrderExportService,
)
