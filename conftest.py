"""What every test of the repository starts from."""

from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture(autouse=True)
def unconfigured_logging() -> Iterator[None]:
    """No test sees the logging that a command of an earlier one configured."""
    yield
    structlog.reset_defaults()
