"""The documents of an order: ICM's legacy resources. [KB 28K198, 2P8197]"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final
from urllib.parse import unquote

from fastapi import APIRouter, Header, Path, Response
from fastapi.responses import StreamingResponse

from app_sf_rest.answers import NOT_NOW, NOT_PASSED_ON, NOT_THERE, UNAUTHORIZED
from app_sf_rest.caller import CurrentShopper, Shopper
from app_sf_rest.order_access import key_of
from app_sf_rest.representation.documents import (
    OrderDocumentInformation,
    ResourceCollection,
    as_xml,
    information,
    links,
)
from app_sf_rest.rest_route import BASE_PATH, RestRoute
from iomconnector.application import Application
from iomconnector.model.customer_users import OrderOwner
from iomconnector.model.order_states import DocumentKind, OrderDocument
from iomconnector.ports.document_service import DocumentNotFoundError
from iomconnector.web.authentication import CurrentApplication
from iomconnector.web.document_downloads import ENDINGS, document_download

XML: Final = "text/xml"

router = APIRouter(
    prefix=f"{BASE_PATH}/orders/{{order_id}}/documents",
    tags=["storefront: documents"],
    route_class=RestRoute,
)

Accept = Annotated[str, Header(include_in_schema=False)]
OrderId = Annotated[str, Path(description="The id of the order, as the list of orders gives it.")]
DocumentId = Annotated[str, Path(description="The id of the document.")]


@router.get(
    "",
    response_model=ResourceCollection,
    summary="The documents of an order",
    response_description="Links to them, newest first; also as `text/xml`.",
    responses={**UNAUTHORIZED, **NOT_NOW, **NOT_THERE},
)
async def all_documents(
    order_id: OrderId, shopper: CurrentShopper, system: CurrentApplication, accept: Accept = ""
) -> ResourceCollection | OrderDocumentInformation | Response:
    """Links to the documents of an order; an empty list where nothing is known of any."""
    found = await _documents(shopper, system, order_id)
    return _as_asked(links(shopper.site.name, order_id, list(found)), accept)


@router.get("/", include_in_schema=False, response_model=ResourceCollection)
async def all_documents_with_slash(
    order_id: OrderId, shopper: CurrentShopper, system: CurrentApplication, accept: Accept = ""
) -> ResourceCollection | OrderDocumentInformation | Response:
    """The same; ICM's own address ends with a slash."""
    return await all_documents(order_id, shopper, system, accept)


@router.get(
    "/{document_id}",
    response_model=OrderDocumentInformation | ResourceCollection,
    response_model_exclude_none=True,
    summary="A document, or the documents of a kind",
    response_description="The document, or links for `creditnotes`, `delivery`, `invoicecreditnotes`, "
    "`invoices`, `returnlabel` and `returnslip`; also as `text/xml`.",
    responses={**UNAUTHORIZED, **NOT_NOW, **NOT_THERE},
)
async def document(
    order_id: OrderId,
    document_id: DocumentId,
    shopper: CurrentShopper,
    system: CurrentApplication,
    accept: Accept = "",
) -> OrderDocumentInformation | ResourceCollection | Response:
    """What there is to say of a document, or links to those of a kind."""
    name = unquote(document_id)
    if name in set(DocumentKind):
        found = await _documents(shopper, system, order_id, DocumentKind(name))
        return _as_asked(links(shopper.site.name, order_id, list(found)), accept)
    one = _only(await _documents(shopper, system, order_id), name)
    return _as_asked(information(shopper.site.name, order_id, one), accept)


@router.get(
    "/{document_id}/download",
    summary="Download a document",
    response_class=StreamingResponse,
    response_description="The document.",
    responses={
        200: {"content": {each: {} for each in ENDINGS}},
        **UNAUTHORIZED,
        **NOT_NOW,
        **NOT_THERE,
        **NOT_PASSED_ON,
    },
)
async def download(
    order_id: OrderId, document_id: DocumentId, shopper: CurrentShopper, system: CurrentApplication
) -> Response:
    """A document as it is, while it comes. Nothing of where it comes from is told."""
    key, owner = key_of(order_id), OrderOwner.of(shopper.user)
    one = _only(await _documents(shopper, system, order_id), unquote(document_id))
    return await document_download(system, owner, key, one.id, one.name)


async def _documents(
    shopper: Shopper, system: Application, order_id: str, kind: DocumentKind | None = None
) -> Sequence[OrderDocument]:
    kinds = frozenset() if kind is None else frozenset({kind})
    found = await system.order_history.documents(OrderOwner.of(shopper.user), key_of(order_id), kinds)
    return found.documents


def _only(documents: Sequence[OrderDocument], document_id: str) -> OrderDocument:
    for each in documents:
        if each.id == document_id:
            return each
    raise DocumentNotFoundError(f"There is no document {document_id}.", document=document_id)


def _as_asked(
    model: ResourceCollection | OrderDocumentInformation, accept: str
) -> ResourceCollection | OrderDocumentInformation | Response:
    if XML in accept and "json" not in accept:
        return Response(as_xml(model), media_type=XML)
    return model
