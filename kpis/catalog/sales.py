"""What sales won and lost, and how long that took."""

from kpis.catalog.billing import BILLING
from kpis.catalog.facts import DEALS, OPENINGS
from kpis.catalog.pipeline import PIPELINE
from kpis.catalog.quota import QUOTA
from kpis.catalog.won import REVENUE_WON
from kpis.model import KPI, Better, Condition, During, Phasing, Unit, flag

_deals = DEALS.c
_won = Condition(_deals.status == "won", "lost or still open")
_closed = Condition(_deals.status != "open", "still open")
_NO_AMOUNT = "without an amount"

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

WIN_RATE_VALUE = KPI(
    key="win_rate_value",
    label="Win rate by value",
    unit=Unit.SHARE,
    better=Better.UP,
    help="Of the money in the deals closed in the period, the share that was won. Deals lost before anybody "
    "entered an amount cannot be weighed and are left out.",
    department="sales",
    fact=DEALS,
    clock=During(_deals.closed_day),
    among=(_closed, Condition(_deals.amount_cents > 0, _NO_AMOUNT)),
    each=_deals.won_cents,
    per=_deals.amount_cents,
    no_value=_NO_AMOUNT,
    formula="Σ amount of deals won ÷ Σ amount of deals closed",
)

DEALS_LOST = KPI(
    key="deals_lost",
    label="Deals lost",
    unit=Unit.COUNT,
    better=Better.DOWN,
    help="How many deals were lost in the period.",
    department="sales",
    fact=DEALS,
    clock=During(_deals.closed_day),
    among=(Condition(_deals.status == "lost", "won or still open"),),
    formula="number of deals lost",
    phasing=Phasing.DAILY,
)

DEALS_OPENED = KPI(
    key="deals_opened",
    label="Deals opened",
    unit=Unit.COUNT,
    better=Better.UP,
    help="How many deals were opened in the period, whatever became of them.",
    department="sales",
    fact=OPENINGS,
    clock=During(_deals.opened_day),
    formula="number of deals opened",
    phasing=Phasing.DAILY,
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

SALES_CYCLE_FIRST_CONTACT = KPI(
    key="sales_cycle_first_contact",
    label="First contact to win",
    unit=Unit.DAYS,
    better=Better.DOWN,
    help="Days from the first activity with a deal's account or lead to its win, over the deals won in the "
    "period: the mean. When a customer buys again, the first contact lies years back: see the quartiles.",
    department="sales",
    fact=DEALS,
    clock=During(_deals.closed_day),
    among=(_won, Condition(_deals.contact_days.isnot(None), "without an activity before the win")),
    each=_deals.contact_days,
    per=1,
    spread=True,
    formula="Σ days from first contact to win ÷ deals won",
)

SALES = (
    REVENUE_WON,
    DEALS_WON,
    DEALS_LOST,
    DEALS_OPENED,
    WIN_RATE,
    WIN_RATE_VALUE,
    AVERAGE_DEAL,
    SALES_CYCLE,
    SALES_CYCLE_MEDIAN,
    SALES_CYCLE_FIRST_CONTACT,
    *PIPELINE,
    *QUOTA,
    *BILLING,
)
