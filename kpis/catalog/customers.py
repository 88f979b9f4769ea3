"""Who our customers are, whom we lose, and what they are worth."""

from collections.abc import Mapping
from fractions import Fraction

from kpis.catalog.facts import CUSTOMER, CUSTOMER_SPELLS, CUSTOMERS, INVOICE_LINES
from kpis.model import (
    KPI,
    AsOf,
    Better,
    Cohort,
    Combined,
    Composition,
    Condition,
    During,
    Phasing,
    Throughout,
    Unit,
    Windows,
)

DAYS_PER_MONTH = Fraction(36525, 1200)
LONGEST_LIFETIME = 60  # months

_spells = CUSTOMER_SPELLS.c

NEW_CUSTOMERS = KPI(
    key="new_customers",
    label="New customers",
    unit=Unit.COUNT,
    better=Better.UP,
    help="Accounts whose first purchase falls in the period.",
    department="customers",
    fact=CUSTOMERS,
    clock=During(CUSTOMERS.c.first_day),
    formula="number of first purchases",
    phasing=Phasing.DAILY,
)

ACTIVE_CUSTOMERS = KPI(
    key="active_customers",
    label="Active customers",
    unit=Unit.COUNT,
    better=Better.UP,
    help="Accounts that were customers at the end of the period: under contract or, where no contract is "
    "recorded, not silent for longer than their segment's threshold.",
    department="customers",
    fact=CUSTOMER_SPELLS,
    clock=AsOf(CUSTOMER),
    formula="number of customers at the end",
)

CHURN_RATE = KPI(
    key="churn_rate",
    label="Churn rate",
    unit=Unit.SHARE,
    better=Better.DOWN,
    help="Of the customers at the start of the period, the share lost in it. Customers who joined in the "
    "period are not counted, and a customer who was lost and came back counts as lost.",
    department="customers",
    fact=CUSTOMER_SPELLS,
    clock=Cohort(CUSTOMER, _spells.lost_day),
    per=1,
    formula="customers at the start who were lost ÷ customers at the start",
    phasing=Phasing.COMPOUND,
)

CHURN_REVENUE = KPI(
    key="churn_revenue",
    label="Revenue churn",
    unit=Unit.SHARE,
    better=Better.DOWN,
    help="Of the monthly recurring revenue at the start of the period, the share that was with customers "
    "lost in it. A customer who stays and pays less is contraction, not churn.",
    department="customers",
    fact=CUSTOMER_SPELLS,
    clock=Cohort(CUSTOMER, _spells.lost_day),
    each=_spells.monthly_cents,
    per=_spells.monthly_cents,
    no_value="without recurring revenue",
    formula="recurring revenue lost ÷ recurring revenue at the start",
    phasing=Phasing.COMPOUND,
)

CUSTOMERS_LOST = KPI(
    key="customers_lost",
    label="Customers lost",
    unit=Unit.COUNT,
    better=Better.DOWN,
    help="Customers whose contract ended in the period with no other to continue it, or who fell silent.",
    department="customers",
    fact=CUSTOMER_SPELLS,
    clock=During(_spells.end_day),
    among=(Condition(_spells.end_reason == "lost", "moved or changed their contract"),),
    formula="number of customers lost",
    phasing=Phasing.DAILY,
)

CUSTOMER_DAYS = KPI(
    key="customer_days",
    label="Customer days",
    unit=Unit.DAYS,
    better=Better.UP,
    help="For each customer the days of the period on which it was one.",
    department="customers",
    fact=CUSTOMER_SPELLS,
    clock=Throughout(CUSTOMER),
    formula="Σ days as a customer",
    phasing=Phasing.DAILY,
)

GROSS_MARGIN = KPI(
    key="gross_margin",
    label="Gross margin",
    unit=Unit.MONEY,
    better=Better.UP,
    help="Amount less cost of the invoice lines dated in the period; credit notes are negative. "
    "Lines without a cost are left out.",
    department="customers",
    fact=INVOICE_LINES,
    clock=During(INVOICE_LINES.c.issued_day),
    each=INVOICE_LINES.c.margin_cents,
    no_value="without a cost",
    moments=True,
    formula="Σ (amount - cost) of invoice lines",
    phasing=Phasing.DAILY,
)


