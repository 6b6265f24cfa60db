"""The documents of an order: all of them, and each to download."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

import structlog
from fastapi import APIRouter, Response

from app_sf_responsive.error_pages import PageRoute
from app_sf_responsive.recognition import SignedIn
from app_sf_responsive.source_notice import SourceNotice
from app_sf_responsive.visitor import SHOP, Customer
from as_iomconnector.assets import ASSETS, SHEET
from as_iomconnector.document_names import KINDS, document_number, document_type
from as_iomconnector.documents_panel import documents_path
from as_iomconnector.pages import PAGES
from iomconnector.model.order_history import DocumentList
from iomconnector.model.order_states import DocumentKind, StateSource
from iomconnector.ports.document_service import (
    DocumentNotFoundError,
    DocumentRefusedError,
    DocumentsBusyError,
)
from iomconnector.ports.order_history_service import HistoryUnavailableError
from iomconnector.web.document_downloads import document_download
from iomconnector.web.order_keys import order_key

ID: Final = re.compile(r"[\w-]{1,64}", re.ASCII)

router = APIRouter(prefix=SHOP, route_class=PageRoute, include_in_schema=False)
log = structlog.get_logger(__name__)


@router.get("/{channel}/orders/{order_id}/documents")
async def documents(customer: SignedIn, order_id: str) -> Response:
    """All documents of an order, or those of one kind."""
    key = order_key(order_id)
    history = customer.application.order_history
    view = await history.order(customer.owner, key)
    found = await history.documents(customer.owner, key)
    wanted = _kind(customer.request.query_params.get("kind", ""))
    shown = [each for each in found.documents if wanted is None or each.kind is wanted]
    return await PAGES.page(
        customer,
        "documents.html",
        order=view.order,
        order_path=customer.path("orders", key),
        path=documents_path(key, customer),
        rows=[(document_type(each, customer.language), document_number(each), each) for each in shown],
        total=len(found.documents),
        wanted=wanted,
        filters=_filters(found, customer),
        notice=_notice(found),
        unknown=found.source is StateSource.SHOP and found.reason is not None,
        now=customer.now,
        stylesheets=(ASSETS.path(SHEET),),
    )


@router.get("/{channel}/orders/{order_id}/documents/{document_id}")
async def document(customer: SignedIn, order_id: str, document_id: str) -> Response:
    """One document, to download."""
    key = order_key(order_id)
    if not ID.fullmatch(document_id):
        raise DocumentNotFoundError("There is no such document.")
    history = customer.application.order_history
    view = await history.order(customer.owner, key)
    listed = view.state.documents if view.state else ()
    name = next(
        (each.name for each in listed if each.id == document_id), f"{view.order.number}_{document_id}"
    )
    try:
        return await document_download(customer.application, customer.owner, key, document_id, name)
    except (HistoryUnavailableError, DocumentsBusyError) as error:
        return await _trouble(customer, key, 503, error)
    except DocumentRefusedError as error:
        return await _trouble(customer, key, 502, error)


async def _trouble(customer: Customer, order_id: int, status: int, error: Exception) -> Response:
    log.warning("a document could not be given", order_id=order_id, status=status, problem=str(error))
    path = documents_path(order_id, customer)
    return await PAGES.page(
        customer, "document_trouble.html", status=status, path=path, stylesheets=(ASSETS.path(SHEET),)
    )


def _kind(text: str) -> DocumentKind | None:
    return next((kind for kind in DocumentKind if kind.value == text), None)


def _filters(found: DocumentList, customer: Customer) -> Sequence[tuple[str, str, int]]:
    """Value, text and number of each kind that there is."""
    counts = Counter(each.kind for each in found.documents)
    return [
        (kind.value, PAGES.text(customer.language, message), counts[kind])
        for kind, message in KINDS.items()
        if counts[kind]
    ]


def _notice(found: DocumentList) -> SourceNotice | None:
    known = found.source is StateSource.LAST_KNOWN
    return SourceNotice(found.source, found.as_of) if known else None
