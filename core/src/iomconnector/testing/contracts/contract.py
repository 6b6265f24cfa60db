"""What every contract suite is made of."""

import inspect
from abc import ABC
from pathlib import Path
from typing import Any

import pytest

from iomconnector.testing.event_loop import in_event_loop


class Contract(ABC):
    """Base of the contract suites.

    A suite is not collected by itself. A subclass whose name begins with ``Test`` says how to make the
    adapter, and is collected with every test of the suite. Tests that are coroutines run in an event loop of
    their own::

        class TestRedisMessageLog(MessageLogContract):
            @asynccontextmanager
            async def message_log(self) -> AsyncIterator[MessageLog]:
                async with RedisMessageLog("redis://localhost") as log:
                    yield log

    ``self.folder`` is an empty directory for what an adapter keeps on disk. Opening the adapter twice in one
    test must show the same content.
    """

    folder: Path

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name, member in list(vars(cls).items()):
            if name.startswith("test_") and inspect.iscoroutinefunction(member):
                setattr(cls, name, in_event_loop(member))

    @pytest.fixture(autouse=True)
    def _empty_folder(self, tmp_path: Path) -> None:
        self.folder = tmp_path
