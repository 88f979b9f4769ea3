"""The planted stories: their figures are true, they stand out, and docs/demo.md tells them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from sqlalchemy import Engine, text

from crm_data.demo.document import DOCUMENT, document
from crm_data.demo.stories import Story, stories

pytestmark = pytest.mark.xdist_group("documented demo")  # made once

# The same figures once more, in SQL.
_REGION = """
    WITH RECURSIVE root(id, name) AS (
        SELECT id, name FROM regions WHERE parent_id IS NULL
        UNION ALL SELECT r.id, root.name FROM regions r JOIN root ON r.parent_id = root.id)
"""
_SPELLS = "(SELECT * FROM memberships WHERE ended_on IS NULL OR ended_on >= started_on)"
SQL = {
    "churn_rate": f"""{_REGION}
        SELECT count(gone.account_id) * 1.0 / count(*), count(*)
        FROM (
            SELECT DISTINCT m.account_id
            FROM {_SPELLS} m JOIN accounts a ON a.id = m.account_id JOIN root ON root.id = a.region_id
            WHERE root.name = :member AND m.started_on < :start AND coalesce(m.ended_on, '9999') >= :start
        ) there
        LEFT JOIN (
            SELECT DISTINCT m.account_id
            FROM {_SPELLS} m
            WHERE m.ended_on >= :start AND m.ended_on < :end AND NOT EXISTS (
                SELECT 1 FROM memberships n WHERE n.account_id = m.account_id AND n.started_on = m.ended_on)
        ) gone USING (account_id)""",
    "cac": """
        SELECT (
            SELECT sum(round(s.amount / 10000.0 * coalesce(r.rate, 1), 2))
            FROM spend s LEFT JOIN exchange_rates r
                ON r.currency = s.currency AND r.valid_on = s.spent_on AND r.kind = 'daily'
            WHERE s.kind = 'media' AND s.channel = :member AND s.spent_on >= :start AND s.spent_on < :end
        ) / count(*), count(*)
        FROM accounts a
        WHERE a.acquisition_channel = :member AND coalesce(
            (SELECT min(issued_on) FROM invoices i WHERE i.account_id = a.id AND i.kind = 'invoice'),
            (SELECT min(closed_on) FROM opportunities o WHERE o.account_id = a.id AND o.status = 'won')
        ) BETWEEN :start AND date(:end, '-1 day')""",
    "cases_opened": """
        SELECT count(*), count(*)
        FROM cases c JOIN products p ON p.id = c.product_id
        WHERE p.name = :member AND c.opened_at >= :start_utc AND c.opened_at < :end_utc""",
    "csat": """
        SELECT avg(score >= 4), count(*)
        FROM survey_answers x JOIN account_history h ON h.account_id = x.account_id
        WHERE x.survey_id IN (SELECT id FROM surveys WHERE kind = 'CSAT') AND x.score IS NOT NULL
            AND h.segment = :member AND x.answered_at >= :start_utc AND x.answered_at < :end_utc
            AND h.changed_at = (
                SELECT max(changed_at) FROM account_history
                WHERE account_id = x.account_id AND changed_at <= x.answered_at)
            AND NOT EXISTS (
                SELECT 1 FROM survey_answers y
                WHERE y.case_id = x.case_id AND y.survey_id = x.survey_id AND y.score IS NOT NULL
                    AND y.answered_at > x.answered_at)""",
    "sales_cycle": """
        SELECT avg(julianday(o.closed_on) - julianday(o.opened_on)), count(*)
        FROM opportunities o JOIN users u ON u.id = o.owner_id JOIN teams t ON t.id = u.team_id
        WHERE t.name = :member AND o.status = 'won' AND o.closed_on >= :start AND o.closed_on < :end
            AND o.opened_on <= o.closed_on""",
}


@pytest.fixture(scope="module")
def told(documented: Engine) -> list[Story]:
    return stories(documented)


def test_their_figures_are_true(told: list[Story], documented: Engine) -> None:
    assert len(told) == len(SQL)
    for story in told:
        value, n = _asked(documented, story, story.start, story.end)
        assert story.value == pytest.approx(value, rel=1e-6), story.title
        assert story.n == n, story.title
        before, _ = _asked(
            documented, story, *(day.replace(year=day.year - 1) for day in (story.start, story.end))
        )
        assert story.earlier == pytest.approx(before, rel=1e-6), story.title


def _asked(engine: Engine, story: Story, start: date, end: date) -> tuple[float, int]:
    values = {"member": story.member, "start": f"{start}", "end": f"{end}"}
    values |= {"start_utc": _midnight_in_summer(start), "end_utc": _midnight_in_summer(end)}
    with engine.connect() as connection:
        value, n = connection.execute(text(SQL[story.kpi]), values).one()
    return float(value), int(n)


def _midnight_in_summer(day: date) -> str:
    """Berlin's midnight in UTC, as SQLite keeps it. The quarter of the stories lies in summer."""
    return (
        f"{datetime.combine(day, time(), timezone(timedelta(hours=2))).astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"
    )


def test_they_stand_out(told: list[Story]) -> None:
    """Against the year before and against the others, by far more than chance would do."""
    times: dict[str, Callable[[float, float], bool]] = {
        "churn_rate": lambda value, usual: value > 1.7 * usual,
        "cac": lambda value, usual: value > 3 * usual,
        "cases_opened": lambda value, usual: value > 4 * usual,
        "csat": lambda value, usual: value < usual - 0.1,
        "sales_cycle": lambda value, usual: value < 0.75 * usual,
    }
    for story in told:
        assert times[story.kpi](story.value, story.earlier), story.title
        assert times[story.kpi](story.value, story.typical), story.title


def test_the_page_about_the_demo_is_true(documented: Engine) -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == document(documented)
