"""Is the order that IOM has the order that the shop placed?

IOM returns an order with its lists sorted (taxes by type, promotions by id, charges, positions and buckets by
number), with defaults filled in, with amounts of other scale and times in another zone: none of this is a
difference. [iom-api 6, no. 19, 20] Anything else is: every field that was sent must be there with the same
content, and nothing that only the shop can know may have come in addition.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from ac_iomconnector_orderexport.matching import best_pairs
from iomconnector.model.erasure import holds_erased
from iomconnector.model.values import canonical
from iomconnector.ports.order_export_service import Difference

NOTHING: Final = "nothing"
_TIMES: Final = frozenset({"shopOrderCreationDate", "desiredDeliveryDate"})
_ATTRIBUTES: Final = "additionalAttributes"
_SORTED_BY: Final = {
    "taxes": "type",
    "promotions": "id",
    "charges": "number",
    "positions": "number",
    "shippingBuckets": "number",
}
_ONLY_THE_SHOP_KNOWS: Final = (
    *_SORTED_BY,
    *("additions", "deliveryOptions", "reservationId", "costCenter", "project", "isbn", "ean"),
    *("orderNumber", "shopCustomerNumber", "department", "lineOfBusiness", "costCenterNumber"),
    *("commercialRegisterNumber", "commercialRegisterLocation", "companyType", "vatNumber"),
    *("contact", "phone", "mobile", "fax", "district", "streetNumber"),
    *("companyName", "person", "salutation", "title", "firstName", "code", "budgetSourceId"),
    *("paymentProviderOrderNo", "paymentProviderRefNo", "paymentProviderMerchantAccount"),
    *("unitPrice", "listPrice", "productUnit", "freightClass"),
)
_MAY_BE_ERASED: Final = re.compile(
    r"\b(customerData|invoiceAddress|shippingAddress|additionalAttributes|payment|reservationId|isbn|ean)\b"
)
"""Where the shop may have had something that was erased; custom attributes fill the last three."""
_ANY_ORDER: Final = frozenset({"deliveryOptions"})
_MILLISECOND: Final = timedelta(milliseconds=1)
_SHOWN_CHARACTERS: Final = 80


def differences(sent: Mapping[str, Any], found: Mapping[str, Any]) -> tuple[Difference, ...]:
    """What keeps IOM's copy from being the order that was sent; empty where it is the same order.

    Arguments:
        sent: The document of the order, as it was or would be sent.
        found: IOM's copy: an order (``getOrder``) or an order state, whose positions keep prices and
            shipping under ``ordered``.
    """
    return tuple(_objects("", sent, found))


def not_erased(found: Sequence[Difference]) -> tuple[Difference, ...]:
    """The differences that do not come from personal data having been erased here."""
    return tuple(
        difference
        for difference in found
        if not holds_erased(difference.ours)
        and not (difference.ours == NOTHING and _MAY_BE_ERASED.search(difference.path))
    )


def _objects(path: str, ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[Difference]:
    theirs = _flattened(theirs)
    result: list[Difference] = []
    for name, value in ours.items():
        result += _values(f"{path}.{name}" if path else name, name, value, theirs.get(name))
    for name in _ONLY_THE_SHOP_KNOWS:
        if name not in ours and theirs.get(name):
            result.append(_difference(f"{path}.{name}" if path else name, None, theirs[name]))
    if "amount" in ours and "amountDiscounted" not in ours:
        result += _unsent_discount(path, theirs)
    return result


def _attributes(path: str, ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[Difference]:
    result = []
    for group, members in ours.items():
        found = theirs.get(group)
        for key, value in members.items():
            other = found.get(key) if isinstance(found, Mapping) else None
            if value != other:
                result.append(_difference(f"{path}.{group}.{key}", value, other))
    return result


def _flattened(position: Mapping[str, Any]) -> Mapping[str, Any]:
    ordered = position.get("ordered")
    return {**position, **ordered} if isinstance(ordered, Mapping) else position


def _unsent_discount(path: str, theirs: Mapping[str, Any]) -> list[Difference]:
    discounted = theirs.get("amountDiscounted")
    if discounted is None or _same_number(discounted, theirs.get("amount")):
        return []
    return [_difference(f"{path}.amountDiscounted", None, discounted)]


def _values(path: str, name: str, ours: Any, theirs: Any) -> list[Difference]:
    if isinstance(ours, Mapping):
        if not ours:
            return []
        if isinstance(theirs, Mapping):
            return (_attributes if name == _ATTRIBUTES else _objects)(path, ours, theirs)
    elif isinstance(ours, list) and (theirs is None or isinstance(theirs, list)):
        return _lists(path, name, ours, theirs or [])
    elif _same(name, ours, theirs) or (ours == "" and theirs is None):
        return []
    return [_difference(path, ours, theirs)]


def _lists(path: str, name: str, ours: Sequence[Any], theirs: Sequence[Any]) -> list[Difference]:
    if not all(isinstance(element, Mapping) for element in (*ours, *theirs)):
        if name in _ANY_ORDER:
            same = Counter(map(str, ours)) == Counter(map(str, theirs))
        else:
            same = list(ours) == list(theirs)
        return [] if same else [_difference(path, ours, theirs)]
    result: list[Difference] = []
    surplus = set(range(len(theirs)))
    for mine, other in enumerate(_pairs(name, ours, theirs)):
        here = f"{path}[{mine}]"
        if other is None:
            result.append(_difference(here, ours[mine], None))
        else:
            surplus.discard(other)
            result += _objects(here, ours[mine], theirs[other])
    result += [_difference(f"{path}[+]", None, theirs[index]) for index in sorted(surplus)]
    return result


def _pairs(
    name: str, ours: Sequence[Mapping[str, Any]], theirs: Sequence[Mapping[str, Any]]
) -> Sequence[int | None]:
    key = _SORTED_BY.get(name, "")
    mine = [element.get(key) for element in ours]
    if None not in mine and len({str(value) for value in mine}) == len(mine):
        where = {str(element.get(key)): index for index, element in enumerate(theirs)}
        return [where.get(str(value)) for value in mine]
    return best_pairs(len(ours), len(theirs), lambda a, b: len(_objects("", ours[a], theirs[b])))


def _same(name: str, ours: Any, theirs: Any) -> bool:
    if isinstance(ours, bool) or isinstance(theirs, bool):
        return ours is theirs
    if isinstance(ours, int | Decimal):
        return _same_number(ours, theirs)
    if name in _TIMES and isinstance(ours, str) and isinstance(theirs, str):
        return ours == theirs or _same_instant(ours, theirs)
    return bool(ours == theirs)


def _same_number(ours: Any, theirs: Any) -> bool:
    if isinstance(theirs, float):
        return bool(Decimal(str(theirs)) == ours)
    if isinstance(theirs, bool) or not isinstance(theirs, int | Decimal):
        return False
    return bool(ours == theirs)


def _same_instant(ours: str, theirs: str) -> bool:
    try:
        return abs(datetime.fromisoformat(ours) - datetime.fromisoformat(theirs)) < _MILLISECOND
    except (ValueError, TypeError):
        return False


def _difference(path: str, ours: Any, theirs: Any) -> Difference:
    return Difference(path, _shown(ours), _shown(theirs))


def _shown(value: Any) -> str:
    if value is None:
        return NOTHING
    if isinstance(value, Decimal):
        return canonical(value)
    text = str(_plain(value))
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(element) for element in value]
    return canonical(value) if isinstance(value, Decimal) else value
