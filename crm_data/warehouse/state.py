"""What the copy knows of itself, kept in its own file."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

import duckdb

from crm_data.organisation import Organisation
from crm_data.warehouse.heads import Heads
from crm_data.warehouse.marked import Marked


@dataclass(frozen=True)
class State:
    """`version` grows with every change that is published. `changed_at`: the newest change of the CRM
    that the copy knows. `newest_day`: the latest day on which something happened, up to `today`, the
    organisation's day of the refresh. `loaded`: how the last change came in. `rows`: per fact. `marked`: the
    custom columns that are dimensions."""

    version: int
    refreshed_at: datetime | None
    changed_at: datetime | None
    newest_day: date | None
    today: date | None
    loaded: str  # full, incremental; empty before the first load
    rows: dict[str, int]
    oldest_day: date | None = None  # the earliest day on which something happened
    marked: tuple[Marked, ...] = ()


@dataclass(frozen=True)
class Kept:
    """All that has to outlive the process."""

    state: State
    organisation: Organisation
    heads: Heads | None


#: Answers otherwise after each refresh that changed something.
MARK = "SELECT hash(document) FROM work.state"

EMPTY = Kept(State(0, None, None, None, None, "", {}), Organisation(), None)


def save(connection: duckdb.DuckDBPyConnection, kept: Kept) -> None:
    connection.execute("DELETE FROM work.state")
    connection.execute("INSERT INTO work.state VALUES (?)", [json.dumps(asdict(kept), default=str)])


def load(connection: duckdb.DuckDBPyConnection) -> Kept:
    row = connection.execute("SELECT document FROM work.state").fetchone()
    if row is None:
        return EMPTY
    document: dict[str, Any] = json.loads(row[0])
    state = document["state"]
    for name, type_ in (
        ("refreshed_at", datetime),
        ("changed_at", datetime),
        ("newest_day", date),
        ("oldest_day", date),
        ("today", date),
    ):
        state[name] = type_.fromisoformat(state[name]) if state.get(name) else None
    state["marked"] = tuple(Marked(**one) for one in state.get("marked", ()))
    heads = document["heads"]
    newest = {table: (stamp, last) for table, (stamp, last) in heads["newest"].items()} if heads else {}
    return Kept(
        State(**state),
        Organisation(**document["organisation"]),
        Heads(newest, heads["sure"], heads.get("since", {})) if heads else None,
    )
