"""The strategies: valid documents are valid, broken ones are broken once, and together they are rich."""

from typing import Any

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from ac_iomconnector_order_test.breakages import breakages
from ac_iomconnector_order_test.description_rules import check_order_document
from ac_iomconnector_order_test.document_node import Node, parts
from ac_iomconnector_order_test.documents import (
    broken_order_documents,
    change_request_documents,
    order_documents,
)
from ac_iomconnector_order_test.exchange import Exchange, exchange
from ac_iomconnector_order_test.json_text import decode_json, encode_json
from ac_iomconnector_order_test.limits import lengths
from ac_iomconnector_order_test.openapi import JUDGED_VERSIONS, UnknownApiVersionError, order_document
from ac_iomconnector_order_test.referee import Referee
from ac_iomconnector_order_test.wire_values import text

_BASE = "/rest/order-service/shops/10020/orders"
_HEADERS = {"Content-Type": "application/vnd.intershop.order.v2+json", "Authorization": "Basic dGVzdDp0ZXN0"}
_SETTINGS = settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    database=None,
)
_REFEREES = {version: Referee(version) for version in JUDGED_VERSIONS}


def _creation(document: dict[str, Any], target: str = _BASE) -> Exchange:
    return exchange(
        "POST",
        target,
        status=201,
        request_headers=_HEADERS,
        request_body=encode_json(document),
        response_headers={"Location": f"{_BASE}/1"},
    )


@pytest.mark.parametrize("version", JUDGED_VERSIONS)
def test_generated_orders_are_valid(version: str) -> None:
    @_SETTINGS
    @given(order_documents(version))
    def check(document: dict[str, Any]) -> None:
        assert _REFEREES[version].judge(_creation(document)) == ()
        assert check_order_document(document, version) == ()
        assert decode_json(encode_json(document)) == document

    check()


@pytest.mark.parametrize("version", JUDGED_VERSIONS)
def test_generated_faults_are_found_where_they_are(version: str) -> None:
    @_SETTINGS
    @given(broken_order_documents(version))
    def check(broken: tuple[dict[str, Any], str, str]) -> None:
        document, path, rule = broken
        found = _REFEREES[version].judge(_creation(document))
        assert {(violation.location, violation.rule) for violation in found} == {(path, rule)}

    check()


@pytest.mark.parametrize("version", ["2.2", "2.4"])
def test_generated_change_requests_are_valid(version: str) -> None:
    @_SETTINGS
    @given(change_request_documents(version, shop_order_numbers=st.just("4711")))
    def check(document: dict[str, Any]) -> None:
        exchange = _creation(document, f"{_BASE}/4711/change-requests")
        assert _REFEREES[version].judge(exchange) == ()

    check()


def test_an_unknown_version_has_no_documents() -> None:
    with pytest.raises(UnknownApiVersionError):
        order_documents("1.9")


@pytest.fixture(scope="module")
def many() -> list[dict[str, Any]]:
    """The same 100 documents in every run."""
    documents: list[dict[str, Any]] = []

    @settings(_SETTINGS, max_examples=100, derandomize=True)
    @given(order_documents("2.4"))
    def collect(document: dict[str, Any]) -> None:
        documents.append(document)

    collect()
    return documents


def test_generated_orders_use_every_member_of_the_contract(many: list[dict[str, Any]]) -> None:
    used: dict[str, set[str]] = {}
    for document in many:
        for kind, node in parts("Order", Node(document)):
            used.setdefault(kind, set()).update(node.value)
    schemas = order_document("2.4")["components"]["schemas"]
    locations = {"street", "streetNumber", "postBox", "userId", "stationNumber"}
    for kind, members in used.items():
        extra = locations if kind == "AddressLocation" else set()
        assert members == set(schemas[kind]["properties"]) | extra, kind
    assert len(used) == 24


def test_generated_orders_use_every_value_of_the_closed_enumerations(many: list[dict[str, Any]]) -> None:
    used: dict[tuple[str, str], set[str]] = {}
    names = {"type", "customerDataType", "addressReceiverType", "deliveryDateType", "promotionValueType"}
    for document in many:
        for kind, node in parts("Order", Node(document)):
            for name in names & set(node.value):
                used.setdefault((kind, name), set()).add(node.value[name])
    for (kind, name), values in used.items():
        enumeration = order_document("2.4")["components"]["schemas"][kind]["properties"][name].get("enum")
        assert enumeration is None or values == set(enumeration), (kind, name)
    assert used["AddressLocation", "type"] == {
        "AddressLocationStreet",
        "AddressLocationPOBox",
        "AddressLocationPackstation",
    }


def test_generated_orders_reach_their_limits(many: list[dict[str, Any]]) -> None:
    longest: dict[tuple[str, str], int] = {}
    for document in many:
        for kind, node in parts("Order", Node(document)):
            kinds = (kind, node.value["type"]) if kind == "AddressLocation" else (kind,)
            for one in kinds:
                for name in lengths("2.4").get(one, {}):
                    if name in node.value:
                        longest[one, name] = max(longest.get((one, name), 0), len(node.value[name]))
    limits = {
        (kind, name): limit[1]
        for kind, members in lengths("2.4").items()
        for name, limit in members.items()
        if kind != "ChangeRequestCreate"
    }
    assert set(longest) == set(limits)
    reached = [place for place, length in longest.items() if length == limits[place]]
    assert len(reached) > len(limits) * 0.9
    assert {len(document["shippingBuckets"]) for document in many} == {1, 2, 3}
    assert any(not encode_json(document).isascii() for document in many)
    sums = [node for document in many for kind, node in parts("Order", Node(document)) if kind == "SumPrice"]
    assert {len(node.value["taxes"]) for node in sums} == {1, 2, 3}
    assert {tuple(name for name in ("net", "gross") if name in node.value) for node in sums} == {
        ("net",),
        ("gross",),
        ("net", "gross"),
    }


@pytest.mark.parametrize(("least", "greatest"), [(0, 25), (1, 50), (1, 100), (0, 1024)])
def test_text_reaches_both_limits(least: int, greatest: int) -> None:
    assert len(find(text(least, greatest), lambda value: len(value) == least)) == least
    assert len(find(text(least, greatest), lambda value: len(value) == greatest)) == greatest


@pytest.mark.parametrize("version", JUDGED_VERSIONS)
def test_breakages_have_names_of_their_own(version: str) -> None:
    names = [breakage.name for breakage in breakages(version)]
    assert len(names) > 150
    assert len(set(names)) == len(names)
