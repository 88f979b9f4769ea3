"""What a small demo holds, on both databases: whole, consistent, within its time, of nobody real."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import Date, Engine, Table, func, select, text

from crm_data.schema import metadata
from crm_data.schema.customers import accounts, contacts
from crm_data.schema.organisation import exchange_rates, holidays, users
from crm_data.schema.sales import leads
from crm_data.schema.types import UTCDateTime
from tests.demo.conftest import SMALL, _file, make

pytestmark = pytest.mark.xdist_group("small demo")  # made once

#: Days and instants that may lie ahead.
PLANNED = {"due_on", "valid_until", "expected_close", "due_at", "response_due_at", "ends_on", "period_start",
           "period_end", "snoozed_until"}  # fmt: skip
#: Columns that a demo leaves empty: it comes from no other system, and nobody has worked with it yet.
EMPTY = {"custom", "source_id", "before", "merged_into_id", "act", "undoes", "deed"}
EMPTY |= {"filters", "deleted_at", "cleared_at", "ended", "state_actor", "n", "compared"}  # of alerts
EMPTY |= {"mapping", "decisions", "undone_at", "undone_by"}  # of imports
#: Tables that are filled by deletions, by the app, by people, and by what an import changes.
UNTOUCHED = {"tombstones", "alert_watch", "kept_reports", "kept_rows", "contacts_apart"}
UNTOUCHED |= {"custom_dimensions"}
UNTOUCHED |= {name for name in metadata.tables if name.startswith("import_")}
KEPT_FREE = (
    r"\+1 (212|305|416) 555 01\d\d|\+49 30 23125 \d{3}|\+46 8 465 004 \d\d|\+44 20 7946 0\d{3}|"
    r"\+33 1 99 00 \d\d \d\d|\+61 2 5550 \d{4}"
)


def test_every_column_of_every_table_is_filled(demo: Engine) -> None:
    with demo.connect() as connection:
        for table in metadata.tables.values():
            if table.name not in UNTOUCHED:
                filled = connection.execute(select(*(func.count(column) for column in table.c))).one()
                assert {c.name for c, count in zip(table.c, filled, strict=True) if not count} <= EMPTY, (
                    table.name
                )


def test_every_reference_leads_to_a_row(demo: Engine) -> None:
    """On SQLite nothing else looks; PostgreSQL would have refused."""
    with demo.connect() as connection:
        for table in metadata.tables.values():
            for key in table.foreign_keys:
                to = key.column.table.alias()
                lost = select(func.count()).select_from(table.outerjoin(to, key.parent == to.c.id))
                assert not connection.scalar(lost.where(key.parent.is_not(None), to.c.id.is_(None))), key
        if demo.dialect.name == "sqlite":
            assert connection.execute(text("PRAGMA integrity_check")).scalars().all() == ["ok"]


def test_everything_happens_between_the_first_day_and_now(demo: Engine) -> None:
    now = datetime.fromisoformat(f"{SMALL.now}+00:00")
    with demo.connect() as connection:
        for table in metadata.tables.values():
            for column in table.c:
                if column.name in PLANNED or not isinstance(column.type, Date | UTCDateTime):
                    continue
                first, last = connection.execute(select(func.min(column), func.max(column))).one()
                if isinstance(first, datetime):
                    assert first.date() >= SMALL.start, column
                    assert last <= now, column
                elif first is not None:
                    whole_years = table in (exchange_rates, holidays)
                    assert first >= (date(SMALL.start.year, 1, 1) if whole_years else SMALL.start), column
                    assert last <= SMALL.today or table is holidays, column  # they are known ahead


def test_events_follow_each_other(demo: Engine) -> None:
    later = {
        "emails": ("sent_at", "delivered_at", "opened_at", "clicked_at"),
        "cases": ("opened_at", "first_response_at", "resolved_at"),
        "case_reopenings": ("resolved_at", "reopened_at"),
        "leads": ("created_at", "converted_at"),
        "invoices": ("issued_on", "due_on"),
        "quotes": ("sent_on", "accepted_on"),
        "loyalty": ("joined_on", "left_on"),
    }
    with demo.connect() as connection:
        for name, columns in later.items():
            table = metadata.tables[name]
            for before, after in pairwise(columns):
                wrong = select(func.count()).where(table.c[after] < table.c[before])
                assert connection.scalar(wrong.select_from(table)) == 0, (name, before, after)


def test_the_history_of_a_deal_ends_with_the_deal(demo: Engine) -> None:
    deal, history = metadata.tables["opportunities"], metadata.tables["opportunity_history"]
    same = ("stage", "amount", "probability", "owner_id", "expected_close")
    with demo.connect() as connection:
        last = {
            row.opportunity_id: row
            for row in connection.execute(select(history).order_by(history.c.changed_at, history.c.id))
        }
        deals = connection.execute(select(deal)).all()
    assert len(last) == len(deals)
    for row in deals:
        assert [getattr(last[row.id], name) for name in same] == [getattr(row, name) for name in same]
        assert (row.status == "open") == (row.closed_on is None)


def test_memberships_follow_on_without_gaps_at_a_new_price(demo: Engine) -> None:
    spell = metadata.tables["memberships"]
    with demo.connect() as connection:
        rows = connection.execute(select(spell).order_by(spell.c.account_id, spell.c.started_on)).all()
    ended_early = [row for row in rows if row.ended_on and row.ended_on < row.started_on]
    assert len(ended_early) == 3
    for before, after in pairwise(rows):
        if before.account_id == after.account_id:
            assert before.ended_on is not None
            assert after.started_on >= before.ended_on
            assert (before.end_reason == "New price") == (after.started_on == before.ended_on)
    assert all(row.ended_on for row in rows if row.end_reason)


def test_money_is_in_cents_and_credits_are_negative(demo: Engine) -> None:
    line, head = metadata.tables["invoice_lines"], metadata.tables["invoices"]
    with demo.connect() as connection:
        rows = connection.execute(
            select(line.c.amount, line.c.cost, head.c.kind, head.c.currency).join(head)
        ).all()
    assert {row.kind for row in rows} == {"invoice", "credit"}
    for row in rows:
        assert row.amount * 100 == int(row.amount * 100)
        assert row.currency != "JPY" or row.amount == int(row.amount)
        assert (row.amount <= 0) == (row.kind == "credit")
        assert abs(row.cost) <= abs(row.amount)


def test_every_currency_has_a_rate_for_every_day(demo: Engine) -> None:
    rate = exchange_rates.c
    with demo.connect() as connection:
        used: set[str] = set()
        for table in metadata.tables.values():
            if "currency" in table.c and table is not exchange_rates:
                used |= set(connection.scalars(select(table.c.currency).distinct())) - {None, "EUR"}
        daily = connection.execute(
            select(rate.currency, func.count(), func.min(rate.valid_on), func.max(rate.valid_on))
            .where(rate.kind == "daily")
            .group_by(rate.currency)
        ).all()
        plans = connection.execute(select(rate.currency, rate.valid_on).where(rate.kind == "plan")).all()
        dollar = select(rate.rate).where(rate.kind == "daily", rate.currency == "USD").order_by(rate.valid_on)
        steps = connection.scalars(dollar).all()
    assert len(used) >= 8
    days = (SMALL.today - SMALL.start).days + 1
    assert {row[0]: tuple(row[1:]) for row in daily} == dict.fromkeys(used, (days, SMALL.start, SMALL.today))
    years = [date(year, 1, 1) for year in range(SMALL.start.year, SMALL.today.year + 1)]
    assert sorted(map(tuple, plans)) == [(currency, year) for currency in sorted(used) for year in years]
    assert all(abs(after / before - 1) < Decimal("0.03") for before, after in pairwise(steps))


def test_people_and_firms_have_reserved_addresses(demo: Engine) -> None:
    with demo.connect() as connection:

        def known(table: Table, name: str) -> list[str]:
            return [value for value in connection.scalars(select(table.c[name])) if value is not None]

        for table in (contacts, leads, users):
            for address in known(table, "email"):
                assert re.fullmatch(r"[a-z0-9.]+@([a-z0-9-]+\.example|example\.com)", address), address
        for table in (accounts, contacts, leads):
            assert all(re.fullmatch(KEPT_FREE, phone) for phone in known(table, "phone"))
        assert all(domain.endswith(".example") for domain in known(accounts, "domain"))
        names = known(accounts, "name")
    assert len(set(names)) == len(names)
    assert {"O'Malley & Daughters Ltd", 'The "Quoted" Bakery Inc.', "شركة النور للتجارة"} <= set(names)


def test_the_same_seed_makes_the_same_rows_on_any_database(
    demo: Engine, sqlite_template: Path, tmp_path: Path
) -> None:
    other = _file(sqlite_template, tmp_path)
    make(other)
    with demo.connect() as here, other.connect() as there:
        for table in metadata.tables.values():
            rows = select(table).order_by(*table.primary_key)
            assert here.execute(rows).all() == there.execute(rows).all(), table.name
    other.dispose()
