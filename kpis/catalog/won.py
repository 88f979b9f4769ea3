"""Revenue won: what sales is measured by, and quotas are set for."""

from kpis.catalog.facts import DEALS
from kpis.model import KPI, Better, Condition, During, Phasing, Unit

REVENUE_WON = KPI(
    key="revenue_won",
    label="Revenue won",
    unit=Unit.MONEY,
    better=Better.UP,
    help="The amounts of the deals won in the period, each at the exchange rate of the day it was won.",
    department="sales",
    fact=DEALS,
    clock=During(DEALS.c.closed_day),
    among=(Condition(DEALS.c.status == "won", "lost or still open"),),
    each=DEALS.c.amount_cents,
    no_value="without an amount",
    formula="Σ amount of deals won",
    phasing=Phasing.DAILY,
)
