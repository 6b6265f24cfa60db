"""The status of an order while only the shop knows about it."""

from collections.abc import Mapping, Sequence
from typing import Final

from iomconnector.model.exports import ExportState
from iomconnector.model.order_status import Phase, StatusName

Texts = Mapping[str, Mapping[str, str]]
"""Texts of statuses: code -> language -> text."""

_IN_APPROVAL = StatusName(
    code="IN_APPROVAL",
    texts={"en": "Waiting for approval", "de": "Wartet auf Genehmigung"},
    phase=Phase.IN_APPROVAL,
)
_NEW = StatusName(code="NEW", texts={"en": "New", "de": "Neu"}, phase=Phase.RECEIVED)
_EXPORTED = StatusName(code="EXPORTED", texts={"en": "Handed over", "de": "Übergeben"}, phase=Phase.RECEIVED)
_EXPORT_FAILED = StatusName(
    code="EXPORT_FAILED", texts={"en": "In clarification", "de": "In Klärung"}, phase=Phase.IN_CLARIFICATION
)
_NOT_APPROVED = StatusName(
    code="NOT_APPROVED", texts={"en": "Not approved", "de": "Nicht genehmigt"}, phase=Phase.CANCELLED
)
_CANCELLED = StatusName(code="CANCELLED", texts={"en": "Cancelled", "de": "Storniert"}, phase=Phase.CANCELLED)

_BY_STATE: Final = {
    ExportState.WAITING_FOR_APPROVAL: _IN_APPROVAL,
    ExportState.DUE: _NEW,
    ExportState.SENDING: _NEW,
    ExportState.EXPORTED: _EXPORTED,
    ExportState.PARKED: _EXPORT_FAILED,
    ExportState.REJECTED: _NOT_APPROVED,
    ExportState.GIVEN_UP: _CANCELLED,
}

LOCAL_STATUSES: Final = (_IN_APPROVAL, _NEW, _EXPORTED, _EXPORT_FAILED, _NOT_APPROVED, _CANCELLED)
"""Every status that the shop itself gives, in the order of an order's life."""


def local_status(state: ExportState, texts: Texts | None = None) -> StatusName:
    """The status of an order by the state of its export.

    Arguments:
        state: The state of its export.
        texts: Texts that replace the default ones; a language that has none keeps its default.
    """
    return _with_texts(_BY_STATE[state], texts or {})


def local_statuses(texts: Texts | None = None) -> Sequence[StatusName]:
    """Every status that the shop itself gives, with these texts in place of the default ones."""
    return [_with_texts(status, texts or {}) for status in LOCAL_STATUSES]


def export_states_of(code: str) -> tuple[ExportState, ...]:
    """The states of exports that have a status, for filters; none where the shop gives no such status."""
    return tuple(state for state, status in _BY_STATE.items() if status.code == code)


def _with_texts(status: StatusName, texts: Texts) -> StatusName:
    own = {language: text for language, text in texts.get(status.code, {}).items() if text}
    return status.model_copy(update={"texts": {**status.texts, **own}}) if own else status
