"""Numbers, money and days as the organisation writes them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from babel import Locale, UnknownLocaleError
from babel.dates import format_interval, format_skeleton
from babel.numbers import (
    format_compact_currency,
    format_compact_decimal,
    format_currency,
    format_decimal,
    format_percent,
    get_decimal_symbol,
)

from crm_data.organisation import Organisation
from kpis.model import Unit
from kpis.period import Calendar, Grain, Period

NOT_AVAILABLE = "n/a"
NONE = "(none)"


@dataclass(frozen=True)
class Formats:
    """How one organisation writes things."""

    locale: Locale
    currency: str

    @property
    def _calendar(self) -> Locale:
        """Plain English writes days first, as most of the world that reads it does."""
        return Locale("en", "GB") if str(self.locale) == "en" else self.locale

    @classmethod
    def of(cls, organisation: Organisation) -> Formats:
        """The organisation's; English where its locale is unknown."""
        try:
            locale = Locale.parse(organisation.locale.replace("-", "_"))
        except (UnknownLocaleError, ValueError):
            locale = Locale("en")
        return cls(locale, organisation.base_currency)

    def value(self, unit: Unit, number: float | None) -> str:
        """In full: €1,234,567, 12.3%, 51.8 days. None: n/a."""
        if number is None:
            return NOT_AVAILABLE
        if unit is Unit.MONEY:
            digits = 0 if abs(number) >= 100 or number == int(number) else 2
            rounded = round(number, digits) + 0.0  # no "-€0"
            return format_currency(
                rounded, self.currency, self._money_pattern(digits), locale=self.locale, currency_digits=False
            )
        if unit is Unit.SHARE:
            return format_percent(number, self._percent_pattern(1), locale=self.locale)
        if unit is Unit.DAYS:
            return f"{self.number(number)} {'day' if number == 1 else 'days'}"
        if unit is Unit.HOURS:
            return f"{self.number(number)} {'hour' if number == 1 else 'hours'}"
        if unit is Unit.SCORE and abs(number) < 10:  # a scale of a few points
            whole = number == int(number)
            return format_decimal(round(number, 2) + 0.0, "0" if whole else "0.00", locale=self.locale)
        if unit is Unit.COUNT and abs(number) >= 100:  # a part of a target is no whole number
            return self.number(round(number))
        return self.number(number)

    def short(self, unit: Unit, number: float | None) -> str:
        """Where room is dear: €1.2M, 12.3%, 52 d."""
        if number is None:
            return NOT_AVAILABLE
        if unit is Unit.MONEY:
            text = self._compact(number)
            return self._with_a_decimal(text) if abs(number) >= 10_000 else text
        if unit is Unit.DAYS:
            return f"{self.number(number)} d"
        if unit is Unit.HOURS:
            return f"{self.number(number)} h"
        if unit is Unit.COUNT and abs(number) >= 100_000:
            text = format_compact_decimal(number, locale=self.locale, fraction_digits=_digits(number))
            return self.value(unit, number) if _UNGROUPED.search(text) else text
        return self.value(unit, number)

    def tick(self, unit: Unit, number: float) -> str:
        """On an axis, where numbers are round."""
        if unit is Unit.SHARE and round(number * 100, 6) == round(number * 100):
            return format_percent(number, self._percent_pattern(0), locale=self.locale)
        return self._compact(number) if unit is Unit.MONEY else self.short(unit, number)

    def number(self, number: float) -> str:
        """At most one decimal, and none that says nothing."""
        return format_decimal(round(number, 1) + 0.0, locale=self.locale)

    def exact(self, number: Fraction | Decimal | float | None) -> str:
        """A sum or a part of one: whole, or with two to six decimals."""
        if number is None:
            return ""
        if number == int(number):
            return format_decimal(int(number), locale=self.locale)
        return format_decimal(round(float(number), 6), "#,##0.00####", locale=self.locale)

    def cents(self, number: Decimal | float | None) -> str:
        """Money in a column that names the currency: 9,004.00."""
        return "" if number is None else format_decimal(number, "#,##0.00", locale=self.locale)

    def percent(self, share: float) -> str:
        """A change or a part of a whole: 4.1%."""
        pattern = self._percent_pattern(1 if abs(share) < 0.0995 else 0)
        return format_percent(share, pattern, locale=self.locale)

    def points(self, share: float) -> str:
        """The difference of two shares, in percentage points."""
        points = self.number(share * 100)
        return f"{points} {'pt' if points == '1' else 'pts'}"

    def signed(self, unit: Unit, number: Fraction, digits: int) -> str:
        """A part of a change with its sign, to exactly so many decimals: +€1,234.50, −0.42 pts."""
        sign = "+" if number > 0 else "−" if number < 0 else ""
        size = abs(Decimal(number.numerator) / number.denominator)
        places = max(digits - 2, 0) if unit is Unit.SHARE else digits
        pattern = "#,##0" + ("." + "0" * places if places else "")
        if unit is Unit.SHARE:
            return f"{sign}{format_decimal(size * 100, pattern, locale=self.locale)} pts"
        if unit is Unit.MONEY:
            money = format_currency(
                size, self.currency, self._money_pattern(places), locale=self.locale, currency_digits=False
            )
            return sign + money
        words = {Unit.DAYS: " d", Unit.HOURS: " h"}.get(unit, "")
        return f"{sign}{format_decimal(size, pattern, locale=self.locale)}{words}"

    def day(self, day: date) -> str:
        return format_skeleton("yMMMd", day, locale=self._calendar)

    def month(self, day: date) -> str:
        return format_skeleton("yMMM", day, locale=self._calendar)

    def day_and_month(self, day: date) -> str:
        return format_skeleton("MMMd", day, locale=self._calendar)

    def bucket(self, bucket: Period, grain: Grain, calendar: Calendar) -> str:
        """What it is called where room is dear: a day or week by its first day, what is longer by the fiscal
        month that it begins in."""
        if grain in ("day", "week"):
            return self.day_and_month(bucket.start)
        return self.month(calendar.month_called(bucket.start))

    def period(self, period: Period) -> str:
        """First to last day: 1 Jan – 31 Mar 2026."""
        last = period.end - timedelta(days=1)
        if last == period.start:
            return self.day(last)
        return format_interval(period.start, last, "yMMMd", locale=self._calendar)

    def member(self, dimension: str, member: object) -> str:
        """A dimension's value in words. Countries by name; keys are named by their records elsewhere."""
        if member is None:
            return NONE
        if dimension == "country":
            return self.locale.territories.get(str(member).upper(), str(member))
        return str(member)

    def _compact(self, number: float) -> str:
        if abs(number) < 10_000:
            return self.value(Unit.MONEY, number)
        text = format_compact_currency(
            number, self.currency, locale=self.locale, fraction_digits=_digits(number)
        )
        return self.value(Unit.MONEY, number) if _UNGROUPED.search(text) else text

    def _with_a_decimal(self, text: str) -> str:
        """€4.0M, so that it reads like the €3.8M beside it."""
        runs = _DIGITS.findall(text)
        if len(runs) != 1 or len(runs[0]) > 2:
            return text
        return text.replace(runs[0], f"{runs[0]}{get_decimal_symbol(self.locale)}0")

    def _money_pattern(self, digits: int) -> str:
        pattern = self.locale.currency_formats["standard"].pattern
        return pattern.replace("0.00", "0.00" if digits else "0")

    def _percent_pattern(self, digits: int) -> str:
        pattern = self.locale.percent_formats[None].pattern
        return pattern.replace("##0", "##0.0") if digits else pattern


_DIGITS = re.compile(r"\d+")
#: Some locales have no short form of thousands; what Babel gives then lacks its separators.
_UNGROUPED = re.compile(r"\d{4}")


def _digits(number: float) -> int:
    """One decimal for 1.2M and 12.3k, none for 123M."""
    scaled = abs(number)
    while scaled >= 1000:
        scaled /= 1000
    return 1 if scaled < 99.95 else 0
