"""Whether both sides agree after whatever went wrong: claims that must hold, each checked order by order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from iomconnector.model.exports import ExportRequest, ExportState
from iomconnector.ports.order_repository import StoredOrder
from iomconnector.usecases.check_orders import CheckedOrder, Verdict

Key = tuple[str, str]
"""Channel and number of an order."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that must be true.

    Arguments:
        text: The claim.
        faults: What breaks it: order numbers, or places.
    """

    text: str
    faults: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing breaks it."""
        return not self.faults


@dataclass(slots=True)
class Evidence:
    """What was seen on both sides when all was quiet again.

    Arguments:
        confirmed: The orders of which a customer saw that they are placed.
        orders: Every order of the shop with its row of the ledger.
        checked: Each exported order compared with its copy.
        far_side: Order numbers in the order management system, for each channel, as often as they are there.
        foreign: Orders that somebody else put there.
        leaks: Places in which a secret was found.
    """

    confirmed: set[Key] = field(default_factory=set)
    orders: list[StoredOrder] = field(default_factory=list)
    checked: list[CheckedOrder] = field(default_factory=list)
    far_side: dict[str, list[str]] = field(default_factory=dict)
    foreign: set[Key] = field(default_factory=set)
    leaks: list[str] = field(default_factory=list)

    def states(self) -> Counter[ExportState]:
        """How many orders are in each state."""
        return Counter(order.request.state for order in self.orders)

    def reasons(self) -> Counter[str]:
        """How often each reason keeps an order from being exported, by its code."""
        return Counter(
            f"{each.state.value}: {each.reason_code or 'no reason'}"
            for each in (order.request for order in self.orders)
            if each.state is not ExportState.EXPORTED
        )


def claims(evidence: Evidence, *, far_side: str = "the far side") -> tuple[Claim, ...]:
    """Check what must hold whatever went wrong before.

    Arguments:
        evidence: What was seen.
        far_side: What the order management system is called in the texts.
    """
    requests = {_key(order): order.request for order in evidence.orders}
    exported = {key for key, request in requests.items() if request.state is ExportState.EXPORTED}
    admitted = {key for key, request in requests.items() if _admits_doubt(request)}
    there = Counter((channel, number) for channel, all_ in evidence.far_side.items() for number in all_)
    compared = {(each.channel, each.number): each.verdict for each in evidence.checked}
    return (
        Claim("Every order that was confirmed is in the shop.", _names(evidence.confirmed - requests.keys())),
        Claim(f"Every exported order is in {far_side}.", _names(exported - there.keys())),
        Claim(f"No order is in {far_side} twice.", _names(key for key, times in there.items() if times > 1)),
        Claim(
            f"{far_side[0].upper()}{far_side[1:]} has no order that the shop did not export.",
            _names(there.keys() - exported - admitted - evidence.foreign),
        ),
        Claim(
            f"{far_side[0].upper()}{far_side[1:]}'s copy of every exported order is the same order.",
            _names(key for key in exported if compared.get(key) is not Verdict.SAME),
        ),
        Claim(
            "Every order that is not exported says why.",
            _names(key for key, request in requests.items() if not _is_explained(request)),
        ),
        Claim(
            "Every row of the ledger is true in itself.",
            _names(key for key, request in requests.items() if not _is_consistent(request)),
        ),
        Claim(
            "No lease is left behind.",
            _names(key for key, request in requests.items() if request.lease_until is not None),
        ),
        Claim("No secret is in any log, row or file.", tuple(sorted(evidence.leaks))),
    )


def broken(claims: Iterable[Claim]) -> Sequence[Claim]:
    """The claims that do not hold."""
    return [claim for claim in claims if not claim.holds]


def assert_sound(evidence: Evidence, *, of: Mapping[str, object]) -> None:
    """Fail where a claim does not hold.

    Arguments:
        evidence: What was seen.
        of: What is needed to do it again, such as the seed, for the error.

    Raises:
        AssertionError: Every claim that does not hold, and what breaks it.
    """
    faults = [f"{claim.text} Not so: {', '.join(claim.faults[:10])}" for claim in broken(claims(evidence))]
    if faults:
        told = ", ".join(f"{name} {value}" for name, value in of.items())
        raise AssertionError("\n".join([f"After {told}:", *faults]))


def _admits_doubt(request: ExportRequest) -> bool:
    """Whether a person is asked to look what became of an order that may be there."""
    return request.state in (ExportState.PARKED, ExportState.GIVEN_UP) and request.unclear


def _is_explained(request: ExportRequest) -> bool:
    """Waiting for approval and rejected are reasons in themselves, and so is that nobody looked yet."""
    if request.state in (ExportState.PARKED, ExportState.GIVEN_UP):
        return bool(request.reason and request.reason_code)
    if request.state is ExportState.DUE:
        return bool(request.reason and request.reason_code) or request.attempts == 0
    return True


def _is_consistent(request: ExportRequest) -> bool:
    """Whether the columns of one row agree with each other."""
    leased = (request.lease_until is not None) is (request.state is ExportState.SENDING)
    if request.state is ExportState.EXPORTED:
        known = bool(request.reference) and request.exported_at is not None and request.attempts > 0
        return leased and known and not request.unclear and request.reason_code is None
    return leased and request.exported_at is None and request.reference is None


def _key(order: StoredOrder) -> Key:
    return str(order.request.channel), str(order.request.number)


def _names(keys: Iterable[Key]) -> tuple[str, ...]:
    return tuple(sorted(number for _, number in keys))
