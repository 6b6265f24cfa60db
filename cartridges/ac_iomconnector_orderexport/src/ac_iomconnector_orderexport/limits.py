"""Every limit that the Order API declares for a field, as data, and the walk that applies them.

The numbers are those of IOM's API description, version by version. [iom-api 1.1, 6] Rules that stand only in
its texts are in ``rules``.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any, Final

from ac_iomconnector_orderexport.breaches import Breach, shown
from ac_iomconnector_orderexport.document import (
    BucketDocument,
    ChargeDocument,
    CompanyDocument,
    ContactDocument,
    CustomerDocument,
    Document,
    LocationDocument,
    OrderDocument,
    PaymentDocument,
    PersonDocument,
    PositionDocument,
    ProductDocument,
    PromotionDocument,
    ReceiverDocument,
    ShippingDocument,
    SumPriceDocument,
    TaxDocument,
    TotalPriceDocument,
)
from ac_iomconnector_orderexport.places import SHOP_NAMES, Way
from ac_iomconnector_rest_common.order_api_version import OrderApiVersion

V2_0: Final = OrderApiVersion.V2_0
V2_1: Final = OrderApiVersion.V2_1
V2_2: Final = OrderApiVersion.V2_2

INT32: Final = 2**31 - 1
INT64: Final = 2**63 - 1


class Measure(StrEnum):
    """What of a field is limited."""

    CHARACTERS = "characters"
    ELEMENTS = "elements"
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit of one field.

    Arguments:
        document: The part of the document that has the field.
        field: The field's name in Python.
        measure: Its length in characters, its number of elements, or its value.
        least: The smallest measure that is allowed; none where there is no such limit.
        most: The greatest measure that is allowed; none where there is no such limit.
        since: The first version with this limit.
        before: The first version without it; none where every later version has it.
    """

    document: type[Document]
    field: str
    measure: Measure
    least: int | None
    most: int | None
    since: OrderApiVersion = V2_0
    before: OrderApiVersion | None = None

    def holds_in(self, version: OrderApiVersion) -> bool:
        """Whether that version has this limit."""
        gone = self.before is not None and version.at_least(self.before)
        return version.at_least(self.since) and not gone

    def allows(self, value: Any) -> bool:
        """Whether a value is neither too small nor too large."""
        size = self._size(value)
        return (self.least is None or size >= self.least) and (self.most is None or size <= self.most)

    def problem(self, value: Any) -> str:
        """What is wrong with a value that is not allowed: the rest of a sentence."""
        size = self._size(value)
        unit = "" if self.measure is Measure.VALUE else f" {self.measure.value}"
        if self.least is not None and size < self.least:
            return f"must have at least {self.least}{unit}" if unit else f"must be at least {self.least}"
        return f"has {size}{unit}, at most {self.most} are allowed" if unit else f"is above {self.most}"

    def _size(self, value: Any) -> int | Decimal:
        number: int | Decimal = value if self.measure is Measure.VALUE else len(value)
        return number


def _text(
    document: type[Document],
    most: int,
    *fields: str,
    least: int | None = None,
    since: OrderApiVersion = V2_0,
    before: OrderApiVersion | None = None,
) -> list[Limit]:
    return [Limit(document, field, Measure.CHARACTERS, least, most, since, before) for field in fields]


def _value(
    document: type[Document],
    field: str,
    least: int | None,
    most: int | None,
    since: OrderApiVersion = V2_0,
    before: OrderApiVersion | None = None,
) -> Limit:
    return Limit(document, field, Measure.VALUE, least, most, since, before)


