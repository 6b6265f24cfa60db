"""The languages of the storefront, and how money, numbers and times are written in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from functools import cache
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_time, format_timedelta
from babel.numbers import format_currency, format_decimal, format_percent

from iomconnector.model.money import Money
from iomconnector.model.order_status import StatusName

DEFAULT: Final = "en"
OFFERED: Final = ("en", "de")
_LOCALES: Final = {"en": "en_GB", "de": "de_DE"}
NAMES: Final = {"en": "English", "de": "Deutsch"}
"""What each language calls itself."""


@dataclass(frozen=True, slots=True)
class Language:
    """A language, and a time zone to tell times in.

    Arguments:
        code: ``en`` or ``de``.
        zone: The time zone of the reader.
    """

    code: str = DEFAULT
    zone: tzinfo = UTC

    @property
    def locale(self) -> Locale:
        """The rules by which things are written."""
        return _locale(_LOCALES[self.code])

    def money(self, amount: Money) -> str:
        """An amount in its currency, with the decimals that the currency has, and more where it has more."""
        return _unbroken(
            format_currency(
                amount.amount,
                amount.currency,
                locale=self.locale,
                decimal_quantization=not _finer_than_currency(amount),
            )
        )

    def number(self, number: Decimal | int) -> str:
        """A number, exactly."""
        return format_decimal(number, locale=self.locale, decimal_quantization=False)

    def percent(self, percent: Decimal) -> str:
        """A share in percent, such as 12.5 for 12.5 %."""
        return _unbroken(format_percent(percent / 100, locale=self.locale, decimal_quantization=False))

    def day(self, moment: datetime | date) -> str:
        """A day, as ``28 Nov 2026``; of a moment the day in the time zone of the reader."""
        day = moment.astimezone(self.zone).date() if isinstance(moment, datetime) else moment
        return format_date(day, "medium", locale=self.locale)

    def moment(self, moment: datetime) -> str:
        """Day and time to the minute."""
        written = "d MMM y, HH:mm" if self.code == "en" else "dd.MM.y, HH:mm"
        return format_datetime(moment, written, tzinfo=self.zone, locale=self.locale)

    def time(self, moment: datetime) -> str:
        """The time of a day, to the minute."""
        return format_time(moment, "HH:mm", tzinfo=self.zone, locale=self.locale)

    def clock(self, moment: datetime, now: datetime) -> str:
        """The time of a moment of today; of another day the day as well."""
        today = moment.astimezone(self.zone).date() == now.astimezone(self.zone).date()
        return self.time(moment) if today else self.moment(moment)

    def ago(self, moment: datetime, now: datetime) -> str:
        """How long ago something was, roughly: ``3 minutes ago``."""
        return format_timedelta(min(moment - now, now - now), add_direction=True, locale=self.locale)

    def country(self, code: str) -> str:
        """The name of a country; the code where it is not known."""
        return str(self.locale.territories.get(_alpha_2(code), code))

    def status(self, status: StatusName) -> str:
        """What people read of a status."""
        return status.text(self.code)


@cache
def _locale(name: str) -> Locale:
    return Locale.parse(name)


@cache
def _alpha_2(code: str) -> str:
    import pycountry

    found = pycountry.countries.get(alpha_3=code) if len(code) == 3 else None
    return found.alpha_2 if found else code


def _finer_than_currency(amount: Money) -> bool:
    from babel.numbers import get_currency_precision

    exponent = amount.amount.normalize().as_tuple().exponent
    return isinstance(exponent, int) and -exponent > get_currency_precision(amount.currency)


def _unbroken(text: str) -> str:
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def offered(wanted: str | None) -> str | None:
    """The code of the language that is meant; none where it is not offered."""
    return wanted if wanted in OFFERED else None


def accepted(header: str) -> str | None:
    """The offered language that the reader's browser likes best; none where it likes none of them.

    Arguments:
        header: What the browser sent as ``Accept-Language``.
    """
    liked: list[tuple[float, int, str]] = []
    for place, entry in enumerate(header[:500].split(",")):
        name, _, weight = entry.partition(";")
        try:
            quality = float(weight.partition("=")[2]) if weight.strip() else 1.0
            code = Locale.parse(name.strip(), sep="-").language
        except (ValueError, UnknownLocaleError):
            continue
        if code in OFFERED and quality > 0:
            liked.append((-quality, place, code))
    return min(liked)[2] if liked else None
