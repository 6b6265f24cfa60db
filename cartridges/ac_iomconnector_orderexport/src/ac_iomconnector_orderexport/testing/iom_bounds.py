"""The limits of IOM's Order API as bounds for generated orders."""

from typing import Final

from ac_iomconnector_orderexport.document import (
    CompanyDocument,
    ContactDocument,
    CustomerDocument,
    Document,
    LocationDocument,
    OrderDocument,
    PersonDocument,
    PromotionDocument,
    TaxDocument,
)
from ac_iomconnector_orderexport.limits import limits_of
from ac_iomconnector_orderexport.mapping.address import MOST_PACKING_STATION_ADDITIONS
from ac_iomconnector_rest_common.order_api_version import OrderApiVersion
from iomconnector.testing.strategies.bounds import Bounds

_LIMITED: Final[dict[str, tuple[type[Document], str]]] = {
    "number": (OrderDocument, "shop_order_number"),
    "cost_center": (OrderDocument, "cost_center"),
    "project": (OrderDocument, "project"),
    "customer_number": (CustomerDocument, "shop_customer_number"),
    "customer_order_number": (CustomerDocument, "order_number"),
    "company_name": (CompanyDocument, "company_name"),
    "company_detail": (CompanyDocument, "department"),
    "vat_number": (CompanyDocument, "vat_number"),
    "salutation": (PersonDocument, "salutation"),
    "title": (PersonDocument, "title"),
    "first_name": (PersonDocument, "first_name"),
    "last_name": (PersonDocument, "last_name"),
    "email": (ContactDocument, "email"),
    "phone": (ContactDocument, "phone"),
    "city": (LocationDocument, "city"),
    "postal_code": (LocationDocument, "post_code"),
    "main_division": (LocationDocument, "district"),
    "street": (LocationDocument, "street"),
    "street_number": (LocationDocument, "street_number"),
    "post_box": (LocationDocument, "post_box"),
    "packing_station": (LocationDocument, "user_id"),
    "additional_lines": (LocationDocument, "additions"),
    "tax_class": (TaxDocument, "type"),
    "tax_location": (TaxDocument, "location"),
    "promotion_id": (PromotionDocument, "id"),
    "promotion_name": (PromotionDocument, "name"),
    "promotion_descriptor": (PromotionDocument, "descriptor_id"),
    "promotion_code": (PromotionDocument, "code"),
    "promotion_budget": (PromotionDocument, "budget_source_id"),
}


def iom_bounds(version: OrderApiVersion = OrderApiVersion.V2_4) -> Bounds:
    """Bounds that let generated orders reach every limit of a version, and exceed none.

    Fields without a limit keep the length that :class:`Bounds` gives them.
    """
    most = {name: _most(document, field, version) for name, (document, field) in _LIMITED.items()}
    return Bounds(
        **{name: value for name, value in most.items() if value is not None},
        packing_station_lines=MOST_PACKING_STATION_ADDITIONS,
        tax_details=version.at_least(OrderApiVersion.V2_1),
    )


def _most(document: type[Document], field: str, version: OrderApiVersion) -> int | None:
    return next((limit.most for limit in limits_of(document, version) if limit.field == field), None)
