"""Filling the tables that are derived from the mirror: all rows, or those of a few roots.

A `Build` is one SELECT. Its `id` is the key of a root, the row of the CRM that the derived rows
hang on; deleting a root's rows and computing them again brings them up to date. What has to be
computed again is said by `affected`: for each table that the SELECT reads, the roots that hang on
its changed rows. Where only some columns matter, they stand behind the table: `cases account_id cause`.
`changed_<mirror table>` holds these rows as they were and as they are, `changed_<derived table>` the ids
whose rows became other ones. A row that moved from one root to another is itself changed, so looking links
up in the present mirror is enough. Too many roots do no harm, so each way from a changed row is looked up
on its own, from the few changed keys on: a scan of one column of keys. What rows take from their account is
said by `of_account`, which is also the way to them from changed accounts.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import duckdb
from sqlalchemy import BigInteger, Column, Date, DateTime, Float, Integer, SmallInteger, String, Table

from crm_data.warehouse.categories import TYPES
from crm_data.warehouse.of_account import OfAccount
from crm_data.warehouse.vocabulary import choose

#: Beyond this share of the roots, computing all of them again is faster.
_WHOLE_FROM = 0.2

# DuckDB expects `chosen` to leave a fifth of a table, and would lay out all that is joined to it. So a
# statement that chooses rows by their own key limits them to as many as there are keys: no fewer rows, but
# a plan for a few. Only right above a scan, and for few rows: above joins of a million rows, DuckDB 2.0 has
# waited for ever.
_LIMIT = "LIMIT few()"
_FEW = 50_000

_DUCKDB = {
    BigInteger: "BIGINT",
    Integer: "INTEGER",
    SmallInteger: "TINYINT",
    Date: "DATE",
    DateTime: "TIMESTAMP",
    Float: "DOUBLE",
    String: "VARCHAR",
}


@dataclass(frozen=True)
class Build:
    """A derived table, the SELECT that fills it, and what it hangs on."""

    table: Table
    sql: str
    affected: tuple[tuple[str, str], ...]  # changed table and columns -> SELECT of the roots that hang on it
    together: str = ""  # SELECT of the roots that have to be computed together with those in chosen_roots
    order: str = ""  # rows of one day lie together, so that a window reads only its part
    whole: bool = False  # too small to be worth computing in part
    of_account: OfAccount = field(default_factory=OfAccount)
    seamless: bool = False  # spans of one id follow on each other, from the first of all days to the last

    @property
    def sql_of_many(self) -> str:
        return self.sql.replace(_LIMIT, "")

    @property
    def name(self) -> str:
        return self.table.fullname

    @property
    def short(self) -> str:
        return self.table.name

    @property
    def common(self) -> bool:
        """Others are built from it; facts are not."""
        return self.table.schema is not None


def through(table: str, *, root: str = "id", **links: str) -> tuple[tuple[str, str], ...]:
    """The roots in a table whose foreign key `link` leads to a changed row."""
    return tuple(
        (target, f"SELECT {root} FROM {table} WHERE {link} IN (SELECT id FROM changed_{target.split()[0]})")
        for link, target in links.items()
    )


def _reached(source: str, changed: set[str]) -> bool:
    table, *columns = source.split()
    return table in changed and (not columns or any(f"{table}.{c}" in changed for c in columns))


def category_of(column: Column) -> str | None:  # type: ignore[type-arg]
    """The set of words that a column's values come from, if they come from one."""
    name: str = column.info.get("category", column.name)
    return name if isinstance(column.type, String) and name in TYPES else None


def create(connection: duckdb.DuckDBPyConnection, build: Build, types: dict[str, str]) -> None:
    """An empty table in place of the old one. `types`: category -> name of its ENUM type."""
    columns = ", ".join(f"{c.name} {_type(c, types)}" for c in build.table.columns)
    connection.execute(f"CREATE OR REPLACE TABLE {build.name} ({columns})")


def _type(column: Column, types: dict[str, str]) -> str:  # type: ignore[type-arg]
    category = category_of(column)
    return types[category] if category else _DUCKDB[type(column.type)]


def rebuild(connection: duckdb.DuckDBPyConnection, build: Build, types: dict[str, str]) -> int:
    """Compute all rows again; gives their number."""
    create(connection, build, types)
    choose(connection, None)
    return _insert(connection, build, build.sql_of_many, types)


