"""The rules that IOM's API description states in its texts only. [iom-api 6]"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from ac_iomconnector_orderexport.breaches import Breach, shown
from ac_iomconnector_orderexport.decimals import decimal_places
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
)
from ac_iomconnector_orderexport.mapping.address import MOST_PACKING_STATION_ADDITIONS
from ac_iomconnector_orderexport.mapping.run import PROMOTION_DECIMALS
from ac_iomconnector_orderexport.places import Place, Way
from ac_iomconnector_orderexport.settings import MappingSettings
from iomconnector.model.orders import Order
from iomconnector.model.values import canonical

MOST_RATE_DECIMALS: Final = 5
_PACKING_STATION: Final = "AddressLocationPackstation"
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+")
_THREE_LETTERS: Final = re.compile(r"[A-Z]{3}")
_UNIQUE: Final[Mapping[type[Document], str]] = {
    PositionDocument: "number",
    BucketDocument: "number",
    ChargeDocument: "number",
}
_PRICE_AMOUNTS: Final = ("amount", "amount_discounted")
_LIST_PRICE_AMOUNTS: Final = (*_PRICE_AMOUNTS, "list_price")
_USED_BY: Final = {"name": ("EXPRESS",), "desired_delivery_date": ("EARLIEST", "FIXED")}
_NEEDED: Final = {
    "AddressLocationStreet": ("street",),
    "AddressLocationPOBox": ("post_box",),
    _PACKING_STATION: ("user_id", "station_number"),
}

Rule = Callable[[Any, Way, MappingSettings], Iterable[Breach]]


Parts = Sequence[tuple[Way, Document]]


def broken_rules(parts: Parts, order: Order, settings: MappingSettings) -> Iterator[Breach]:
    """Every rule that a document breaks.

    Arguments:
        parts: The parts of the document, see ``parts_of``.
        order: The order of which the document was made.
        settings: How the shop wants its orders mapped.
    """
    yield from _repeated_numbers(parts)
    for way, part in parts:
        if type(part) is OrderDocument:
            yield from _order(part, order)
        for rule in RULES.get(type(part), ()):
            yield from rule(part, way, settings)


def _order(document: OrderDocument, order: Order) -> Iterator[Breach]:
    if document.shop_order_number != order.number:
        place = Place().of(OrderDocument, "shop_order_number")
        yield Breach(place, f"was changed by an extension; it must stay {order.number}")
    if document.invoice_address.location.type == _PACKING_STATION:
        place = Place().of(OrderDocument, "invoice_address")
        yield Breach(place, "is a packing station, where IOM sends no invoice")


def _repeated_numbers(parts: Parts) -> Iterator[Breach]:
    seen: Counter[tuple[type[Document], object]] = Counter()
    for way, part in parts:
        owner = type(part)
        if owner in _UNIQUE and (number := getattr(part, _UNIQUE[owner])) is not None:
            seen[owner, number] += 1
            if seen[owner, number] == 2:
                here = way.of(owner, _UNIQUE[owner])
                yield Breach(here, "occurs more than once in the order", shown(number))


def _location(part: LocationDocument, way: Way, _: MappingSettings) -> Iterator[Breach]:
    for field in _NEEDED[part.type]:
        if getattr(part, field) is None:
            yield Breach(way.of(LocationDocument, field), f"is missing, which {part.type} needs")
    if not _THREE_LETTERS.fullmatch(part.country_code):
        here = way.of(LocationDocument, "country_code")
        yield Breach(here, "is no ISO 3166-1 alpha-3 code", shown(part.country_code))
    if part.type == _PACKING_STATION and len(part.additions) > MOST_PACKING_STATION_ADDITIONS:
        here = way.of(LocationDocument, "additions")
        problem = f"has {len(part.additions)} elements, at most {MOST_PACKING_STATION_ADDITIONS} are allowed"
        yield Breach(here, f"{problem} for a packing station")


def _contact(part: ContactDocument, way: Way, _: MappingSettings) -> Iterator[Breach]:
    if part.email is None:
        here = way.of(ContactDocument, "email")
        yield Breach(here, "is missing, and IOM takes no contact without an e-mail address")
    elif not _EMAIL.fullmatch(part.email):
        yield Breach(way.of(ContactDocument, "email"), "is no e-mail address", shown(part.email))


def _receiver(part: ReceiverDocument, way: Way, _: MappingSettings) -> Iterator[Breach]:
    field = "person" if part.address_receiver_type == "PERSON" else "company_name"
    if not getattr(part, field):
        here = way.of(ReceiverDocument, field)
        yield Breach(here, f"is missing, which a receiver of type {part.address_receiver_type} needs")


def _customer(part: CustomerDocument, way: Way, _: MappingSettings) -> Iterator[Breach]:
    company = part.customer_data_type == "COMPANY"
    if company and part.company_data is None:
        here = way.of(CustomerDocument, "company_data")
        yield Breach(here, "is missing, which a customer of type COMPANY needs")
    if not company and part.company_data is not None:
        here = way.of(CustomerDocument, "company_data")
        yield Breach(here, "is there, but IOM ignores it for a customer of type PERSON")


def _delivery_date(part: DeliveryDateDocument, way: Way, _: MappingSettings) -> Iterator[Breach]:
    kind = part.delivery_date_type
    for field, kinds in _USED_BY.items():
        used, given = kind in kinds, getattr(part, field) not in (None, "")
        if used and not given:
            here = way.of(DeliveryDateDocument, field)
            yield Breach(here, f"is missing, which a delivery of type {kind} needs")
        if given and not used:
            here = way.of(DeliveryDateDocument, field)
            yield Breach(here, f"is there, but IOM ignores it for a delivery of type {kind}")


def _bucket(part: BucketDocument, way: Way, _: MappingSettings) -> Iterator[Breach]:
    if part.number is not None and not part.number.strip():
        here = way.of(BucketDocument, "number")
        yield Breach(here, "is blank, and IOM ignores blank numbers", shown(part.number))


def _currency(part: SalesDocument, way: Way, _: MappingSettings) -> Iterator[Breach]:
    if not _THREE_LETTERS.fullmatch(part.currency_code):
        here = way.of(SalesDocument, "currency_code")
        yield Breach(here, "is no currency code of ISO 4217", shown(part.currency_code))


Priced = TotalPriceDocument | UnitPriceDocument | ChargeDocument


def _net_and_gross(part: Priced, way: Way, _: MappingSettings) -> Sequence[Breach]:
    if part.net is None and part.gross is None:
        return [Breach(way.place(), "has neither a net nor a gross price")]
    if part.net is not None and part.gross is not None and part.net.amount > part.gross.amount:
        here = way.of(type(part), "net").of(PriceDocument, "amount")
        gross = canonical(part.gross.amount)
        return [Breach(here, f"is more than gross {gross}", canonical(part.net.amount))]
    return ()


def _taxes(part: TotalPriceDocument | ChargeDocument, way: Way, _: MappingSettings) -> Sequence[Breach]:
    if len(part.taxes) < 2:
        return ()
    return [
        Breach(way.of(type(part), "taxes"), f"has the tax {shown(name)} {count} times; each is allowed once")
        for name, count in Counter(tax.type for tax in part.taxes).items()
        if count > 1
    ]


def _price(part: PriceDocument, way: Way, settings: MappingSettings) -> Sequence[Breach]:
    fields = _LIST_PRICE_AMOUNTS if isinstance(part, ListPriceDocument) else _PRICE_AMOUNTS
    breaches = _too_precise(part, way, fields, settings.amount_decimals)
    if part.amount_discounted is not None and part.amount_discounted > part.amount:
        here, amount = way.of(type(part), "amount_discounted"), canonical(part.amount)
        breaches.append(Breach(here, f"is more than amount {amount}", canonical(part.amount_discounted)))
    return breaches


def _tax(part: TaxDocument, way: Way, settings: MappingSettings) -> Sequence[Breach]:
    breaches = _too_precise(part, way, ("amount",), settings.amount_decimals)
    return breaches + _too_precise(part, way, ("rate",), MOST_RATE_DECIMALS)


def _promotion(part: PromotionDocument, way: Way, settings: MappingSettings) -> Sequence[Breach]:
    fixed = ("promotion_value",) if part.promotion_value_type == "FIXED" else ()
    fields = ("net_value", "gross_value", *fixed)
    breaches = _too_precise(part, way, fields, min(settings.amount_decimals, PROMOTION_DECIMALS))
    if part.net_value > part.gross_value:
        here, gross = way.of(PromotionDocument, "net_value"), canonical(part.gross_value)
        breaches.append(Breach(here, f"is more than gross {gross}", canonical(part.net_value)))
    return breaches


def _too_precise(part: Document, way: Way, fields: Iterable[str], most: int) -> list[Breach]:
    return [
        Breach(
            way.of(type(part), field),
            f"has {decimal_places(number)} decimals, at most {most} are allowed",
            canonical(number),
        )
        for field in fields
        if (number := getattr(part, field)) is not None and decimal_places(number) > most
    ]


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
