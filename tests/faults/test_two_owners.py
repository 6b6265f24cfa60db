"""A worker that is paused for longer than its lease wakes up, and still thinks that it owns its orders."""

from dev_demo_iomconnector.trial import Trial, orders_without_approval
from dev_iomconnector_iom.faults.rules import FaultKind, FaultRule
from iomconnector.model.exports import ExportState
from iomconnector.testing.faults.conditions import until
from iomconnector.testing.faults.verdict import assert_sound

SLOW = FaultRule(kind=FaultKind.LATENCY, method="POST", latency_ms=1000)


def test_a_worker_that_sleeps_in_the_middle_of_sending_makes_no_second_copy(trial: Trial) -> None:
    """What it had begun when it was paused it goes on with after the other one has done it."""
    web, sleeper, other = trial.web(), trial.worker("sleeper"), trial.worker("other")
    web.start()
    sleeper.start()
    trial.iom.set_faults((SLOW,))
    customers = trial.customers(web, at_a_time=8)
    with customers.placing(orders_without_approval(40, seed=21)):
        until(lambda: trial.counts()[ExportState.SENDING] >= 5, "orders are under way")
        trial.pause_between_writes(sleeper)
        owned = trial.counts()[ExportState.SENDING]
        other.start()
    trial.until_quiet()
    sleeper.resume()
    assert sleeper.stop() == 0, sleeper.said
    evidence = trial.evidence(customers.confirmed)
    assert_sound(evidence, of={"orders of the sleeper": owned})
    assert evidence.states() == {ExportState.EXPORTED: 40}
    assert len(customers.confirmed) == 40
    assert sum(order.request.attempts > 1 for order in evidence.orders) >= owned > 0
