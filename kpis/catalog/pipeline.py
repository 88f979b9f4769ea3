"""What is still to be won: open deals, their way through the stages, and the days they are expected."""

from kpis.catalog.facts import CLOSE_DATES, DEAL, DEAL_SPELLS, ENTRIES, EXITS, QUOTES, SLIPS
from kpis.model import KPI, AsOf, Better, Cohort, Condition, Due, During, Phasing, Unit

_NO_AMOUNT = "without an amount"
_STAGE_HORIZON = 90  # days
_QUOTE_HORIZON = 60  # days

OPEN_PIPELINE = KPI(
    key="open_pipeline",
    label="Open pipeline",
    unit=Unit.MONEY,
    better=Better.UP,
    help="The amounts of the deals that were open at the end of the period, as they stood that day, "
    "at the fiscal year's plan rate.",
    department="sales",
    fact=DEAL_SPELLS,
    clock=AsOf(DEAL),
    each=DEAL_SPELLS.c.amount_cents,
    no_value=_NO_AMOUNT,
    formula="Σ amount of deals open at the end",
)

WEIGHTED_PIPELINE = KPI(
    key="weighted_pipeline",
    label="Weighted pipeline",
    unit=Unit.MONEY,
    better=Better.UP,
    help="The amounts of the deals that were open at the end of the period, each times the probability that "
    "it had that day, at the fiscal year's plan rate.",
    department="sales",
    fact=DEAL_SPELLS,
    clock=AsOf(DEAL),
    each=DEAL_SPELLS.c.weighted_cents,
    no_value="without an amount or a probability",
    formula="Σ amount × probability of deals open at the end",
)

OPEN_DEALS = KPI(
    key="open_deals",
    label="Open deals",
    unit=Unit.COUNT,
    better=Better.UP,
    help="How many deals were open at the end of the period, with or without an amount.",
    department="sales",
    fact=DEAL_SPELLS,
    clock=AsOf(DEAL),
    formula="number of deals open at the end",
)

STAGE_CONVERSION = KPI(
    key="stage_conversion",
    label="Stage conversion",
    unit=Unit.SHARE,
    better=Better.UP,
    help="Of the deals that entered a stage in the period, the share that reached a later one, or was won, "
    f"within {_STAGE_HORIZON} days; a skipped stage counts as reached. Younger ones cannot be judged yet.",
    department="sales",
    fact=ENTRIES,
    clock=Cohort(ENTRIES.c.entered_day, ENTRIES.c.further_day, within=_STAGE_HORIZON),
    among=(
        Condition(ENTRIES.c.first == 1, "entered again"),
        Condition(ENTRIES.c.position.isnot(None), "in a stage without a place in the order"),
    ),
    per=1,
    formula=f"first visits that led further within {_STAGE_HORIZON} days ÷ first visits",
)

TIME_IN_STAGE = KPI(
    key="time_in_stage",
    label="Time in stage",
    unit=Unit.DAYS,
    better=Better.DOWN,
    help="Days that a deal spent in a stage, over the visits that ended in the period: the mean. Coming back "
    "is another visit. Deals that are stuck show only once they leave.",
    department="sales",
    fact=EXITS,
    clock=During(EXITS.c.left_day),
    each=EXITS.c.days,
    per=1,
    no_value="without a length",
    spread=True,
    formula="Σ days from entering to leaving ÷ visits that ended",
)

SLIP_RATE = KPI(
    key="slip_rate",
    label="Deals slipped",
    unit=Unit.SHARE,
    better=Better.DOWN,
    help="Of the deals that were expected to close in the period, the share whose expected day was moved to "
    "after it. A deal moved within the period counts once, by the day it was moved to.",
    department="sales",
    fact=CLOSE_DATES,
    clock=Due(CLOSE_DATES.c.due_day, CLOSE_DATES.c.moved_to),
    per=1,
    formula="expected closing days moved out of the period ÷ expected closing days",
)

SLIPS_MADE = KPI(
    key="slips",
    label="Postponements",
    unit=Unit.COUNT,
    better=Better.DOWN,
    help="How often in the period the expected closing day of an open deal was moved to a later day.",
    department="sales",
    fact=SLIPS,
    clock=During(SLIPS.c.moved_day),
    among=(Condition(SLIPS.c.days_moved > 0, "moved to an earlier day"),),
    formula="number of moves to a later day",
    phasing=Phasing.DAILY,
)

QUOTES_SENT = KPI(
    key="quotes_sent",
    label="Quotes sent",
    unit=Unit.COUNT,
    better=Better.UP,
    help="How many quotes were sent in the period.",
    department="sales",
    fact=QUOTES,
    clock=During(QUOTES.c.sent_day),
    formula="number of quotes sent",
    phasing=Phasing.DAILY,
)

QUOTE_ACCEPTANCE = KPI(
    key="quote_acceptance",
    label="Quote acceptance",
    unit=Unit.SHARE,
    better=Better.UP,
    help=f"Of the quotes sent in the period, the share that was accepted within {_QUOTE_HORIZON} days. "
    "Younger ones cannot be judged yet and are left out.",
    department="sales",
    fact=QUOTES,
    clock=Cohort(QUOTES.c.sent_day, QUOTES.c.accepted_day, within=_QUOTE_HORIZON),
    per=1,
    formula=f"quotes accepted within {_QUOTE_HORIZON} days ÷ quotes sent",
)

PIPELINE = (
    OPEN_PIPELINE,
    WEIGHTED_PIPELINE,
    OPEN_DEALS,
    STAGE_CONVERSION,
    TIME_IN_STAGE,
    SLIP_RATE,
    SLIPS_MADE,
    QUOTES_SENT,
    QUOTE_ACCEPTANCE,
)
