"""Rules on customers, addresses and delivery dates. [iom-api 6.8-6.10]"""

from collections.abc import Iterator

from ac_iomconnector_order_test.document_node import Node
from ac_iomconnector_order_test.iso_codes import COUNTRY_CODES, CURRENCY_CODES
from ac_iomconnector_order_test.rules import Rule
from ac_iomconnector_order_test.violation import Violation

PACKSTATION = "AddressLocationPackstation"
_MOST_ADDITIONS = 3
_MOST_PACKSTATION_ADDITIONS = 2


def check_customer(customer: Node) -> Iterator[Violation]:
    """A company is described."""
    if customer.member("customerDataType").value == "COMPANY":
        yield from _required(customer, "companyData", Rule.COMPANY_DATA)


def check_receiver(receiver: Node) -> Iterator[Violation]:
    """A person is named, a company is named."""
    match receiver.member("addressReceiverType").value:
        case "PERSON":
            yield from _required(receiver, "person", Rule.RECEIVER_PERSON)
        case "COMPANY":
            yield from _required(receiver, "companyName", Rule.RECEIVER_COMPANY)


def check_location(location: Node) -> Iterator[Violation]:
    """The country exists, and there are not too many additions."""
    country = location.member("countryCode")
    if country.text is not None and country.text not in COUNTRY_CODES:
        yield country.breaks(Rule.COUNTRY_CODE)
    is_packstation = location.member("type").value == PACKSTATION
    if len(location.items("additions")) > (
        _MOST_PACKSTATION_ADDITIONS if is_packstation else _MOST_ADDITIONS
    ):
        yield location.member("additions").breaks(Rule.ADDITIONS)


def check_invoice_address(address: Node) -> Iterator[Violation]:
    """An invoice does not go to a packing station."""
    kind = address.member("location").member("type")
    if kind.value == PACKSTATION:
        yield kind.breaks(Rule.INVOICE_PACKSTATION)


def check_delivery_date(delivery: Node) -> Iterator[Violation]:
    """Express delivery has a name, a desired delivery has its date."""
    match delivery.member("deliveryDateType").value:
        case "EXPRESS":
            yield from _required(delivery, "name", Rule.EXPRESS_NAME)
        case "EARLIEST" | "FIXED":
            yield from _required(delivery, "desiredDeliveryDate", Rule.DESIRED_DATE)


def check_currency(sales: Node) -> Iterator[Violation]:
    """The currency exists."""
    currency = sales.member("currencyCode")
    if currency.text is not None and currency.text not in CURRENCY_CODES:
        yield currency.breaks(Rule.CURRENCY_CODE)


def _required(holder: Node, name: str, rule: Rule) -> Iterator[Violation]:
    member = holder.member(name)
    if not member.present or member.value is None:
        yield member.breaks(rule)
