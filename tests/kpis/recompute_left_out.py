"""How many rows of a window each KPI must say that it left out, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta

from kpis.period import Period
from tests.kpis import recompute_campaigns as campaigns
from tests.kpis import recompute_cases as cases
from tests.kpis import recompute_customers as customers
from tests.kpis import recompute_marketing as marketing
from tests.kpis import recompute_reach as reach
from tests.kpis import recompute_sales as sales
from tests.kpis import recompute_service as service
from tests.kpis.recompute_crm import Crm
from tests.kpis.recompute_left_out_sales import SALES

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


def _young(days: Iterable[date], age: int, crm: Crm, window: Period) -> Iterator[str]:
    for day in days:
        if day in window and crm.today - day <= timedelta(days=age):
            yield f"too young to judge: not {age} days old yet"


def young_leads(crm: Crm, window: Period) -> Iterator[str]:
    return _young(marketing.leads(crm)["created"], 90, crm, window)


def very_young_leads(crm: Crm, window: Period) -> Iterator[str]:
    return _young(marketing.leads(crm)["created"], 7, crm, window)


def young_members(crm: Crm, window: Period) -> Iterator[str]:
    return _young(campaigns.members(crm)["joined"], 30, crm, window)


def answered_too_early(crm: Crm, window: Period) -> Iterator[str]:
    rows = marketing.leads(crm)
    for answered, seconds in zip(rows["answered"], rows["seconds"], strict=True):
        if answered is not None and answered in window and seconds < 0:
            yield "answered before they were created"


def _won_shares(crm: Crm, window: Period) -> Iterator[tuple[object, object]]:
    rows = campaigns.attributions(crm)
    for won, campaign, cents in zip(rows["won"], rows["campaign"], rows["cents"], strict=True):
        if won in window:
            yield campaign, cents


def shares_without_amount(crm: Crm, window: Period) -> Iterator[str]:
    return ("without an amount" for _, cents in _won_shares(crm, window) if cents is None)


def no_campaigns_share(crm: Crm, window: Period) -> Iterator[str]:
    for campaign, cents in _won_shares(crm, window):
        if not campaigns.of_campaign(campaign):
            yield "without a campaign"
        elif cents is None:
            yield "without an amount"


def no_campaigns_deal(crm: Crm, window: Period) -> Iterator[str]:
    shares = _won_shares(crm, window)
    return ("without a campaign" for campaign, _ in shares if not campaigns.of_campaign(campaign))


def no_campaigns_cost(crm: Crm, window: Period) -> Iterator[str]:
    costs = marketing.spend_loaded(crm, window)["campaign"]
    return ("without a campaign" for campaign in costs if campaign is None)


def not_delivered(crm: Crm, window: Period) -> Iterator[str]:
    return ("not delivered" for flag in reach.emails_sent(crm, window)["delivered"] if not flag)


def impossible(crm: Crm, window: Period) -> Iterator[str]:
    rows = reach.web_sessions(crm, window)
    for sessions, conversions in zip(rows["sessions"], rows["conversions"], strict=True):
        if conversions > sessions:
            yield "with more conversions than sessions"


def not_judged(crm: Crm, window: Period) -> Iterator[str]:
    return ("not judged" for value in reach.social_mentions(crm, window)["sentiment"] if value is None)


def without_reach(crm: Crm, window: Period) -> Iterator[str]:
    rows = reach.social_mentions(crm, window)
    return ("without a known reach" for value in rows["reach"] if value is None)


def not_media(crm: Crm, window: Period) -> Iterator[str]:
    return (
        "staff and tools" for kind in marketing.spend_loaded(crm, window)["spend_kind"] if kind != "media"
    )


def answers(crm: Crm, window: Period, kind: str = "CSAT", blank: str = "left blank") -> Iterator[str]:
    """A blank answer does not take the place of one with a score, however late it comes."""
    scored = {
        service.case_and_survey(crm, row) for row in crm.rows["survey_answers"] if row["score"] is not None
    }
    counted = set(service.answers(crm, kind)["id"])
    last_blank = {
        service.case_and_survey(crm, row): row["id"]
        for row in sorted(crm.rows["survey_answers"], key=lambda row: (row["answered_at"], row["id"]))
        if row["score"] is None
    }
    for row in crm.rows["survey_answers"]:
        key = service.case_and_survey(crm, row)
        if crm.day(row["answered_at"]) not in window or row["id"] in counted:
            continue
        if crm.lookup["surveys"][row["survey_id"]]["kind"] != kind:
            yield "answers to other kinds of survey"
        elif key in scored or last_blank[key] != row["id"]:
            yield "answered again later"
        else:
            yield blank


def effort(crm: Crm, window: Period) -> Iterator[str]:
    return answers(crm, window, "CES", "left blank, or not on a scale of 1 to 7")


def invitations(crm: Crm, window: Period) -> Iterator[str]:
    for row in crm.rows["survey_invitations"]:
        sent = crm.day(row["sent_at"])
        if sent not in window:
            continue
        if crm.lookup["surveys"][row["survey_id"]]["kind"] != "CSAT":
            yield "other kinds of survey"
        elif crm.today - sent <= timedelta(days=30):
            yield "too young to judge: not 30 days old yet"


def due_today(crm: Crm, window: Period) -> Iterator[str]:
    for case in crm.rows["cases"]:
        due = crm.day(case["due_at"]) if case["due_at"] else None
        if due is not None and due in window and due >= crm.today and case["resolved_at"] is None:
            yield "due today and still waiting"


def backwards(crm: Crm, window: Period) -> Iterator[str]:
    rows = cases.cases(crm)
    for day, took in zip(rows["resolved"], rows["resolution"], strict=True):
        if day is not None and day in window and took < 0:
            yield "resolved before they were opened"


def young_closings(crm: Crm, window: Period) -> Iterator[str]:
    for day in cases.cases_closed(crm, window)["closed"]:
        if crm.today - day <= timedelta(days=7):
            yield "too young to judge: not 7 days old yet"


def nothing(_crm: Crm, _window: Period) -> Iterator[str]:
    return iter(())


#: By KPI. Those of spans are in test_independent: their rows are set aside for other reasons.


def not_so_old(crm: Crm, window: Period) -> Iterator[str]:
    for age in cases.backlog_age(crm, window)["each"]:
        if not 4 <= age <= 7:
            yield f"open for {'less than 4' if age < 4 else 'more than 7'} days"


LEFT_OUT: dict[str, Reasons] = {
    "backlog_7": not_so_old,
    **SALES,
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
    "leads_created": nothing,
    "leads_answered": young_leads,
    "lead_response": very_young_leads,
    "lead_response_time": answered_too_early,
    "revenue_attributed": shares_without_amount,
    "revenue_of_campaigns": no_campaigns_share,
    "touch_to_win": no_campaigns_deal,
    "spend_of_campaigns": no_campaigns_cost,
    "campaign_response": young_members,
    **dict.fromkeys(("emails_sent", "email_delivered", "email_bounced", "web_sessions"), nothing),
    **dict.fromkeys(("email_opened", "email_clicked", "email_unsubscribed"), not_delivered),
    **dict.fromkeys(("web_conversions", "web_conversion"), impossible),
    "social_mentions": nothing,
    "social_sentiment": not_judged,
    "social_reach": without_reach,
    "spend_paid": not_media,
    "spend_loaded": nothing,
    "csat": answers,
    "csat_response": invitations,
    "ces": effort,
    "cases_opened": nothing,
    "cases_closed": nothing,
    "sla_kept": due_today,
    "resolution_mean": backwards,
    "resolution_time": backwards,
    "reopened_rate": young_closings,
}
