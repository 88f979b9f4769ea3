"""Every KPI there is. To add one: define it in its department's file and list it there."""

from kpis.catalog.customers import CUSTOMER_KPIS
from kpis.catalog.engagement import ENGAGEMENT_KPIS
from kpis.catalog.knowledge import KNOWLEDGE
from kpis.catalog.marketing import MARKETING
from kpis.catalog.retention import RETENTION
from kpis.catalog.sales import SALES
from kpis.catalog.satisfaction import SATISFACTION
from kpis.catalog.service import CASE_KPIS
from kpis.model import Definition

DEFINITIONS: dict[str, Definition] = {
    definition.key: definition
    for definition in (
        *(*SALES, *CUSTOMER_KPIS, *RETENTION, *ENGAGEMENT_KPIS),
        *(*MARKETING, *CASE_KPIS, *SATISFACTION, *KNOWLEDGE),
    )
}

#: The six tiles of the Overview.
HEADLINE = ("cac", "cltv", "churn_rate", "sales_cycle_median", "lead_conversion", "csat")
