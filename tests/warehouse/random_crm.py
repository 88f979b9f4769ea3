"""Small random CRM databases and random changes to them, in every table that the copy reads."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine, delete, insert, update
from sqlalchemy.exc import IntegrityError

from crm_data.custom import OWNERS
from crm_data.schema import metadata
from tests.warehouse.dice import NOW, Dice
from tests.warehouse.random_rows import HEADINGS, ORDER, row

#: A key here comes with a word or day that another row may have.
_UNIQUE = (
    *("exchange_rates", "silence_thresholds", "working_hours", "holidays", "stages"),
    "article_views",
)

__all__ = ["NOW", "ORDER", "change", "fill"]


def fill(engine: Engine, seed: int, rows: int = 8) -> None:
    """Some rows in every table."""
    with engine.begin() as connection:
        d = Dice(seed, connection)
        rates = metadata.tables["exchange_rates"]
        for currency in ("USD", "GBP"):
            rate = {"currency": currency, "valid_on": date(2023, 12, 20), "rate": Decimal("0.9")}
            connection.execute(insert(rates).values(**rate))
        for table in ORDER:
            for _ in range(rows * 3 if table in ("invoices", "invoice_lines", "memberships") else rows):
                _insert(d, table)


def change(engine: Engine, seed: int, steps: int = 40) -> None:
    """Random inserts, updates and deletes, some by plain SQL that knows of no stamp or version."""
    with engine.begin() as connection:
        d = Dice(seed, connection)
        for _ in range(steps):
            d.of(_insert, _update, _delete, _again)(d, d.of(*ORDER))
        for _ in range(2):
            _mark(d)


def _mark(d: Dice) -> None:
    """A custom column becomes a dimension, gets another name, or is one no more."""
    marks = metadata.tables["custom_dimensions"]
    table, heading = d.of(*OWNERS), d.of(*HEADINGS)
    key = f"{OWNERS[table]}.column_{HEADINGS.index(heading)}"
    done = d.connection.execute(delete(marks).where(marks.c.key == key)).rowcount
    if not done or d.random.random() < 0.5:
        made = {"table_name": table, "heading": heading, "name": f"Name {d.random.random()}", "key": key}
        _attempt(d, insert(marks).values(**made))


def _attempt(d: Dice, statement: Any) -> None:
    try:
        with d.connection.begin_nested():
            d.connection.execute(statement)
    except IntegrityError:
        pass  # other rows refer to it, or its key is taken


def _insert(d: Dice, table: str) -> None:
    values = row(table, d)
    if values:
        _attempt(d, insert(metadata.tables[table]).values(**values))


def _update(d: Dice, table: str) -> None:
    """Some columns of one row take random values. Reference rates stay, so that none is missing."""
    target, values, key = metadata.tables[table], row(table, d), d.key(table)
    if not values or not key:
        return
    values.pop("updated_at", None)  # a change that calls itself old is beyond finding
    chosen = {name: value for name, value in values.items() if d.random.random() < 0.5}
    if table == "exchange_rates":
        chosen = {"rate": values["rate"]}
    if table == "cases":
        chosen = values  # status and resolved_at belong together
    if chosen:
        _attempt(d, update(target).where(target.c.id == key).values(**chosen))


def _delete(d: Dice, table: str) -> None:
    target, key = metadata.tables[table], d.key(table)
    if key and table != "exchange_rates":
        _attempt(d, delete(target).where(target.c.id == key))


def _again(d: Dice, table: str) -> None:
    """A row is deleted and another one comes under its key."""
    target, key, values = metadata.tables[table], d.key(table), row(table, d)
    if key and values and table not in _UNIQUE:
        _attempt(d, delete(target).where(target.c.id == key))
        _attempt(d, insert(target).values(id=key, **values))
