"""One refresh: what has changed in the CRM database comes into the mirror, and from there into the facts."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfoNotFoundError

import duckdb

from crm_data.organisation import Organisation, read_organisation
from crm_data.warehouse import categories, changes, heads, silence, state
from crm_data.warehouse.build import rebuild, update
from crm_data.warehouse.build_customers import CUSTOMER_SPELLS
from crm_data.warehouse.builds import BUILDS, FACTS, columns_of
from crm_data.warehouse.changes import Seen
from crm_data.warehouse.errors import CopyError
from crm_data.warehouse.heads import Heads
from crm_data.warehouse.source import Snapshot, Source
from crm_data.warehouse.state import Kept, State
from crm_data.warehouse.vocabulary import missing_rate, teach

log = logging.getLogger(__name__)

#: The days on which something happened.
_EVENTS = {
    "deals": ("opened_day", "closed_day"),
    "invoice_lines": ("issued_day",),
    "customer_spells": ("start_day",),
    "leads": ("created_day",),
    "cases": ("opened_day", "resolved_day"),
    "answers": ("answered_day",),
    "emails": ("sent_day",),
}


@dataclass(frozen=True)
class Refreshed:
    """`changed`: whether there is a new version. `tables`: CRM table -> rows changed (after a full load:
    rows). `facts`: fact -> rows computed."""

    changed: bool
    loaded: str
    tables: dict[str, int] = field(default_factory=dict)
    facts: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0


class _Incomplete(Exception):
    """The mirror is not what incremental refreshes can bring up to date."""


def refresh(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    kept: Kept,
    seen: Seen,
    now: datetime,
    *,
    full: bool = False,
    sweep: bool = False,
) -> tuple[Kept, Refreshed]:
    """Bring the copy up to date, in one transaction: all of it or nothing.

    `sweep` also compares the number of rows of each table; `seen` is kept from one refresh to the next.
    Raises CrmUnavailable, CopyError.
    """
    began = time.monotonic()
    base = kept.organisation.base_currency
    connection.begin()
    try:
        with source.snapshot() as snapshot:
            organisation = read_organisation(snapshot.connection)
            base = organisation.base_currency
            today = _today(organisation, now)
            known = heads.read(snapshot)
            teach(connection, organisation, today)
            done = None
            reading = (connection, source, snapshot)
            if not full and kept.heads and known.latest >= kept.heads.latest:
                try:
                    done = _increment(*reading, kept, seen, organisation, today, sweep=sweep)
                except _Incomplete:
                    log.warning("The copy had lost track of the CRM database. It is loaded anew.")
                    connection.rollback()
                    connection.begin()
                    teach(connection, organisation, today)
            if done is None:
                seen.clear()
                done = _load(*reading, known, today)
        done = replace(done, seconds=time.monotonic() - began)
        after = _kept(connection, kept, done, organisation, known, now, today)
        if done.changed:
            state.save(connection, after)
        connection.commit()
    except BaseException as problem:
        connection.rollback()
        seen.clear()
        if isinstance(problem, duckdb.Error):
            raise missing_rate(problem, base) or CopyError(
                f"The copy could not be brought up to date: {str(problem).splitlines()[0]}"
            ) from problem
        raise
    return after, done


def _today(organisation: Organisation, now: datetime) -> date:
    try:
        return now.astimezone(organisation.zone).date()
    except (ZoneInfoNotFoundError, ValueError) as problem:
        raise CopyError(
            f"The organisation's time zone {organisation.time_zone!r} is unknown. Correct it in the settings."
        ) from problem


def _load(
    connection: duckdb.DuckDBPyConnection, source: Source, snapshot: Snapshot, known: Heads, today: date
) -> Refreshed:
    tables = changes.load_all(connection, source, snapshot, known)
    old = list(categories.types(connection).values())
    types = categories.define(connection)
    facts = _rebuild_all(connection, source, types, today)
    categories.drop(connection, old)
    return Refreshed(True, "full", tables, facts)


def _rebuild_all(
    connection: duckdb.DuckDBPyConnection, source: Source, types: dict[str, str], today: date
) -> dict[str, int]:
    counts = {}
    for build in BUILDS:
        if build is CUSTOMER_SPELLS:
            silence.ensure(connection, source.engine, today)
        counts[build.name] = rebuild(connection, build, types)
    return {build.name: counts[build.name] for build in FACTS}


def _increment(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    snapshot: Snapshot,
    kept: Kept,
    seen: Seen,
    organisation: Organisation,
    today: date,
    *,
    sweep: bool,
) -> Refreshed:
    assert kept.heads
    changed = changes.stage(connection, source, snapshot, kept.heads, seen)
    tables = changes.apply(connection, changed)
    if sweep and not changes.complete(connection, snapshot):
        raise _Incomplete
    was, now = kept.organisation, organisation
    if (was.time_zone, was.base_currency) != (now.time_zone, now.base_currency):
        types = categories.define(connection)
        return Refreshed(True, "incremental", tables, _rebuild_all(connection, source, types, today))
    for category in categories.new_words(connection, changed):
        categories.widen(connection, category, columns_of(category))
    if today != kept.state.today:
        changed.add("today")
    facts = _update_all(connection, source, changed, today)
    return Refreshed(bool(tables) or was != now or "today" in changed, "incremental", tables, facts)


def _update_all(
    connection: duckdb.DuckDBPyConnection, source: Source, changed: set[str], today: date
) -> dict[str, int]:
    if not changed:
        return {}
    types = categories.types(connection)
    counts: dict[str, int] = {}
    for build in BUILDS:
        if build is CUSTOMER_SPELLS and changed & {"purchases", "account_versions", "silence_thresholds"}:
            silence.ensure(connection, source.engine, today)
        rows = update(connection, build, changed, types)
        if rows is not None and build in FACTS:
            counts[build.name] = rows
    return counts


def _kept(
    connection: duckdb.DuckDBPyConnection,
    kept: Kept,
    done: Refreshed,
    organisation: Organisation,
    known: Heads,
    now: datetime,
    today: date,
) -> Kept:
    if not done.changed:
        return replace(kept, state=replace(kept.state, refreshed_at=now), heads=known)
    days = [
        f"(SELECT max({column}) FROM {fact} WHERE {column} <= today())"
        for fact, columns in _EVENTS.items()
        for column in columns
    ]
    counts = [f"(SELECT count(*) FROM {build.name})" for build in FACTS]
    row = connection.execute(f"SELECT greatest({', '.join(days)}), {', '.join(counts)}").fetchone()
    assert row is not None
    latest = known.latest
    return Kept(
        State(
            version=kept.state.version + 1,
            refreshed_at=now,
            changed_at=datetime.fromisoformat(latest).replace(tzinfo=UTC) if latest else None,
            newest_day=row[0],
            today=today,
            loaded=done.loaded,
            rows={build.name: count for build, count in zip(FACTS, row[1:], strict=True)},
        ),
        organisation,
        known,
    )
