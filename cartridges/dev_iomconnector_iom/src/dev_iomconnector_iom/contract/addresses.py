"""Addresses, persons and customers. [iom-api 1.1, 6.8, 6.10, 6.12]"""

from __future__ import annotations

from typing import Any

from dev_iomconnector_iom.contract.fields import (
    INVALID,
    Code,
    Email,
    ListOf,
    Record,
    Text,
    choice,
    optional,
    required,
)
from dev_iomconnector_iom.contract.iso import COUNTRIES
from dev_iomconnector_iom.contract.versions import ApiVersion
from dev_iomconnector_iom.contract.violations import Findings
from dev_iomconnector_iom.exact_json import JsonObject

_STREET, _PO_BOX, _PACKSTATION = "AddressLocationStreet", "AddressLocationPOBox", "AddressLocationPackstation"


def _at_most_two_additions(location: JsonObject, path: str, findings: Findings) -> None:
    if len(location.get("additions", ())) > 2:
        findings.add(f"{path}.additions", "packstationAdditions", "must have at most 2 for a packstation")


_ANY_LOCATION = Record(
    required("type", Text()),
    required("city", Text(1, 100)),
    required("postCode", Text(1, 25)),
    optional("district", Text(0, 100)),
    required("countryCode", Code(COUNTRIES, "a country code of ISO 3166-1 alpha-3")),
    optional("additions", ListOf(Text(), most=3)),
)
_LOCATIONS = {
    _STREET: _ANY_LOCATION.plus(
        required("street", Text(0, 100)),
        optional("streetNumber", Text(0, 20)),
    ),
    _PO_BOX: _ANY_LOCATION.plus(required("postBox", Text(1, 25))),
    _PACKSTATION: _ANY_LOCATION.plus(
        required("userId", Text(1, 100)),
        required("stationNumber", Text(1, 100)),
        rules=[_at_most_two_additions],
    ),
}


class Location:
    """A place, by the discriminator ``type``.

    Arguments:
        types: The types that are allowed here.
    """

    def __init__(self, *types: str) -> None:
        self._types = types

    def check(self, value: Any, path: str, findings: Findings) -> Any:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, str):
            return _ANY_LOCATION.check(value, path, findings)
        if kind not in self._types:
            reason = "is not allowed here" if kind in _LOCATIONS else "is no type of location"
            findings.add(f"{path}.type", "locationType", f"{reason}, only {', '.join(self._types)} are", kind)
            return INVALID
        return _LOCATIONS[kind].check(value, path, findings)


_PERSON = Record(
    optional("salutation", Text(0, 25)),
    optional("title", Text(0, 25)),
    optional("firstName", Text(0, 50)),
    required("lastName", Text(1, 50)),
)


def _receiver_matches_type(receiver: JsonObject, path: str, findings: Findings) -> None:
    kind = receiver["addressReceiverType"]
    if kind == "PERSON" and "person" not in receiver:
        findings.add(f"{path}.person", "receiverPerson", "is mandatory for a receiver of type PERSON")
    if kind == "COMPANY" and not receiver.get("companyName", "").strip():
        findings.add(f"{path}.companyName", "receiverCompany", "is mandatory for a receiver of type COMPANY")


def _address(version: ApiVersion, location: Location) -> Record:
    company_name = Text(0, 100 if version >= ApiVersion.V2_1 else None)
    email = Email(Text(1, 100) if version >= ApiVersion.V2_2 else Text())
    return Record(
        required("location", location),
        optional(
            "contact",
            Record(
                required("email", email),
                optional("phone", Text(0, 25)),
                optional("mobile", Text(0, 25)),
                optional("fax", Text(0, 25)),
            ),
        ),
        required(
            "receiver",
            Record(
                required("addressReceiverType", choice("PERSON", "COMPANY")),
                optional("person", _PERSON),
                optional("companyName", company_name),
                rules=[_receiver_matches_type],
            ),
        ),
    )


def shipping_address(version: ApiVersion) -> Record:
    """Where the goods go."""
    return _address(version, Location(_STREET, _PO_BOX, _PACKSTATION))


def invoice_address(version: ApiVersion) -> Record:
    """Where the invoice goes; never a packstation."""
    return _address(version, Location(_STREET, _PO_BOX))


def _company_needs_data(customer: JsonObject, path: str, findings: Findings) -> None:
    if customer["customerDataType"] == "COMPANY" and "companyData" not in customer:
        findings.add(f"{path}.companyData", "customerCompany", "is mandatory for a customer of type COMPANY")


CUSTOMER_DATA = Record(
    required("customerDataType", choice("PERSON", "COMPANY")),
    optional("orderNumber", Text(0, 50)),
    optional("shopCustomerNumber", Text(0, 255)),
    optional(
        "companyData",
        Record(
            required("companyName", Text(1, 100)),
            optional("department", Text(0, 50)),
            optional("lineOfBusiness", Text(0, 50)),
            optional("costCenterNumber", Text(0, 50)),
            optional("commercialRegisterNumber", Text(0, 50)),
            optional("commercialRegisterLocation", Text(0, 50)),
            optional("companyType", Text(0, 50)),
            optional("vatNumber", Text(0, 25)),
        ),
    ),
    rules=[_company_needs_data],
)
