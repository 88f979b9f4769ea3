"""What campaigns earned, what they cost, and who answered them."""

from collections.abc import Mapping
from fractions import Fraction

from kpis.catalog.facts import ATTRIBUTIONS, MEMBERS, SPEND
from kpis.model import KPI, Better, Cohort, Combined, Composition, Condition, During, Phasing, Unit

_RULE = (
    "A won deal is shared out among its touches of the 365 days before: 40 % to the first, 40 % to the last, "
    "20 % among those between."
)
_HORIZON = 30  # days
_shares = ATTRIBUTIONS.c
_of_a_campaign = _shares.campaign.isnot(None) & (_shares.campaign != "(unattributed)")

REVENUE_ATTRIBUTED = KPI(
    key="revenue_attributed",
    label="Revenue attributed",
    unit=Unit.MONEY,
    better=Better.UP,
    help=f"The amounts of the deals won in the period. {_RULE} A deal without a touch is (unattributed), so "
    "that all add up to the revenue won. n counts each deal once for each campaign.",
    department="marketing",
    fact=ATTRIBUTIONS,
    clock=During(_shares.won_day),
    each=_shares.amount_cents,
    no_value="without an amount",
    formula="Σ shares of deals won",
    phasing=Phasing.DAILY,
)

REVENUE_OF_CAMPAIGNS = KPI(
    key="revenue_of_campaigns",
    label="Revenue from campaigns",
    unit=Unit.MONEY,
    better=Better.UP,
    help=f"The part of the deals won in the period that campaigns earned. {_RULE} Touches that belong to no "
    "campaign, and deals without a touch, are left out.",
    department="marketing",
    fact=ATTRIBUTIONS,
    clock=During(_shares.won_day),
    among=(Condition(_of_a_campaign, "without a campaign"),),
    each=_shares.amount_cents,
    no_value="without an amount",
    formula="Σ shares of deals won that campaigns earned",
    moments=True,
    phasing=Phasing.DAILY,
)

SPEND_OF_CAMPAIGNS = KPI(
    key="spend_of_campaigns",
    label="Cost of campaigns",
    unit=Unit.MONEY,
    better=Better.NEITHER,
    help="All cost dated in the period that belongs to a campaign.",
    department="marketing",
    fact=SPEND,
    clock=During(SPEND.c.day),
    among=(Condition(SPEND.c.campaign.isnot(None), "without a campaign"),),
    each=SPEND.c.amount_cents,
    formula="Σ cost of campaigns",
    phasing=Phasing.DAILY,
)


def _return(totals: Mapping[str, Fraction]) -> Combined:
    revenue, cost = totals["revenue_of_campaigns"], totals["spend_of_campaigns"]
    one, nothing = Fraction(1), Fraction(0)
    terms = {"revenue_of_campaigns": (one, nothing), "spend_of_campaigns": (-one, one)}
    return Combined(revenue - cost, cost, terms)


CAMPAIGN_ROI = Composition(
    key="campaign_roi",
    label="Return on campaigns",
    unit=Unit.SHARE,
    better=Better.UP,
    help="What campaigns earned in the period beyond their cost in it ÷ that cost: 0 % has paid for itself, "
    "-100 % brought nothing. Revenue dates from the win and cost from the day it arose, weeks before, so a "
    "campaign that has just begun looks worse than it is, one that has ended better: take a window longer "
    "than the time from touch to win.",
    department="marketing",
    formula="(revenue from campaigns - cost of campaigns) ÷ cost of campaigns",
    parts=(REVENUE_OF_CAMPAIGNS, SPEND_OF_CAMPAIGNS),
    combine=_return,
    n_of="revenue_of_campaigns",
    errors=("revenue_of_campaigns",),
    may_be_empty=("revenue_of_campaigns",),
    less=1,
)

TOUCH_TO_WIN = KPI(
    key="touch_to_win",
    label="Touch to win, median",
    unit=Unit.DAYS,
    better=Better.NEITHER,
    help="Days from a campaign's first touch with a deal to the win, over the deals won in the period: the "
    "lag between cost and revenue. Touches more than 365 days before the win are not known.",
    department="marketing",
    fact=ATTRIBUTIONS,
    clock=During(_shares.won_day),
    among=(Condition(_of_a_campaign, "without a campaign"),),
    each=_shares.lag_days,
    per=1,
    spread=True,
    median=True,
    formula="median of the days from the first touch to the win",
)

CAMPAIGN_RESPONSE = KPI(
    key="campaign_response",
    label="Campaign response",
    unit=Unit.SHARE,
    better=Better.UP,
    help=f"Of the people whom campaigns addressed in the period, the share that responded within {_HORIZON} "
    "days. Those addressed since cannot be judged yet and are left out.",
    department="marketing",
    fact=MEMBERS,
    clock=Cohort(MEMBERS.c.joined_day, MEMBERS.c.responded_day, within=_HORIZON),
    per=1,
    formula=f"people who responded within {_HORIZON} days ÷ people addressed",
)

CAMPAIGNS = (
    REVENUE_ATTRIBUTED,
    REVENUE_OF_CAMPAIGNS,
    SPEND_OF_CAMPAIGNS,
    CAMPAIGN_ROI,
    TOUCH_TO_WIN,
    CAMPAIGN_RESPONSE,
)
