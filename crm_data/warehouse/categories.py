"""Categories are ENUM types, twice as fast as text. A word that is new widens its type."""

from __future__ import annotations

import duckdb

#: category -> the mirror's columns whose words it takes, and words of its own
TYPES: dict[str, tuple[str, ...]] = {
    "region": ("regions.name",),
    "country": ("accounts.country", "leads.country", "regions.country", "web_traffic.country"),
    "segment": ("accounts.segment", "account_history.segment", "leads.segment"),
    "industry": ("accounts.industry", "account_history.industry"),
    "size": ("accounts.size",),
    "channel": (
        "accounts.acquisition_channel",
        "opportunities.channel",
        "leads.channel",
        "campaigns.channel",
        "spend.channel",
        "touches.channel",
        "'(unattributed)'",
    ),
    "team": ("teams.name",),
    "product": ("products.name",),
    "family": ("products.family",),
    "campaign": ("campaigns.name", "'(unattributed)'"),
    "stage": ("opportunities.stage", "opportunity_history.stage", "stages.name"),
    "close_reason": ("opportunities.close_reason",),
    "lost_reason": ("memberships.end_reason", "'no more orders'"),
    "start_reason": (
        *("'opened'", "'changed'", "'new'", "'back'", "'moved'", "'repriced'"),
        *("'invoiced'", "'fell due'", "'paid in part'", "'quiet'", "'reopened'"),
    ),
    "end_reason": (
        *("'won'", "'lost'", "'changed'", "'moved'", "'repriced'"),
        *("'paid'", "'fell due'", "'paid in part'", "'touched'", "'left'", "'resolved'"),
    ),
    "spend_kind": ("spend.kind",),
    "basis": ("'contract'", "'silence'"),
    "survey": ("surveys.name",),
    "cause": ("cases.cause",),
    "priority": ("cases.priority",),
    "case_channel": ("cases.channel",),
    "case_kind": ("cases.kind",),
    "article_category": ("articles.category",),
    "plan": ("memberships.plan",),
    "lead_status": ("leads.status",),
    "activity": ("activities.kind",),
    "direction": ("activities.direction",),
    "tier": ("loyalty.tier",),
    "web_source": ("web_traffic.source",),
    "network": ("social_mentions.network",),
    "status": ("opportunities.status",),
    "kind": ("surveys.kind",),
}

_Connection = duckdb.DuckDBPyConnection


def _words(source: str, tables: str) -> str:
    if source.startswith("'"):
        return f"SELECT {source} AS word"
    table, column = source.split(".")
    return f"SELECT DISTINCT {column} FROM {tables}{table} WHERE {column} IS NOT NULL"


def define(connection: _Connection) -> dict[str, str]:
    """Make the types from the words in the mirror; gives category -> name of its type.

    The names are new ones, so that tables of the old types can stay until they are replaced.
    """
    connection.execute("CREATE TABLE IF NOT EXISTS work.types (category VARCHAR, name VARCHAR)")
    connection.execute("CREATE OR REPLACE TABLE work.words (category VARCHAR, word VARCHAR)")
    for category, sources in TYPES.items():
        words = " UNION ".join(_words(source, "crm.") for source in sources)
        connection.execute(f"INSERT INTO work.words SELECT '{category}', word FROM ({words}) AS t(word)")
    return {category: _new_type(connection, category) for category in TYPES}


def _new_type(connection: _Connection, category: str) -> str:
    """A type of the category's words in alphabetical order, so that sorting by it is sorting by word."""
    row = connection.execute("SELECT nextval('work.type_number')").fetchone()
    assert row is not None
    name = f"{category}_{row[0]}"
    words = f"SELECT word FROM work.words WHERE category = '{category}' ORDER BY word"
    connection.execute(f"CREATE TYPE {name} AS ENUM ({words})")
    connection.execute("DELETE FROM work.types WHERE category = ?", [category])
    connection.execute("INSERT INTO work.types VALUES (?, ?)", [category, name])
    return name


def types(connection: _Connection) -> dict[str, str]:
    return dict(connection.execute("SELECT category, name FROM work.types").fetchall())


def drop(connection: _Connection, names: list[str]) -> None:
    """Forget types that no table uses any more."""
    for name in names:
        connection.execute(f"DROP TYPE {name}")


def new_words(connection: _Connection, changed: set[str]) -> list[str]:
    """Take in the words of the changed rows; gives the categories that have grown."""
    grown = []
    for category, sources in TYPES.items():
        found = [_words(s, "changed_") for s in sources if s.split(".")[0] in changed]
        if not found:
            continue
        row = connection.execute(
            f"INSERT INTO work.words SELECT '{category}', word FROM ({' UNION '.join(found)}) AS t(word) "
            f"WHERE word NOT IN (SELECT word FROM work.words WHERE category = '{category}')"
        ).fetchone()
        if row and row[0]:
            grown.append(category)
    return grown


def widen(connection: _Connection, category: str, columns: list[tuple[str, str]]) -> None:
    """Give the (table, column)s of the category a type that has its new words too."""
    old = types(connection)[category]
    new = _new_type(connection, category)
    for table, column in columns:
        connection.execute(
            f"ALTER TABLE {table} ALTER {column} TYPE {new} USING CAST(CAST({column} AS VARCHAR) AS {new})"
        )
    drop(connection, [old])