LIMITS: Final[tuple[Limit, ...]] = (
    *_text(OrderDocument, 50, "shop_order_number", least=1),
    *_text(OrderDocument, 100, "cost_center", "project"),
    _value(OrderDocument, "reservation_id", -INT64 - 1, INT64),
    *_text(CustomerDocument, 50, "order_number"),
    *_text(CustomerDocument, 255, "shop_customer_number"),
    *_text(CompanyDocument, 100, "company_name", least=1),
    *_text(
        CompanyDocument,
        50,
        "department",
        "line_of_business",
        "cost_center_number",
        "commercial_register_number",
        "commercial_register_location",
        "company_type",
    ),
    *_text(CompanyDocument, 25, "vat_number"),
    *_text(LocationDocument, 100, "city", least=1),
    *_text(LocationDocument, 25, "post_code", least=1),
    *_text(LocationDocument, 100, "district"),
    *_text(LocationDocument, 100, "street"),
    *_text(LocationDocument, 20, "street_number"),
    *_text(LocationDocument, 25, "post_box", least=1),
    *_text(LocationDocument, 100, "user_id", "station_number", least=1),
    Limit(LocationDocument, "additions", Measure.ELEMENTS, None, 3),
    *_text(ContactDocument, 100, "email", least=1, since=V2_2),
    *_text(ContactDocument, 25, "phone", "mobile", "fax"),
    *_text(PersonDocument, 25, "salutation", "title"),
    *_text(PersonDocument, 50, "first_name"),
    *_text(PersonDocument, 50, "last_name", least=1),
    *_text(ReceiverDocument, 100, "company_name", since=V2_1),
    *_text(PaymentDocument, 50, "payment_provider_order_no", "payment_provider_ref_no"),
    *_text(PaymentDocument, 100, "payment_provider_merchant_account"),
    *_text(PositionDocument, 100, "cost_center", "project"),
    _value(PositionDocument, "number", -INT32 - 1, INT32, before=V2_2),
    _value(PositionDocument, "number", 0, INT32, since=V2_2),
    _value(PositionDocument, "quantity", 1, INT32),
    _value(ProductDocument, "ean", -INT64 - 1, INT64),
    _value(ShippingDocument, "expected_delivery_days", -1, INT32),
    _value(ChargeDocument, "number", -INT64 - 1, INT64),
    Limit(ChargeDocument, "taxes", Measure.ELEMENTS, 1, None),
    Limit(SumPriceDocument, "taxes", Measure.ELEMENTS, 1, None),
    Limit(TotalPriceDocument, "taxes", Measure.ELEMENTS, 1, None),
    *_text(TaxDocument, 512, "type", "location", since=V2_1),
    _value(PromotionDocument, "promotion_value", 0, None),
    *_text(PromotionDocument, 256, "name", "code", "budget_source_id", before=V2_1),
    *_text(PromotionDocument, 255, "descriptor_id", before=V2_1),
    *_text(PromotionDocument, 512, "id", since=V2_1),
    *_text(PromotionDocument, 1024, "name", "descriptor_id", "code", "budget_source_id", since=V2_1),
)
"""All limits of all versions."""

FIELDS_SINCE: Final[Mapping[type[Document], Mapping[str, OrderApiVersion]]] = {
    TaxDocument: {"rate": V2_1, "location": V2_1}
}
"""Fields that the first version did not have."""

NEVER_EMPTY: Final[Mapping[type[Document], tuple[str, ...]]] = {
    OrderDocument: ("shipping_buckets",),
    BucketDocument: ("positions",),
}
"""Lists that the description lets be empty, and that an order cannot be without."""


@cache
def limits_of(document: type[Document], version: OrderApiVersion) -> tuple[Limit, ...]:
    """The limits of one part of the document in one version."""
    return tuple(limit for limit in LIMITS if limit.document is document and limit.holds_in(version))


@cache
def _limits_by_part(version: OrderApiVersion) -> Mapping[type[Document], tuple[Limit, ...]]:
    return {part: limits_of(part, version) for part in SHOP_NAMES}


def breached_limits(parts: Iterable[tuple[Way, Document]], version: OrderApiVersion) -> Iterator[Breach]:
    """Everything in a document that is too long, too short, too large, too small or too new.

    Arguments:
        parts: The parts of the document, see ``parts_of``.
        version: The version whose limits hold.
    """
    limits = _limits_by_part(version)
    for way, part in parts:
        owner = type(part)
        for limit in limits.get(owner, ()):
            value = getattr(part, limit.field)
            if value is not None and not limit.allows(value):
                text = "" if limit.measure is Measure.ELEMENTS else shown(value)
                yield Breach(way.of(owner, limit.field), limit.problem(value), text)
        if owner in FIELDS_SINCE:
            yield from _too_new(part, way, version)
        for field in NEVER_EMPTY.get(owner, ()):
            if not getattr(part, field):
                yield Breach(way.of(owner, field), "must have at least 1 elements")


def _too_new(part: Document, way: Way, version: OrderApiVersion) -> Iterator[Breach]:
    owner = type(part)
    for field, since in FIELDS_SINCE[owner].items():
        value = getattr(part, field)
        if value is not None and not version.at_least(since):
            yield Breach(way.of(owner, field), f"has no field in version {version}", shown(value))
