"""Sequences of order numbers: what an organization decides about its own, and where it stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Annotated, Self

from pydantic import Field, ValidationError, model_validator

from iomconnector.errors import ConnectorError
from iomconnector.model.number_patterns import DEFAULT_PATTERN, NumberPattern, value_of
from iomconnector.model.values import OrderNumber, Value


class SequenceExhaustedError(ConnectorError):
    """The next number of a sequence would be longer than permitted."""

    code = "sequence.exhausted"
    exit_code = 3


class SequenceWouldRepeatError(ConnectorError):
    """A sequence would come to numbers that were given out, or are in use, already."""

    code = "sequence.would_repeat"
    exit_code = 2


class SequenceSettingsError(ConnectorError):
    """Settings of a sequence are wrong, or do not fit together."""

    code = "sequence.settings.invalid"
    exit_code = 2


class SequenceSettings(Value):
    """What an organization decides about its order numbers. [KB B29919: order number series]

    Arguments:
        block_size: How many numbers a process takes from the database at a time.
        prefix: Stands before every number: letters, digits, ``-`` and ``_``.
        pattern: How the counter is written, see :class:`~iomconnector.model.number_patterns.NumberPattern`.
        digits_only: Whether numbers must consist of digits alone.
        max_length: The most characters of a number; an order management system takes 50. [Order REST 2.4]
    """

    block_size: Annotated[int, Field(ge=1, le=1_000_000)] = 50
    prefix: Annotated[str, Field(max_length=40)] = ""
    pattern: Annotated[str, Field(max_length=200)] = DEFAULT_PATTERN
    digits_only: bool = True
    max_length: Annotated[int, Field(ge=1, le=255)] = 50

    @property
    def numbers(self) -> NumberPattern:
        """Makes the numbers."""
        return NumberPattern.of(self.prefix, self.pattern)

    def with_changes(self, changes: Mapping[str, object]) -> "SequenceSettings":
        """These settings with some changed.

        Arguments:
            changes: New values by the names of settings.

        Raises:
            SequenceSettingsError: They do not fit together.
        """
        try:
            return SequenceSettings.model_validate({**self.model_dump(), **changes})
        except ValidationError as error:
            problems = (_problem(item["loc"], item["msg"]) for item in error.errors(include_url=False))
            raise SequenceSettingsError(f"The sequence cannot be set so: {'; '.join(problems)}.") from error

    @model_validator(mode="after")
    def _makes_numbers(self) -> Self:
        if self.digits_only and not self.numbers.digits_only:
            raise ValueError(
                f"{self.prefix + self.pattern!r} has other characters than digits, "
                "which this sequence does not permit"
            )
        if self.numbers.length(1) > self.max_length:
            raise ValueError(
                f"{self.prefix + self.pattern!r} makes numbers of {self.numbers.length(1)} characters, "
                f"and {self.max_length} are the most"
            )
        return self


def day_of(moment: datetime) -> date:
    """The day that numbers with a date show: that of UTC."""
    return moment.astimezone(UTC).date()


def _problem(location: tuple[int | str, ...], message: str) -> str:
    return ": ".join([*map(str, location), message.removeprefix("Value error, ")])


@dataclass(frozen=True, slots=True)
class Block:
    """Numbers that belong to one process alone.

    Arguments:
        organization: Whose numbers they are.
        first: The first counter.
        last: The last counter, included.
        day: What dates in the numbers show.
        numbers: Makes the numbers.
        generation: That of the sequence when the block was taken.
    """

    organization: str
    first: int
    last: int
    day: date
    numbers: NumberPattern
    generation: int

    def number(self, counter: int) -> OrderNumber:
        """The order number of one of its counters."""
        return self.numbers.number(counter, self.day)


@dataclass(frozen=True, slots=True)
class SequenceState:
    """Where the sequence of an organization stands.

    Arguments:
        organization: Whose it is.
        settings: What was decided about it.
        next_counter: The first counter that no process has taken.
        largest_value: The largest value of a number that was ever taken, see
            :func:`~iomconnector.model.number_patterns.value_of`; 0 where none was.
        floor: Numbers of this pattern must have a greater value; that of the largest number of earlier ones.
        generation: Grows with every change by people.
        updated_at: When somebody changed it last; none where it has its defaults.
        updated_by: Who.
    """

    organization: str
    settings: SequenceSettings = field(default_factory=SequenceSettings)
    next_counter: int = 1
    largest_value: int = 0
    floor: int = 0
    generation: int = 0
    updated_at: datetime | None = None
    updated_by: str = ""

    def next_number(self, day: date) -> OrderNumber:
        """The number with which the next block begins, if it is taken on that day."""
        return self.settings.numbers.number(self.next_counter, day)

    def reserved(self, day: date) -> "tuple[SequenceState, Block]":
        """Take the next block.

        Returns:
            Where the sequence stands then, and the block.

        Raises:
            SequenceExhaustedError: The next number would be too long.
            SequenceWouldRepeatError: The clock was set back so far that numbers of an earlier pattern would
                come again.
        """
        numbers, first = self.settings.numbers, self.next_counter
        last = first + self.settings.block_size - 1
        self._check_length(day)
        while numbers.length(last) > self.settings.max_length:
            last = 10 ** (len(str(last)) - 1) - 1
        self._check_floor(day)
        largest = max(self.largest_value, value_of(numbers.number(last, day)))
        state = replace(self, next_counter=last + 1, largest_value=largest)
        return state, Block(self.organization, first, last, day, numbers, self.generation)

    def changed(
        self, settings: SequenceSettings, start: int | None, *, at: datetime, by: str
    ) -> "SequenceState":
        """Change the settings, and begin further on.

        Arguments:
            settings: The settings from now on.
            start: The next counter; none leaves it.
            at: Now.
            by: Who changes it.

        Raises:
            SequenceWouldRepeatError: It would come to numbers that were given out already.
            SequenceExhaustedError: Its first number would be too long.
        """
        start = self.next_counter if start is None else start
        if start < self.next_counter:
            raise SequenceWouldRepeatError(
                f"The sequence of {self.organization} cannot go back to {start}: "
                f"everything below {self.next_counter} was given out already.",
                hint=f"Begin at {self.next_counter} or above.",
                organization=self.organization,
            )
        same = (settings.prefix, settings.pattern) == (self.settings.prefix, self.settings.pattern)
        state = replace(
            self,
            settings=settings,
            next_counter=start,
            floor=self.floor if same else self.largest_value,
            generation=self.generation + 1,
            updated_at=at,
            updated_by=by,
        )
        state._check_length(day_of(at))
        state._check_floor(day_of(at))
        return state

    def _check_length(self, day: date) -> None:
        if self.settings.numbers.length(self.next_counter) > self.settings.max_length:
            raise SequenceExhaustedError(
                f"The next order number of {self.organization} would be {self.next_number(day)}, which is "
                f"longer than {self.settings.max_length} characters.",
                hint="Give the sequence another pattern with `iomconnector sequence set`.",
                organization=self.organization,
            )

    def _check_floor(self, day: date) -> None:
        first = self.next_number(day)
        if self.floor and value_of(first) <= self.floor:
            raise SequenceWouldRepeatError(
                f"The sequence of {self.organization} would begin with {first}, but numbers up to "
                f"{self.floor} were given out under an earlier pattern.",
                hint="Begin at a greater number, or choose a prefix that makes the numbers greater; "
                "where the pattern has a date, check the clock.",
                organization=self.organization,
            )
