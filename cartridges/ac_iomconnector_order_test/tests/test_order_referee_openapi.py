"""The official documents: finding them, their defects, versions without a document, and our own tables."""

import datetime
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from ac_iomconnector_order_test import openapi
from ac_iomconnector_order_test.breakages import breakages
from ac_iomconnector_order_test.document_node import MEMBERS
from ac_iomconnector_order_test.formats import INT32, INT64
from ac_iomconnector_order_test.limits import lengths, ranges
from ac_iomconnector_order_test.openapi import (
    JUDGED_VERSIONS,
    OpenApiDocumentError,
    UnknownApiVersionError,
    available_versions,
    basis,
    documents_directory,
    order_document,
    read_document,
)
from ac_iomconnector_order_test.schemas import SchemaJudge
from ac_iomconnector_order_test.violation import Side

_REF = "#/components/schemas/"


def test_versions_with_and_without_a_document() -> None:
    assert available_versions() == ("2.0", "2.2", "2.4")
    assert basis("2.1").document_version == "2.0"
    assert "Tax gains rate" in str(basis("2.1"))
    assert basis("2.3").document_version == "2.2"
    assert "emails" in str(basis("2.3"))
    assert basis("2.4").differences == ()
    assert [order_document(version)["info"]["version"] for version in JUDGED_VERSIONS] == [
        "2.0",
        "2.0",
        "2.2",
        "2.2",
        "2.4",
    ]


@pytest.mark.parametrize("version", ["2.5", "2", "", "2.10"])
def test_an_unknown_version_is_refused_by_name(version: str) -> None:
    with pytest.raises(UnknownApiVersionError, match=r"is unknown\. Use one of 2\.0, 2\.1, 2\.2, 2\.3, 2\.4"):
        basis(version)


def test_documents_are_read_once_in_a_process() -> None:
    assert order_document("2.1") is order_document("2.1")


def test_the_environment_names_the_directory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shutil.copy(documents_directory() / "intershop-order-management-order-2.4.yaml", tmp_path)
    monkeypatch.setenv("IOM_OPENAPI_DIR", str(tmp_path))
    assert documents_directory() == tmp_path
    assert order_document("2.4")["info"]["title"] == "IOM Order API"
    with pytest.raises(OpenApiDocumentError, match=r"order-2\.2\.yaml cannot be read"):
        order_document("2.2")


def test_a_wrong_directory_in_the_environment_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IOM_OPENAPI_DIR", "/nowhere/at/all")
    with pytest.raises(OpenApiDocumentError, match="IOM_OPENAPI_DIR names '/nowhere/at/all'"):
        documents_directory()


