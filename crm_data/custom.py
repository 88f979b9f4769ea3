"""Custom columns: what other systems know of a record and the CRM has no column for. They are kept with the
row, as one JSON object in its column `custom`. Those that were marked are dimensions."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from crm_data.schema.system import custom_dimensions

#: The tables that have custom columns, and what one row of each is called, as keys of dimensions begin.
OWNERS = {"accounts": "account", "contacts": "contact", "leads": "lead", "opportunities": "deal"}

#: A dimension has at most so many values, each of at most so many signs. What has more is no category.
MOST, LONGEST = 1000, 250

_PORTION = 20_000


@dataclass(frozen=True)
class Mark:
    """A custom column that was marked as a dimension."""

    key: str
    name: str
    table: str
    heading: str


@dataclass(frozen=True)
class Column:
    """A custom column as the CRM's rows have it. `values`: different ones, counted up to one above MOST;
    `longest`: signs of the longest."""

    table: str
    heading: str
    rows: int = 0
    values: int = 0
    longest: int = 0

    @property
    def problem(self) -> str | None:
        """In words, why it can be no dimension; None if it can."""
        return problem(self.values, self.longest)


def problem(values: int, longest: int) -> str | None:
    """In words, why a column with so many values, the longest of so many signs, can be no dimension."""
    if values > MOST:
        return f"It has more than {MOST:,} different values."
    if longest > LONGEST:
        return f"It has a value of {longest:,} signs. Longer ones than {LONGEST} are texts, not categories."
    return None


def marks(connection: Connection) -> tuple[Mark, ...]:
    """The columns that are dimensions, in the order in which they were marked."""
    c = custom_dimensions.c
    found = connection.execute(select(c.key, c.name, c.table_name, c.heading).order_by(c.id))
    return tuple(Mark(*row) for row in found)


def columns(connection: Connection) -> list[tuple[Column, Mark | None]]:
    """All custom columns, and what each is marked as: those that are first, then by table those with most
    rows. One that is marked is there even if no row has a value in it any more."""
    marked = {(one.table, one.heading): one for one in marks(connection)}
    found = {(one.table, one.heading): one for table in OWNERS for one in columns_of(connection, table)}
    order = dict.fromkeys((*marked, *found))
    return [(found.get(place, Column(*place)), marked.get(place)) for place in order]


def columns_of(connection: Connection, table: str) -> list[Column]:
    """The custom columns of one table, those with most rows first."""
    filled, longest = Counter[str](), Counter[str]()
    values = defaultdict[str, set[str]](set)
    for _, words in rows(connection, table):
        filled.update(words.keys())
        for heading, word in words.items():
            longest[heading] = max(longest[heading], len(word))
            if len(values[heading]) <= MOST:
                values[heading].add(word)
    found = (Column(table, name, n, len(values[name]), longest[name]) for name, n in filled.items())
    return sorted(found, key=lambda one: (-one.rows, one.heading))


def rows(connection: Connection, table: str, where: str = "true") -> Iterator[tuple[int, Mapping[str, str]]]:
    """Key and custom values of the rows for which a condition holds and that have any, in the order of
    their keys."""
    last = 0
    while True:
        portion = connection.exec_driver_sql(
            f"SELECT id, CAST(custom AS text) FROM {table} "
            f"WHERE custom IS NOT NULL AND id > {last} AND ({where}) ORDER BY id LIMIT {_PORTION}"
        ).fetchall()
        for key, document in portion:
            yield key, words_of(document)
        if len(portion) < _PORTION:
            return
        last = portion[-1][0]


def words_of(document: str) -> dict[str, str]:
    """The custom values of a row as text. What is empty, or no object at all, has none."""
    try:
        found = json.loads(document)
        known = {_text(heading): _word(value) for heading, value in found.items()}
    except (ValueError, AttributeError, RecursionError):  # another program wrote it
        return {}
    return {heading: word for heading, word in known.items() if word}


def _word(value: object) -> str:
    if value is None:
        return ""
    return _text(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)).strip()


def _text(text: str) -> str:
    """Without what JSON can write and no database takes as text: NUL, and half of a pair of UTF-16 signs."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
