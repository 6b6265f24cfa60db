"""Garbage is looked for rarely while orders are worked off, but it is."""

import gc
import weakref

import pytest

from iomconnector.jobs.garbage import RARELY, rare_collections


class Knot:
    """Holds on to itself."""

    def __init__(self) -> None:
        self.itself = self


def test_what_was_there_before_is_not_looked_through() -> None:
    before = [Knot() for _ in range(100)]
    thresholds = gc.get_threshold()
    with rare_collections():
        assert gc.get_freeze_count() > len(before)
        assert gc.get_threshold() == RARELY
        looked_through = {id(each) for each in gc.get_objects()}
        assert not looked_through & {id(each) for each in before}
    assert gc.get_freeze_count() == 0
    assert gc.get_threshold() == thresholds


def test_new_cycles_are_freed_without_being_asked_for() -> None:
    with rare_collections():
        knot = weakref.ref(Knot())
        kept = [[number] for number in range(2 * RARELY[0])]
        assert knot() is None
        assert len(kept) == 2 * RARELY[0]


def test_everything_is_as_before_after_a_failure() -> None:
    thresholds = gc.get_threshold()
    with pytest.raises(RuntimeError, match="on purpose"), rare_collections():
        raise RuntimeError("on purpose")
    assert gc.get_threshold() == thresholds
    assert gc.get_freeze_count() == 0
