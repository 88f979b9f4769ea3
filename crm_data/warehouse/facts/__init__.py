"""The fact tables of the copy, by department: one row = one business event, or one span of time."""

from crm_data.warehouse.facts.base import CATEGORIES, facts
from crm_data.warehouse.facts.customers import customer_spells, customers, invoice_lines
from crm_data.warehouse.facts.goals import targets
from crm_data.warehouse.facts.marketing import emails, leads, spend
from crm_data.warehouse.facts.sales import (
    close_dates,
    deal_spells,
    deals,
    quotes,
    receivable_spells,
    stage_visits,
    stages,
)
from crm_data.warehouse.facts.service import answers, cases, invitations

__all__ = [
    "CATEGORIES",
    "answers",
    "cases",
    "close_dates",
    "customer_spells",
    "customers",
    "deal_spells",
    "deals",
    "emails",
    "facts",
    "invitations",
    "invoice_lines",
    "leads",
    "quotes",
    "receivable_spells",
    "spend",
    "stage_visits",
    "stages",
    "targets",
]
