"""How many rows of a window each KPI of sales must say that it left out, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from kpis.period import Period
from tests.kpis import recompute_billing as billing
from tests.kpis import recompute_pipeline as pipeline
from tests.kpis import recompute_sales as sales
from tests.kpis.recompute_crm import Crm


def _closed(crm: Crm, window: Period) -> Iterator[tuple[str, int | None, int | None]]:
    rows = sales.deals(crm)
    columns = (rows[name] for name in ("status", "closed", "cents", "contact"))
    for status, closed, cents, contact in zip(*columns, strict=True):
        if status != "open" and closed is not None and closed in window:
            yield status, cents, contact


def won(crm: Crm, window: Period) -> Iterator[str]:
    return ("won or still open" for status, _, _ in _closed(crm, window) if status == "won")


def unweighable(crm: Crm, window: Period) -> Iterator[str]:
    return ("without an amount" for _, cents, _ in _closed(crm, window) if cents is None or cents <= 0)


def without_contact(crm: Crm, window: Period) -> Iterator[str]:
    for status, _, contact in _closed(crm, window):
        if status == "lost":
            yield "lost or still open"
        elif contact is None:
            yield "without an activity before the win"


def unjudged_visits(crm: Crm, window: Period) -> Iterator[str]:
    rows = pipeline.visits(crm)
    for entered, first, place in zip(rows["entered"], rows["first"], rows["place"], strict=True):
        if entered not in window:
            continue
        if not first:
            yield "entered again"
        elif place is None:
            yield "in a stage without a place in the order"
        elif crm.today - entered <= timedelta(days=90):
            yield "too young to judge: not 90 days old yet"


def moved_earlier(crm: Crm, window: Period) -> Iterator[str]:
    rows = pipeline.close_dates(crm)
    for due, moved, moved_to in zip(rows["due"], rows["moved"], rows["moved_to"], strict=True):
        if moved is not None and moved in window and moved_to < due:
            yield "moved to an earlier day"


def young_quotes(crm: Crm, window: Period) -> Iterator[str]:
    for sent in pipeline.quotes_sent(crm, window)["sent"]:
        if crm.today - sent <= timedelta(days=60):
            yield "too young to judge: not 60 days old yet"


def not_yet_due(crm: Crm, window: Period) -> Iterator[str]:
    last = Period(window.start, min(window.end, crm.today + timedelta(days=1)))
    return ("not yet due" for late in billing.receivables(crm, last)["overdue"] if not late)


def not_so_late(crm: Crm, window: Period) -> Iterator[str]:
    last = Period(window.start, min(window.end, crm.today + timedelta(days=1)))
    rows = billing.receivables(crm, last)
    for overdue, late in zip(rows["overdue"], rows["late"], strict=True):
        if not overdue:
            yield "not yet due"
        elif not 31 <= late <= 60:
            yield f"overdue for {'less than 31' if late < 31 else 'more than 60'} days"


def nothing(_crm: Crm, _window: Period) -> Iterator[str]:
    return iter(())


SALES: dict[str, Callable[[Crm, Period], Iterator[str]]] = {
    "deals_lost": won,
    "deals_opened": nothing,
    "win_rate_value": unweighable,
    "sales_cycle_first_contact": without_contact,
    "stage_conversion": unjudged_visits,
    "time_in_stage": nothing,
    "slip_rate": nothing,
    "slips": moved_earlier,
    "quotes_sent": nothing,
    "quote_acceptance": young_quotes,
    "revenue_invoiced": nothing,
    "receivables": nothing,
    "invoices_overdue": not_yet_due,
    "overdue_60": not_so_late,
}
