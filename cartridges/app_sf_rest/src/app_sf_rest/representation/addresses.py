"""Addresses as ICM's REST interface shows them."""

from pydantic import BaseModel

from iomconnector.model.addresses import Address, PackingStationAddress, PostBoxAddress, StreetAddress


class AddressData(BaseModel):
    """An address."""

    id: str
    urn: str
    title: str | None = None
    firstName: str | None = None
    lastName: str | None = None
    companyName1: str | None = None
    addressLine1: str
    addressLine2: str | None = None
    addressLine3: str | None = None
    postBox: str | None = None
    postalCode: str
    city: str
    mainDivision: str | None = None
    countryCode: str
    email: str | None = None
    phoneHome: str | None = None
    phoneMobile: str | None = None
    fax: str | None = None


def address_data(address: Address, reference: str) -> AddressData:
    """An address of an order.

    Arguments:
        address: The address.
        reference: By what the order names it.
    """
    person, contact = address.person, address.contact
    first, *further = (_first_line(address), *address.additional_lines)
    second, third = [*further, None, None][:2]
    return AddressData(
        id=reference,
        urn=reference,
        title=person.title if person else None,
        firstName=person.first_name if person else None,
        lastName=person.last_name if person else None,
        companyName1=address.company_name,
        addressLine1=first,
        addressLine2=second,
        addressLine3=third,
        postBox=address.post_box if isinstance(address, PostBoxAddress) else None,
        postalCode=address.postal_code,
        city=address.city,
        mainDivision=address.main_division,
        countryCode=address.country_code,
        email=contact.email if contact else None,
        phoneHome=contact.phone_home if contact else None,
        phoneMobile=contact.phone_mobile if contact else None,
        fax=contact.fax if contact else None,
    )


def _first_line(address: Address) -> str:
    if isinstance(address, StreetAddress):
        return " ".join(filter(None, (address.street, address.street_number)))
    if isinstance(address, PackingStationAddress):
        return f"{address.station_number} {address.customer_id}"
    return address.post_box
