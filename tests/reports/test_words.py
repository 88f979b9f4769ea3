"""What the sentences say, and when they say less."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest

from crm_data.organisation import Organisation
from crm_data.warehouse import Copy
from kpis import DEFINITIONS, Change, Effect, Period, Question, ask
from kpis.answers import Goal, Reading
from kpis.formats import Formats
from kpis.period import Calendar
from kpis.reports import REPORTS, Asked, Names
from kpis.reports.scope import Scope, Split
from kpis.reports.sentences import because, standing
from kpis.reports.sheet import plain
from tests.reports.conftest import TODAY, YEAR, Written

FORMATS = Formats.of(Organisation())
BEFORE = Period(YEAR.start.replace(year=2025), YEAR.end.replace(year=2025))


def scope(compare: str = "year") -> Scope:
    return Scope(Asked("sales", YEAR, compare, TODAY), Calendar(Organisation()))


def reading(key: str, value: float | None, n: int | None = 400, margin: float | None = None) -> Reading:
    low, high = (None, None) if margin is None or value is None else (value - margin, value + margin)
    return Reading(key, YEAR, value, None, n, low, high, None, None)


def said(now: Reading, then: Reading | None, compare: str = "year") -> str:
    return plain(standing(now, then, scope(compare), FORMATS))


def test_a_total_against_last_year() -> None:
    now = replace(reading("revenue_won", 12_300_000), unfinished=True)
    assert said(now, reading("revenue_won", 11_815_562)) == (
        "Revenue won came to €12.3M so far, 4.1% above the same time last year (better)."
    )
    assert said(reading("revenue_won", 500), reading("revenue_won", 500)) == (
        "Revenue won came to €500, level with the same time last year."
    )
    assert said(reading("deals_won", 90), reading("deals_won", 100), "previous").endswith(
        "10% below the period before (worse)."
    )
    assert said(reading("deals_won", 90), None, "none") == "Deals won came to 90."


def test_a_target_is_told_as_the_evidence_allows() -> None:
    goal = Goal(0.4, 0.3, "target of the whole organisation")
    now = replace(reading("win_rate", 0.41, margin=0.02), goal=goal, status="unsure")
    assert "; whether its target of 40.0% is met is not sure." in said(now, None, "none")
    assert "; on its target of 40.0%." in said(replace(now, status="good"), None, "none")
    assert "; off its target of 40.0%." in said(replace(now, status="bad"), None, "none")


def test_noise_is_called_noise_and_not_explained() -> None:
    now, then = reading("win_rate", 0.42, margin=0.03), reading("win_rate", 0.40, margin=0.03)
    assert said(now, then).endswith(
        "2 pts above the same time last year, which is within the margin of error."
    )
    change = Change(then, now, Fraction(2, 100), (Effect("EMEA", "rate", Fraction(2, 100)),))
    assert because(change, Split("win_rate", "region"), Names(None, FORMATS), FORMATS) == ()


def test_few_rows_are_too_few_to_tell() -> None:
    text = said(reading("win_rate", 0.5, n=4), reading("win_rate", 0.25, n=8))
    assert "(4 rows: too few to be sure)" in text
    assert text.endswith("25 pts above the same time last year, with too few rows to tell.")


def test_what_is_missing_gives_its_reason() -> None:
    none = replace(reading("csat", None, n=0), why="No answers in this window.")
    assert said(none, None) == "Customer satisfaction cannot be told: no answers in this window."
    assert "so the season is unknown" in said(reading("csat", 0.8, margin=0.02), none)


def test_the_largest_effects_are_named_with_those_against_them() -> None:
    effects = (
        Effect("DACH", "difference", Fraction(600_000)),
        Effect("Nordics", "difference", Fraction(-200_000)),
        Effect("Iberia", "difference", Fraction(84_438)),
    )
    now, then = reading("revenue_won", 12_300_000), reading("revenue_won", 11_815_562)
    change = Change(then, now, Fraction(484_438), effects)
    words = [
        plain(one) for one in because(change, Split("revenue_won", "region"), Names(None, FORMATS), FORMATS)
    ]
    assert words == ["Most of it came from DACH (+€600K); against it went Nordics (−€200K)."]


def test_a_shift_between_members_is_told_as_mix() -> None:
    effects = (Effect("A", "mix", Fraction(3, 100)), Effect("B", "mix", Fraction(2, 100)))
    now, then = reading("win_rate", 0.45, margin=0.01), reading("win_rate", 0.40, margin=0.01)
    change = Change(then, now, Fraction(5, 100), effects)
    words = " ".join(
        plain(one) for one in because(change, Split("win_rate", "region"), Names(None, FORMATS), FORMATS)
    )
    assert "+5 pts in their changed shares (mix)" in words


def test_a_quarter_that_goes_on_says_the_same_as_up_to_today(written: Written) -> None:
    quarter = Period(date(2026, 10, 1), date(2027, 1, 1))
    whole, so_far = written("sales", quarter), written("sales", replace(quarter, end=date(2026, 11, 22)))
    assert whole.compared == so_far.compared == Period(date(2025, 10, 1), date(2025, 11, 22))
    assert plain(whole.summary) == plain(so_far.summary)


def test_a_curve_has_each_week_beside_the_same_one_of_the_year_before(written: Written, copy: Copy) -> None:
    """1 Dec 2025 is a Monday, 1 Dec 2024 a Sunday, which is a bucket of its own."""
    document = written("sales", Period(date(2025, 12, 1), date(2026, 3, 1)))
    assert document.compared == Period(date(2024, 12, 1), date(2025, 3, 1))
    curve = next(part.curve for part in document.parts if part.curve)
    weeks = [date(2024, 12, 2) + timedelta(weeks=place) for place in range(12)]
    asked = [Question((curve.proof.kpi,), Period(one, one + timedelta(weeks=1)), TODAY) for one in weeks]
    assert list(curve.then[:12]) == [reading.value for (reading,) in ask(copy, *asked)]
    assert len(set(curve.then)) > 1


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_uses_known_kpis_and_dimensions(written: Written, name: str) -> None:
    document = written(name)
    assert {one.key for one in document.readings} <= set(DEFINITIONS)
    assert set(REPORTS[name].headline) <= {one.key for one in document.readings}
    tables = [table for part in document.parts for table in part.tables]
    assert len(document.parts) >= 4
    assert all(len(row) == len(table.columns) for table in tables for row in table.rows)
    titles = [part.title for part in document.parts]
    assert len(titles) == len(set(titles))


@pytest.mark.parametrize("name", REPORTS)
def test_filters_narrow_the_report(written: Written, name: str) -> None:
    document = written(name, where=(("region", ("EMEA",)),))
    assert document.filters == "Region: EMEA"
    regions = [table for part in document.parts if part.title == "Regions" for table in part.tables]
    assert all({row[0].text for row in table.rows} <= {"EMEA"} for table in regions)


def test_a_waterfall_adds_up(written: Written) -> None:
    part = next(part for part in written("sales").parts if part.title == "Why revenue changed, by region")
    first, *steps, last = [row[1].value for row in part.tables[0].rows]
    assert steps
    numbers = [float(str(one)) for one in (first, *steps, last)]
    assert sum(numbers[:-1]) == pytest.approx(numbers[-1], abs=1.0)
