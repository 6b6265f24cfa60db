"""The record of judged exchanges, and the assertion on it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ac_iomconnector_order_test.exchange import Exchange
from ac_iomconnector_order_test.violation import Violation


@dataclass(frozen=True, slots=True)
class Judged:
    """An exchange with the referee's verdict on either side.

    Arguments:
        exchange: What went over the wire, credentials masked. Its status is 0 where no answer was begun.
        request_violations: What is wrong with the request, whatever it was answered.
        response_violations: What is wrong with the answer.
        unfinished: Why one side could not be judged; empty where both were.
    """

    exchange: Exchange
    request_violations: tuple[Violation, ...]
    response_violations: tuple[Violation, ...]
    unfinished: str = ""

    @property
    def refused(self) -> bool:
        """The server answered 4xx: the request need not be valid."""
        return 400 <= self.exchange.status < 500

    @property
    def violations(self) -> tuple[Violation, ...]:
        """What counts: the answer's violations, and the request's unless it was refused."""
        return (() if self.refused else self.request_violations) + self.response_violations


def assert_clean(record: Sequence[Judged], *, at_least: int = 1) -> None:
    """Fail with a report of every exchange that breaks the contract.

    Arguments:
        at_least: How many exchanges there must be; an empty record proves nothing.

    Raises:
        AssertionError: A violation, or too few exchanges.
    """
    dirty = [judged for judged in record if judged.violations]
    if dirty:
        raise AssertionError("\n".join(_report(record, dirty)))
    if len(record) < at_least:
        raise AssertionError(
            f"The referee saw {len(record)} exchanges, not {at_least} or more: is its middleware in place?"
        )


def _report(record: Sequence[Judged], dirty: Sequence[Judged]) -> Iterator[str]:
    yield f"{len(dirty)} of {len(record)} exchanges break the Order API:"
    for judged in dirty:
        exchange = judged.exchange
        query = "&".join(f"{name}={value}" for name, value in exchange.query)
        yield f"{exchange.method} {exchange.path}{'?' if query else ''}{query} -> {exchange.status}"
        yield from (f"  {violation}" for violation in judged.violations)
        if judged.unfinished:
            yield f"  ({judged.unfinished})"
