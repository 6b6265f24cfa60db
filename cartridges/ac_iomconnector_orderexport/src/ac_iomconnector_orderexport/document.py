"""The order as IOM's Order REST API takes and returns it (``createOrder``, ``getOrder``). [iom-api 1.1]

Everything here may be changed by an extension; an assignment of a wrong type is refused at once. In Python
the fields are written ``shop_order_number``, in JSON ``shopOrderNumber``. Fields that IOM returns and that
are not known here are ignored.
"""

from operator import not_
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer, SerializationInfo
from pydantic.alias_generators import to_camel

from ac_iomconnector_rest_common.json_numbers import timestamp
from iomconnector.model.values import Exact


def _written_moment(moment: Any, info: SerializationInfo) -> Any:
    return timestamp(moment) if info.by_alias else moment


def _written_groups(groups: Any, info: SerializationInfo) -> Any:
    return {name: members for name, members in groups.items() if members != {}} if info.by_alias else groups


def _hold_nothing(groups: Any) -> bool:
    return all(members == {} for members in groups.values())


Moment = Annotated[AwareDatetime, PlainSerializer(_written_moment)]
"""A time; ``to_json`` writes it as IOM does."""

AttributeGroups = Annotated[
    dict[str, dict[str, str]], PlainSerializer(_written_groups), Field(exclude_if=_hold_nothing)
]
"""Additional attributes: group, then key, then value; ``to_json`` leaves empty groups out."""

JsonObject = dict[str, Any]


class Document(BaseModel):
    """Base of every part of the document."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        validate_assignment=True,
        extra="ignore",
        allow_inf_nan=False,
    )

    def to_json(self) -> JsonObject:
        """The document as JSON objects; what is not there is left out.

        Numbers stay exact (``Decimal``), times become text in milliseconds with their offset, as IOM writes
        them. [iom-api 0, dates]
        """
        return self.model_dump(by_alias=True, exclude_none=True, warnings=False)


class PriceDocument(Document):
    """Price: ``amount``, and ``amountDiscounted`` where promotions lowered it."""

    amount: Exact
    amount_discounted: Exact | None = None


class ListPriceDocument(PriceDocument):
    """ListPrice: a price with the recommended retail price."""

    list_price: Exact | None = None


class TaxDocument(Document):
    """Tax; ``rate`` (percent) and ``location`` exist since version 2.1."""

    type: str
    amount: Exact
    rate: Exact | None = None
    location: str | None = None


class PromotionDocument(Document):
    """Promotion."""

    promotion_value_type: Literal["PERCENTAGE", "FIXED"]
    promotion_value: Exact
    id: str
    name: str
    descriptor_id: str
    code: str | None = None
    budget_source_id: str | None = None
    net_value: Exact
    gross_value: Exact


class UnitPriceDocument(Document):
    """UnitPrice: net, gross or both."""

    net: ListPriceDocument | None = None
    gross: ListPriceDocument | None = None


class TotalPriceDocument(Document):
    """TotalPrice: net, gross or both, and the taxes."""

    net: PriceDocument | None = None
    gross: PriceDocument | None = None
    taxes: list[TaxDocument]


class SumPriceDocument(TotalPriceDocument):
    """SumPrice: a total with its promotions."""

    promotions: list[PromotionDocument] = Field(default_factory=list, exclude_if=not_)


class ChargeDocument(Document):
    """Charge: shipping costs or a surcharge."""

    number: int | None = None
    type: str
    net: PriceDocument
    gross: PriceDocument
    taxes: list[TaxDocument]
    promotions: list[PromotionDocument] = Field(default_factory=list, exclude_if=not_)


class LocationDocument(Document):
    """AddressLocation in its three forms; ``type`` tells which fields count."""

    type: Literal["AddressLocationStreet", "AddressLocationPOBox", "AddressLocationPackstation"]
    street: str | None = None
    street_number: str | None = None
    post_box: str | None = None
    user_id: str | None = None
    station_number: str | None = None
    city: str
    post_code: str
    district: str | None = None
    country_code: str
    additions: list[str] = Field(default_factory=list, exclude_if=not_)


class ContactDocument(Document):
    """Contact; IOM needs the e-mail address."""

    email: str | None = None
    phone: str | None = None
    mobile: str | None = None
    fax: str | None = None


class PersonDocument(Document):
    """Person."""

    salutation: str | None = None
    title: str | None = None
    first_name: str | None = None
    last_name: str


class ReceiverDocument(Document):
    """AddressReceiver: a person, or a company with or without a person."""

    address_receiver_type: Literal["PERSON", "COMPANY"]
    person: PersonDocument | None = None
    company_name: str | None = None


class AddressDocument(Document):
    """AddressInvoice and AddressShipping: where, who, and how to reach them."""

    location: LocationDocument
    contact: ContactDocument | None = None
    receiver: ReceiverDocument


class CompanyDocument(Document):
    """CompanyData."""

    company_name: str
    department: str | None = None
    line_of_business: str | None = None
    cost_center_number: str | None = None
    commercial_register_number: str | None = None
    commercial_register_location: str | None = None
    company_type: str | None = None
    vat_number: str | None = None


class CustomerDocument(Document):
    """CustomerData; ``orderNumber`` is the customer's own number for the order."""

    customer_data_type: Literal["PERSON", "COMPANY"]
    order_number: str | None = None
    shop_customer_number: str | None = None
    company_data: CompanyDocument | None = None


