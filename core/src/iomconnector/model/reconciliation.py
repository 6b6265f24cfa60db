"""What a comparison of the shop with its order management system says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from iomconnector.model.export_acts import ExportAct
from iomconnector.model.exports import ExportState


class Disagreement(StrEnum):
    """In what way the two sides do not agree about an order."""

    MISSING = "missing"
    """The shop says exported, and it is not there."""
    DIFFERENT = "different"
    """An order of that number is there, but not this one."""
    UNKNOWN = "unknown"
    """It is there, and the shop has no such order."""
    UNRECORDED = "unrecorded"
    """It is there, and the shop does not say exported."""
    DUPLICATE = "duplicate"
    """Two orders of that number are there."""
    UNCONFIRMED = "unconfirmed"
    """It could not be compared."""

    @property
    def advice(self) -> str:
        """What to do about it."""
        return _ADVICE[self]


_ADVICE = {
    Disagreement.MISSING: (
        "Find out who removed it there. --mend makes it due again: it is asked for, then sent."
    ),
    Disagreement.DIFFERENT: (
        "Nothing is changed here. Decide which side is right, and correct the other one by hand; "
        "`iomconnector order messages NUMBER` shows what was sent."
    ),
    Disagreement.UNKNOWN: (
        "Nothing is changed here. Where another installation sends to the same shop of the order management "
        "system, it is from there; else look who made it, or restore the shop's database."
    ),
    Disagreement.UNRECORDED: (
        "--mend makes it due: the export asks for it, compares, and records it as exported."
    ),
    Disagreement.DUPLICATE: "Cancel one of the two in the order management system.",
    Disagreement.UNCONFIRMED: "Mend what the reason says, then compare again.",
}


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time.

    Arguments:
        start: Its first moment.
        end: The first moment after it.
    """

    start: datetime
    end: datetime

    def __contains__(self, moment: datetime) -> bool:
        """Whether a moment lies in it."""
        return self.start <= moment < self.end


@dataclass(frozen=True, slots=True)
class Finding:
    """One order about which the two sides do not agree.

    Arguments:
        disagreement: In what way.
        number: The order's number; empty where it is about more than one order.
        channel: Its channel; none where the shop does not have it.
        detail: What exactly: the first differences, or why it could not be compared.
        order_id: Its key in the shop's database, where it has one.
        state: Where its export stands.
        created_at: When it was placed here, or created there.
        reference: Where it stands in the order management system.
        erased: Its personal data were erased here.
        orders: How many orders it is about.
    """

    disagreement: Disagreement
    number: str
    channel: str | None
    detail: str
    order_id: int | None = None
    state: ExportState | None = None
    created_at: datetime | None = None
    reference: str = ""
    erased: bool = False
    orders: int = 1

    @property
    def remedy(self) -> ExportAct | None:
        """What mends it; none where that is the business of a person.

        An order that is there, and is being sent here, is recorded by the export itself.
        """
        if self.erased or self.order_id is None:
            return None
        if self.disagreement is Disagreement.MISSING:
            return ExportAct.REPLAY
        return _REMEDIES.get(self.state) if self.disagreement is Disagreement.UNRECORDED else None


_REMEDIES: Mapping[ExportState | None, ExportAct] = {
    ExportState.PARKED: ExportAct.RETRY,
    ExportState.GIVEN_UP: ExportAct.RETRY,
    ExportState.DUE: ExportAct.EXPEDITE,
}


@dataclass(slots=True)
class Tally:
    """How many orders were compared, and how many agree.

    Arguments:
        agree: Exported, there, and the same; or not exported and not there.
        erased: How many of those were compared without what was erased here.
        under_way: Are being sent at this moment.
        there: How many orders the order management system showed.
    """

    agree: int = 0
    erased: int = 0
    under_way: int = 0
    there: int = 0
