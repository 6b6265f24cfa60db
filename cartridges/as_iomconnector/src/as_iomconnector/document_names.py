"""What documents are called: for people, and as files."""

from __future__ import annotations

from typing import Final

from app_sf_responsive.catalogs import translatable
from app_sf_responsive.languages import Language
from as_iomconnector.pages import PAGES
from iomconnector.model.order_states import DocumentKind, OrderDocument

KINDS: Final = {
    DocumentKind.INVOICE: translatable("Invoice"),
    DocumentKind.INVOICE_CREDIT_NOTE: translatable("Invoice credit note"),
    DocumentKind.CREDIT_NOTE: translatable("Credit note"),
    DocumentKind.DELIVERY_NOTE: translatable("Delivery note"),
    DocumentKind.RETURN_LABEL: translatable("Return label"),
    DocumentKind.RETURN_SLIP: translatable("Return slip"),
}


def document_type(document: OrderDocument, language: Language) -> str:
    """What kind of document it is; its type as it came where nobody explains it."""
    return PAGES.text(language, KINDS[document.kind]) if document.kind else document.type


def document_number(document: OrderDocument) -> str:
    """The number in a name of type, number and time; empty in another one."""
    parts = document.name.split("_")
    return parts[1] if len(parts) == 3 and parts[1].isdecimal() else ""
