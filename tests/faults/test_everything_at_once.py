"""One fault after the other while customers place orders, in short; `make soak` does the same for long."""

from pathlib import Path

import pytest

from dev_demo_iomconnector.soak import DatabaseKind, Soak
from iomconnector.model.exports import ExportState
from iomconnector.testing.faults.verdict import assert_sound


@pytest.mark.parametrize(("database", "seed"), [("sqlite", 11), ("postgresql", 12)])
def test_every_order_is_in_iom_once_or_says_why_not(
    database: DatabaseKind, seed: int, tmp_path: Path
) -> None:
    soak = Soak(tmp_path, seed=seed, minutes=0, database=database, at_least=6, pause=(0.05, 0.3), customers=2)
    outcome = soak.run()
    assert_sound(outcome.evidence, of={"seed": seed, "strikes": dict(outcome.strikes)})
    states = outcome.evidence.states()
    assert outcome.strikes.total() == 6
    assert states[ExportState.EXPORTED] > 20
    assert outcome.given_up == 0
    assert not states[ExportState.DUE] + states[ExportState.SENDING]
