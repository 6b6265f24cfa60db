"""The conditions of an :class:`~iomconnector.model.export_filters.ExportFilter`, for the database."""

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, false, literal_column, text

from iomconnector.model.export_filters import WAITING_STATES, ExportFilter
from iomconnector.model.exports import ExportState
from iomconnector.storage.tables import export_requests, orders
from iomconnector.storage.tables.metadata import replaced
from iomconnector.storage.text_search import HIGHEST, begins_with, has_text

Condition = ColumnElement[bool]
_requests = export_requests.c


def storable(wanted: ExportFilter) -> ExportFilter:
    """The conditions, with texts as a database can have them."""
    changes: dict[str, Any] = {}
    for field in fields(wanted):
        value = getattr(wanted, field.name)
        if isinstance(value, str):
            changes[field.name] = replaced(value)
        elif field.name in ("channels", "reason_codes"):
            changes[field.name] = tuple(replaced(each) for each in value)
    return replace(wanted, **changes)


def in_state(state: ExportState) -> Condition:
    """Being in a state, written so that the indexes are used that have only the rows of that state."""
    exactly: Condition = _requests.state == literal_column(f"'{state.value}'")
    if state in (ExportState.DUE, ExportState.SENDING):
        return exactly
    return and_(exactly, text("export_requests.state NOT IN ('due', 'sending')"))


def in_states(states: Sequence[ExportState]) -> Condition:
    """Being in one of several states, written so that no index by state is used."""
    return _requests.state.in_(
        bindparam(None, [state.value for state in states], expanding=True, unique=True)
    )


def of_export(wanted: ExportFilter) -> list[Condition]:
    """The conditions on the export, but those on its state and its channel."""
    found: list[Condition] = []
    if wanted.reason_codes:
        found.append(_requests.reason_code.in_(wanted.reason_codes))
    if wanted.reason_text:
        found.append(has_text(_requests.reason, _small(wanted.reason_text)))
    if wanted.updated_from is not None:
        found.append(_requests.updated_at >= wanted.updated_from)
    if wanted.updated_to is not None:
        found.append(_requests.updated_at < wanted.updated_to)
    if wanted.min_failures:
        found.append(_requests.failures >= wanted.min_failures)
    if wanted.min_attempts:
        found.append(_requests.attempts >= wanted.min_attempts)
    if wanted.waiting_since is not None:
        found.append(_requests.requested_at <= wanted.waiting_since)
        found.append(in_states(WAITING_STATES))
    if wanted.due_after is not None:
        found.append(_requests.due_at > wanted.due_after)
        found.append(in_states([ExportState.DUE]))
    return found


def of_order(wanted: ExportFilter) -> list[Condition]:
    """The conditions on the order itself, but that on its channel."""
    return [*of_number(wanted), *of_customer(wanted), *of_placing(wanted)]


def of_number(wanted: ExportFilter) -> list[Condition]:
    """The conditions on the order's number."""
    found: list[Condition] = []
    if wanted.number is not None:
        found.append(orders.c.number == wanted.number)
    if wanted.number_prefix:
        low = wanted.number_prefix
        found.append(begins_with(orders.c.number, low, low + HIGHEST))
    return found


def of_customer(wanted: ExportFilter) -> list[Condition]:
    """The condition on the customer."""
    return [] if wanted.customer is None else [orders.c.customer == wanted.customer]


def of_placing(wanted: ExportFilter) -> list[Condition]:
    """The conditions on when the order was placed."""
    found: list[Condition] = []
    if wanted.placed_from is not None:
        found.append(orders.c.placed_at >= wanted.placed_from)
    if wanted.placed_to is not None:
        found.append(orders.c.placed_at < wanted.placed_to)
    return found


def all_conditions(wanted: ExportFilter) -> list[Condition]:
    """Every condition, for a statement that has both tables and is restricted to certain keys."""
    found = [*of_export(wanted), *of_order(wanted)]
    if wanted.impossible:
        found.append(false())
    if wanted.states:
        found.append(in_states(wanted.states))
    if wanted.channels:
        found.append(_requests.channel.in_(wanted.channels))
    return found


def _small(value: str) -> str:
    return "".join(chr(ord(each) + 32) if "A" <= each <= "Z" else each for each in value)
