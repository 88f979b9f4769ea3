"""The fact tables of the copy: one row = one business event, or one span of time.

This is the contract between the copy, which fills them, and `kpis`, which counts them.

- Numbers are whole: money in cents of the base currency (`*_cents`), durations in days or seconds,
  flags 0/1. So sums are exact, in any order, on any engine. NULL means unknown, never 0.
- `day` columns are days in the organisation's time zone.
- Dimensions are named the same everywhere and hold the value at the row's event. NULL is "(none)".
  `owner`, `account` and `article` hold keys whose names stay in the CRM database; the rest hold categories.
- No names of people, no addresses, no free text.
- Spans are half-open: [start_day, end_day), end_day NULL while it lasts. `bad` says in words why
  a span makes no sense (its end precedes its start); such rows are set aside and listed.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, MetaData, SmallInteger, String, Table

facts = MetaData()

#: Text dimensions; the copy keeps each as an ENUM.
CATEGORIES = (
    "region",  # the sales region: the root of the account's, deal's or owner's region
    "country",  # ISO 3166-1 alpha-2
    "segment",
    "industry",
    "size",
    "channel",  # acquisition channel of the customer, lead or deal; channel of the cost
    "team",
    "product",
    "family",
    "campaign",
    "stage",
    "close_reason",
    "lost_reason",
    "start_reason",
    "end_reason",
    "spend_kind",
    "basis",
    "survey",
    "cause",
    "priority",
    "case_channel",
    "case_kind",
    "article_category",
    "plan",
    "tier",
    "lead_status",
    "activity",
    "direction",
    "web_source",
    "network",
)
KEYS = ("owner", "account", "article")


def fact(name: str, *columns: Column) -> Table:  # type: ignore[type-arg]
    return Table(name, facts, Column("id", BigInteger), *columns)


def days(*names: str) -> list[Column]:  # type: ignore[type-arg]
    return [Column(name, Date) for name in names]


def numbers(*names: str) -> list[Column]:  # type: ignore[type-arg]
    return [Column(name, BigInteger) for name in names]


def flags(*names: str) -> list[Column]:  # type: ignore[type-arg]
    return [Column(name, SmallInteger) for name in names]


def dimensions(*names: str) -> list[Column]:  # type: ignore[type-arg]
    return [Column(name, BigInteger if name in KEYS else String) for name in names]


#: What every row about a customer is broken down by.
CUSTOMER = ("account", "region", "country", "segment", "industry", "size", "channel")
