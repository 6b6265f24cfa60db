"""Languages: which one, and how things are written in it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app_sf_responsive.catalogs import translations
from app_sf_responsive.languages import DEFAULT, OFFERED, Language, accepted, offered
from app_sf_responsive.shop_templates import SHOP
from app_sf_responsive.testing.messages import catalog_problems, messages_of
from iomconnector.model.money import Money

ENGLISH, GERMAN = Language("en"), Language("de", ZoneInfo("Europe/Berlin"))
NBSP = "\N{NO-BREAK SPACE}"
AT = datetime(2026, 11, 28, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("de-DE,de;q=0.9,en;q=0.8", "de"),
        ("de-AT", "de"),
        ("fr;q=1, en-US;q=0.3, de;q=0.4", "de"),
        ("en;q=0.5,de;q=0.5", "en"),
        ("de;q=0,en;q=0.1", "en"),
        ("fr,it;q=0.5", None),
        ("", None),
        ("*", None),
        (";;;,q=1,de;q=x", None),
    ],
)
def test_the_browser_says_which_language_is_liked_best(header: str, language: str | None) -> None:
    assert accepted(header) == language


@given(st.text(max_size=600))
def test_whatever_a_browser_asks_for_one_language_or_none_comes_out(header: str) -> None:
    assert accepted(header) in {None, *OFFERED}
    assert offered(header) in {None, *OFFERED}


def test_money_has_the_decimals_of_its_currency_and_more_where_it_has_more() -> None:
    assert ENGLISH.money(Money(amount=Decimal("4118.5"), currency="EUR")) == "€4,118.50"
    assert GERMAN.money(Money(amount=Decimal("4118.5"), currency="EUR")) == f"4.118,50{NBSP}€"
    assert GERMAN.money(Money(amount=Decimal("0.125"), currency="EUR")) == f"0,125{NBSP}€"
    assert ENGLISH.money(Money(amount=Decimal("1500"), currency="JPY")) == "JP¥1,500"
    assert GERMAN.money(Money(amount=Decimal("-7"), currency="USD")) == f"-7,00{NBSP}$"


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**12), max_value=10**12))
def test_no_digit_of_an_amount_is_lost(amount: Decimal) -> None:
    shown = ENGLISH.money(Money(amount=amount, currency="EUR")).replace("€", "").replace(",", "")
    assert Decimal(shown) == amount


def test_days_and_times_are_those_of_the_reader() -> None:
    assert (ENGLISH.day(AT), GERMAN.day(AT)) == ("28 Nov 2026", "29.11.2026")
    assert (ENGLISH.day(date(2026, 1, 2)), GERMAN.day(date(2026, 1, 2))) == ("2 Jan 2026", "02.01.2026")
    assert (ENGLISH.moment(AT), GERMAN.moment(AT)) == ("28 Nov 2026, 23:30", "29.11.2026, 00:30")
    now = AT + timedelta(minutes=3)
    assert (ENGLISH.clock(AT, now), ENGLISH.ago(AT, now)) == ("23:30", "3 minutes ago")
    assert (GERMAN.clock(AT, now), GERMAN.ago(AT, now)) == ("00:30", "vor 3 Minuten")
    assert GERMAN.clock(AT, AT + timedelta(days=2)) == "29.11.2026, 00:30"
    assert ENGLISH.ago(AT, AT - timedelta(hours=5)).startswith("in 0") or "ago" in ENGLISH.ago(AT, AT)


def test_countries_have_names() -> None:
    assert (GERMAN.country("DE"), GERMAN.country("DEU"), ENGLISH.country("FR")) == (
        "Deutschland",
        "Deutschland",
        "France",
    )
    assert ENGLISH.country("XXQ") == "XXQ"


def test_every_text_of_the_shop_has_a_german_one_with_the_same_placeholders() -> None:
    assert len(messages_of("app_sf_responsive")) > 100, "templates and code are looked through"
    assert catalog_problems("app_sf_responsive") == []


def test_a_text_that_nobody_translated_stays_english() -> None:
    assert translations("de", "app_sf_responsive").gettext("Nobody wrote this") == "Nobody wrote this"
    assert SHOP.text(GERMAN, "Order %(number)s", number="4711") == "Bestellung 4711"
    assert SHOP.text(Language(DEFAULT), "Order %(number)s", number="4711") == "Order 4711"


def test_what_is_counted_has_a_singular_and_a_plural() -> None:
    more = "and %(number)s more"
    german = translations("de", "app_sf_responsive")
    assert german.ngettext(more, more, 1) == "und %(number)s weiterer"
    assert german.ngettext(more, more, 2) == "und %(number)s weitere"
