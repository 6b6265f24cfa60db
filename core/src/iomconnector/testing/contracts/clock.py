"""The contract of :class:`~iomconnector.ports.clock.Clock`."""

from abc import abstractmethod
from datetime import timedelta

from iomconnector.ports.clock import Clock
from iomconnector.testing.contracts.contract import Contract


class ClockContract(Contract):
    """Promises of a clock."""

    @abstractmethod
    def clock(self) -> Clock:
        """The clock to test."""

    def test_times_are_aware_and_in_utc(self) -> None:
        assert self.clock().now().utcoffset() == timedelta(0)

    def test_time_does_not_go_back(self) -> None:
        clock = self.clock()
        told = [clock.now() for _ in range(1000)]
        assert told == sorted(told)
