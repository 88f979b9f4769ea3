"""The five reports: written once as values, rendered for screen, paper and spreadsheets."""

from kpis.reports.catalog import REPORTS
from kpis.reports.compose import gather, write
from kpis.reports.document import Document
from kpis.reports.names import Names
from kpis.reports.scope import Asked, Found
from kpis.reports.section import Report

__all__ = ["REPORTS", "Asked", "Document", "Found", "Names", "Report", "gather", "write"]
