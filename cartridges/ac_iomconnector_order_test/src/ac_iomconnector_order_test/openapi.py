"""Finding and reading the official OpenAPI documents of the Order API. They are never copied."""

import functools
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from ac_iomconnector_order_test.amendments import AMENDMENTS
from iomconnector.errors import ConfigurationError

DIRECTORY_VARIABLE: Final = "IOM_OPENAPI_DIR"
JUDGED_VERSIONS: Final = ("2.0", "2.1", "2.2", "2.3", "2.4")
_DOCUMENTED_VERSIONS: Final = ("2.0", "2.2", "2.4")
_RELATIVE_DIRECTORY: Final = Path("shared") / "iom-openapi"


class OpenApiDocumentError(ConfigurationError):
    """The directory of the official documents, or a document in it, cannot be found or read."""

    code = "iom.order_test.openapi_missing"


class UnknownApiVersionError(ConfigurationError):
    """The referee knows no rules for this version of the Order API."""

    code = "iom.order_test.unknown_version"


@dataclass(frozen=True, slots=True)
class Basis:
    """By what a version is judged: an official document, amended by the documented differences."""

    version: str
    document_version: str
    differences: tuple[str, ...]

    def __str__(self) -> str:
        text = f"Order API {self.version}"
        if self.differences:
            text += f" (document {self.document_version}, and: {'; '.join(self.differences)})"
        return text


def available_versions() -> tuple[str, ...]:
    """The versions that have an official document; :data:`JUDGED_VERSIONS` can be judged."""
    return _DOCUMENTED_VERSIONS


def basis(version: str) -> Basis:
    """By which document and which differences a version is judged.

    Raises:
        UnknownApiVersionError: Not one of :data:`JUDGED_VERSIONS`.
    """
    if version in AMENDMENTS:
        amendment = AMENDMENTS[version]
        return Basis(version, amendment.document_version, amendment.differences)
    if version in _DOCUMENTED_VERSIONS:
        return Basis(version, version, ())
    raise UnknownApiVersionError(
        f"Order API version {version!r} is unknown.", hint=f"Use one of {', '.join(JUDGED_VERSIONS)}."
    )


def documents_directory() -> Path:
    """The directory of the documents: ``$IOM_OPENAPI_DIR``, else the nearest ``shared/iom-openapi``.

    It is looked for in the working directory, then in this file's directory, and above each.

    Raises:
        OpenApiDocumentError: There is none.
    """
    named = os.environ.get(DIRECTORY_VARIABLE)
    if named:
        if not Path(named).is_dir():
            raise OpenApiDocumentError(
                f"{DIRECTORY_VARIABLE} names {named!r}, which is not a directory.",
                hint="Let it name the directory with intershop-order-management-order-2.4.yaml.",
            )
        return Path(named).resolve()
    for directory in _candidates():
        if directory.is_dir():
            return directory
    raise OpenApiDocumentError(
        f"The official OpenAPI documents are missing: no {_RELATIVE_DIRECTORY} in or above {Path.cwd()}.",
        hint=f"Set {DIRECTORY_VARIABLE} to the directory with intershop-order-management-order-2.4.yaml.",
    )


def _candidates() -> Iterator[Path]:
    for start in (Path.cwd(), Path(__file__).resolve().parent):
        for ancestor in (start, *start.parents):
            yield ancestor / _RELATIVE_DIRECTORY


def order_document(version: str) -> dict[str, Any]:
    """The Order API document of a version, its known defects mended; read once per process, do not change it.

    Raises:
        UnknownApiVersionError: Not one of :data:`JUDGED_VERSIONS`.
        OpenApiDocumentError: The document cannot be found or read.
    """
    return _order_document(documents_directory(), version)


@functools.cache
def _order_document(directory: Path, version: str) -> dict[str, Any]:
    source = basis(version).document_version
    document = read_document(directory / f"intershop-order-management-order-{source}.yaml")
    if version in AMENDMENTS:
        AMENDMENTS[version].apply(document)
    return document


def read_document(path: Path) -> dict[str, Any]:
    """Read an OpenAPI document so that every key is a string and every timestamp stays the text that it is.

    Unquoted response codes are integers in YAML, and unquoted examples become dates. [iom-api 7]

    Raises:
        OpenApiDocumentError: The file cannot be read, or is no OpenAPI document.
    """
    try:
        with path.open(encoding="utf-8") as stream:
            content = _TextLoader(stream).get_single_data()
    except (OSError, yaml.YAMLError) as failure:
        raise OpenApiDocumentError(
            f"The OpenAPI document {path} cannot be read: {failure}.",
            hint=f"Let {DIRECTORY_VARIABLE} name a directory with the official documents.",
        ) from failure
    if not isinstance(content, dict) or "openapi" not in content:
        raise OpenApiDocumentError(
            f"{path} is not an OpenAPI document.", hint="Replace it by the official one."
        )
    document: dict[str, Any] = _with_text_keys(content)
    return document


def _with_text_keys(content: Any) -> Any:
    if isinstance(content, dict):
        return {str(key): _with_text_keys(member) for key, member in content.items()}
    if isinstance(content, list):
        return [_with_text_keys(item) for item in content]
    return content


class _TextLoader(yaml.CSafeLoader):
    """The safe loader without the timestamp type."""


_TextLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}
