"""What was invoiced, and what customers still owe of it."""

from collections.abc import Mapping
from fractions import Fraction

from sqlalchemy import Date, Integer, cast, literal

from kpis.catalog.facts import INVOICE_LINES, RECEIVABLE, RECEIVABLES
from kpis.model import KPI, Aged, AsOf, Better, Combined, Composition, Condition, During, Phasing, Unit

_TRAILING = 90  # days

REVENUE_INVOICED = KPI(
    key="revenue_invoiced",
    label="Revenue invoiced",
    unit=Unit.MONEY,
    better=Better.UP,
    help="The lines of the invoices issued in the period, each at the exchange rate of that day; credit "
    "notes are taken off.",
    department="sales",
    fact=INVOICE_LINES,
    clock=During(INVOICE_LINES.c.issued_day),
    each=INVOICE_LINES.c.amount_cents,
    no_value="without an amount",
    formula="Σ amount of invoice lines - Σ amount of credit notes",
    phasing=Phasing.DAILY,
)

RECEIVABLES_OPEN = KPI(
    key="receivables",
    label="Receivables",
    unit=Unit.MONEY,
    better=Better.NEITHER,
    help="What customers had not yet paid, at the end of the period, of the invoices issued by then; each at "
    "the exchange rate of the day it was issued. Credit notes are not set against it.",
    department="sales",
    fact=RECEIVABLES,
    clock=AsOf(RECEIVABLE),
    each=RECEIVABLES.c.amount_cents,
    no_value="without an amount",
    formula="Σ (amount - payments) of invoices unpaid at the end",
)

INVOICES_OVERDUE = KPI(
    key="invoices_overdue",
    label="Overdue",
    unit=Unit.MONEY,
    better=Better.DOWN,
    help="What customers had not yet paid, at the end of the period, of the invoices whose due day was past.",
    department="sales",
    fact=RECEIVABLES,
    clock=AsOf(RECEIVABLE),
    among=(Condition(RECEIVABLES.c.overdue == 1, "not yet due"),),
    each=RECEIVABLES.c.amount_cents,
    no_value="without an amount",
    formula="Σ (amount - payments) of invoices overdue at the end",
)


#: The day on which an invoice fell overdue, the one after it was due.
_OVERDUE_SINCE = cast(RECEIVABLES.c.due_day + literal(1, Integer), Date)


def _overdue(key: str, least: int, most: int | None) -> KPI:
    """What is overdue for so many days."""
    days = f"{least} to {most} days" if most else f"more than {least - 1} days"
    return KPI(
        key=key,
        label=f"Overdue {days}",
        unit=Unit.MONEY,
        better=Better.DOWN,
        help=f"What customers had not yet paid, at the end of the period, of the invoices overdue for {days} "
        "by then. The four bands are together what is overdue.",
        department="sales",
        fact=RECEIVABLES,
        clock=AsOf(RECEIVABLE),
        among=INVOICES_OVERDUE.among,
        aged=Aged(_OVERDUE_SINCE, least, most, "overdue"),
        each=RECEIVABLES.c.amount_cents,
        no_value="without an amount",
        formula=f"Σ (amount - payments) of invoices overdue for {days} at the end",
    )


OVERDUE_BY_AGE = (
    _overdue("overdue_30", 1, 30),
    _overdue("overdue_60", 31, 60),
    _overdue("overdue_90", 61, 90),
    _overdue("overdue_older", 91, None),
)


def _dso(totals: Mapping[str, Fraction]) -> Combined:
    """Receivables in days of revenue: × 90 above the line, so that every row's part is exact."""
    days, nothing = Fraction(_TRAILING), Fraction(0)
    terms = {"receivables": (days, nothing), "revenue_invoiced": (nothing, Fraction(1))}
    return Combined(totals["receivables"] * days, totals["revenue_invoiced"], terms)


DSO = Composition(
    key="dso",
    label="Days sales outstanding",
    unit=Unit.DAYS,
    better=Better.DOWN,
    help="How many days of revenue customers owe: receivables at the end of the period against what was "
    f"invoiced in the {_TRAILING} days up to then, whatever the length of the period.",
    department="sales",
    formula=f"receivables × {_TRAILING} ÷ revenue invoiced in the last {_TRAILING} days",
    parts=(RECEIVABLES_OPEN, REVENUE_INVOICED),
    combine=_dso,
    n_of="receivables",
    errors=(),
    over={"revenue_invoiced": _TRAILING},
)

BILLING = (REVENUE_INVOICED, RECEIVABLES_OPEN, INVOICES_OVERDUE, *OVERDUE_BY_AGE, DSO)
