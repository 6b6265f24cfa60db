"""The minor versions of Order REST 2 and what each of them offers."""

from __future__ import annotations

from enum import StrEnum

MEDIA_TYPE = "application/vnd.intershop.order.v2+json"
"""The media type of every version; the minor version is never on the wire. [iom-api 0]"""

BASE_PATH = "/rest/order-service"


class ApiVersion(StrEnum):
    """A minor version of Order REST 2; versions compare by age."""

    V2_0 = "2.0"
    V2_1 = "2.1"
    V2_2 = "2.2"
    V2_3 = "2.3"
    V2_4 = "2.4"


class Operation(StrEnum):
    """The operations, by the ids of the official documents."""

    CREATE_ORDER = "createOrder"
    GET_ORDER = "getOrder"
    CREATE_CHANGE_REQUEST = "createChangeRequest"
    GET_CHANGE_REQUEST = "getChangeRequest"
    LIST_CHANGE_REQUESTS = "getChangeRequestViewList"
    SEARCH_ORDER_STATES = "getOrderStatesBySortCriterias"
    MODIFIED_ORDER_STATES = "getModifiedOrderStates"


_SINCE = {
    Operation.CREATE_ORDER: ApiVersion.V2_0,
    Operation.SEARCH_ORDER_STATES: ApiVersion.V2_0,
    Operation.GET_ORDER: ApiVersion.V2_2,
    Operation.CREATE_CHANGE_REQUEST: ApiVersion.V2_2,
    Operation.GET_CHANGE_REQUEST: ApiVersion.V2_2,
    Operation.LIST_CHANGE_REQUESTS: ApiVersion.V2_2,
    Operation.MODIFIED_ORDER_STATES: ApiVersion.V2_4,
}


def offers(version: ApiVersion, operation: Operation) -> bool:
    """Whether a server of that version has the operation. [iom-api 1.1]"""
    return version >= _SINCE[operation]


def filters_by_email(version: ApiVersion) -> bool:
    """Whether the search for order states knows the parameter ``emails``. [iom-api 1.1]"""
    return version >= ApiVersion.V2_3
