"""Whether customers stay, come back, buy again, and pay more or less than before."""

from kpis.catalog.facts import CUSTOMER, CUSTOMER_SPELLS, CUSTOMERS
from kpis.model import KPI, AsOf, AtClose, Better, Cohort, Condition, During, Phasing, Unit

_spells = CUSTOMER_SPELLS.c
_REPEAT_HORIZON = 180  # days: half of the usual window can be judged

REACTIVATED = KPI(
    key="reactivated",
    label="Customers won back",
    unit=Unit.COUNT,
    better=Better.UP,
    help="Customers who had been lost and came back in the period: a new contract after a gap, or an order "
    "after a silence longer than their segment's threshold.",
    department="customers",
    fact=CUSTOMER_SPELLS,
    clock=During(_spells.start_day),
    among=(Condition(_spells.start_reason == "back", "new, or moved or changed their contract"),),
    formula="number of customers who came back",
    phasing=Phasing.DAILY,
)

JOINED = KPI(
    key="customers_joined",
    label="Customers joined",
    unit=Unit.COUNT,
    better=Better.UP,
    help="Accounts that became customers in the period and had never been one: by contract or, where no "
    "contract is recorded, by their first order.",
    department="customers",
    fact=CUSTOMER_SPELLS,
    clock=During(_spells.start_day),
    among=(Condition(_spells.start_reason == "new", "came back, or moved or changed their contract"),),
    formula="number of accounts that became customers",
    phasing=Phasing.DAILY,
)

REVENUE_LOST = KPI(
    key="revenue_lost",
    label="Recurring revenue lost",
    unit=Unit.MONEY,
    better=Better.DOWN,
    help="What the customers lost in the period had paid a month. A customer who stays and pays less is "
    "not in it.",
    department="customers",
    fact=CUSTOMER_SPELLS,
    clock=During(_spells.end_day),
    among=(Condition(_spells.end_reason == "lost", "moved or changed their contract"),),
    each=_spells.monthly_cents,
    no_value="without recurring revenue",
    formula="Σ monthly amounts of the customers lost",
    phasing=Phasing.DAILY,
)

RECURRING_REVENUE = KPI(
    key="mrr",
    label="Monthly recurring revenue",
    unit=Unit.MONEY,
    better=Better.UP,
    help="What the customers at the end of the period pay a month under their contracts. Customers without "
    "a contract, or without an amount in it, are left out.",
    department="customers",
    fact=CUSTOMER_SPELLS,
    clock=AsOf(CUSTOMER),
    each=_spells.monthly_cents,
    no_value="without recurring revenue",
    formula="Σ monthly amounts of the contracts in force at the end",
)

NET_RETENTION = KPI(
    key="nrr",
    label="Net revenue retention",
    unit=Unit.SHARE,
    better=Better.UP,
    help="Of the monthly recurring revenue at the start of the period, the share that the same customers pay "
    "at its end: losses and lower prices count against it, higher prices for it. Customers who joined in "
    "the period are not counted. A customer without an amount at either end is left out.",
    department="customers",
    fact=CUSTOMER_SPELLS,
    clock=Cohort(CUSTOMER, None),
    each=AtClose(_spells.monthly_cents, CUSTOMER),
    per=_spells.monthly_cents,
    no_value="without recurring revenue at the start or at the end",
    formula="recurring revenue at the end, of the customers at the start ÷ their recurring revenue then",
)

GROSS_RETENTION = KPI(
    key="grr",
    label="Gross revenue retention",
    unit=Unit.SHARE,
    better=Better.UP,
    help="As net revenue retention, but no customer counts for more than it paid at the start: what is kept "
    "without any growth.",
    department="customers",
    fact=CUSTOMER_SPELLS,
    clock=Cohort(CUSTOMER, None),
    each=AtClose(_spells.monthly_cents, CUSTOMER, at_most_then=True),
    per=_spells.monthly_cents,
    no_value="without recurring revenue at the start or at the end",
    formula="Σ lesser of recurring revenue at the end and at the start ÷ recurring revenue at the start",
)

REPEAT_PURCHASE = KPI(
    key="repeat_purchase",
    label="Repeat purchase rate",
    unit=Unit.SHARE,
    better=Better.UP,
    help="Of the customers whose first purchase falls in the period, the share that bought on another day "
    f"within {_REPEAT_HORIZON} days of it. Each bill is a purchase: customers who are billed every month "
    "nearly all buy again, so the rate says little of them. Customers younger than that are left out.",
    department="customers",
    fact=CUSTOMERS,
    clock=Cohort(CUSTOMERS.c.first_day, CUSTOMERS.c.second_day, within=_REPEAT_HORIZON),
    per=1,
    formula=f"customers who bought again within {_REPEAT_HORIZON} days ÷ customers who first bought in the "
    "period",
)

RETENTION = (
    JOINED,
    REACTIVATED,
    REVENUE_LOST,
    RECURRING_REVENUE,
    NET_RETENTION,
    GROSS_RETENTION,
    REPEAT_PURCHASE,
)
