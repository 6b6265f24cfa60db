"""What became known about numbers that were looked at."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from iomconnector.model.number_patterns import NumberPattern, is_number

EXAMPLES = 5


@dataclass(slots=True)
class NumbersSeen:
    """The largest of some order numbers, by a pattern.

    Arguments:
        pattern: How the sequence writes its numbers. One that it can never write is no danger to it.
        looked_at: How many different numbers were looked at.
        largest_counter: The largest counter that one of them may come from; 0 where there is none.
        largest: The number of that counter.
        not_numeric: How many are not made of digits alone; they are left out, unless the pattern writes such.
        foreign: How many are made of digits, but not by this pattern; they are left out.
        examples: The first of those that were left out.
    """

    pattern: NumberPattern
    looked_at: int = 0
    largest_counter: int = 0
    largest: str = ""
    not_numeric: int = 0
    foreign: int = 0
    examples: list[str] = field(default_factory=list)

    def look_at(self, numbers: Iterable[str]) -> None:
        """Look at further numbers, each of them for the first time."""
        for number in numbers:
            self.looked_at += 1
            counter = self.pattern.counter_of(number)
            if counter is None:
                self._leave_out(number)
            elif counter > self.largest_counter:
                self.largest_counter, self.largest = counter, number

    def _leave_out(self, number: str) -> None:
        if is_number(number):
            self.foreign += 1
        else:
            self.not_numeric += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(number)
