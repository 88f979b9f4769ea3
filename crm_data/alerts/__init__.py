"""Alert rules and the alerts that they gave, in the CRM database. What a rule means is in kpis.alerts."""

from crm_data.alerts.events import Event, history, open_events
from crm_data.alerts.rules import Rule, delete, read_rules, restore, save, switch
from crm_data.alerts.runs import Finding, Gone, Overtaken, Recorded, going_on, record, set_state

__all__ = [
    "Event",
    "Finding",
    "Gone",
    "Overtaken",
    "Recorded",
    "Rule",
    "delete",
    "going_on",
    "history",
    "open_events",
    "read_rules",
    "record",
    "restore",
    "save",
    "set_state",
    "switch",
]
