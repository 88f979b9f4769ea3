"""A demo CRM whose people, companies and words try to be more than text."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy import select, update

from crm_data.edits import mark
from crm_data.engine import connect
from crm_data.schema import metadata

#: `window.owned` is set by whatever runs; no request may reach evil.example.
NAMES = (
    "<img src=x onerror='window.owned=1'>",
    "<script>window.owned=1</script>",
    "</style></svg><svg onload=window.owned=1>",
    "![x](http://evil.example/x.png)",
    "[link](javascript:window.owned=1) **bold** :red[red] $x^2$ :material/home:",
    "<a href='http://evil.example' onmouseover=window.owned=1>A</a>",
    '=HYPERLINK("http://evil.example","x")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "'; DROP TABLE accounts; --",
    'Robert "Bob" O\'Neil & Söhne <GmbH>',
    "مرحبا \u202eبالعالم",
    "שָׁלוֹם",
    "🦊🇩🇪👩‍👩‍👧",
    "Ṱ̺̺̕o͞ ̷i̲̬͇̪͙n̝̗͕v̟̜̘̦͟o̶̙̰̠kè͚̮̺̪̹̱̤ ̖t̝͕̳̣̻̪͞h̼͓̲̦̳̘̲e͇̣̰̦̬͎ ̢̼̻̱̘h͚͎͙̜̣̲ͅi̦̲̣̰̤v̻͍e̺̭̳̪̰",
    "{{7*7}} ${7*7} #{7*7} %s %(x)s {0}",
    "W" * 200,
    "a\tb\u00a0c\u200b\ufeff",
    "\\",
    "~",
    "null",
)

#: Every column that holds words from outside, with how many different ones it may take.
_COLUMNS = {
    "accounts": ("name", "segment", "industry", "size", "city", "acquisition_channel"),
    "contacts": ("first_name", "last_name", "title"),
    "leads": ("company", "channel", "segment"),
    "campaigns": ("name", "channel"),
    "opportunities": ("name", "close_reason", "channel"),
    "products": ("name", "family"),
    "regions": ("name",),
    "teams": ("name",),
    "users": ("name",),
    "cases": ("subject", "description", "cause", "channel"),
    "case_comments": ("body",),
    "activities": ("subject", "body"),
    "articles": ("title", "category", "body"),
    "surveys": ("name",),
    "survey_answers": ("comment",),
    "memberships": ("end_reason", "plan"),
    "loyalty": ("tier",),
    "quotes": ("number",),
    "invoices": ("number",),
    "social_mentions": ("network", "author", "text"),
    "web_traffic": ("source",),
    "organisation": ("name",),
}


def rename_everything(file: Path) -> None:
    """Give all rows of a CRM in SQLite names from NAMES, each column by a rule of its own."""
    with sqlite3.connect(file) as connection:
        for table, columns in _COLUMNS.items():
            for shift, column in enumerate(columns):
                room = _length(connection, table, column)
                for number, name in enumerate(NAMES):
                    unique = table == "web_traffic"  # a day has each source once
                    value = "substr(?, 1, ?)" + (f" || substr({column}, 1, 8)" if unique else "")
                    connection.execute(
                        f"UPDATE {table} SET {column} = {value} "
                        f"WHERE (id + ?) % {len(NAMES)} = ? AND {column} IS NOT NULL",
                        (name, room - 8 if unique else room, shift, number),
                    )
    connection.close()


def mark_columns(file: Path) -> None:
    """Give the accounts custom columns of these names that hold these names; some of them are dimensions."""
    engine = connect(f"sqlite:///{file}")
    table = metadata.tables["accounts"]
    with engine.begin() as connection:
        for key in connection.scalars(select(table.c.id)).all():
            held = {name: NAMES[(place + key) % len(NAMES)] for place, name in enumerate(NAMES)}
            connection.execute(update(table).where(table.c.id == key).values(custom=held))
    for name in (NAMES[0], NAMES[3], NAMES[10], NAMES[12], "W" * 200):
        mark(engine, "accounts", name, name[:60])
    engine.dispose()


def _length(connection: sqlite3.Connection, table: str, column: str) -> int:
    """How many characters the column takes; text without a limit takes a thousand here."""
    types = {row[1]: row[2] for row in connection.execute(f"PRAGMA table_info({table})")}
    _, bracket, length = types[column].partition("(")
    return int(length.rstrip(")")) if bracket else 1000
