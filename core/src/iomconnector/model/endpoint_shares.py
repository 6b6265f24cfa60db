"""Who may send how much to an endpoint at a time: the endpoint's limit, shared by its workers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from iomconnector.model.endpoints import CircuitState, Endpoint, EndpointState, Report


@dataclass(frozen=True, slots=True)
class Share:
    """What one worker holds of an endpoint.

    Arguments:
        worker: The worker.
        permits: So many requests it may have under way; nobody else gets these.
        wanted: So many it would like to have.
        lease_until: Its permits are free again at this time, unless it gives a sign of life before.
    """

    worker: str
    permits: int
    wanted: int
    lease_until: datetime


@dataclass(frozen=True, slots=True)
class Demand:
    """What a worker says when it asks for permits.

    Arguments:
        wanted: So many requests it would like to have under way.
        under_way: So many it has under way.
        permits: With so many permits it goes on until it has the answer: those of the last one, or none where
            they have ended.
    """

    wanted: int
    under_way: int = 0
    permits: int = 0

    @property
    def held(self) -> int:
        """More than these requests are not under way before it has the answer."""
        return max(self.under_way, self.permits)


@dataclass(frozen=True, slots=True)
class Admission:
    """What a worker may do.

    Arguments:
        permits: So many requests it may have under way. Where more are, they go on, and none is begun.
        valid_for: For so long, from the time at which it asked.
        state: What is known of the endpoint.
    """

    permits: int
    valid_for: timedelta
    state: EndpointState


@dataclass(frozen=True, slots=True)
class Standing:
    """An endpoint and all who send to it.

    Arguments:
        state: What is known of the endpoint.
        shares: What its workers hold, one each.
    """

    state: EndpointState
    shares: tuple[Share, ...] = ()

    def synced(
        self,
        endpoint: Endpoint,
        worker: str,
        report: Report,
        demand: Demand,
        now: datetime,
        lease: timedelta,
    ) -> "tuple[Standing, Admission]":
        """The standing after a worker reported and asked, and what it may do.

        A worker grows only into what is free, and never gives away what it may be using: it is told to use
        less first, and the rest is free for others when it says that it does. Who gave no sign of life for
        too long has lost what it held. So the permits of all workers together are never more than the rule's
        concurrency, and, as soon as each has asked twice, never more than a limit that was lowered.
        """
        state = self.state.after(report, endpoint.rule, now, worker=worker)
        own = next((share.permits for share in self.shares if share.worker == worker), 0)
        kept = min(own, demand.held)
        demand = replace(demand, wanted=min(demand.wanted, endpoint.rule.concurrency))
        others = tuple(_others(self.shares, worker, now, lease))
        until = now + lease
        if state.available_at(now) is not None:
            permits = 0
        elif state.circuit is CircuitState.CLOSED:
            permits = _fair_permits(state.limit, worker, demand.wanted, kept, others)
        else:
            state = _probing(state, worker, demand, now, lease)
            until = min(until, state.probe_until or until)
            permits = 1 if state.prober == worker and demand.wanted and now < until else 0
        share = Share(worker, max(kept, permits), demand.wanted, now + lease)
        shares = (*others, share) if share.permits or share.wanted else others
        return Standing(state, shares), Admission(permits, max(until - now, timedelta(0)), state)

    def without(self, worker: str) -> "Standing":
        """The standing after a worker ended: what it held is free, its probe too."""
        state = self.state
        if state.prober == worker:
            state = replace(state, prober=None, probe_until=None)
        return Standing(state, tuple(share for share in self.shares if share.worker != worker))


def fair_shares(limit: int, wanted: Mapping[str, int]) -> dict[str, int]:
    """So much for each worker that nobody can have more without somebody who wants more having less.

    Arguments:
        limit: What there is to share.
        wanted: What each worker would like to have.
    """
    shares = {}
    left = limit
    for place, worker in enumerate(sorted(wanted, key=lambda each: (wanted[each], each))):
        shares[worker] = min(wanted[worker], left // (len(wanted) - place))
        left -= shares[worker]
    return shares


def _others(shares: Iterable[Share], worker: str, now: datetime, lease: timedelta) -> Iterable[Share]:
    """The live shares of others; a lease that only a wrong clock can have given ends as one given now."""
    for share in shares:
        if share.worker == worker or share.lease_until <= now:
            continue
        far_away = share.lease_until > now + 2 * lease
        yield replace(share, lease_until=now + lease) if far_away else share


def _fair_permits(limit: int, worker: str, wants: int, kept: int, others: tuple[Share, ...]) -> int:
    wanted = {share.worker: share.wanted for share in others} | {worker: wants}
    free = limit - sum(share.permits for share in others)
    return min(fair_shares(limit, wanted)[worker], max(kept, free))


def _probing(
    state: EndpointState, worker: str, demand: Demand, now: datetime, lease: timedelta
) -> EndpointState:
    """Decide who probes: nobody of whose earlier requests one may still be under way.

    The lease of a probe is prolonged while it is under way only, so that a worker that has nothing to send
    any more does not keep the others from probing.
    """
    if state.prober == worker:
        if demand.under_way:
            return replace(state, probe_until=now + lease)
        if not demand.wanted and not demand.permits:
            return replace(state, circuit=CircuitState.HALF_OPEN, prober=None, probe_until=None)
    taken = state.prober is not None and state.probe_until is not None and now < state.probe_until
    if taken or demand.held or not demand.wanted:
        return state
    return replace(state, circuit=CircuitState.HALF_OPEN, prober=worker, probe_until=now + lease)
