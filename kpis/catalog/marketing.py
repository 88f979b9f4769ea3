"""What it costs to win a customer, and what becomes of leads."""

from kpis.catalog.customers import NEW_CUSTOMERS
from kpis.catalog.facts import LEADS, SPEND
from kpis.model import KPI, Better, Cohort, Composition, Condition, During, Phasing, Unit, ratio

_HORIZON = 90  # days

SPEND_PAID = KPI(
    key="spend_paid",
    label="Paid acquisition spend",
    unit=Unit.MONEY,
    better=Better.NEITHER,
    help="Media cost dated in the period, each at the exchange rate of its day.",
    department="marketing",
    fact=SPEND,
    clock=During(SPEND.c.day),
    among=(Condition(SPEND.c.spend_kind == "media", "staff and tools"),),
    each=SPEND.c.amount_cents,
    formula="Σ media cost",
    phasing=Phasing.DAILY,
)

SPEND_LOADED = KPI(
    key="spend_loaded",
    label="Acquisition spend, fully loaded",
    unit=Unit.MONEY,
    better=Better.NEITHER,
    help="All acquisition cost dated in the period: media, staff and tools.",
    department="marketing",
    fact=SPEND,
    clock=During(SPEND.c.day),
    each=SPEND.c.amount_cents,
    formula="Σ cost",
    phasing=Phasing.DAILY,
)

CAC = Composition(
    key="cac",
    label="Acquisition cost",
    unit=Unit.MONEY,
    better=Better.DOWN,
    help="Paid (media) cost dated in the period ÷ customers whose first purchase falls in it. Staff and "
    "tools are not in it: see the fully loaded cost.",
    department="marketing",
    formula="media cost ÷ new customers",
    parts=(SPEND_PAID, NEW_CUSTOMERS),
    combine=ratio(SPEND_PAID, NEW_CUSTOMERS),
    n_of="new_customers",
    errors=("new_customers",),
)

CAC_LOADED = Composition(
    key="cac_loaded",
    label="Acquisition cost, fully loaded",
    unit=Unit.MONEY,
    better=Better.DOWN,
    help="All acquisition cost dated in the period, staff and tools included ÷ customers whose first "
    "purchase falls in it.",
    department="marketing",
    formula="media, staff and tools cost ÷ new customers",
    parts=(SPEND_LOADED, NEW_CUSTOMERS),
    combine=ratio(SPEND_LOADED, NEW_CUSTOMERS),
    n_of="new_customers",
    errors=("new_customers",),
)

LEAD_CONVERSION = KPI(
    key="lead_conversion",
    label="Lead conversion",
    unit=Unit.SHARE,
    better=Better.UP,
    help=f"Of the leads created in the period, the share that became paying customers within {_HORIZON} "
    "days. Younger leads cannot be judged yet and are left out. Unqualified leads count.",
    department="marketing",
    fact=LEADS,
    clock=Cohort(LEADS.c.created_day, LEADS.c.customer_day, within=_HORIZON),
    per=1,
    formula=f"leads who bought within {_HORIZON} days ÷ leads",
)

LEAD_TO_OPPORTUNITY = KPI(
    key="lead_to_opportunity",
    label="Lead to opportunity",
    unit=Unit.SHARE,
    better=Better.UP,
    help=f"Of the leads created in the period, the share from which a deal was opened within {_HORIZON} "
    "days. Younger leads cannot be judged yet and are left out.",
    department="marketing",
    fact=LEADS,
    clock=Cohort(LEADS.c.created_day, LEADS.c.opportunity_day, within=_HORIZON),
    per=1,
    formula=f"leads with a deal within {_HORIZON} days ÷ leads",
)

MARKETING = (SPEND_PAID, SPEND_LOADED, CAC, CAC_LOADED, LEAD_CONVERSION, LEAD_TO_OPPORTUNITY)
