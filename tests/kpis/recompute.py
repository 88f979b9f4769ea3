"""Every KPI of the catalogue, recomputed from the CRM database in pandas. One entry a key: a KPI without
its own recomputation fails the tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from math import inf

import numpy as np
import pandas as pd

from kpis.period import Period
from kpis.question import Where
from tests.kpis import recompute_billing as billing
from tests.kpis import recompute_campaigns as campaigns
from tests.kpis import recompute_cases as cases
from tests.kpis import recompute_customers as customers
from tests.kpis import recompute_engagement as engagement
from tests.kpis import recompute_marketing as marketing
from tests.kpis import recompute_pipeline as pipeline
from tests.kpis import recompute_reach as reach
from tests.kpis import recompute_retention as retention
from tests.kpis import recompute_sales as sales
from tests.kpis import recompute_service as service
from tests.kpis.recompute_crm import Crm, counted, only, split

#: What is counted in a window, one row each: `each` and `per` in cents, days or 0/1, and dimensions.
Rows = Callable[[Crm, Period], pd.DataFrame]
CENTS = HOUR = 100  # of them make one
MONTH = Fraction(487, 16)  # 30.4375 days
LONGEST_LIFE = 60  # months


@dataclass(frozen=True)
class Figure:
    """A value in the KPI's unit, how many rows it speaks of, and the fraction that it is."""

    value: float | None
    n: int | None
    numerator: Fraction | None = None
    denominator: Fraction | None = None


@dataclass(frozen=True)
class Recomputation:
    """The rows behind a KPI, from one population or several, and the figure made of them."""

    rows: tuple[Rows, ...]
    figure: Callable[..., Figure]
    shortest: int = 1  # days of a window that it is defined for

    def frames(self, crm: Crm, window: Period, where: Where = ()) -> list[pd.DataFrame]:
        """The counted rows of each population, filtered."""
        frames = [counted(of, crm, window) for of in self.rows]
        for dimension, members in where:
            frames = [only(rows, members.__contains__, dimension) for rows in frames]
        return frames

    def of(self, crm: Crm, window: Period, where: Where = ()) -> Figure:
        """The figure of the whole, or of what the filters leave."""
        return self._figure(window, self.frames(crm, window, where))

    def by(self, crm: Crm, window: Period, dimension: str) -> dict[object, Figure]:
        """The figure of each member that any population knows; None is "(none)"."""
        frames = self.frames(crm, window)
        parts = [split(rows, dimension) for rows in frames]
        return {
            member: self._figure(window, [p.get(member, f[:0]) for p, f in zip(parts, frames, strict=True)])
            for member in {member for part in parts for member in part}
        }

    def _figure(self, window: Period, frames: list[pd.DataFrame]) -> Figure:
        return self.figure(*frames) if window.days >= self.shortest else Figure(None, None)


@dataclass(frozen=True)
class AgainstTarget(Recomputation):
    """A figure that also takes the target of the same window and scope; without one there is none."""

    target: Callable[[Crm, Period, Where], Fraction | None] = billing.target

    def of(self, crm: Crm, window: Period, where: Where = ()) -> Figure:
        aim = self.target(crm, window, where)
        return self.figure(aim, *self.frames(crm, window, where)) if aim else Figure(None, None)

    def by(self, crm: Crm, window: Period, dimension: str) -> dict[object, Figure]:
        members = {member for rows in self.frames(crm, window) for member in rows[dimension]}
        return {member: self.of(crm, window, ((dimension, (member,)),)) for member in members}


def total(unit: int = 1) -> Callable[[pd.DataFrame], Figure]:
    def figure(rows: pd.DataFrame) -> Figure:
        if rows.empty:
            return Figure(None, 0)
        summed = Fraction(int(rows["each"].sum()), unit)
        return Figure(float(summed), len(rows), summed)

    return figure


def ratio(unit: int = 1, unit_per: int = 1) -> Callable[[pd.DataFrame], Figure]:
    def figure(rows: pd.DataFrame) -> Figure:
        top, bottom = Fraction(int(rows["each"].sum()), unit), Fraction(int(rows["per"].sum()), unit_per)
        return Figure(float(top / bottom) if bottom else None, len(rows), top, bottom)

    return figure


