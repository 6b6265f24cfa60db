"""Links to documents: a capability in the query string opens one document and no other. [iom-api 2.7]"""

from __future__ import annotations

import hashlib
import hmac

from dev_iomconnector_iom.store.orders import StoredOrder

PATH = "/servlets/DocumentServlet/v1.0"
_DOCUMENTS_AN_ORDER = 1000


class LinkMaker:
    """Makes and checks links.

    Arguments:
        secret: What keys are made from; links of a stand-in with another secret do not open.
        base_url: What the links begin with.
    """

    def __init__(self, secret: str, base_url: str = "") -> None:
        self._secret = secret.encode()
        self._base_url = base_url

    def link(self, order: StoredOrder, index: int) -> str:
        """The link to a document of the order."""
        kind = order.progress.documents[index].type
        number = order.id * _DOCUMENTS_AN_ORDER + index
        key = self._key(kind, number, order.shop)
        return f"{self._base_url}{PATH}/{kind}/{file_name(kind)}?k={key}&i={number}&s={order.shop}"

    def opens(self, key: str, kind: str, number: int, shop: int) -> bool:
        """Whether the key belongs to that document."""
        return hmac.compare_digest(key.encode(), self._key(kind, number, shop).encode())

    def _key(self, kind: str, number: int, shop: int) -> str:
        digest = hmac.new(self._secret, f"{kind}|{number}|{shop}".encode(), hashlib.sha256)
        return f"{number}{digest.hexdigest()}"


def file_name(kind: str) -> str:
    """The file name of a document of that type: ``invoiceNote`` is in ``InvoiceNote.pdf``."""
    return f"{kind[:1].upper()}{kind[1:]}.pdf"


def order_and_index(number: int) -> tuple[int, int]:
    """The order's number in the store and the index of the document in it."""
    return divmod(number, _DOCUMENTS_AN_ORDER)