class PaymentDocument(Document):
    """Payment; the three provider fields depend on the payment service, extensions fill them. [KB B29919]"""

    payment_method: str
    payment_provider_order_no: str | None = None
    payment_provider_ref_no: str | None = None
    payment_provider_merchant_account: str | None = None


class SalesDocument(Document):
    """Sales: currency, subtotal, total and the charges of the whole order."""

    currency_code: str
    sub_total: SumPriceDocument
    total: TotalPriceDocument
    charges: list[ChargeDocument] = Field(default_factory=list, exclude_if=not_)


class ProductDocument(Document):
    """Product."""

    name: str
    number: str
    isbn: str | None = None
    ean: int | None = None


class DeliveryDateDocument(Document):
    """DeliveryDate."""

    delivery_date_type: Literal["STANDARD", "EXPRESS", "EARLIEST", "FIXED"]
    name: str | None = None
    desired_delivery_date: Moment | None = None


class ShippingDocument(Document):
    """Shipping of a position."""

    freight_class: str | None = None
    delivery_options: list[str] = Field(default_factory=list, exclude_if=not_)
    delivery_date: DeliveryDateDocument
    expected_delivery_days: int
    selected_supplier: str | None = None


class PositionDocument(Document):
    """OrderPosition."""

    number: int | None = None
    product_unit: str | None = None
    product: ProductDocument
    cost_center: str | None = None
    project: str | None = None
    additional_attributes: AttributeGroups = Field(default_factory=dict)
    quantity: int
    sum: SumPriceDocument
    unit_price: UnitPriceDocument | None = None
    shipping: ShippingDocument


class BucketDocument(Document):
    """ShippingBucket."""

    number: str | None = None
    shipping_address: AddressDocument
    shipping_method: str | None = None
    charges: list[ChargeDocument] = Field(default_factory=list, exclude_if=not_)
    additional_attributes: AttributeGroups = Field(default_factory=dict)
    positions: list[PositionDocument]


class OrderDocument(Document):
    """Order."""

    shop_order_number: str
    shop_order_creation_date: Moment
    reservation_id: int | None = None
    cost_center: str | None = None
    project: str | None = None
    customer_data: CustomerDocument
    invoice_address: AddressDocument
    sales: SalesDocument
    payment: PaymentDocument
    optimization_rule: str | None = None
    split_shipment_allowed: bool | None = None
    additional_attributes: AttributeGroups = Field(default_factory=dict)
    shipping_buckets: list[BucketDocument]
