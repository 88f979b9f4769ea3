"""What sales won, and what is still to be won."""

from kpis.catalog.facts import DEAL, DEAL_SPELLS, DEALS
from kpis.model import KPI, AsOf, Better, Condition, During, Phasing, Unit, flag

_deals = DEALS.c
_won = Condition(_deals.status == "won", "lost or still open")
_closed = Condition(_deals.status != "open", "still open")
_NO_AMOUNT = "without an amount"

REVENUE_WON = KPI(
    key="revenue_won",
    label="Revenue won",
    unit=Unit.MONEY,
    better=Better.UP,
    help="The amounts of the deals won in the period, each at the exchange rate of the day it was won.",
    department="sales",
    fact=DEALS,
    clock=During(_deals.closed_day),
    among=(_won,),
    each=_deals.amount_cents,
    no_value=_NO_AMOUNT,
    formula="Σ amount of deals won",
    phasing=Phasing.DAILY,
)

DEALS_WON = KPI(
    key="deals_won",
    label="Deals won",
    unit=Unit.COUNT,
    better=Better.UP,
    help="How many deals were won in the period.",
    department="sales",
    fact=DEALS,
    clock=During(_deals.closed_day),
    among=(_won,),
    formula="number of deals won",
    phasing=Phasing.DAILY,
)

WIN_RATE = KPI(
    key="win_rate",
    label="Win rate",
    unit=Unit.SHARE,
    better=Better.UP,
    help="Of the deals closed in the period, the share that was won. Open deals are not counted.",
    department="sales",
    fact=DEALS,
    clock=During(_deals.closed_day),
    among=(_closed,),
    each=flag(_deals.status == "won"),
    per=1,
    formula="deals won ÷ deals closed",
)

AVERAGE_DEAL = KPI(
    key="average_deal",
    label="Average deal",
    unit=Unit.MONEY,
    better=Better.UP,
    help="The mean amount of the deals won in the period. Deals without an amount are left out.",
    department="sales",
    fact=DEALS,
    clock=During(_deals.closed_day),
    among=(_won,),
    each=_deals.amount_cents,
    per=1,
    no_value=_NO_AMOUNT,
    formula="Σ amount of deals won ÷ deals won",
)

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

_right_order = Condition(_deals.cycle_days >= 0, "closed before they were opened")
_opened = Condition(_deals.opened_day.isnot(None), "without an opening day")

SALES_CYCLE = KPI(
    key="sales_cycle",
    label="Sales cycle, mean",
    unit=Unit.DAYS,
    better=Better.DOWN,
    help="Days from a deal's opening to its win, over the deals won in the period: the mean. A few long "
    "deals pull it up, so read it beside the median.",
    department="sales",
    fact=DEALS,
    clock=During(_deals.closed_day),
    among=(_won, _opened, _right_order),
    each=_deals.cycle_days,
    per=1,
    spread=True,
    formula="Σ days from opening to win ÷ deals won",
)

SALES_CYCLE_MEDIAN = KPI(
    key="sales_cycle_median",
    label="Sales cycle, median",
    unit=Unit.DAYS,
    better=Better.DOWN,
    help="Days from a deal's opening to its win, over the deals won in the period: half took longer. "
    "Young data knows only short cycles.",
    department="sales",
    fact=DEALS,
    clock=During(_deals.closed_day),
    among=(_won, _opened, _right_order),
    each=_deals.cycle_days,
    per=1,
    spread=True,
    median=True,
    formula="median of the days from opening to win",
)

SALES = (
    REVENUE_WON,
    DEALS_WON,
    WIN_RATE,
    AVERAGE_DEAL,
    OPEN_PIPELINE,
    SALES_CYCLE,
    SALES_CYCLE_MEDIAN,
)
