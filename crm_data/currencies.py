"""Currencies whose amounts cannot be converted yet, because no exchange rate is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Connection, func, select

from crm_data.organisation import read_organisation
from crm_data.schema.customers import memberships
from crm_data.schema.marketing import spend
from crm_data.schema.organisation import exchange_rates
from crm_data.schema.sales import invoices, opportunities, opportunity_history, quotes
from crm_data.schema.types import Money

#: The days at whose rates the copy converts amounts.
_DAYS: tuple[Column[Any], ...] = (
    opportunities.c.opened_on,
    opportunities.c.closed_on,
    opportunities.c.updated_at,  # of a deal without either
    opportunity_history.c.changed_at,
    quotes.c.sent_on,
    invoices.c.issued_on,
    memberships.c.started_on,
    spend.c.spent_on,
)


@dataclass(frozen=True)
class Lacking:
    """No rate of `currency` is known on `since`, the first day on which there are amounts in it."""

    currency: str
    since: date


def currencies_lacking(connection: Connection) -> list[Lacking]:
    """The currencies that keep the copy from following the CRM, in alphabetical order.

    It reads all rows with amounts: ask only once something is known to lack.
    """
    books = read_organisation(connection)
    first: dict[str, date] = {}
    for day in _DAYS:
        currency = day.table.c.currency
        amounts = [column for column in day.table.c if isinstance(column.type, Money)]
        there = [day.is_not(None), *(column.is_not(None) for column in amounts)]
        used = (
            select(currency, func.min(day)).where(currency != books.base_currency, *there).group_by(currency)
        )
        for code, since in connection.execute(used):
            since = since.astimezone(books.zone).date() if isinstance(since, datetime) else since
            first[code] = min(since, first.get(code, since))
    rates = exchange_rates.c
    known = select(rates.currency, func.min(rates.valid_on)).where(rates.kind == "daily")
    covered = {row[0]: row[1] for row in connection.execute(known.group_by(rates.currency))}
    return [
        Lacking(code, since)
        for code, since in sorted(first.items())
        if code not in covered or since < covered[code]
    ]
