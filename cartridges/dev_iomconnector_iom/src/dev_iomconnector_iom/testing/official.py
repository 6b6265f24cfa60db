"""The official OpenAPI documents as referee; needs the extra ``testing``.

The documents are not part of the project. They are looked for in the folder ``$IOM_OPENAPI_DIR``, then in
``../shared/iom-openapi`` beside the project.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from openapi_schema_validator import OAS30Validator, oas30_format_checker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

from dev_iomconnector_iom.contract.versions import ApiVersion

_DOCUMENTS = {
    ApiVersion.V2_0: "2.0",
    ApiVersion.V2_1: "2.2",
    ApiVersion.V2_2: "2.2",
    ApiVersion.V2_3: "2.4",
    ApiVersion.V2_4: "2.4",
}
"""The documents of 2.1 and 2.3 are not at hand; the next ones hold for what the stand-in answers."""


def openapi_folder() -> Path | None:
    """The folder with the official documents, or None."""
    named = os.environ.get("IOM_OPENAPI_DIR")
    if named:
        return Path(named)
    for parent in Path(__file__).resolve().parents:
        beside = parent / "shared" / "iom-openapi"
        if beside.is_dir():
            return beside
    return None


def complaints(document: Any, schema: str, version: ApiVersion) -> list[str]:
    """What the official schema of that name says against a document; empty where it has nothing to say.

    Raises:
        FileNotFoundError: The official documents are not there.
    """
    return list(_complaints(document, schema, version))


def _complaints(document: Any, schema: str, version: ApiVersion) -> Iterator[str]:
    for error in _validator(schema, f"order-{_DOCUMENTS[version]}").iter_errors(document):
        yield f"{error.json_path}: {error.message}"


def inventory_complaints(document: Any, schema: str, api: str) -> list[str]:
    """The same for inventory.

    Arguments:
        document: What to judge.
        schema: The name of the schema.
        api: ``atp`` or ``reservation``, both of version 2.0.

    Raises:
        FileNotFoundError: The official documents are not there.
    """
    found = _validator(schema, f"{api}-2.0").iter_errors(document)
    return [f"{error.json_path}: {error.message}" for error in found]


@cache
def _validator(schema: str, source: str) -> Any:
    if schema.endswith("[]"):
        wanted: dict[str, Any] = {
            "type": "array",
            "items": {"$ref": f"urn:iom#/components/schemas/{schema[:-2]}"},
        }
    else:
        wanted = {"$ref": f"urn:iom#/components/schemas/{schema}"}
    registry: Registry[Any] = Registry().with_resource(
        "urn:iom", Resource.from_contents(_load(source), default_specification=DRAFT4)
    )
    return OAS30Validator(wanted, registry=registry, format_checker=oas30_format_checker)


@cache
def _load(source: str) -> Any:
    folder = openapi_folder()
    if folder is None:
        raise FileNotFoundError("Set IOM_OPENAPI_DIR to the folder with the official IOM OpenAPI documents.")
    name = f"intershop-order-management-{source}.yaml"
    return yaml.safe_load((folder / name).read_text(encoding="utf-8"))
