"""The documents of an order, without the links that open them. [KB 28K198, 2P8197; iom-api 2.7]"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import SplitResult, parse_qs, urlsplit

from ac_iomconnector_orderhistory.reading.parts import Part, moment, parts, text
from iomconnector.model.order_states import DocumentKind, OrderDocument


@dataclass(frozen=True, slots=True)
class LinkedDocument:
    """A document with the link that opens it, which never leaves the adapter.

    Arguments:
        document: What others see.
        path: The path of the link, encoded.
        query: Its query, encoded.
    """

    document: OrderDocument
    path: str = field(repr=False)
    query: str = field(repr=False)


def linked_documents(state: Part, kinds: Mapping[str, DocumentKind]) -> Iterator[LinkedDocument]:
    """The documents of an order state, each once; one without a link that can be read is left out.

    Arguments:
        state: IOM's order state.
        kinds: What types can be asked for by; keys in small letters.
    """
    seen: set[str] = set()
    for each in parts(state, "documents"):
        kind, link = text(each, "type"), text(each, "downloadLink")
        if kind is None or link is None:
            continue
        try:
            address = urlsplit(link)
        except ValueError:
            continue
        numbers = _numbers(address.query)
        identity = _identity(kind, numbers, address)
        if identity in seen or not address.path.startswith("/"):
            continue
        seen.add(identity)
        at = moment(each, "creationDate")
        document = OrderDocument(
            id=identity,
            type=kind,
            kind=kinds.get(kind.casefold()),
            name=_name(kind, numbers.get("i", ""), at),
            created_at=at,
            mime_type=text(each, "mimeType"),
        )
        yield LinkedDocument(document, address.path, address.query)


def _numbers(query: str) -> dict[str, str]:
    """The numbers of document and shop in a link; its key, which may change, is none of them."""
    try:
        found = parse_qs(query, max_num_fields=20)
    except ValueError:
        return {}
    return {name: found[name][0] for name in ("i", "s") if found.get(name) and found[name][0].isdecimal()}


def _identity(kind: str, numbers: Mapping[str, str], link: SplitResult) -> str:
    """Made of what stays: the number of the document, or else the link without its key."""
    without_key = "&".join(each for each in link.query.split("&") if not each.startswith("k="))
    told = f"{kind}|{numbers['i']}|{numbers.get('s', '')}" if "i" in numbers else f"{link.path}?{without_key}"
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:32]


def _name(kind: str, number: str, at: datetime | None) -> str:
    made = at.replace(tzinfo=None).isoformat(timespec="milliseconds") if at else ""
    return "_".join(filter(None, (kind, number, made)))
