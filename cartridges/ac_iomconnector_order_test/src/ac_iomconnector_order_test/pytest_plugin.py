"""pytest plugin of the order test kit; it imports the referee only when a test asks for it.

Fixtures:
    order_api_version: The versions 2.0, 2.2 and 2.4 of the Order API, one after the other.
    referee_record: A list for :class:`~ac_iomconnector_order_test.middleware.RefereeMiddleware`; when the
        test is over, every exchange in it must be clean.

Options:
    --order-api-version VERSION: Judge by this version instead, also 2.1 or 2.3; may stand more than once.

Configuration:
    order_api_versions: The same in the configuration file, one version a line; the option wins.

Environment:
    IOM_OPENAPI_DIR: The directory of the official OpenAPI documents; without it ``shared/iom-openapi`` is
        looked for in the working directory and above.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ac_iomconnector_order_test.record import Judged

_DEFAULT_VERSIONS = ("2.0", "2.2", "2.4")
_ALL_VERSIONS = ("2.0", "2.1", "2.2", "2.3", "2.4")
_FIXTURE = "order_api_version"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("iom orders", "IOM order test kit")
    group.addoption(
        "--order-api-version",
        action="append",
        choices=_ALL_VERSIONS,
        dest="order_api_versions",
        help="version of the Order API for the fixture order_api_version; may stand more than once "
        f"(default: {' '.join(_DEFAULT_VERSIONS)})",
    )
    parser.addini(
        "order_api_versions",
        "versions of the Order API for the fixture order_api_version, one a line",
        type="linelist",
        default=list(_DEFAULT_VERSIONS),
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if _FIXTURE not in metafunc.fixturenames or _is_parametrized(metafunc):
        return
    versions = metafunc.config.getoption("order_api_versions") or metafunc.config.getini("order_api_versions")
    unknown = [version for version in versions if version not in _ALL_VERSIONS]
    if unknown or not versions:
        raise pytest.UsageError(
            f"order_api_versions: {', '.join(unknown) or 'nothing'} is no version of the Order API; "
            f"use some of {', '.join(_ALL_VERSIONS)}."
        )
    metafunc.parametrize(_FIXTURE, versions, indirect=True, scope="session")


def _is_parametrized(metafunc: pytest.Metafunc) -> bool:
    """The test names its versions itself."""
    return any(
        _FIXTURE in (names.split(",") if isinstance(names, str) else names)
        for names in (
            marker.args[0] if marker.args else marker.kwargs.get("argnames", ())
            for marker in metafunc.definition.iter_markers("parametrize")
        )
    )


@pytest.fixture(scope="session")
def order_api_version(request: pytest.FixtureRequest) -> str:
    """A version of the Order API; the test runs once for each."""
    version: str = request.param
    return version


@pytest.fixture
def referee_record() -> Iterator[list[Judged]]:
    """The record of judged exchanges; the test fails at its end if one of them breaks the contract."""
    record: list[Judged] = []
    yield record

    from ac_iomconnector_order_test.record import assert_clean

    assert_clean(record, at_least=0)