def of_many(figure: Callable[[pd.DataFrame], Figure]) -> Callable[[pd.DataFrame], Figure]:
    """The same of rows that each stand for as many as `per` says."""
    return lambda rows: replace(figure(rows), n=int(rows["per"].sum()))


def median(unit: int = 1) -> Callable[[pd.DataFrame], Figure]:
    def figure(rows: pd.DataFrame) -> Figure:
        middle = float(np.median(rows["each"].astype(float))) / unit if len(rows) else None
        return Figure(middle, len(rows))

    return figure


def per_case(views: pd.DataFrame, opened: pd.DataFrame) -> Figure:
    read, n = Fraction(int(views["each"].sum())), len(opened)
    return Figure(float(read / n) if n and len(views) else None, n, read, Fraction(n))


def cost_per_customer(cost: pd.DataFrame, customer: pd.DataFrame) -> Figure:
    spent = Fraction(int(cost["each"].sum()), CENTS)
    bought = len(customer)
    return Figure(float(spent / bought) if bought and len(cost) else None, bought, spent, Fraction(bought))


def return_on(revenue: pd.DataFrame, cost: pd.DataFrame) -> Figure:
    earned, spent = (Fraction(int(rows["each"].sum()), CENTS) for rows in (revenue, cost))
    value = float((earned - spent) / spent) if spent and len(cost) else None
    return Figure(value, len(revenue), earned - spent, spent)


def losses_per_month(lost: pd.DataFrame, days: pd.DataFrame) -> Figure:
    months = Fraction(int(days["each"].sum())) / MONTH
    return Figure(float(len(lost) / months) if months else None, None, Fraction(len(lost)), months)


def a_month(each: pd.DataFrame, days: pd.DataFrame) -> Figure:
    """For each of the months that all spent together."""
    months = Fraction(int(days["each"].sum())) / MONTH
    summed = Fraction(int(each["each"].sum()))
    return Figure(float(summed / months) if months else None, len(each), summed, months)


def lifetime_value(margin: pd.DataFrame, days: pd.DataFrame, lost: pd.DataFrame) -> Figure:
    months = Fraction(int(days["each"].sum())) / MONTH
    if not months or margin.empty:
        return Figure(None, None)
    a_month = Fraction(int(margin["each"].sum()), CENTS) / months
    life = min(months / len(lost), Fraction(LONGEST_LIFE)) if len(lost) else Fraction(LONGEST_LIFE)
    return Figure(float(a_month * life), None)


def attainment(target: Fraction, won: pd.DataFrame) -> Figure:
    summed = Fraction(int(won["each"].sum()), CENTS)
    return Figure(float(summed / target), len(won), summed, target) if len(won) else Figure(None, 0)


def coverage(target: Fraction, pipeline: pd.DataFrame, won: pd.DataFrame) -> Figure:
    """Nothing left to win is no number."""
    left = target - Fraction(int(won["each"].sum()), CENTS)
    there = Fraction(int(pipeline["each"].sum()), CENTS)
    value = float(there / left) if left > 0 and len(pipeline) else None
    return Figure(value, len(pipeline), there, left) if value is not None else Figure(None, len(pipeline))


def days_of_sales(owed: pd.DataFrame, invoiced: pd.DataFrame) -> Figure:
    top, bottom = (Fraction(int(rows["each"].sum()), CENTS) for rows in (owed, invoiced))
    value = float(90 * top / bottom) if bottom and len(owed) and len(invoiced) else None
    return Figure(value, len(owed), 90 * top, bottom)


