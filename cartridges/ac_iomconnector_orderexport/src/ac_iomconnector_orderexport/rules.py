"""The rules that IOM's API description states in its texts only. [iom-api 6]"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from ac_iomconnector_orderexport.breaches import Breach, shown
from ac_iomconnector_orderexport.document import (
    BucketDocument,
    ChargeDocument,
    ContactDocument,
    CustomerDocument,
    DeliveryDateDocument,
    Document,
    ListPriceDocument,
    LocationDocument,
    OrderDocument,
    PositionDocument,
    PriceDocument,
    PromotionDocument,
    ReceiverDocument,
    SalesDocument,
    SumPriceDocument,
    TaxDocument,
    TotalPriceDocument,
    UnitPriceDocument,
    decimal_places,
)
from ac_iomconnector_orderexport.mapping.address import MOST_PACKING_STATION_ADDITIONS
from ac_iomconnector_orderexport.mapping.run import PROMOTION_DECIMALS
from ac_iomconnector_orderexport.places import Place
from ac_iomconnector_orderexport.settings import MappingSettings
from iomconnector.model.orders import Order
from iomconnector.model.values import canonical

MOST_RATE_DECIMALS: Final = 5
_PACKING_STATION: Final = "AddressLocationPackstation"
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+")
_THREE_LETTERS: Final = re.compile(r"[A-Z]{3}")
_NEEDED: Final = {
    "AddressLocationStreet": ("street",),
    "AddressLocationPOBox": ("post_box",),
    _PACKING_STATION: ("user_id", "station_number"),
}

Rule = Callable[[Any, Place, MappingSettings], Iterator[Breach]]


Parts = Sequence[tuple[Place, Document]]


def broken_rules(parts: Parts, order: Order, settings: MappingSettings) -> Iterator[Breach]:
    """Every rule that a document breaks.

    Arguments:
        parts: The parts of the document, see ``parts_of``.
        order: The order of which the document was made.
        settings: How the shop wants its orders mapped.
    """
    yield from _repeated_numbers(parts)
    for place, part in parts:
        if isinstance(part, OrderDocument):
            yield from _order(part, order)
        for rule in RULES.get(type(part), ()):
            yield from rule(part, place, settings)


def _order(document: OrderDocument, order: Order) -> Iterator[Breach]:
    if document.shop_order_number != order.number:
        place = Place().of(OrderDocument, "shop_order_number")
        yield Breach(place, f"was changed by an extension; it must stay {order.number}")
    if document.invoice_address.location.type == _PACKING_STATION:
        place = Place().of(OrderDocument, "invoice_address")
        yield Breach(place, "is a packing station, where IOM sends no invoice")


def _repeated_numbers(parts: Parts) -> Iterator[Breach]:
    seen: dict[type[Document], Counter[object]] = {}
    for place, part in parts:
        if isinstance(part, PositionDocument | BucketDocument | ChargeDocument) and part.number is not None:
            counter = seen.setdefault(type(part), Counter())
            counter[part.number] += 1
            if counter[part.number] == 2:
                here = place.of(type(part), "number")
                yield Breach(here, "occurs more than once in the order", shown(part.number))


def _location(part: LocationDocument, place: Place, _: MappingSettings) -> Iterator[Breach]:
    for field in _NEEDED[part.type]:
        if getattr(part, field) is None:
            yield Breach(place.of(LocationDocument, field), f"is missing, which {part.type} needs")
    if not _THREE_LETTERS.fullmatch(part.country_code):
        here = place.of(LocationDocument, "country_code")
        yield Breach(here, "is no ISO 3166-1 alpha-3 code", shown(part.country_code))
    if part.type == _PACKING_STATION and len(part.additions) > MOST_PACKING_STATION_ADDITIONS:
        here = place.of(LocationDocument, "additions")
        problem = f"has {len(part.additions)} elements, at most {MOST_PACKING_STATION_ADDITIONS} are allowed"
        yield Breach(here, f"{problem} for a packing station")


def _contact(part: ContactDocument, place: Place, _: MappingSettings) -> Iterator[Breach]:
    here = place.of(ContactDocument, "email")
    if part.email is None:
        yield Breach(here, "is missing, and IOM takes no contact without an e-mail address")
    elif not _EMAIL.fullmatch(part.email):
        yield Breach(here, "is no e-mail address", shown(part.email))


def _receiver(part: ReceiverDocument, place: Place, _: MappingSettings) -> Iterator[Breach]:
    field = "person" if part.address_receiver_type == "PERSON" else "company_name"
    if not getattr(part, field):
        here = place.of(ReceiverDocument, field)
        yield Breach(here, f"is missing, which a receiver of type {part.address_receiver_type} needs")


def _customer(part: CustomerDocument, place: Place, _: MappingSettings) -> Iterator[Breach]:
    here = place.of(CustomerDocument, "company_data")
    company = part.customer_data_type == "COMPANY"
    if company and part.company_data is None:
        yield Breach(here, "is missing, which a customer of type COMPANY needs")
    if not company and part.company_data is not None:
        yield Breach(here, "is there, but IOM ignores it for a customer of type PERSON")


def _delivery_date(part: DeliveryDateDocument, place: Place, _: MappingSettings) -> Iterator[Breach]:
    kind = part.delivery_date_type
    uses = {"name": kind == "EXPRESS", "desired_delivery_date": kind in ("EARLIEST", "FIXED")}
    for field, used in uses.items():
        here = place.of(DeliveryDateDocument, field)
        given = getattr(part, field) not in (None, "")
        if used and not given:
            yield Breach(here, f"is missing, which a delivery of type {kind} needs")
        if given and not used:
            yield Breach(here, f"is there, but IOM ignores it for a delivery of type {kind}")


def _bucket(part: BucketDocument, place: Place, _: MappingSettings) -> Iterator[Breach]:
    if part.number is not None and not part.number.strip():
        here = place.of(BucketDocument, "number")
        yield Breach(here, "is blank, and IOM ignores blank numbers", shown(part.number))


def _currency(part: SalesDocument, place: Place, _: MappingSettings) -> Iterator[Breach]:
    if not _THREE_LETTERS.fullmatch(part.currency_code):
        here = place.of(SalesDocument, "currency_code")
        yield Breach(here, "is no currency code of ISO 4217", shown(part.currency_code))


Priced = TotalPriceDocument | UnitPriceDocument | ChargeDocument


def _net_and_gross(part: Priced, place: Place, _: MappingSettings) -> Iterator[Breach]:
    if part.net is None and part.gross is None:
        yield Breach(place, "has neither a net nor a gross price")
    if part.net is not None and part.gross is not None and part.net.amount > part.gross.amount:
        here = place.of(type(part), "net").of(PriceDocument, "amount")
        yield Breach(here, f"is more than gross {canonical(part.gross.amount)}", canonical(part.net.amount))


def _taxes(part: TotalPriceDocument | ChargeDocument, place: Place, _: MappingSettings) -> Iterator[Breach]:
    here = place.of(type(part), "taxes")
    for name, count in Counter(tax.type for tax in part.taxes).items():
        if count > 1:
            yield Breach(here, f"has the tax {shown(name)} {count} times; each is allowed once")


def _price(part: PriceDocument, place: Place, settings: MappingSettings) -> Iterator[Breach]:
    numbers = {"amount": part.amount, "amount_discounted": part.amount_discounted}
    if isinstance(part, ListPriceDocument):
        numbers["list_price"] = part.list_price
    yield from _decimals(type(part), place, numbers, settings.amount_decimals)
    if part.amount_discounted is not None and part.amount_discounted > part.amount:
        here = place.of(type(part), "amount_discounted")
        yield Breach(here, f"is more than amount {canonical(part.amount)}", canonical(part.amount_discounted))


def _tax(part: TaxDocument, place: Place, settings: MappingSettings) -> Iterator[Breach]:
    yield from _decimals(TaxDocument, place, {"amount": part.amount}, settings.amount_decimals)
    yield from _decimals(TaxDocument, place, {"rate": part.rate}, MOST_RATE_DECIMALS)


def _promotion(part: PromotionDocument, place: Place, settings: MappingSettings) -> Iterator[Breach]:
    numbers = {"net_value": part.net_value, "gross_value": part.gross_value}
    if part.promotion_value_type == "FIXED":
        numbers["promotion_value"] = part.promotion_value
    most = min(settings.amount_decimals, PROMOTION_DECIMALS)
    yield from _decimals(PromotionDocument, place, numbers, most)
    if part.net_value > part.gross_value:
        here = place.of(PromotionDocument, "net_value")
        yield Breach(here, f"is more than gross {canonical(part.gross_value)}", canonical(part.net_value))


def _decimals(
    owner: type[Document], place: Place, numbers: Mapping[str, Decimal | None], most: int
) -> Iterable[Breach]:
    for field, number in numbers.items():
        if number is not None and decimal_places(number) > most:
            problem = f"has {decimal_places(number)} decimals, at most {most} are allowed"
            yield Breach(place.of(owner, field), problem, canonical(number))


RULES: Final[Mapping[type[Document], tuple[Rule, ...]]] = {
    LocationDocument: (_location,),
    ContactDocument: (_contact,),
    ReceiverDocument: (_receiver,),
    CustomerDocument: (_customer,),
    DeliveryDateDocument: (_delivery_date,),
    BucketDocument: (_bucket,),
    SalesDocument: (_currency,),
    SumPriceDocument: (_net_and_gross, _taxes),
    TotalPriceDocument: (_net_and_gross, _taxes),
    UnitPriceDocument: (_net_and_gross,),
    ChargeDocument: (_net_and_gross, _taxes),
    PriceDocument: (_price,),
    ListPriceDocument: (_price,),
    TaxDocument: (_tax,),
    PromotionDocument: (_promotion,),
}
"""The rules of each part of the document."""
