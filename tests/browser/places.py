"""Every page there is, and what can be opened on it: the addresses that tests of all pages visit."""

from __future__ import annotations

from ui.pages import PAGES

#: What pages show with parameters, beside what they show without. Keys are those of the demo CRM.
_OPENED = {
    "rows": ("kpi=revenue_won", "kpi=cac&by=region", "kpi=csat_response&rows=out"),
    "customer": ("account=1",),
    "alerts": ("kpi=churn_rate&period=last-quarter", "rule=1"),
    "data": ("finding=email-twice",),
    "contacts": ("contact=1", "finding=duplicates"),
    "cases": ("case=1",),
    "reports": ("report=sales",),
}


def places() -> list[str]:
    """Paths with their parameters, start page first."""
    found = []
    for entry in PAGES:
        path = "/" if entry is PAGES[0] else f"/{entry.name}"
        found += [path, *(f"{path}?{parameters}" for parameters in _OPENED.get(entry.name, ()))]
    return found
