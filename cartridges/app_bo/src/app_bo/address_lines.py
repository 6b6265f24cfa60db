"""Addresses for people."""

from __future__ import annotations

from iomconnector.model.addresses import Address, PackingStationAddress, PostBoxAddress


def address_lines(address: Address) -> list[str]:
    """The lines of an address, as they stand on a parcel."""
    person = address.person
    name = " ".join(filter(None, (person.title, person.first_name, person.last_name))) if person else ""
    if isinstance(address, PostBoxAddress):
        place = f"post office box {address.post_box}"
    elif isinstance(address, PackingStationAddress):
        place = f"packing station {address.station_number}, customer {address.customer_id}"
    else:
        place = " ".join(filter(None, (address.street, address.street_number)))
    town = f"{address.postal_code} {address.city}"
    lines = [address.company_name, name, place, *address.additional_lines, town, address.main_division]
    return [line for line in (*lines, address.country_code) if line]
