"""The pages: their scripts' names, which are their URLs, and where they stand in the bar."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """A page. `group`: its heading in the bar; None: not in the bar, others lead to it."""

    name: str
    title: str
    group: str | None = None


#: In the order of the bar; the first is the start page.
PAGES = (
    Entry("overview", "Overview", "Overview"),
    Entry("sales", "Sales", "Sales"),
    Entry("marketing", "Marketing", "Marketing"),
    Entry("service", "Service", "Service"),
    Entry("cases", "Cases", "Service"),
    Entry("customers", "Customers", "Customers"),
    Entry("contacts", "Contacts", "Customers"),
    Entry("reports", "Reports", "Reports"),
    Entry("alerts", "Alerts", "Reports"),
    Entry("data", "Data", "Data"),
    Entry("import", "Import", "Data"),
    Entry("definitions", "Definitions", "Data"),
    Entry("rows", "Prove it"),
    Entry("customer", "Customer"),
)
