"""How counters become order numbers."""

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from iomconnector.model.number_patterns import NumberPattern, is_number, value_of
from iomconnector.model.order_number_sequences import SequenceSettings, SequenceSettingsError

DAY = date(2016, 1, 28)
COUNTERS = st.one_of(st.integers(1, 1000), st.integers(1, 10**30), st.sampled_from([9, 10, 99, 100, 10**8]))
DAYS = st.dates(date(1, 1, 1))
TEXTS = st.text("0123456789AZaz-_", max_size=4)
COUNTER_PARTS = st.one_of(st.just("{number}"), st.integers(1, 12).map(lambda width: f"{{number:0{width}d}}"))
DATE_PARTS = st.sampled_from(["", "{date:YYYYMMDD}", "{date:YYMMDD}", "{date:YYYY}", "{date:YYYYDDD}"])
PATTERNS = st.tuples(TEXTS, DATE_PARTS, TEXTS, COUNTER_PARTS, TEXTS, DATE_PARTS).map("".join)


@pytest.mark.parametrize(
    ("prefix", "pattern", "counter", "number"),
    [
        ("", "{number:08d}", 2, "00000002"),
        ("", "{number:08d}", 123456789, "123456789"),
        ("", "{number}", 51, "51"),
        ("", "{date:YYYYMMDD}{number:06d}", 17063, "20160128017063"),
        ("7", "{date:YYMMDD}{number:05d}", 12, "716012800012"),
        ("", "{date:YYYYDDD}-{number:02d}-X", 1, "2016028-01-X"),
        ("WEB-", "{date:YYYY}{number:03d}", 4711, "WEB-20164711"),
    ],
)
def test_a_number_is_written_as_the_pattern_says(
    prefix: str, pattern: str, counter: int, number: str
) -> None:
    assert NumberPattern(prefix, pattern).number(counter, DAY) == number


@given(prefix=TEXTS, pattern=PATTERNS, one=COUNTERS, other=COUNTERS, days=st.tuples(DAYS, DAYS))
def test_two_counters_never_make_one_number(
    prefix: str, pattern: str, one: int, other: int, days: tuple[date, date]
) -> None:
    assume(one != other)
    numbers = NumberPattern(prefix, pattern)
    assert numbers.number(one, days[0]) != numbers.number(other, days[1])


@given(prefix=TEXTS, pattern=PATTERNS, counter=COUNTERS, day=DAYS)
def test_the_counter_can_be_read_back(prefix: str, pattern: str, counter: int, day: date) -> None:
    numbers = NumberPattern(prefix, pattern)
    number = numbers.number(counter, day)
    assert numbers.counter_of(number) == counter
    assert len(number) == numbers.length(counter)
    assert numbers.digits_only == is_number(number)
    assert not number.startswith("!")


@given(prefix=TEXTS, pattern=PATTERNS, counter=COUNTERS, day=DAYS)
def test_a_greater_counter_has_a_greater_value_on_the_same_day(
    prefix: str, pattern: str, counter: int, day: date
) -> None:
    numbers = NumberPattern(prefix, pattern)
    assert value_of(numbers.number(counter, day)) < value_of(numbers.number(counter + 1, day))


@pytest.mark.parametrize(
    ("number", "counter"),
    [
        ("00000051", 51),
        ("51", 51),
        ("20160128017063", 20160128017063),
        ("A51", None),
        ("", None),
        ("٣", None),
    ],
)
def test_numbers_of_other_origin_are_read_where_they_may_come_from_the_pattern(
    number: str, counter: int | None
) -> None:
    assert NumberPattern("", "{number:08d}").counter_of(number) == counter


def test_a_number_that_the_pattern_never_writes_has_no_counter() -> None:
    numbers = NumberPattern("7", "{date:YYYYMMDD}{number:06d}")
    assert numbers.counter_of("720160128017063") == 17063
    assert numbers.counter_of("820160128017063") is None
    assert numbers.counter_of("720160128") is None


WRONG = {
    "": "exactly once, not 0 times",
    "12": "exactly once, not 0 times",
    "{number}{number}": "exactly once, not 2 times",
    "{number:8}": "cannot be read at '{number:8}'",
    "{number:00d}": "cannot be read",
    "{number:099d}": "more than 50 digits",
    "{date:MMYY}{number}": "has the date 'MMYY'; there are YYYYMMDD",
    "!{number}": "other characters than letters",
    "{number} ": "other characters than letters",
    "{number}/": "other characters than letters",
    "{number}ß": "other characters than letters",
    "{0.__class__}{number}": "cannot be read at '{0.__class__}",
    "{number!r}": "cannot be read",
    "{number": "cannot be read",
    "}{number}": "cannot be read",
}


@pytest.mark.parametrize("pattern", WRONG)
def test_what_is_not_in_the_language_is_refused_with_the_reason(pattern: str) -> None:
    with pytest.raises(ValueError) as refused:
        NumberPattern("", pattern)
    assert WRONG[pattern] in str(refused.value)


@pytest.mark.parametrize("prefix", ["!", " ", "{number}", "a/b", "é"])
def test_a_prefix_stands_for_itself(prefix: str) -> None:
    with pytest.raises(ValueError, match=r"the prefix .* has other characters"):
        NumberPattern(prefix, "{number}")


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"prefix": "WEB"}, "has other characters than digits"),
        ({"pattern": "{number}-1"}, "has other characters than digits"),
        ({"max_length": 7}, "makes numbers of 8 characters, and 7 are the most"),
        ({"block_size": 0}, "block_size: Input should be greater than or equal to 1"),
        ({"block_size": 10**7}, "block_size: "),
        ({"pattern": "x"}, "exactly once"),
        ({"cache": 3}, "cache: Extra inputs"),
    ],
)
def test_settings_that_do_not_fit_are_refused_with_the_reason(
    changes: dict[str, object], problem: str
) -> None:
    with pytest.raises(SequenceSettingsError) as refused:
        SequenceSettings().with_changes(changes)
    assert problem in str(refused.value)


def test_letters_are_possible_where_they_are_wanted() -> None:
    settings = SequenceSettings().with_changes({"prefix": "WEB-", "digits_only": False})
    assert settings.numbers.number(5, DAY) == "WEB-00000005"
