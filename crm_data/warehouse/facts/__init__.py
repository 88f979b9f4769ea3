"""The fact tables of the copy, by department: one row = one business event, or one span of time."""

from crm_data.warehouse.facts.base import CATEGORIES, facts
from crm_data.warehouse.facts.customers import buying_days, customer_spells, customers, invoice_lines, sites
from crm_data.warehouse.facts.engagement import activities, loyalty_points, loyalty_spells, quiet_spells
from crm_data.warehouse.facts.goals import targets
from crm_data.warehouse.facts.marked import carrier, marked, owner_of
from crm_data.warehouse.facts.marketing import (
    attributions,
    campaign_members,
    emails,
    leads,
    social_mentions,
    spend,
    web_traffic,
)
from crm_data.warehouse.facts.sales import (
    close_dates,
    deal_spells,
    deals,
    quotes,
    receivable_spells,
    stage_visits,
    stages,
)
from crm_data.warehouse.facts.service import (
    answers,
    article_views,
    case_closings,
    case_spells,
    cases,
    invitations,
)

__all__ = [
    "CATEGORIES",
    "activities",
    "answers",
    "article_views",
    "attributions",
    "buying_days",
    "campaign_members",
    "carrier",
    "case_closings",
    "case_spells",
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
    "loyalty_points",
    "loyalty_spells",
    "marked",
    "owner_of",
    "quiet_spells",
    "quotes",
    "receivable_spells",
    "sites",
    "social_mentions",
    "spend",
    "stage_visits",
    "stages",
    "targets",
    "web_traffic",
]
