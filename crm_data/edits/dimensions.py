"""Marking a custom column as a dimension, under a name of one's own, and taking the mark away."""

from __future__ import annotations

import re
import unicodedata
from hashlib import sha256

from sqlalchemy import Connection, Engine, select

from crm_data import custom
from crm_data.audit import Row
from crm_data.custom import OWNERS, Column
from crm_data.edits.act import acting
from crm_data.edits.errors import Gone, Invalid
from crm_data.edits.revise import Saved
from crm_data.engine import reported
from crm_data.schema.system import custom_dimensions
from crm_data.warehouse.facts.base import CATEGORIES, KEYS

#: Columns that may be marked at a time: each is a column of every list of rows.
MOST = 20
_NAME, _HEADING, _SLUG = 60, 500, 22  # signs

_c = custom_dimensions.c


def mark(engine: Engine, table: str, heading: str, name: str = "", *, who: str | None = None) -> Saved:
    """Make a custom column of a table a dimension; without a name of its own it has the column's. One that is
    marked gets the new name, and keeps its key.

    Raises Invalid, NotSaved, CrmUnavailable.
    """
    with reported(engine), engine.connect() as connection:  # a look at every row: before anybody has to wait
        columns = custom.columns_of(connection, table) if table in OWNERS else []
    with acting(engine, "mark dimension", who=who) as act:
        there = _row(act.connection, table, heading)
        known = list(act.connection.execute(select(custom_dimensions)).mappings())
        others = [dict(row) for row in known if row["id"] != (there or {}).get("id")]
        called = _plain(name or heading)
        column = next((one for one in columns if one.heading == heading), None)
        problems = _problems(table, heading, column, called, others)
        if problems:
            raise Invalid(problems)
        if there and there["name"] == called:
            return Saved(there["id"], None)
        key = there["key"] if there else key_for(table, heading, [row["key"] for row in others])
        if there:
            act.delete(custom_dimensions, there)
        made = {"table_name": table, "heading": heading, "name": called, "key": key}
        return Saved(act.insert(custom_dimensions, made), act.key)


def unmark(engine: Engine, key: str, *, who: str | None = None) -> Saved:
    """Take the mark of a dimension away. Raises Gone, NotSaved, CrmUnavailable."""
    with acting(engine, "unmark dimension", who=who) as act:
        row = act.connection.execute(select(custom_dimensions).where(_c.key == key)).mappings().first()
        if row is None:
            raise Gone(f"No custom column is marked as the dimension {key!r} (any more).")
        act.delete(custom_dimensions, dict(row))
        return Saved(row["id"], act.key)


def key_for(table: str, heading: str, taken: list[str]) -> str:
    """What addresses and statements call the column: `account.payment_method`. The same each time that the
    column is marked, unless another column has it meanwhile."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", heading)
    plain = unicodedata.normalize("NFKD", spaced).encode("ascii", "ignore").decode()
    slug = "_".join(re.findall(r"[a-z0-9]+", plain.lower()))
    key = f"{OWNERS[table]}.{slug}"
    if re.fullmatch(r"[\w -]+", heading, re.ASCII) and 0 < len(slug) <= _SLUG and key not in taken:
        return key
    return f"{OWNERS[table]}.{slug[:_SLUG].strip('_') or 'column'}_{sha256(heading.encode()).hexdigest()[:6]}"


def _problems(
    table: str, heading: str, column: Column | None, name: str, others: list[Row]
) -> dict[str, str]:
    """What makes no sense: field -> a sentence."""
    found: dict[str, str] = {}
    if table not in OWNERS:
        found["table"] = f"Only {', '.join(OWNERS)} have custom columns."
    elif column is None:
        found["heading"] = f"No row of {table} has anything in a custom column of this name."
    elif len(heading) > _HEADING:
        found["heading"] = f"The column's own name has more than {_HEADING} signs."
    elif column.problem:
        found["heading"] = column.problem
    elif len(others) >= MOST:
        found["heading"] = f"{MOST} columns are marked already. Take a mark away first."
    if not name or len(name) > _NAME:
        found["name"] = f"Give it a name of at most {_NAME} signs."
    elif name.casefold() in {one.replace("_", " ") for one in (*CATEGORIES, *KEYS)}:
        found["name"] = f"There is a dimension {name} already. Give it another name."
    elif name.casefold() in {row["name"].casefold() for row in others}:
        found["name"] = f"Another column is marked as {name}. Give it another name."
    return found


def _row(connection: Connection, table: str, heading: str) -> Row | None:
    found = select(custom_dimensions).where(_c.table_name == table, _c.heading == heading)
    row = connection.execute(found).mappings().first()
    return dict(row) if row else None


def _plain(name: str) -> str:
    """Without what does not show, such as signs that turn the reading direction."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in name).split())
