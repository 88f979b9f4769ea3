"""How closely we keep in touch with customers, and what the loyalty programme does."""

from collections.abc import Mapping
from fractions import Fraction

from kpis.catalog.customers import CUSTOMER_DAYS, DAYS_PER_MONTH
from kpis.catalog.facts import ACTIVITIES, LOYALTY_POINTS, LOYALTY_SPELLS, MEMBER, QUIET, QUIET_SPELLS
from kpis.model import (
    KPI,
    AsOf,
    Better,
    Combined,
    Composition,
    Condition,
    During,
    Phasing,
    Throughout,
    Unit,
)

ACTIVITIES_LOGGED = KPI(
    key="activities",
    label="Activities",
    unit=Unit.COUNT,
    better=Better.NEITHER,
    help="Calls, e-mails, meetings, chats, notes and tasks in the communication log, by the day of each.",
    department="customers",
    fact=ACTIVITIES,
    clock=During(ACTIVITIES.c.day),
    formula="number of entries in the communication log",
    phasing=Phasing.DAILY,
)

CUSTOMER_ACTIVITIES = KPI(
    key="customer_activities",
    label="Activities with customers",
    unit=Unit.COUNT,
    better=Better.NEITHER,
    help="Entries of the communication log about accounts that were customers on that day.",
    department="customers",
    fact=ACTIVITIES,
    clock=During(ACTIVITIES.c.day),
    among=(Condition(ACTIVITIES.c.with_customer == 1, "with others than customers"),),
    formula="number of entries about customers",
    moments=True,
    phasing=Phasing.DAILY,
)

UNTOUCHED = KPI(
    key="untouched_customers",
    label="Untouched customers",
    unit=Unit.COUNT,
    better=Better.DOWN,
    help="Customers at the end of the period about whom the communication log has no entry in the 90 days "
    "up to then.",
    department="customers",
    fact=QUIET_SPELLS,
    clock=AsOf(QUIET),
    formula="number of customers without an activity for 90 days",
)

LOYALTY_MEMBERS = KPI(
    key="loyalty_members",
    label="Loyalty members",
    unit=Unit.COUNT,
    better=Better.UP,
    help="Memberships of the loyalty programme in force at the end of the period.",
    department="customers",
    fact=LOYALTY_SPELLS,
    clock=AsOf(MEMBER),
    formula="number of members at the end",
)

MEMBER_DAYS = KPI(
    key="loyalty_member_days",
    label="Member days",
    unit=Unit.DAYS,
    better=Better.UP,
    help="For each member of the loyalty programme the days of the period on which it was one.",
    department="customers",
    fact=LOYALTY_SPELLS,
    clock=Throughout(MEMBER),
    formula="Σ days as a member",
    phasing=Phasing.DAILY,
)

POINTS_EARNED = KPI(
    key="points_earned",
    label="Points earned",
    unit=Unit.COUNT,
    better=Better.UP,
    help="Points of the loyalty programme credited in the period.",
    department="customers",
    fact=LOYALTY_POINTS,
    clock=During(LOYALTY_POINTS.c.day),
    each=LOYALTY_POINTS.c.earned,
    formula="Σ points credited",
    moments=True,
    phasing=Phasing.DAILY,
)

POINTS_REDEEMED = KPI(
    key="points_redeemed",
    label="Points redeemed",
    unit=Unit.COUNT,
    better=Better.UP,
    help="Points of the loyalty programme spent in the period.",
    department="customers",
    fact=LOYALTY_POINTS,
    clock=During(LOYALTY_POINTS.c.day),
    each=LOYALTY_POINTS.c.redeemed,
    formula="Σ points spent",
    phasing=Phasing.DAILY,
)

REDEMPTION = KPI(
    key="redemption_rate",
    label="Redemption rate",
    unit=Unit.SHARE,
    better=Better.UP,
    help="Points spent in the period as a share of the points credited in it. Above 100 % members spend what "
    "they had saved before.",
    department="customers",
    fact=LOYALTY_POINTS,
    clock=During(LOYALTY_POINTS.c.day),
    each=LOYALTY_POINTS.c.redeemed,
    per=LOYALTY_POINTS.c.earned,
    clustered=True,
    formula="points spent ÷ points credited",
)


def _per_month(top: str, days: str) -> dict[str, tuple[Fraction, Fraction]]:
    return {top: (Fraction(1), Fraction(0)), days: (Fraction(0), 1 / DAYS_PER_MONTH)}


def _activities_a_month(totals: Mapping[str, Fraction]) -> Combined:
    terms = _per_month("customer_activities", "customer_days")
    return Combined(totals["customer_activities"], totals["customer_days"] / DAYS_PER_MONTH, terms)


def _points_a_month(totals: Mapping[str, Fraction]) -> Combined:
    terms = _per_month("points_earned", "loyalty_member_days")
    return Combined(totals["points_earned"], totals["loyalty_member_days"] / DAYS_PER_MONTH, terms)


ENGAGEMENT = Composition(
    key="engagement",
    label="Activities per customer",
    unit=Unit.SCORE,
    better=Better.UP,
    help="How often we are in touch with a customer: entries of the communication log about customers, for "
    "each month that each customer was one.",
    department="customers",
    formula="activities with customers ÷ (customer days ÷ 30.4375)",
    parts=(CUSTOMER_ACTIVITIES, CUSTOMER_DAYS),
    combine=_activities_a_month,
    n_of="customer_activities",
    errors=("customer_activities",),
    may_be_empty=("customer_activities",),
)

POINTS_A_MONTH = Composition(
    key="loyalty_engagement",
    label="Points per member and month",
    unit=Unit.SCORE,
    better=Better.UP,
    help="Points credited for each month that each member was one: how much members buy.",
    department="customers",
    formula="points credited ÷ (member days ÷ 30.4375)",
    parts=(POINTS_EARNED, MEMBER_DAYS),
    combine=_points_a_month,
    n_of="points_earned",
    errors=("points_earned",),
    may_be_empty=("points_earned",),
)

ENGAGEMENT_KPIS = (
    ACTIVITIES_LOGGED,
    CUSTOMER_ACTIVITIES,
    ENGAGEMENT,
    UNTOUCHED,
    LOYALTY_MEMBERS,
    MEMBER_DAYS,
    POINTS_EARNED,
    POINTS_REDEEMED,
    REDEMPTION,
    POINTS_A_MONTH,
)
