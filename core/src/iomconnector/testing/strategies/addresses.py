"""Addresses of every type."""

from collections.abc import Collection
from typing import Any

from hypothesis.strategies import SearchStrategy

from iomconnector.model.addresses import (
    Address,
    Contact,
    PackingStationAddress,
    Person,
    PostBoxAddress,
    StreetAddress,
)
from iomconnector.testing.strategies.bounds import Bounds
from iomconnector.testing.strategies.drawing import Drawing, part
from iomconnector.testing.strategies.oddities import Oddity
from iomconnector.testing.strategies.texts import email_addresses, texts

COUNTRY_CODES = ("DE", "DEU", "US", "USA", "GB", "FRA", "JP", "CHE", "BR")
ADDRESS_TYPES = ("street", "post_box", "packing_station")


def addresses(
    *, bounds: Bounds | None = None, types: Collection[str] = ADDRESS_TYPES
) -> SearchStrategy[Address]:
    """Addresses.

    Arguments:
        bounds: How long their texts and lists may get.
        types: Which types: ``street``, ``post_box``, ``packing_station``.
    """
    return part(lambda d: draw_address(d, tuple(types)), bounds=bounds, currency="EUR")


def draw_address(d: Drawing, types: tuple[str, ...] = ADDRESS_TYPES) -> Address:
    """Draw an address of one of the types."""
    kind = d.choice(types)
    most_lines = d.bounds.packing_station_lines if kind == "packing_station" else d.bounds.additional_lines
    common = _common(d, most_lines)
    if kind == "street":
        return _street(d, common)
    if kind == "post_box":
        return PostBoxAddress(type="post_box", post_box=d.phrase(d.bounds.post_box), **common)
    return PackingStationAddress(
        type="packing_station",
        customer_id=d.phrase(d.bounds.packing_station),
        station_number=d.phrase(d.bounds.packing_station),
        **common,
    )


def _street(d: Drawing, common: dict[str, Any]) -> StreetAddress:
    options = d.options(1)
    return StreetAddress(
        type="street",
        street="" if d.is_odd(Oddity.EMPTY_TEXTS) else d.phrase(d.bounds.street),
        street_number=options.phrase(d.bounds.street_number),
        **common,
    )


def _common(d: Drawing, most_lines: int) -> dict[str, Any]:
    bounds = d.bounds
    options = d.options(5)
    company = options.phrase(bounds.company_name)
    person_too = options.chosen()
    lines = d.integer(0, most_lines) if options.chosen() else 0
    if d.is_odd(Oddity.MANY_ADDRESS_LINES):
        lines = most_lines + 2
    return {
        "company_name": company,
        "person": _person(d) if person_too or company is None else None,
        "contact": _contact(d) if options.chosen() or d.is_odd(Oddity.NO_EMAIL) else None,
        "city": d.phrase(bounds.city),
        "postal_code": d.phrase(bounds.postal_code),
        "main_division": options.phrase(bounds.main_division),
        "country_code": d.choice(COUNTRY_CODES),
        "additional_lines": tuple(d.phrase(bounds.address_line) for _ in range(lines)),
    }


def _person(d: Drawing) -> Person:
    bounds = d.bounds
    options = d.options(3)
    return Person(
        salutation=options.phrase(bounds.salutation),
        title=options.phrase(bounds.title),
        first_name=options.phrase(bounds.first_name),
        last_name=d.draw(texts(bounds.last_name)),
    )


def _contact(d: Drawing) -> Contact:
    if d.is_odd(Oddity.NO_EMAIL):
        return Contact(phone_home=d.phrase(d.bounds.phone))
    options = d.options(3)
    return Contact(
        email=d.draw(email_addresses(d.bounds.email)),
        phone_home=options.phrase(d.bounds.phone),
        phone_mobile=options.phrase(d.bounds.phone),
        fax=options.phrase(d.bounds.phone),
    )
