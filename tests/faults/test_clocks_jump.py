"""The clock of one worker is an hour ahead or behind, and jumps; the other one's is right."""

from pathlib import Path

from dev_demo_iomconnector.trial import Trial, orders_without_approval
from dev_iomconnector_iom.faults.rules import FaultKind, FaultRule
from iomconnector.model.exports import ExportState
from iomconnector.testing.faults.conditions import until
from iomconnector.testing.faults.shifted_clock import set_clock
from iomconnector.testing.faults.verdict import assert_sound

AN_HOUR = 3600.0
SLOW_AND_FORGETFUL = (
    FaultRule(kind=FaultKind.LATENCY, method="POST", latency_ms=150),
    FaultRule(kind=FaultKind.LOST_ANSWER, method="POST", probability=0.3, seed=4),
)


def test_a_worker_whose_clock_jumps_and_comes_back_makes_no_second_copy(trial: Trial, tmp_path: Path) -> None:
    """To one that is ahead, every lease of the other has ended; it takes over what the other still sends.

    What it put off an hour into the future an operator has exported now.
    """
    clock = tmp_path / "clock"
    set_clock(clock, 0)
    web, right, wrong = trial.web(), trial.worker("right"), trial.worker("wrong", clock=clock)
    for program in (right, wrong):
        program.begin()
    web.start()
    until(lambda: right.is_ready and wrong.is_ready, "both workers work")
    trial.iom.set_faults(SLOW_AND_FORGETFUL)
    customers = trial.customers(web)
    with customers.placing(orders_without_approval(60, seed=41)):
        until(lambda: len(customers.confirmed) >= 10, "orders are placed")
        set_clock(clock, AN_HOUR)
        until(lambda: len(customers.confirmed) >= 30, "more orders are placed")
        set_clock(clock, -AN_HOUR)
        until(lambda: len(customers.confirmed) >= 50, "still more orders are placed")
        set_clock(clock, 0)
    trial.iom.set_faults(())
    trial.within(lambda application: application.ledger.expedite(at=application.clock.now()))
    trial.until_quiet()
    evidence = trial.evidence(customers.confirmed)
    assert_sound(evidence, of={"clock ahead and behind by": AN_HOUR})
    assert evidence.states() == {ExportState.EXPORTED: 60}, evidence.reasons()
