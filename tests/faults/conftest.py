"""Shops and IOMs to be hurt."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from dev_demo_iomconnector.soak import database_of
from dev_demo_iomconnector.trial import Trial
from iomconnector.testing.faults.postgresql_servers import FaultyPostgresql, faulty_postgresql


@pytest.fixture(scope="session")
def first_numbers() -> Iterator[int]:
    """Numbers for orders, far enough apart that no two tests on one shop use the same."""
    return count(1_000_000, 10_000)


@pytest.fixture(scope="session")
def faulty_server() -> Iterator[FaultyPostgresql]:
    """A PostgreSQL server for tests that leave it as they found it: running."""
    with faulty_postgresql() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def trial(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Trial]:
    """A prepared shop and an IOM; the test runs once on each kind of database."""
    url = None
    if request.param == "postgresql":
        url = database_of(request.getfixturevalue("faulty_server"))
    with Trial(tmp_path, database_url=url).open() as opened:
        yield opened
