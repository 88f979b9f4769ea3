"""The organisation's goals."""

from sqlalchemy import Column, Float, String, Table

from crm_data.warehouse.facts.base import days, facts

# The organisation's goals, as they are in the CRM database. Not a fact: nothing is counted here.
targets = Table(
    "targets",
    facts,
    Column("kpi", String),
    Column("dimension", String),
    Column("member", String),
    *days("start_day", "end_day"),
    Column("target", Float),
    Column("floor", Float),
)
