"""Reading back from an order management system that is a directory: one file a state."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, timedelta
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from iomconnector.model.endpoints import Endpoint
from iomconnector.model.order_states import OrderState
from iomconnector.model.order_status import Phase, StatusName
from iomconnector.ports.order_history_service import (
    HistoryNotOfferedError,
    HistoryRules,
    HistoryUnavailableError,
    OrderHistoryService,
    StateChanges,
    StatePage,
    StateQuery,
)
from iomconnector.services.definition import AdapterContext, ServiceDefinition

PACKED = StatusName(code="PACKED", texts={"en": "Packed", "de": "Verpackt"}, phase=Phase.PROCESSING)
SENT = StatusName(code="SENT", texts={"en": "Sent", "de": "Versandt"}, phase=Phase.SHIPPED)
ASKED = "asked"
"""The file that gets a line for each question."""
HANG = "hang"
"""While a file of this name lies in the directory, no question is answered."""


class FileOrderHistorySettings(BaseModel):
    """Where the files are, and how long a page waits for them.

    Arguments:
        states: The directory; while it is not there, the system cannot be reached.
        budget_seconds: Longer than this no page waits.
        keep_seconds: For how long an answer is used again.
    """

    model_config = ConfigDict(extra="forbid")

    states: Path
    budget_seconds: float = 5.0
    keep_seconds: float = 5.0


class FileOrderHistoryService:
    """Gives the states that lie in a directory, each as JSON in ``NUMBER.json``. It cannot look for e-mail
    addresses, and has no change feed."""

    def __init__(self, settings: FileOrderHistorySettings, context: AdapterContext) -> None:
        self._directory = settings.states
        self.endpoint = Endpoint(f"directory {settings.states}")
        self.rules = HistoryRules(
            keep_states=timedelta(seconds=settings.keep_seconds),
            budget=timedelta(seconds=settings.budget_seconds),
        )

    @property
    def statuses(self) -> Sequence[StatusName]:
        """Packed and sent."""
        return (PACKED, SENT)

    async def states(self, numbers: Sequence[str]) -> Sequence[OrderState]:
        """The files of these numbers."""
        return [each for each in await self._all() if each.number in numbers]

    async def search(self, query: StateQuery) -> StatePage:
        """Every file that meets the query, the newest first."""
        if query.emails:
            raise HistoryNotOfferedError("The files cannot be searched for e-mail addresses.")
        found = sorted(
            (each for each in await self._all() if _meets(each, query)), key=_created, reverse=True
        )
        return StatePage(tuple(found[query.offset : query.offset + query.limit]), len(found))

    async def changes(self, mark: str | None, *, limit: int = 1000) -> StateChanges:
        """There is no change feed."""
        raise HistoryNotOfferedError("Files have no change feed.")

    async def aclose(self) -> None:
        """Nothing is held."""

    async def _all(self) -> Sequence[OrderState]:
        if not self._directory.is_dir():
            raise HistoryUnavailableError(f"{self._directory} is not there.")
        with (self._directory / ASKED).open("a") as asked:
            asked.write("asked\n")
        while (self._directory / HANG).exists():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        files = sorted(self._directory.glob("*.json"))
        return [OrderState.model_validate_json(each.read_bytes()) for each in files]


def _created(state: OrderState) -> tuple[str, str]:
    return (state.created_at.astimezone(UTC).isoformat() if state.created_at else "", state.number)


def _meets(state: OrderState, query: StateQuery) -> bool:
    day = state.created_at.astimezone(UTC).date() if state.created_at else None
    skus = {position.sku for position in state.positions}
    return (
        (not query.numbers or state.number in query.numbers)
        and (not query.customers or state.customer in query.customers)
        and (not query.skus or bool(skus & {*query.skus}))
        and (not query.statuses or state.status.code in query.statuses)
        and (query.created_from is None or (day is not None and query.created_from <= day))
        and (query.created_to is None or (day is not None and day <= query.created_to))
    )


FILE_ORDER_HISTORY = ServiceDefinition(
    id="file-order-history",
    display_name="Order history from files",
    group="Order management",
    port=OrderHistoryService,
    configuration=FileOrderHistorySettings,
    adapter=FileOrderHistoryService,
)
