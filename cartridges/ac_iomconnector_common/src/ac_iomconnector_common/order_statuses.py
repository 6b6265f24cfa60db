"""What IOM's order statuses are called in the shop, by name and never by id. [KB B29919; iom-connector 5.1]

The English texts are those of the published table ICM <- IOM, as published: "will be canceled" and
"assignment failed" look exchanged. Rows that the published table lacks, and all German texts, are our own.
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from iomconnector.model.order_status import Phase, StatusName

PREFIX: Final = "STATE_"
"""IOM's services put it before every name. [KB 29203Z]"""


class _Row(NamedTuple):
    name: str
    english: str
    german: str
    phase: Phase


_ROWS: Final = (
    _Row("INITIAL", "initial order", "Bestellung eingegangen", Phase.RECEIVED),
    _Row("NOT_CHECKED", "in validation", "in Prüfung", Phase.IN_CLARIFICATION),
    _Row("CHECKED", "in validation", "in Prüfung", Phase.RECEIVED),
    _Row("CHECK_ANNOUNCED", "approval required", "Freigabe erforderlich", Phase.IN_CLARIFICATION),
    _Row("DO_APPROVE", "waiting for approval", "wartet auf Freigabe", Phase.IN_CLARIFICATION),
    _Row("NOT_APPROVED", "not approved", "nicht freigegeben", Phase.CANCELLED),
    _Row("DO_ANNOUNCE", "assigning supplier", "Lieferant wird zugeordnet", Phase.PROCESSING),
    _Row("NOT_ANNOUNCED", "will be canceled", "wird storniert", Phase.IN_CLARIFICATION),
    _Row("NOT_ANNOUNCED_DO_CANCEL", "assignment failed", "Zuordnung fehlgeschlagen", Phase.IN_CLARIFICATION),
    _Row("ANNOUNCED", "suppliers assigned", "Lieferanten zugeordnet", Phase.PROCESSING),
    _Row("DO_OPTIMIZE", "optimising supplier", "Lieferant wird optimiert", Phase.PROCESSING),
    _Row("OPTIMIZED", "suppliers assigned", "Lieferanten zugeordnet", Phase.PROCESSING),
    _Row("DO_PREPARE_RESPONSE", "prepare response", "Antwort wird vorbereitet", Phase.PROCESSING),
    _Row("DO_PREPARE_DOCUMENT", "prepare documents", "Dokumente werden vorbereitet", Phase.PROCESSING),
    _Row("PREPARED_DOCUMENT", "documents prepared", "Dokumente vorbereitet", Phase.PROCESSING),
    _Row("DO_CREATE_TRANSMISSION", "order transmission", "Auftragsübermittlung", Phase.PROCESSING),
    _Row("WAIT_FOR_TRANSMIT", "waiting for transmission", "wartet auf Übermittlung", Phase.PROCESSING),
    _Row("CREATED_TRANSMISSION", "order transmission", "Auftragsübermittlung", Phase.PROCESSING),
    _Row("RESERVATED", "reservation commissioned", "Reservierung beauftragt", Phase.PROCESSING),
    _Row("PARTLY_COMMISSIONED", "partly commissioned", "teilweise beauftragt", Phase.PROCESSING),
    _Row("COMMISSIONED", "commissioned", "in Bearbeitung beim Lieferanten", Phase.PROCESSING),
    _Row(
        "PARTLY_COMMISSIONED_PARTLY_DISPATCHED", "partly shipped", "teilweise versandt", Phase.PARTLY_SHIPPED
    ),
    _Row("COMMISSIONED_PARTLY_DISPATCHED", "partly shipped", "teilweise versandt", Phase.PARTLY_SHIPPED),
    _Row("DISPATCHED", "shipped", "versandt", Phase.SHIPPED),
    _Row(
        "PARTLY_COMMISSIONED_PARTLY_RETURNED",
        "partly returned",
        "teilweise zurückgesandt",
        Phase.PARTLY_RETURNED,
    ),
    _Row(
        "PARTLY_COMMISSIONED_PARTLY_DISPATCHED_PARTLY_RETURNED",
        "partly returned",
        "teilweise zurückgesandt",
        Phase.PARTLY_RETURNED,
    ),
    _Row(
        "COMMISSIONED_PARTLY_RETURNED",
        "partly canceled/returned",
        "teilweise storniert/zurückgesandt",
        Phase.PARTLY_RETURNED,
    ),
    _Row(
        "COMMISSIONED_PARTLY_DISPATCHED_PARTLY_RETURNED",
        "partly returned",
        "teilweise zurückgesandt",
        Phase.PARTLY_RETURNED,
    ),
    _Row("DISPATCHED_PARTLY_RETURNED", "partly returned", "teilweise zurückgesandt", Phase.PARTLY_RETURNED),
    _Row("RETURNED", "returned", "zurückgesandt", Phase.RETURNED),
    _Row("CANCELED", "canceled", "storniert", Phase.CANCELLED),
    _Row("CANCELLED", "canceled", "storniert", Phase.CANCELLED),
    _Row("CLOSED", "closed", "abgeschlossen", Phase.SHIPPED),
)


class OrderStatusTable:
    """Names statuses, with a shop's own texts and phases before the published ones.

    Arguments:
        english: IOM's name, with or without ``STATE_`` -> English text.
        german: The same -> German text.
        phases: The same -> where in its life the order is.
    """

    def __init__(
        self,
        english: Mapping[str, str] | None = None,
        german: Mapping[str, str] | None = None,
        phases: Mapping[str, Phase] | None = None,
    ) -> None:
        self._texts: dict[str, dict[str, str]] = {
            row.name: {"en": row.english, "de": row.german} for row in _ROWS
        }
        self._phases = {row.name: row.phase for row in _ROWS}
        for language, own in (("en", english), ("de", german)):
            for name, text in (own or {}).items():
                self._texts.setdefault(_bare(name), {})[language] = text
        for name, phase in (phases or {}).items():
            self._phases[_bare(name)] = phase

    def named(self, code: str) -> StatusName:
        """The status of that name; one that nobody explained is shown as it came."""
        name = _bare(code)
        return StatusName(
            code=code, texts=self._texts.get(name, {}), phase=self._phases.get(name, Phase.UNKNOWN)
        )

    @property
    def all(self) -> Sequence[StatusName]:
        """Every status that is explained, as IOM writes its name, in the order of an order's life."""
        return [self.named(f"{PREFIX}{name}") for name in self._texts]


def _bare(name: str) -> str:
    return name.removeprefix(PREFIX)
