"""Our tables against Intershop's own OpenAPI documents: nothing is missing, nothing is made up."""

import os
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from openapi_schema_validator import OAS30Validator, oas30_format_checker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

from ac_iomconnector_orderexport.document import (
    AddressDocument,
    BucketDocument,
    ChargeDocument,
    CompanyDocument,
    ContactDocument,
    CustomerDocument,
    DeliveryDateDocument,
    Document,
    ListPriceDocument,
    LocationDocument,
    OrderDocument,
    PaymentDocument,
    PersonDocument,
    PositionDocument,
    PriceDocument,
    ProductDocument,
    PromotionDocument,
    ReceiverDocument,
    SalesDocument,
    ShippingDocument,
    SumPriceDocument,
    TaxDocument,
    TotalPriceDocument,
    UnitPriceDocument,
)
from ac_iomconnector_orderexport.limits import FIELDS_SINCE, INT32, Measure, limits_of
from ac_iomconnector_orderexport.testing.iom_bounds import iom_bounds
from ac_iomconnector_orderexport.testing.mapping import map_order
from ac_iomconnector_rest_common.order_api_version import OrderApiVersion
from iomconnector.testing.hypothesis_profiles import examples
from iomconnector.testing.strategies import orders

PUBLISHED = [OrderApiVersion.V2_0, OrderApiVersion.V2_2, OrderApiVersion.V2_4]

SCHEMAS: Final[Mapping[type[Document], tuple[str, ...]]] = {
    OrderDocument: ("Order",),
    SalesDocument: ("Sales",),
    CustomerDocument: ("CustomerData",),
    CompanyDocument: ("CompanyData",),
    AddressDocument: ("AddressInvoice", "AddressShipping"),
    LocationDocument: (
        "AddressLocation",
        "AddressLocationStreet",
        "AddressLocationPOBox",
        "AddressLocationPackstation",
    ),
    ContactDocument: ("Contact",),
    ReceiverDocument: ("AddressReceiver",),
    PersonDocument: ("Person",),
    PaymentDocument: ("Payment",),
    BucketDocument: ("ShippingBucket",),
    PositionDocument: ("OrderPosition",),
    ProductDocument: ("Product",),
    ShippingDocument: ("Shipping",),
    DeliveryDateDocument: ("DeliveryDate",),
    ChargeDocument: ("Charge",),
    SumPriceDocument: ("SumPrice",),
    TotalPriceDocument: ("TotalPrice",),
    UnitPriceDocument: ("UnitPrice",),
    PriceDocument: ("Price",),
    ListPriceDocument: ("ListPrice",),
    TaxDocument: ("Tax",),
    PromotionDocument: ("Promotion",),
}

CHANGE_REQUESTS_ONLY: Final = {"shopOrderUpdateDate"}

Bound = tuple[Measure, int | None, int | None]


def _folder() -> Path | None:
    named = os.environ.get("IOM_OPENAPI_DIR")
    if named:
        return Path(named)
    beside = (parent.parent / "shared" / "iom-openapi" for parent in Path(__file__).resolve().parents)
    return next((folder for folder in beside if folder.is_dir()), None)


FOLDER = _folder()


def test_the_official_documents_are_there() -> None:
    assert FOLDER is not None, "Set IOM_OPENAPI_DIR to the folder with IOM's official OpenAPI documents."


@pytest.mark.parametrize("version", PUBLISHED)
@pytest.mark.parametrize("part", SCHEMAS)
def test_the_limits_are_exactly_those_of_the_api_description(
    part: type[Document], version: OrderApiVersion
) -> None:
    declared = {
        name: bound
        for name, schema in _properties(part, version).items()
        if (bound := _bound(schema)) is not None
    }
    ours = {
        str(part.model_fields[limit.field].alias): (limit.measure, limit.least, limit.most)
        for limit in limits_of(part, version)
    }
    assert ours == declared


@pytest.mark.parametrize("version", PUBLISHED)
@pytest.mark.parametrize("part", SCHEMAS)
def test_the_fields_are_exactly_those_of_the_api_description(
    part: type[Document], version: OrderApiVersion
) -> None:
    newer = {field for field, since in FIELDS_SINCE.get(part, {}).items() if not version.at_least(since)}
    ours = {str(info.alias) for name, info in part.model_fields.items() if name not in newer}
    assert ours == set(_properties(part, version)) - CHANGE_REQUESTS_ONLY


@pytest.mark.parametrize("version", PUBLISHED)
@examples(40)
@given(data=st.data())
def test_every_document_is_valid_by_the_official_schema(
    version: OrderApiVersion, data: st.DataObject
) -> None:
    order = data.draw(orders(exportable=True, bounds=iom_bounds(version)))
    document = _as_floats(map_order(order, version=version).document)
    assert [
        f"{error.json_path}: {error.message}" for error in _validator(version).iter_errors(document)
    ] == []


def _bound(schema: Mapping[str, Any]) -> Bound | None:
    kind = schema.get("type")
    if kind == "string":
        return _limits(Measure.CHARACTERS, schema.get("minLength"), schema.get("maxLength"))
    if kind == "array":
        most = schema.get("maxItems")
        return _limits(Measure.ELEMENTS, schema.get("minItems"), None if most == INT32 else most)
    if kind == "integer":
        greatest = 2 ** (31 if schema["format"] == "int32" else 63) - 1
        return Measure.VALUE, schema.get("minimum", -greatest - 1), schema.get("maximum", greatest)
    if "minimum" in schema:
        return Measure.VALUE, int(schema["minimum"]), schema.get("maximum")
    return None


def _limits(measure: Measure, least: int | None, most: int | None) -> Bound | None:
    return (measure, least or None, most) if least or most is not None else None


def _properties(part: type[Document], version: OrderApiVersion) -> dict[str, Mapping[str, Any]]:
    schemas = _description(version)["components"]["schemas"]
    return dict(item for name in SCHEMAS[part] for item in _members(schemas[name]))


def _members(schema: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield from schema.get("properties", {}).items()
    for element in schema.get("allOf", ()):
        yield from element.get("properties", {}).items()


def _as_floats(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _as_floats(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_as_floats(element) for element in value]
    return value if isinstance(value, str | int) else float(value)


@cache
def _validator(version: OrderApiVersion) -> Any:
    registry: Registry[Any] = Registry().with_resource(
        "urn:iom", Resource.from_contents(_description(version), default_specification=DRAFT4)
    )
    wanted = {"$ref": "urn:iom#/components/schemas/Order"}
    return OAS30Validator(wanted, registry=registry, format_checker=oas30_format_checker)


@cache
def _description(version: OrderApiVersion) -> Any:
    assert FOLDER is not None
    path = FOLDER / f"intershop-order-management-order-{version.value}.yaml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))
