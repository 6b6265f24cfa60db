"""Documents as ICM's legacy resources show them, in JSON and XML. [KB 28K198, 2P8197]"""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement, tostring

from pydantic import BaseModel

from iomconnector.model.order_states import OrderDocument


class Link(BaseModel):
    """A link to a document: no leading slash, the id percent-encoded."""

    type: str = "Link"
    uri: str
    title: str


class ResourceCollection(BaseModel):
    """Links to documents."""

    elements: list[Link]
    type: str = "ResourceCollection"


class OrderDocumentInformation(BaseModel):
    """A document.

    Arguments:
        creationDate: Year, month, day, hour, minute, second and nanoseconds, in UTC.
        downloadLink: Where it can be downloaded: no leading slash, the id as it is.
    """

    type: str
    name: str
    downloadLink: str
    creationDate: list[int] | None = None
    id: str


def links(site: str, order_id: str, documents: list[OrderDocument]) -> ResourceCollection:
    """Links to the documents of an order."""
    place = f"{site}/-/orders/{order_id}/documents"
    return ResourceCollection(
        elements=[Link(uri=f"{place}/{quote(each.id, safe='')}", title=each.name) for each in documents]
    )


def information(site: str, order_id: str, document: OrderDocument) -> OrderDocumentInformation:
    """What there is to say of a document."""
    return OrderDocumentInformation(
        type=document.type,
        name=document.name,
        downloadLink=f"{site}/-/orders/{order_id}/documents/{document.id}/download",
        creationDate=_parts(document.created_at) if document.created_at else None,
        id=document.id,
    )


def as_xml(model: ResourceCollection | OrderDocumentInformation) -> bytes:
    """The same as XML; how ICM writes it is not published, so this is our own contract."""
    root = Element(type(model).__name__)
    if isinstance(model, ResourceCollection):
        for each in model.elements:
            link = SubElement(root, "element", type=each.type)
            SubElement(link, "uri").text = each.uri
            SubElement(link, "title").text = each.title
    else:
        for name, value in model.model_dump(exclude_none=True).items():
            SubElement(root, name).text = " ".join(map(str, value)) if isinstance(value, list) else str(value)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _parts(moment: datetime) -> list[int]:
    at = moment.astimezone(UTC)
    return [at.year, at.month, at.day, at.hour, at.minute, at.second, at.microsecond * 1000]
