"""What it costs to win a customer, and what becomes of leads."""

from kpis.catalog.customers import NEW_CUSTOMERS
from kpis.catalog.facts import LEADS, SPEND
from kpis.model import KPI, Better, Cohort, Composition, Condition, During, Phasing, Unit, flag, ratio

_HORIZON = 90  # days
_PROMPT = 4  # working hours
_PATIENCE = 7  # days

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

LEADS_CREATED = KPI(
    key="leads_created",
    label="Leads",
    unit=Unit.COUNT,
    better=Better.UP,
    help="Leads created in the period, whatever became of them: unqualified ones count too.",
    department="marketing",
    fact=LEADS,
    clock=During(LEADS.c.created_day),
    formula="number of leads created",
    phasing=Phasing.DAILY,
)

COST_PER_LEAD = Composition(
    key="cost_per_lead",
    label="Cost per lead",
    unit=Unit.MONEY,
    better=Better.DOWN,
    help="Paid (media) cost dated in the period ÷ leads created in it. Leads that nobody paid for count "
    "too, unless a channel or campaign is chosen.",
    department="marketing",
    formula="media cost ÷ leads",
    parts=(SPEND_PAID, LEADS_CREATED),
    combine=ratio(SPEND_PAID, LEADS_CREATED),
    n_of="leads_created",
    errors=("leads_created",),
)

_response = LEADS.c.response_seconds

LEAD_RESPONSE = KPI(
    key="lead_response",
    label="Leads answered in time",
    unit=Unit.SHARE,
    better=Better.UP,
    help=f"Of the leads created in the period, the share that got a first response within {_PROMPT} working "
    "hours: hours on which the organisation works, holidays left out. A lead without a response counts as "
    f"late. Leads are judged after {_PATIENCE} days; younger ones are left out.",
    department="marketing",
    fact=LEADS,
    clock=Cohort(LEADS.c.created_day, LEADS.c.response_day, within=_PATIENCE),
    each=flag(_response.between(0, _PROMPT * 3600)),
    per=1,
    formula=f"leads answered within {_PROMPT} working hours ÷ leads",
)

LEAD_RESPONSE_TIME = KPI(
    key="lead_response_time",
    label="First response to leads, median",
    unit=Unit.HOURS,
    better=Better.DOWN,
    help="Working hours from a lead's creation to its first response, over the first responses given in the "
    "period: half took longer. Leads that nobody answered are not in it: see the share answered in time.",
    department="marketing",
    fact=LEADS,
    clock=During(LEADS.c.response_day),
    among=(
        Condition(LEADS.c.response_day.isnot(None), "not answered"),
        Condition(_response >= 0, "answered before they were created"),
    ),
    each=_response,
    per=1,
    spread=True,
    median=True,
    no_value="without a creation date",
    formula="median of the working hours to the first response",
)

LEADS_ANSWERED = KPI(
    key="leads_answered",
    label="Leads answered",
    unit=Unit.SHARE,
    better=Better.UP,
    help=f"Of the leads created in the period, the share that got a first response within {_HORIZON} days, "
    "as long as a lead has to become a customer. Younger leads cannot be judged yet and are left out.",
    department="marketing",
    fact=LEADS,
    clock=Cohort(LEADS.c.created_day, LEADS.c.response_day, within=_HORIZON),
    per=1,
    formula=f"leads answered within {_HORIZON} days ÷ leads",
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

ACQUISITION = (
    SPEND_PAID,
    SPEND_LOADED,
    CAC,
    CAC_LOADED,
    LEADS_CREATED,
    COST_PER_LEAD,
    LEAD_RESPONSE,
    LEAD_RESPONSE_TIME,
    LEADS_ANSWERED,
    LEAD_CONVERSION,
    LEAD_TO_OPPORTUNITY,
)
