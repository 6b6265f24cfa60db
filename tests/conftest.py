"""What all tests that cross cartridges share."""

import logging

import pytest
import structlog


@pytest.fixture(autouse=True, scope="session")
def _quiet_log() -> None:
    """Show warnings and errors only."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
