"""The settings of an IOM Order History Service."""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from ac_iomconnector_common.connection import ConnectionSettings, Seconds
from ac_iomconnector_common.endpoint import EndpointSettings
from ac_iomconnector_rest_common.order_api_settings import OrderApiSettings
from iomconnector.model.order_states import DocumentKind
from iomconnector.model.order_status import Phase

Name = Annotated[str, StringConstraints(min_length=1, max_length=255)]
Keep = Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)]

DEFAULT_KINDS: Final = {
    "creditNote": DocumentKind.CREDIT_NOTE,
    "deliveryNote": DocumentKind.DELIVERY_NOTE,
    "invoiceCreditNote": DocumentKind.INVOICE_CREDIT_NOTE,
    "invoiceNote": DocumentKind.INVOICE,
    "returnLabel": DocumentKind.RETURN_LABEL,
    "returnSlip": DocumentKind.RETURN_SLIP,
}
"""``invoiceNote`` is published, the others are our own. [KB 28K198]"""


class HistorySettings(BaseModel):
    """How long answers are kept, how statuses and documents are called, and what may be downloaded."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    status_cache: Keep = Field(
        default=5,
        title="Keep statuses",
        description="For how long IOM's answer about orders is used again. 0: every page asks IOM.",
        json_schema_extra={"unit": "s"},
    )
    document_cache: Keep = Field(
        default=60,
        title="Keep document lists",
        description="For how long IOM's answer about the documents of an order is used again.",
        json_schema_extra={"unit": "s"},
    )
    page_budget: Seconds = Field(
        default=2,
        le=60,
        title="Longest wait of a page",
        description="No page waits longer for IOM; it shows the last known state then.",
        json_schema_extra={"unit": "s"},
    )
    status_texts_en: dict[Name, Name] = Field(
        default_factory=dict,
        title="English status texts",
        description="IOM's name of a status, with or without STATE_, or the shop's own (NEW, IN_APPROVAL, "
        "EXPORTED, EXPORT_FAILED, NOT_APPROVED, CANCELLED) -> text. What is not listed keeps its text.",
    )
    status_texts_de: dict[Name, Name] = Field(
        default_factory=dict,
        title="German status texts",
        description="The same in German.",
    )
    status_phases: dict[Name, Phase] = Field(
        default_factory=dict,
        title="Phases of statuses",
        description="IOM's name of a status -> where in its life the order is, for badges and progress bars.",
    )
    document_kinds: dict[Name, DocumentKind] = Field(
        default_factory=lambda: dict(DEFAULT_KINDS),
        title="Kinds of documents",
        description="IOM's type of a document -> what it can be asked for by. Case does not matter.",
    )
    document_path: str = Field(
        default="/servlets/DocumentServlet/",
        pattern=r"^/[!-~]*$",
        title="Path of documents",
        description="Only links to this path are followed, and only at the address of IOM, whatever "
        "host they name.",
    )
    document_types: str = Field(
        default="application/pdf image/png image/jpeg",
        title="Types of documents",
        description="Media types that customers may get, separated by blanks.",
    )
    largest_document: int = Field(
        default=20_971_520,
        ge=1,
        le=1_073_741_824,
        title="Largest document",
        description="A larger one is not passed on.",
        json_schema_extra={"unit": "B"},
    )

    @field_validator("document_types")
    @classmethod
    def _are_media_types(cls, types: str) -> str:
        for each in types.split():
            main, slash, sub = each.partition("/")
            if not (main and slash and sub) or each != each.lower():
                raise ValueError(f"{each} is no media type in small letters, such as application/pdf.")
        if not types.split():
            raise ValueError("At least one media type is needed, such as application/pdf.")
        return types


class OrderHistoryConfiguration(HistorySettings, OrderApiSettings, EndpointSettings, ConnectionSettings):
    """Where IOM is, and how what it says is shown."""