def update(
    connection: duckdb.DuckDBPyConnection, build: Build, changed: set[str], types: dict[str, str]
) -> int | None:
    """Bring what hangs on the changed tables up to date; gives the number of rows, None when nothing does.

    `changed` has tables of the mirror, as `cases`, and their columns, as `cases.cause`.
    Where others are built from this table, `changed_<table>` then holds the ids whose rows have become
    other ones, and `changed` the table's name and columns, if there are any.
    """
    accounts = 0
    if "account_versions" in changed:
        accounts = _count(connection, "SELECT count(*) FROM changed_account_versions")
    ways = (*build.affected, *build.of_account.ways(build.name, accounts))
    roots = dict.fromkeys(sql for source, sql in ways if _reached(source, changed))
    rows = _compute(connection, build, list(roots), changed, types) if roots else None
    written = build.of_account.write(connection, build.name, accounts, changed)
    return (rows or 0) + written if roots or written else None


def _compute(
    connection: duckdb.DuckDBPyConnection,
    build: Build,
    roots: list[str],
    changed: set[str],
    types: dict[str, str],
) -> int:
    """Compute the rows of these roots again; gives the number of rows."""
    ids = " UNION ".join(f"({sql})" for sql in roots)
    few = _count(
        connection,
        f"CREATE OR REPLACE TEMP TABLE chosen_roots AS SELECT id FROM ({ids}) AS t(id) WHERE id IS NOT NULL",
    )
    if build.together:
        few += _count(connection, f"INSERT INTO chosen_roots {build.together}")
    if not few and not build.whole:
        return 0
    whole = build.whole or _most(connection, build, few)
    chosen = "" if whole else "WHERE id IN (SELECT id FROM chosen_roots)"
    if build.common:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE before AS FROM {build.name} {chosen}")
    if whole:
        rows = rebuild(connection, build, types)
    else:
        connection.execute(f"DELETE FROM {build.name} {chosen}")
        choose(connection, few)
        rows = _insert(connection, build, build.sql if few <= _FEW else build.sql_of_many, types)
    if build.common:
        changed |= _differing(connection, build, chosen)
    return rows


def _differing(connection: duckdb.DuckDBPyConnection, build: Build, chosen: str) -> set[str]:
    """What has become other: the table, as `people`, and columns, as `people.team`.

    Rows are compared that are of the same days; of a seamless table, what is so on any one day.
    """
    differ = _count(
        connection,
        f"""
        CREATE OR REPLACE TEMP TABLE changed_{build.short} AS
        WITH after AS (FROM {build.name} {chosen})
        SELECT DISTINCT id FROM (
            (FROM before EXCEPT FROM after) UNION ALL (FROM after EXCEPT FROM before)
        )
        """,
    )
    if not differ:
        return set()
    columns = build.table.columns
    names = [column.name for column in columns if column.name != "id"]
    days = [column.name for column in columns if isinstance(column.type, Date)]
    same = " AND ".join(f"one.{name} IS NOT DISTINCT FROM other.{name}" for name in ("id", *days))
    if build.seamless:
        same = "one.id = other.id AND one.start_day < other.end_day AND other.start_day < one.end_day"
    differs = ", ".join(f"bool_or(one.{name} IS DISTINCT FROM other.{name})" for name in names)
    row = connection.execute(
        f"""
        WITH after AS (FROM {build.name} {chosen})
        SELECT bool_or(one.id IS NULL OR other.id IS NULL), {differs}
        FROM (FROM before WHERE id IN (FROM changed_{build.short})) AS one
        FULL JOIN (FROM after WHERE id IN (FROM changed_{build.short})) AS other ON {same}
        """
    ).fetchone()
    assert row is not None
    alone, *differing = row
    found = {f"{build.short}.{n}" for n, is_so in zip(names, differing, strict=True) if alone or is_so}
    return found | {build.short}


def _most(connection: duckdb.DuckDBPyConnection, build: Build, few: int) -> bool:
    return few > 1000 and few > _WHOLE_FROM * _count(connection, f"SELECT count(*) FROM {build.name}")


def _count(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    ((number,),) = connection.execute(sql).fetchall()
    return int(number)


def _insert(connection: duckdb.DuckDBPyConnection, build: Build, sql: str, types: dict[str, str]) -> int:
    # Words become numbers before rows are sorted, not after.
    columns = ", ".join(f"CAST({c.name} AS {_type(c, types)}) AS {c.name}" for c in build.table.columns)
    order = f"ORDER BY {build.order}" if build.order else ""
    return _count(connection, f"INSERT INTO {build.name} SELECT {columns} FROM ({sql}) {order}")
