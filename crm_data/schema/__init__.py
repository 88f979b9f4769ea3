"""The CRM database: one table for each thing a CRM knows. Same on SQLite and PostgreSQL."""

from crm_data.schema import customers, marketing, organisation, sales, service, system
from crm_data.schema.base import metadata

__all__ = ["customers", "marketing", "metadata", "organisation", "sales", "service", "system"]