def _monthly_churn(totals: Mapping[str, Fraction]) -> Combined:
    months = totals["customer_days"] / DAYS_PER_MONTH
    terms = {
        "customers_lost": (Fraction(1), Fraction(0)),
        "customer_days": (Fraction(0), 1 / DAYS_PER_MONTH),
    }
    return Combined(totals["customers_lost"], months, terms)


def _lifetime_value(totals: Mapping[str, Fraction]) -> Combined:
    """margin per customer-month × min(1 ÷ monthly churn, 60) = margin ÷ max(losses, customer-months ÷ 60)"""
    margin, lost = totals["gross_margin"], totals["customers_lost"]
    per_day = 1 / DAYS_PER_MONTH / LONGEST_LIFETIME
    capped = totals["customer_days"] * per_day
    margin_term = {"gross_margin": (Fraction(1), Fraction(0))}
    if lost > capped:
        return Combined(margin, lost, margin_term | {"customers_lost": (Fraction(0), Fraction(1))})
    note = (
        f"The lifetime is capped at {LONGEST_LIFETIME} months: fewer customers were lost than that implies."
    )
    return Combined(margin, capped, margin_term | {"customer_days": (Fraction(0), per_day)}, (note,))


CHURN_MONTHLY = Composition(
    key="churn_monthly",
    label="Monthly churn",
    unit=Unit.SHARE,
    better=Better.DOWN,
    help="Customers lost per customer and month, over a period of any length: losses ÷ months spent as a "
    "customer by all. New customers count for the days they were there.",
    department="customers",
    formula="customers lost ÷ (customer days ÷ 30.4375)",
    parts=(CUSTOMERS_LOST, CUSTOMER_DAYS),
    combine=_monthly_churn,
    n_of="customers_lost",
    errors=("customers_lost",),
    may_be_empty=("customers_lost",),
)

CLTV = Composition(
    key="cltv",
    label="Lifetime value",
    unit=Unit.MONEY,
    better=Better.UP,
    help="What a customer brings over its lifetime at the period's pace: gross margin per customer and "
    f"month × lifetime in months (1 ÷ monthly churn, at most {LONGEST_LIFETIME}). Margin, not revenue.",
    department="customers",
    formula=f"margin per customer-month × min(1 ÷ monthly churn, {LONGEST_LIFETIME})",
    parts=(GROSS_MARGIN, CUSTOMERS_LOST, CUSTOMER_DAYS),
    combine=_lifetime_value,
    n_of="customers_lost",
    errors=("gross_margin", "customers_lost"),
    may_be_empty=("customers_lost",),
    windows=Windows.MONTH,
    additive=False,
)

CLTV_REALISED = KPI(
    key="cltv_realised",
    label="Margin of the first year",
    unit=Unit.MONEY,
    better=Better.UP,
    help="What customers who first bought in the period really brought in the 365 days from then: mean gross "
    "margin. Customers younger than that are left out, so all are compared at the same age.",
    department="customers",
    fact=CUSTOMERS,
    clock=Cohort(CUSTOMERS.c.first_day, CUSTOMERS.c.first_day, within=365),
    each=CUSTOMERS.c.first_year_margin_cents,
    per=1,
    no_value="without a known margin",
    formula="Σ margin of each customer's first 365 days ÷ customers",
)

CUSTOMER_KPIS = (
    NEW_CUSTOMERS,
    ACTIVE_CUSTOMERS,
    CHURN_RATE,
    CHURN_REVENUE,
    CHURN_MONTHLY,
    CUSTOMERS_LOST,
    CUSTOMER_DAYS,
    GROSS_MARGIN,
    CLTV,
    CLTV_REALISED,
)
