"""``iomconnector`` with a clock that is wrong, and may jump while it runs.

``python -m iomconnector.testing.faults.shifted_clock FILE ARGUMENTS...`` runs ``iomconnector ARGUMENTS...``.
The file has the seconds by which the clock is ahead; negative ones mean that it is behind. It is read at
every look at the clock, so that writing to it makes the clock jump.
"""

import sys
from datetime import datetime, timedelta
from pathlib import Path

from dependency_injector import providers

from iomconnector.cli.main import main
from iomconnector.container import Container
from iomconnector.jobs.clock import SystemClock


class ShiftedClock(SystemClock):
    """Implements :class:`~iomconnector.ports.clock.Clock` wrongly.

    Arguments:
        file: Has the seconds by which it is ahead.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def now(self) -> datetime:
        """The present time in UTC, shifted."""
        return super().now() + timedelta(seconds=float(self._file.read_text() or 0))


def set_clock(file: Path, seconds: float) -> None:
    """Have the clock of a running program jump.

    Arguments:
        file: The file that it was started with.
        seconds: By how much the clock is ahead from now on.
    """
    new = file.with_suffix(".new")
    new.write_text(str(seconds))
    new.replace(file)


def command(file: Path, *arguments: str) -> list[str]:
    """The command that runs ``iomconnector`` on this clock."""
    return [sys.executable, "-m", __name__, str(file), *arguments]


if __name__ == "__main__":
    Container.clock.override(providers.Singleton(ShiftedClock, Path(sys.argv.pop(1))))
    main()