def test_the_directory_is_looked_for_upwards(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("IOM_OPENAPI_DIR", raising=False)
    nested = tmp_path / "repository" / "cartridges"
    nested.mkdir(parents=True)
    monkeypatch.chdir(nested)
    monkeypatch.setattr(openapi, "__file__", str(nested / "openapi.py"))
    with pytest.raises(OpenApiDocumentError, match="Set IOM_OPENAPI_DIR"):
        documents_directory()
    (tmp_path / "shared" / "iom-openapi").mkdir(parents=True)
    assert documents_directory() == tmp_path / "shared" / "iom-openapi"


def test_integer_keys_become_text_and_timestamps_stay_text(tmp_path: Path) -> None:
    path = tmp_path / "defects.yaml"
    path.write_text(
        "openapi: 3.0.1\nresponses:\n  201: {example: 2019-06-03T15:57:33.521+02:00}\nday: 2019-01-31\n"
    )
    assert read_document(path) == {
        "openapi": "3.0.1",
        "responses": {"201": {"example": "2019-06-03T15:57:33.521+02:00"}},
        "day": "2019-01-31",
    }


@pytest.mark.parametrize("content", ["just text", "openapi: [", "a: 1"])
def test_what_is_no_openapi_document_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "other.yaml"
    path.write_text(content)
    with pytest.raises(OpenApiDocumentError, match=r"other\.yaml"):
        read_document(path)


def test_the_official_documents_with_integer_keys_can_be_read() -> None:
    document = read_document(documents_directory() / "intershop-order-management-rma-2.10.yaml")
    keys = {
        key
        for path in document["paths"].values()
        for operation in path.values()
        for key in operation["responses"]
    }
    assert "201" in keys
    assert {type(key) for key in keys} == {str}


@pytest.mark.parametrize("version", JUDGED_VERSIONS)
def test_no_timestamps_are_left(version: str) -> None:
    def values(node: Any) -> Iterator[Any]:
        if isinstance(node, dict | list):
            for member in node.values() if isinstance(node, dict) else node:
                yield from values(member)
        else:
            yield node

    assert not [value for value in values(order_document(version)) if isinstance(value, datetime.date)]


def _bare(node: Any) -> Any:
    """Without descriptions and examples, and without limits that limit nothing."""
    if isinstance(node, list):
        return [_bare(item) for item in node]
    if not isinstance(node, Mapping):
        return node
    return {key: _bare(value) for key, value in node.items() if key not in {"description", "example"}}


def test_2_1_differs_from_2_2_only_as_documented() -> None:
    older, newer = (_bare(order_document(version)["components"]["schemas"]) for version in ("2.1", "2.2"))
    different = {name for name in older if older[name] != newer[name]}
    assert different == {"Contact", "OrderPosition", "OrderStatePosition"}
    assert set(newer) - set(older) == {"ChangeRequestCreate", "ChangeRequestView"}
    assert newer["OrderPosition"]["properties"]["number"].pop("minimum") == 0
    assert older["OrderPosition"] == newer["OrderPosition"]


def test_2_3_differs_from_2_4_only_as_documented() -> None:
    older, newer = (_bare(order_document(version)["paths"]) for version in ("2.3", "2.4"))
    assert newer.pop("/shops/{shopId}/order-states/modified")
    for paths in (older, newer):
        paths["/shops/{shopId}/order-states"]["get"]["parameters"].sort(
            key=lambda parameter: parameter["name"]
        )
    assert older == newer


def _properties(version: str, name: str) -> Mapping[str, Any]:
    schema = order_document(version)["components"]["schemas"][name]
    properties: dict[str, Any] = dict(schema.get("properties", {}))
    for other in schema.get("allOf", ()):
        properties.update(other.get("properties", {}))
    return properties


def _order_schemas(version: str) -> set[str]:
    names = {name for kind, members in MEMBERS.items() for name in (kind, *members.values())}
    locations = {f"AddressLocation{kind}" for kind in ("Street", "POBox", "Packstation")}
    states = {
        name for name in names if "State" in name or name in {"ChangeRequestView", "OrderPositionOrdered"}
    }
    return {
        name
        for name in names - states | locations
        if name in order_document(version)["components"]["schemas"]
    }


@pytest.mark.parametrize("version", JUDGED_VERSIONS)
def test_our_lengths_are_those_of_the_official_document(version: str) -> None:
    official = {
        (kind, name): (schema["minLength"], schema["maxLength"])
        for kind in _order_schemas(version)
        for name, schema in _properties(version, kind).items()
        if "maxLength" in schema
    }
    ours = {
        (kind, name): limit for kind, limits in lengths(version).items() for name, limit in limits.items()
    }
    if version < "2.2":
        del ours["ChangeRequestCreate", "changeRequestId"]
    assert ours == official


@pytest.mark.parametrize("version", JUDGED_VERSIONS)
def test_our_number_ranges_are_those_of_the_official_document(version: str) -> None:
    least_and_greatest = {"int32": INT32, "int64": INT64}
    official = {
        (kind, name): (schema.get("minimum", least_and_greatest[schema["format"]][0]), limit[1])
        for kind in _order_schemas(version)
        for name, schema in _properties(version, kind).items()
        if schema.get("type") == "integer" and (limit := least_and_greatest[schema["format"]])
    }
    assert {
        (kind, name): limit for kind, limits in ranges(version).items() for name, limit in limits.items()
    } == official


def test_our_parts_are_those_of_the_official_document() -> None:
    schemas = order_document("2.4")["components"]["schemas"]
    for kind, members in MEMBERS.items():
        for name, member_kind in members.items():
            schema = schemas[kind]["properties"].get(name)
            if kind == "TotalPrice" and name == "promotions":
                assert schema is None
            elif kind == "UnitPrice" or schema["type" if "type" in schema else "$ref"] != "array":
                assert schema["$ref"] == _REF + member_kind
            else:
                assert schema["items"]["$ref"] == _REF + member_kind
    assert _order_schemas("2.4") >= {
        "Price",
        "ListPrice",
        "Tax",
        "Promotion",
        "Person",
        "DeliveryDate",
        "Payment",
    }


@pytest.mark.parametrize("version", available_versions())
def test_every_required_member_of_an_order_is_broken_once(version: str) -> None:
    broken = {breakage.name for breakage in breakages(version)}
    for kind in _order_schemas(version) - {"ChangeRequestCreate", "Price", "ListPrice", "AddressShipping"}:
        for name in order_document(version)["components"]["schemas"][kind].get("required", ()):
            owner = "AddressLocation" if name in {"city", "countryCode", "postCode"} else kind
            assert f"{owner}.{name} missing" in broken


def test_only_the_known_examples_break_their_own_schema() -> None:
    document = order_document("2.4")
    judge = SchemaJudge(document)
    wrong = {
        f"{kind}.{name}"
        for kind in document["components"]["schemas"]
        for name, schema in _properties("2.4", kind).items()
        if "example" in schema and judge.judge(judge.resolve(schema), schema["example"], Side.DOCUMENT)
    }
    assert wrong == {
        "OrderDocument.downloadLink",
        "OrderStateShipping.deliveryOptions",
        "Shipping.deliveryOptions",
    }
