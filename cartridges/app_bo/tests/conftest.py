"""A furnished back office for every test."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest

from app_bo.testing.desk import Desk, furnish_directory, open_desk

OpenDesk = Callable[..., AbstractAsyncContextManager[Desk]]


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with contexts, people and services; copy it, do not change it."""
    return furnish_directory(tmp_path_factory.mktemp("office") / "data")


@pytest.fixture
def desk(furnished: Path, tmp_path: Path) -> OpenDesk:
    """Opens back offices on one fresh copy; keywords are settings."""

    def opened(**settings: Any) -> AbstractAsyncContextManager[Desk]:
        return open_desk(furnished, tmp_path / "data", **settings)

    return opened
