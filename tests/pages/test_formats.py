"""Numbers, money and days as the organisation writes them."""

from datetime import date

import pytest

from crm_data.organisation import Organisation
from kpis.model import Unit
from kpis.period import Calendar, Period
from ui.formats import Formats


def formats(locale: str = "en", currency: str = "EUR") -> Formats:
    return Formats.of(Organisation(locale=locale, base_currency=currency))


@pytest.mark.parametrize(
    ("unit", "number", "full", "short"),
    [
        (Unit.MONEY, 1_234_567.891, "€1,234,568", "€1.2M"),
        (Unit.MONEY, 425.0, "€425", "€425"),
        (Unit.MONEY, 12.5, "€12.50", "€12.50"),
        (Unit.MONEY, 0.0, "€0", "€0"),
        (Unit.MONEY, -123.4, "-€123", "-€123"),
        (Unit.SHARE, 0.0219, "2.2%", "2.2%"),
        (Unit.DAYS, 51.78, "51.8 days", "51.8 d"),
        (Unit.DAYS, 1, "1 day", "1 d"),
        (Unit.HOURS, 3.44, "3.4 hours", "3.4 h"),
        (Unit.HOURS, 1, "1 hour", "1 h"),
        (Unit.COUNT, 4238, "4,238", "4,238"),
        (Unit.COUNT, 4_238_000, "4,238,000", "4.2M"),
        (Unit.MONEY, None, "n/a", "n/a"),
    ],
)
def test_values(unit: Unit, number: float | None, full: str, short: str) -> None:
    assert (formats().value(unit, number), formats().short(unit, number)) == (full, short)


def test_the_locale_decides() -> None:
    german = formats("de-DE")
    assert (
        german.value(Unit.MONEY, 1234.5) == "1.235\xa0€" or german.value(Unit.MONEY, 1234.5) == "1.234\xa0€"
    )
    assert german.short(Unit.MONEY, 123_456) == "123.456\xa0€"
    assert german.value(Unit.SHARE, 0.5) == "50,0\xa0%"
    assert german.day(date(2026, 11, 21)) == "21. Nov. 2026"
    assert german.member("country", "DE") == "Deutschland"
    assert formats("en-US", "USD").day(date(2026, 11, 21)) == "Nov 21, 2026"


def test_an_unknown_locale_is_english() -> None:
    assert formats("xx-nonsense").value(Unit.COUNT, 1234) == "1,234"


def test_periods_name_their_last_day() -> None:
    assert formats().period(Period(date(2026, 1, 1), date(2026, 1, 2))) == "1 Jan 2026"
    words = formats().period(Period(date(2025, 12, 1), date(2026, 3, 1)))
    assert words.startswith("1 Dec 2025")
    assert words.endswith("28 Feb 2026")


def test_points_and_percent() -> None:
    assert formats().points(0.0123) == "1.2 pts"
    assert formats().points(0.01) == "1 pt"
    assert formats().percent(0.041) == "4.1%"
    assert formats().percent(1.41) == "141%"


def test_a_fiscal_month_is_called_by_the_month_that_most_of_it_is_in() -> None:
    calendar = Calendar(Organisation(fiscal_calendar="445"))
    year = Period(date(2027, 1, 4), date(2028, 1, 3))
    named = [formats().bucket(one, "month", calendar) for one in calendar.buckets(year, "month")]
    assert named == [f"{month} 2027" for month in "Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec".split()]
    january = calendar.buckets(Period(date(2025, 12, 29), date(2026, 1, 26)), "month")
    assert [formats().bucket(one, "month", calendar) for one in january] == ["Jan 2026"]
    assert formats().bucket(january[0], "week", calendar) == "29 Dec"
