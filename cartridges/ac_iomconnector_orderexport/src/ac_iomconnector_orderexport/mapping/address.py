"""Addresses: where, who, and how to reach them. [KB B29919, order mapping: invoice and shipping address]"""

from typing import Final

from ac_iomconnector_common.countries import to_alpha3
from ac_iomconnector_common.errors import UnknownCountryError
from ac_iomconnector_orderexport.document import (
    AddressDocument,
    ContactDocument,
    LocationDocument,
    PersonDocument,
    ReceiverDocument,
)
from ac_iomconnector_orderexport.extension_points import BIND_ADDRESS
from ac_iomconnector_orderexport.mapping.run import MappingRun
from ac_iomconnector_orderexport.settings import LineOverflow
from iomconnector.model.addresses import (
    Address,
    Contact,
    PackingStationAddress,
    Person,
    PostBoxAddress,
    StreetAddress,
)

MOST_ADDITIONS: Final = 3
MOST_PACKING_STATION_ADDITIONS: Final = 2
"""Additional address lines that IOM takes. [iom-api 6, no. 10]"""


def map_address(address: Address, run: MappingRun) -> AddressDocument:
    """Address -> AddressInvoice or AddressShipping."""
    document = AddressDocument(
        location=_location(address, run),
        contact=_contact(address.contact) if address.contact else None,
        receiver=_receiver(address),
    )
    run.bind(BIND_ADDRESS, address, document)
    return document


def _location(address: Address, run: MappingRun) -> LocationDocument:
    document = LocationDocument(
        type="AddressLocationStreet",
        city=address.city,
        post_code=address.postal_code,
        district=address.main_division,
        country_code=_country(address, run),
        additions=_additions(address, run),
    )
    match address:
        case StreetAddress():
            document.street = address.street
            document.street_number = address.street_number
        case PostBoxAddress():
            document.type = "AddressLocationPOBox"
            document.post_box = address.post_box
        case PackingStationAddress():
            document.type = "AddressLocationPackstation"
            document.user_id = address.customer_id
            document.station_number = address.station_number
    return document


def _country(address: Address, run: MappingRun) -> str:
    try:
        return to_alpha3(address.country_code)
    except UnknownCountryError:
        run.context.refuse(
            "country_code", "is no country code of ISO 3166-1, such as DE or DEU", address.country_code
        )
        return address.country_code


def _additions(address: Address, run: MappingRun) -> list[str]:
    lines = list(address.additional_lines)
    station = isinstance(address, PackingStationAddress)
    most = MOST_PACKING_STATION_ADDITIONS if station else MOST_ADDITIONS
    if len(lines) <= most or run.settings.additional_lines_overflow is not LineOverflow.JOIN:
        return lines
    joined = ", ".join(lines[most - 1 :])
    path = run.context.at("additional_lines").path
    run.context.note(f"{path}: {len(lines)} lines are exported as {most}, the last of them is {joined!r}.")
    return [*lines[: most - 1], joined]


def _contact(contact: Contact) -> ContactDocument | None:
    document = ContactDocument(
        email=contact.email, phone=contact.phone_home, mobile=contact.phone_mobile, fax=contact.fax
    )
    return document if document.to_json() else None


def _receiver(address: Address) -> ReceiverDocument:
    return ReceiverDocument(
        address_receiver_type="PERSON" if address.company_name is None else "COMPANY",
        person=_person(address.person) if address.person else None,
        company_name=address.company_name,
    )


def _person(person: Person) -> PersonDocument:
    return PersonDocument(
        salutation=person.salutation,
        title=person.title,
        first_name=person.first_name,
        last_name=person.last_name,
    )
