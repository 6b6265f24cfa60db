"""The status of an order as people read it: a name, its texts, and where in an order's life it stands."""

from enum import StrEnum

from pydantic import Field

from iomconnector.model.values import RequiredText, Value

DEFAULT_LANGUAGE = "en"


class Phase(StrEnum):
    """Where in its life an order is, for progress bars, colours and filters. Statuses are an open set; these
    are not."""

    IN_APPROVAL = "in approval"
    """Somebody of the customer has to agree."""
    RECEIVED = "received"
    """The shop has it; fulfilment has not begun."""
    PROCESSING = "processing"
    """Suppliers are found, parcels are packed."""
    PARTLY_SHIPPED = "partly shipped"
    SHIPPED = "shipped"
    PARTLY_RETURNED = "partly returned"
    RETURNED = "returned"
    CANCELLED = "cancelled"
    """Nothing of it will come."""
    IN_CLARIFICATION = "in clarification"
    """Something went wrong, and somebody of the merchant has to look at it."""
    UNKNOWN = "unknown"
    """The status has a name that nobody explained."""


class StatusName(Value):
    """A status.

    Arguments:
        code: Its name, as the system that gave it writes it.
        texts: What people read, by language (``en``, ``de``); empty where nobody wrote it.
        phase: Where in its life the order is.
    """

    code: RequiredText
    texts: dict[str, RequiredText] = Field(default_factory=dict)
    phase: Phase = Phase.UNKNOWN

    def text(self, language: str = DEFAULT_LANGUAGE) -> str:
        """What people read; the English text where there is none in that language, else the code."""
        return self.texts.get(language) or self.texts.get(DEFAULT_LANGUAGE) or self.code
