"""How many rows of a window each KPI must say that it left out, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from kpis.period import Period
from tests.kpis import recompute_customers as customers
from tests.kpis import recompute_marketing as marketing
from tests.kpis import recompute_sales as sales
from tests.kpis import recompute_service as service
from tests.kpis.recompute_crm import Crm

#: A reason for each row left out.
Reasons = Callable[[Crm, Period], Iterator[str]]


def _closed(crm: Crm, window: Period) -> Iterator[tuple[str, int | None, int | None]]:
    rows = sales.deals(crm)
    for status, closed, cents, days in zip(
        rows["status"], rows["closed"], rows["cents"], rows["days"], strict=True
    ):
        if status != "open" and closed is not None and closed in window:
            yield status, cents, days


def without_amount(crm: Crm, window: Period) -> Iterator[str]:
    for status, cents, _ in _closed(crm, window):
        if status == "lost":
            yield "lost or still open"
        elif cents is None:
            yield "without an amount"


def lost_deals(crm: Crm, window: Period) -> Iterator[str]:
    return ("lost or still open" for status, _, _ in _closed(crm, window) if status == "lost")


def without_cycle(crm: Crm, window: Period) -> Iterator[str]:
    for status, _, days in _closed(crm, window):
        if status == "lost":
            yield "lost or still open"
        elif days is None:
            yield "without an opening day"
        elif days < 0:
            yield "closed before they were opened"


def without_cost(crm: Crm, window: Period) -> Iterator[str]:
    rows = customers.lines(crm)
    for day, margin in zip(rows["day"], rows["margin"], strict=True):
        if day in window and margin is None:
            yield "without a cost"


def without_revenue(crm: Crm, window: Period) -> Iterator[str]:
    for _, row in customers.there(crm, window.start):
        if row["monthly"] is None:
            yield "without recurring revenue"


def first_year(crm: Crm, window: Period) -> Iterator[str]:
    rows = customers.new_customers(crm, window)
    for first, margin in zip(rows["first"], rows["margin"], strict=True):
        if crm.today - first <= timedelta(days=365):
            yield "too young to judge: not 365 days old yet"
        elif margin is None:
            yield "without a known margin"


def young_leads(crm: Crm, window: Period) -> Iterator[str]:
    for created in marketing.leads(crm)["created"]:
        if created in window and crm.today - created <= timedelta(days=90):
            yield "too young to judge: not 90 days old yet"


def not_media(crm: Crm, window: Period) -> Iterator[str]:
    return (
        "staff and tools" for kind in marketing.spend_loaded(crm, window)["spend_kind"] if kind != "media"
    )


def answers(crm: Crm, window: Period) -> Iterator[str]:
    """A blank answer does not take the place of one with a score, however late it comes."""
    scored = {
        service.case_and_survey(crm, row) for row in crm.rows["survey_answers"] if row["score"] is not None
    }
    counted = set(service.answers(crm)["id"])
    last_blank = {
        service.case_and_survey(crm, row): row["id"]
        for row in sorted(crm.rows["survey_answers"], key=lambda row: (row["answered_at"], row["id"]))
        if row["score"] is None
    }
    for row in crm.rows["survey_answers"]:
        key = service.case_and_survey(crm, row)
        if crm.day(row["answered_at"]) not in window or row["id"] in counted:
            continue
        if crm.lookup["surveys"][row["survey_id"]]["kind"] != "CSAT":
            yield "answers to other kinds of survey"
        elif key in scored or last_blank[key] != row["id"]:
            yield "answered again later"
        else:
            yield "left blank"


def invitations(crm: Crm, window: Period) -> Iterator[str]:
    for row in crm.rows["survey_invitations"]:
        sent = crm.day(row["sent_at"])
        if sent not in window:
            continue
        if crm.lookup["surveys"][row["survey_id"]]["kind"] != "CSAT":
            yield "other kinds of survey"
        elif crm.today - sent <= timedelta(days=30):
            yield "too young to judge: not 30 days old yet"


def nothing(_crm: Crm, _window: Period) -> Iterator[str]:
    return iter(())


#: By KPI. Those of spans are in test_independent: their rows are set aside for other reasons.
LEFT_OUT: dict[str, Reasons] = {
    "revenue_won": without_amount,
    "average_deal": without_amount,
    "deals_won": lost_deals,
    "win_rate": nothing,
    "sales_cycle": without_cycle,
    "sales_cycle_median": without_cycle,
    "gross_margin": without_cost,
    "churn_revenue": without_revenue,
    "new_customers": nothing,
    "cltv_realised": first_year,
    "lead_conversion": young_leads,
    "lead_to_opportunity": young_leads,
    "spend_paid": not_media,
    "spend_loaded": nothing,
    "csat": answers,
    "csat_response": invitations,
    "cases_opened": nothing,
}
