"""What operators change about exports. Whoever sends an order at that moment is never disturbed."""

from collections.abc import Sequence
from typing import Protocol

from iomconnector.model.export_acts import ActOrder, Correction
from iomconnector.model.export_filters import ExportSummary


class ExportDesk(Protocol):
    """Changes exports that nobody holds. An export that is being sent is left alone, so that only the holder
    of the latest claim decides on it. Who did what and why is recorded in the audit trail, in the same
    transaction."""

    async def act(self, order_ids: Sequence[int], todo: ActOrder) -> Sequence[ExportSummary]:
        """Do something with those of the exports with which it can be done at this moment.

        All of it is one transaction. Doing it again changes nothing.

        Returns:
            The exports that were changed, as they stood before, by ascending key.
        """
        ...

    async def correct(self, correction: Correction) -> bool:
        """Replace the content of an order and make it due; what stood there is kept.

        Where approvals of the order are missing, it waits for them as before.

        Returns:
            False where it is not in one of the states ``CORRECTABLE`` any more, or was corrected meanwhile;
            nothing was changed then.
        """
        ...
