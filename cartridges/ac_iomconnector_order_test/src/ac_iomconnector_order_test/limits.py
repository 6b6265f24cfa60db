"""Lengths and number ranges of the order document by version. [iom-api 6.5-6.7, 6.9, 6.11, 6.12]"""

import functools
from collections.abc import Iterator, Mapping
from typing import Final

from ac_iomconnector_order_test.document_node import Node
from ac_iomconnector_order_test.formats import INT32, INT64
from ac_iomconnector_order_test.rules import Rule
from ac_iomconnector_order_test.violation import Violation

Limits = Mapping[str, tuple[int, int]]
"""The least and the greatest by member name."""

_COST: Final = {"costCenter": (0, 100), "project": (0, 100)}
_LOCATION: Final = {"city": (1, 100), "postCode": (1, 25), "district": (0, 100)}

_LENGTHS: Final[Mapping[str, Limits]] = {
    "ChangeRequestCreate": {"changeRequestId": (0, 255)},
    "Order": {"shopOrderNumber": (1, 50), **_COST},
    "CustomerData": {"orderNumber": (0, 50), "shopCustomerNumber": (0, 255)},
    "CompanyData": {
        "companyName": (1, 100),
        "department": (0, 50),
        "lineOfBusiness": (0, 50),
        "costCenterNumber": (0, 50),
        "commercialRegisterNumber": (0, 50),
        "commercialRegisterLocation": (0, 50),
        "companyType": (0, 50),
        "vatNumber": (0, 25),
    },
    "AddressLocation": _LOCATION,
    "AddressLocationStreet": {"street": (0, 100), "streetNumber": (0, 20)},
    "AddressLocationPOBox": {"postBox": (1, 25)},
    "AddressLocationPackstation": {"userId": (1, 100), "stationNumber": (1, 100)},
    "Contact": {"phone": (0, 25), "mobile": (0, 25), "fax": (0, 25)},
    "Person": {"salutation": (0, 25), "title": (0, 25), "firstName": (0, 50), "lastName": (1, 50)},
    "Payment": {
        "paymentProviderOrderNo": (0, 50),
        "paymentProviderRefNo": (0, 50),
        "paymentProviderMerchantAccount": (0, 100),
    },
    "Promotion": {"name": (0, 256), "descriptorId": (0, 255), "code": (0, 256), "budgetSourceId": (0, 256)},
    "OrderPosition": _COST,
}
_LENGTHS_SINCE_2_1: Final[Mapping[str, Limits]] = {
    "AddressReceiver": {"companyName": (0, 100)},
    "Tax": {"type": (0, 512), "location": (0, 512)},
    "Promotion": {
        "id": (0, 512),
        "name": (0, 1024),
        "descriptorId": (0, 1024),
        "code": (0, 1024),
        "budgetSourceId": (0, 1024),
    },
}
_LENGTHS_SINCE_2_2: Final[Mapping[str, Limits]] = {"Contact": {"email": (1, 100)}}

_RANGES: Final[Mapping[str, Limits]] = {
    "Order": {"reservationId": INT64},
    "Charge": {"number": INT64},
    "OrderPosition": {"number": INT32, "quantity": (1, INT32[1])},
    "Product": {"ean": INT64},
    "Shipping": {"expectedDeliveryDays": (-1, INT32[1])},
}
_RANGES_SINCE_2_2: Final[Mapping[str, Limits]] = {"OrderPosition": {"number": (0, INT32[1])}}


@functools.cache
def lengths(version: str) -> Mapping[str, Limits]:
    """The least and greatest number of characters by schema and member."""
    layers = [_LENGTHS]
    if version >= "2.1":
        layers.append(_LENGTHS_SINCE_2_1)
    if version >= "2.2":
        layers.append(_LENGTHS_SINCE_2_2)
    return _merged(layers)


@functools.cache
def ranges(version: str) -> Mapping[str, Limits]:
    """The least and greatest whole number by schema and member."""
    return _merged([_RANGES, _RANGES_SINCE_2_2] if version >= "2.2" else [_RANGES])


def check_limits(kind: str, node: Node, version: str) -> Iterator[Violation]:
    """The lengths and ranges of one part of the document; characters are counted as code points."""
    for name, (least, greatest) in lengths(version).get(kind, {}).items():
        member = node.member(name)
        if member.text is not None and not least <= len(member.text) <= greatest:
            yield member.breaks(
                Rule.LENGTH,
                f"has {len(member.text)} characters, allowed are {least} to {greatest} [iom-api 6.12]",
            )
    for name, (least, greatest) in ranges(version).get(kind, {}).items():
        member = node.member(name)
        if member.present and not (type(member.value) is int and least <= member.value <= greatest):
            yield member.breaks(
                Rule.NUMBER_RANGE,
                f"must be a whole number from {least} to {greatest} [iom-api 6.7, 6.9, 6.11]",
            )


def _merged(layers: list[Mapping[str, Limits]]) -> Mapping[str, Limits]:
    merged: dict[str, Limits] = {}
    for layer in layers:
        for kind, limits in layer.items():
            merged[kind] = {**merged.get(kind, {}), **limits}
    return merged
