"""The minor versions of IOM's Order REST API."""

from enum import StrEnum


class OrderApiVersion(StrEnum):
    """A version of Order REST; all share one path and one media type. [iom-api 0, 1.1]"""

    V2_0 = "2.0"
    """``createOrder`` and the order states."""
    V2_1 = "2.1"
    """Rate and location of a tax, longer texts of a promotion."""
    V2_2 = "2.2"
    """``getOrder`` and change requests. IOM 3.5."""
    V2_3 = "2.3"
    """Order states by e-mail address. IOM 4.5."""
    V2_4 = "2.4"
    """Modified order states. IOM 4.6."""

    def __init__(self, _: str) -> None:
        self._rank = len(type(self).__members__)

    def at_least(self, other: "OrderApiVersion") -> bool:
        """Whether this version has everything that ``other`` has."""
        return self._rank >= other._rank
