"""Hypothesis strategies for the values of an order document: text, money, moments, codes."""

import string
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ac_iomconnector_order_test.formats import INT64
from ac_iomconnector_order_test.iso_codes import COUNTRY_CODES, CURRENCY_CODES

_UNLIMITED: Final = 1200
_SHORT: Final = 12
_ALPHABET: Final = st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn", "Co"))
_BOUNDARY_CHARACTERS: Final = "xÄß漢\u00a0'\"<&\\"
_WORDS: Final = (
    "Jena",
    "Größe 42",
    "Ångström",
    "東京都",
    "Ω-Test",
    "O'Brien & Söhne",
    "naïve 🛒",
    "ערב",
    '<b>"x"</b>',
)
_LETTERS: Final = string.ascii_letters + string.digits
_ORDER_NUMBER: Final = st.text(_LETTERS + "-_.: +#%&?äß", max_size=30)
_ZONES: Final = (UTC, *(timezone(timedelta(minutes=minutes)) for minutes in (60, 120, -300, 330, 765, -570)))

Json = dict[str, Any]


def text(least: int = 0, greatest: int | None = None) -> SearchStrategy[str]:
    """Text of any alphabet without control characters, its length at either limit now and then.

    Text that must not be empty has more than blanks in it. At the greatest length all characters are of the
    basic plane, so that servers which count UTF-16 code units count the same.
    """
    most = _UNLIMITED if greatest is None else greatest
    words = st.sampled_from([word for word in _WORDS if least <= len(word) <= most])
    free = st.text(_ALPHABET, min_size=max(least - 1, 0), max_size=min(most, _SHORT))
    if least:
        free = st.builds(lambda head, tail: (head + tail)[:most], st.sampled_from(_LETTERS), free)
    longest = st.builds(
        lambda filler: (string.ascii_letters[least % 26] + filler * most)[:most],
        st.sampled_from(_BOUNDARY_CHARACTERS),
    )
    return st.one_of(words, free, longest)


def order_numbers() -> SearchStrategy[str]:
    """1 to 50 characters that survive in a path when percent-encoded; no slash, which many servers refuse."""
    common = st.builds(
        lambda head, middle, tail: head + middle + tail,
        st.sampled_from(_LETTERS),
        _ORDER_NUMBER,
        st.sampled_from(_LETTERS),
    )
    return st.one_of(
        common, st.sampled_from(["7", "O" * 50, "2019-089013", "Order_7257201_2024-03-01T10:00:00_0001"])
    )


def emails(greatest: int | None) -> SearchStrategy[str]:
    """Mailboxes, at times of the greatest length; of 120 characters where there is none."""
    domain = st.sampled_from(["example.com", "mail.example.org", "intershop.de", "büro.example"])
    local = st.text(string.ascii_lowercase + string.digits + "_+-", min_size=1, max_size=20)
    longest = "l" * 60 + "@" + "d" * ((greatest or 120) - 65) + ".com"
    return st.one_of(st.builds(lambda name, host: f"{name}@{host}", local, domain), st.just(longest))


def moments() -> SearchStrategy[str]:
    """date-time with milliseconds and an offset, or ``Z``."""

    def written(moment: datetime, zulu: bool) -> str:
        stamp = moment.isoformat(timespec="milliseconds")
        return stamp.replace("+00:00", "Z") if zulu else stamp

    moment = st.datetimes(
        min_value=datetime.fromisoformat("2000-01-01"),
        max_value=datetime.fromisoformat("2099-12-31"),
        timezones=st.sampled_from(_ZONES),
    )
    return st.builds(written, moment, st.booleans())


def countries() -> SearchStrategy[str]:
    """ISO 3166-1 alpha-3."""
    return st.sampled_from(sorted(COUNTRY_CODES))


def currencies() -> SearchStrategy[str]:
    """ISO 4217."""
    return st.sampled_from(sorted(CURRENCY_CODES))


def long_numbers() -> SearchStrategy[int]:
    """int64, its limits included."""
    return st.one_of(st.integers(1, 10**7), st.sampled_from(INT64), st.integers(*INT64))


def money(decimals: int = 2) -> SearchStrategy[Decimal]:
    """An amount in major units, not negative, with so many decimals."""
    return st.integers(0, 10**9).map(lambda units: Decimal(units).scaleb(-decimals))


def numbers(least: int, greatest: int) -> SearchStrategy[int]:
    """Mostly small whole numbers, at times the greatest."""
    return st.one_of(st.integers(least, min(least + 200, greatest)), st.just(greatest))


def attributes() -> SearchStrategy[Json]:
    """additionalAttributes: values by name by group."""
    return st.dictionaries(text(1, 30), st.dictionaries(text(1, 30), text(0, 300), max_size=2), max_size=2)


def some(entries: SearchStrategy[Json], most: int) -> SearchStrategy[list[Json]]:
    """A list of at most so many."""
    return st.lists(entries, max_size=most)


def part(required: Json, optional: Json | None = None) -> SearchStrategy[Json]:
    """An object with all of the required members and any of the optional ones."""
    return st.fixed_dictionaries(required, optional=optional or {})


def texts(limits: Sequence[tuple[str, tuple[int, int]]]) -> Json:
    """One text strategy a member, by its length limits."""
    return {name: text(*least_and_greatest) for name, least_and_greatest in limits}
