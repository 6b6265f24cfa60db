"""Faults one after the other, chosen and timed by a seed."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Strike:
    """One kind of fault.

    Arguments:
        name: What it is called in the report.
        act: Does it; what it breaks for a while it mends before it returns. Is given the random numbers
            of the plan, for choices of its own.
        weight: How often it is chosen, compared with the others.
    """

    name: str
    act: Callable[[random.Random], object]
    weight: int = 1


class FaultPlan:
    """Strikes again and again. The same seed gives the same strikes in the same order.

    Arguments:
        strikes: What can happen.
        seed: Decides what happens, and after which pauses.
        pause: Seconds between two strikes, at least and at most.
        say: Is told of each strike before it is done.
    """

    def __init__(
        self,
        strikes: Sequence[Strike],
        *,
        seed: int,
        pause: tuple[float, float] = (0.2, 1.0),
        say: Callable[[str], object] = lambda _: None,
    ) -> None:
        self.seed = seed
        self.done: Counter[str] = Counter()
        self._strikes = tuple(strikes)
        self._random = random.Random(seed)  # noqa: S311
        self._pause = pause
        self._say = say

    def strike(self) -> str:
        """Do the next one; its name."""
        [chosen] = self._random.choices(self._strikes, [each.weight for each in self._strikes])
        self._say(chosen.name)
        chosen.act(self._random)
        self.done[chosen.name] += 1
        return chosen.name

    def run(self, going_on: Callable[[], bool], *, at_least: int = 0) -> None:
        """Strike until the work is done, and so often at least.

        Arguments:
            going_on: Whether there is still work that can be disturbed.
            at_least: How many strikes there are in any case.
        """
        while going_on() or self.done.total() < at_least:
            self.strike()
            time.sleep(self._random.uniform(*self._pause))
