"""Rows that a demo CRM is too tidy to have: what is empty, moved, late, early or in conflict."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, Engine, delete, update

from crm_data.schema import customers, organisation, sales
from tests.kpis.awkward_customers import spoil_accounts, spoil_memberships
from tests.kpis.awkward_engagement import spoil_engagement
from tests.kpis.awkward_marketing import spoil_marketing
from tests.kpis.awkward_rows import every, instant, put
from tests.kpis.awkward_sales import spoil_costs, spoil_course, spoil_deals, spoil_invoices, spoil_leads
from tests.kpis.awkward_service import spoil_service


def spoil(engine: Engine, today: date) -> None:
    """Plant them. Days and rows are chosen by key, so that the same demo is spoiled in the same way."""
    with engine.begin() as crm:
        _fiscal_year(crm)
        spoil_accounts(crm)
        spoil_memberships(crm, today)
        spoil_deals(crm, today)
        spoil_invoices(crm, today)
        spoil_course(crm, today)
        spoil_leads(crm, today)
        spoil_costs(crm)
        spoil_marketing(crm, today)
        spoil_service(crm, today)
        spoil_engagement(crm, today)
        _forget_the_spoiling(crm, today)


def _fiscal_year(crm: Connection) -> None:
    """The year begins in February, and so do the plan rates."""
    crm.execute(update(organisation.organisation).values(fiscal_start_month=2))
    rates = organisation.exchange_rates
    for row in every(crm, rates, 1, 0):
        if row["kind"] == "plan":
            put(crm, rates, row["id"], valid_on=row["valid_on"].replace(month=2))


def _forget_the_spoiling(crm: Connection, today: date) -> None:
    """The triggers have noted the changes at the real time of day; here they are as if always so."""
    for history in (customers.account_history, sales.opportunity_history):
        crm.execute(delete(history).where(history.c.changed_at > instant(today, 23, 0)))