RECOMPUTED: dict[str, Recomputation] = {
    "revenue_won": Recomputation((sales.revenue_won,), total(CENTS)),
    "deals_won": Recomputation((sales.deals_won,), total()),
    "win_rate": Recomputation((sales.win_rate,), ratio()),
    "average_deal": Recomputation((sales.revenue_won,), ratio(CENTS)),
    "open_pipeline": Recomputation((sales.open_pipeline,), total(CENTS)),
    "sales_cycle": Recomputation((sales.sales_cycle,), ratio()),
    "sales_cycle_median": Recomputation((sales.sales_cycle,), median()),
    "sales_cycle_first_contact": Recomputation((sales.first_contact,), ratio()),
    "deals_lost": Recomputation((sales.deals_lost,), total()),
    "deals_opened": Recomputation((sales.deals_opened,), total()),
    "win_rate_value": Recomputation((sales.win_rate_value,), ratio(CENTS, CENTS)),
    "weighted_pipeline": Recomputation((sales.weighted_pipeline,), total(CENTS)),
    "open_deals": Recomputation((sales.open_deals,), total()),
    "stage_conversion": Recomputation((pipeline.stage_conversion,), ratio()),
    "time_in_stage": Recomputation((pipeline.time_in_stage,), ratio()),
    "slip_rate": Recomputation((pipeline.slip_rate,), ratio()),
    "slips": Recomputation((pipeline.slips,), total()),
    "quotes_sent": Recomputation((pipeline.quotes_sent,), total()),
    "quote_acceptance": Recomputation((pipeline.quote_acceptance,), ratio()),
    "revenue_invoiced": Recomputation((billing.invoiced,), total(CENTS)),
    "receivables": Recomputation((billing.receivables,), total(CENTS)),
    "invoices_overdue": Recomputation((billing.overdue,), total(CENTS)),
    "overdue_30": Recomputation((billing.overdue_for(1, 30),), total(CENTS)),
    "overdue_60": Recomputation((billing.overdue_for(31, 60),), total(CENTS)),
    "overdue_90": Recomputation((billing.overdue_for(61, 90),), total(CENTS)),
    "overdue_older": Recomputation((billing.overdue_for(91, inf),), total(CENTS)),
    "dso": Recomputation((billing.receivables, billing.invoiced_in_90_days), days_of_sales),
    "quota_attainment": AgainstTarget((sales.revenue_won,), attainment),
    "pipeline_coverage": AgainstTarget(
        (sales.open_pipeline, billing.won_in_quarter), coverage, target=billing.target_of_quarter
    ),
    "new_customers": Recomputation((customers.new_customers,), total()),
    "active_customers": Recomputation((customers.active_customers,), total()),
    "churn_rate": Recomputation((customers.churn_rate,), ratio()),
    "churn_revenue": Recomputation((customers.churn_revenue,), ratio(CENTS, CENTS)),
    "churn_monthly": Recomputation((customers.customers_lost, customers.customer_days), losses_per_month),
    "customers_lost": Recomputation((customers.customers_lost,), total()),
    "customer_days": Recomputation((customers.customer_days,), total()),
    "gross_margin": Recomputation((customers.gross_margin,), total(CENTS)),
    "cltv": Recomputation(
        (customers.gross_margin, customers.customer_days, customers.customers_lost),
        lifetime_value,
        shortest=28,
    ),
    "cltv_realised": Recomputation((customers.cltv_realised,), ratio(CENTS)),
    "reactivated": Recomputation((retention.reactivated,), total()),
    "customers_joined": Recomputation((retention.joined,), total()),
    "revenue_lost": Recomputation((retention.revenue_lost,), total(CENTS)),
    "mrr": Recomputation((retention.recurring,), total(CENTS)),
    "nrr": Recomputation((retention.net_retention,), ratio(CENTS, CENTS)),
    "grr": Recomputation((retention.gross_retention,), ratio(CENTS, CENTS)),
    "repeat_purchase": Recomputation((retention.repeat_purchase,), ratio()),
    "activities": Recomputation((engagement.activities,), total()),
    "customer_activities": Recomputation((engagement.customer_activities,), total()),
    "engagement": Recomputation((engagement.customer_activities, customers.customer_days), a_month),
    "untouched_customers": Recomputation((engagement.untouched,), total()),
    "loyalty_members": Recomputation((engagement.loyalty_members,), total()),
    "loyalty_member_days": Recomputation((engagement.member_days,), total()),
    "points_earned": Recomputation((engagement.points_earned,), total()),
    "points_redeemed": Recomputation((engagement.points_redeemed,), total()),
    "redemption_rate": Recomputation((engagement.redemption,), ratio()),
    "loyalty_engagement": Recomputation((engagement.points_earned, engagement.member_days), a_month),
    "spend_paid": Recomputation((marketing.spend_paid,), total(CENTS)),
    "spend_loaded": Recomputation((marketing.spend_loaded,), total(CENTS)),
    "cac": Recomputation((marketing.spend_paid, customers.new_customers), cost_per_customer),
    "cac_loaded": Recomputation((marketing.spend_loaded, customers.new_customers), cost_per_customer),
    "leads_created": Recomputation((marketing.leads_created,), total()),
    "cost_per_lead": Recomputation((marketing.spend_paid, marketing.leads_created), cost_per_customer),
    "lead_response": Recomputation((marketing.lead_response,), ratio()),
    "lead_response_time": Recomputation((marketing.lead_response_time,), median(3600)),
    "leads_answered": Recomputation((marketing.leads_answered,), ratio()),
    "revenue_attributed": Recomputation((campaigns.revenue_attributed,), total(CENTS)),
    "revenue_of_campaigns": Recomputation((campaigns.revenue_of_campaigns,), total(CENTS)),
    "spend_of_campaigns": Recomputation((campaigns.spend_of_campaigns,), total(CENTS)),
    "campaign_roi": Recomputation((campaigns.revenue_of_campaigns, campaigns.spend_of_campaigns), return_on),
    "touch_to_win": Recomputation((campaigns.touch_to_win,), median()),
    "campaign_response": Recomputation((campaigns.campaign_response,), ratio()),
    "emails_sent": Recomputation((reach.emails_sent,), total()),
    "email_delivered": Recomputation((reach.of_sent("delivered"),), ratio()),
    "email_opened": Recomputation((reach.of_delivered("opened"),), ratio()),
    "email_clicked": Recomputation((reach.of_delivered("clicked"),), ratio()),
    "email_unsubscribed": Recomputation((reach.of_delivered("unsubscribed"),), ratio()),
    "email_bounced": Recomputation((reach.of_sent("bounced"),), ratio()),
    "web_sessions": Recomputation((reach.web_sessions,), of_many(total())),
    "web_conversions": Recomputation((reach.web_conversion,), of_many(total())),
    "web_conversion": Recomputation((reach.web_conversion,), of_many(ratio())),
    "social_mentions": Recomputation((reach.social_mentions,), total()),
    "social_sentiment": Recomputation((reach.social_sentiment,), ratio(100)),
    "social_reach": Recomputation((reach.social_reach,), total()),
    "lead_conversion": Recomputation((marketing.lead_conversion,), ratio()),
    "lead_to_opportunity": Recomputation((marketing.lead_to_opportunity,), ratio()),
    "csat": Recomputation((service.csat,), ratio()),
    "nps": Recomputation((service.nps,), ratio()),
    "ces": Recomputation((service.ces,), ratio(100)),
    "csat_response": Recomputation((service.response("CSAT"),), ratio()),
    "nps_response": Recomputation((service.response("NPS"),), ratio()),
    "ces_response": Recomputation((service.response("CES"),), ratio()),
    "cases_opened": Recomputation((cases.cases_opened,), total()),
    "cases_closed": Recomputation((cases.cases_closed,), total()),
    "backlog": Recomputation((cases.backlog,), total()),
    "backlog_1": Recomputation((cases.backlog_for(0, 1),), total()),
    "backlog_3": Recomputation((cases.backlog_for(2, 3),), total()),
    "backlog_7": Recomputation((cases.backlog_for(4, 7),), total()),
    "backlog_30": Recomputation((cases.backlog_for(8, 30),), total()),
    "backlog_older": Recomputation((cases.backlog_for(31, inf),), total()),
    "backlog_age": Recomputation((cases.backlog_age,), ratio()),
    "backlog_age_median": Recomputation((cases.backlog_age,), median()),
    "backlog_old": Recomputation((cases.backlog_old,), ratio()),
    "response_kept": Recomputation((cases.response_kept,), ratio()),
    "response_time": Recomputation((cases.response_time,), median(HOUR)),
    "resolution_mean": Recomputation((cases.resolution_time,), ratio(HOUR)),
    "resolution_time": Recomputation((cases.resolution_time,), median(HOUR)),
    "sla_kept": Recomputation((cases.sla_kept,), ratio()),
    "first_contact_resolution": Recomputation((cases.first_contact,), ratio()),
    "reopened_rate": Recomputation((cases.reopened,), ratio()),
    "article_views": Recomputation((cases.article_views,), of_many(total())),
    "article_helpful": Recomputation((cases.article_helpful,), of_many(ratio())),
    "self_service": Recomputation((cases.article_views, cases.cases_opened), per_case),
}
