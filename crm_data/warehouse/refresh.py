"""One refresh: what has changed in the CRM database comes into the mirror, and from there into the facts."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfoNotFoundError

import duckdb

from crm_data.organisation import Organisation, read_organisation
from crm_data.warehouse import categories, changes, heads, marked, silence, state
from crm_data.warehouse.build import rebuild, update
from crm_data.warehouse.build_customers import CUSTOMER_SPELLS
from crm_data.warehouse.builds import BUILDS, FACTS, columns_of
from crm_data.warehouse.changes import Seen
from crm_data.warehouse.errors import CopyError
from crm_data.warehouse.heads import Heads
from crm_data.warehouse.marked import Marked
from crm_data.warehouse.source import Snapshot, Source
from crm_data.warehouse.state import Kept, State
from crm_data.warehouse.vocabulary import missing_rate, teach

log = logging.getLogger(__name__)

#: Is told the share of a full load that is done.
Progress = Callable[[float], None]

#: The part of a full load that reading takes; computing the facts takes the rest.
_READING = 0.4

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
    loaded: str  # full, incremental
    tables: dict[str, int] = field(default_factory=dict)
    facts: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0


class _Incomplete(Exception):
    """The mirror is not what incremental refreshes can bring up to date."""


@dataclass
class Refresh:
    """Brings the copy up to date, in one transaction: all of it or nothing.

    `kept` is what the copy knows of itself, before and after. `seen` goes from one refresh to the next.
    `sweep` also compares the number of rows of each table.
    """

    connection: duckdb.DuckDBPyConnection
    source: Source
    kept: Kept
    seen: Seen
    now: datetime
    full: bool = False
    sweep: bool = False
    progress: Progress = lambda _share: None

    def run(self) -> Refreshed:
        """Raises CrmUnavailable, CopyError; the copy is then as it was."""
        began = time.monotonic()
        # Of this connection alone. Where an order matters, the statements that fill tables name it.
        self.connection.execute("SET SESSION preserve_insertion_order = false")
        self.connection.begin()
        try:
            with self.source.snapshot() as snapshot:
                done, kept = self._from(snapshot)
            if done.changed:
                state.save(self.connection, kept)
            self.connection.commit()
        except BaseException as problem:
            self.connection.rollback()
            self.seen.clear()
            if isinstance(problem, duckdb.Error):
                raise self._sentence(problem) from problem
            raise
        self.kept = kept
        return replace(done, seconds=time.monotonic() - began)

    def _sentence(self, problem: duckdb.Error) -> CopyError:
        return missing_rate(problem) or CopyError(
            f"The copy could not be brought up to date: {str(problem).splitlines()[0]}"
        )

    def _from(self, snapshot: Snapshot) -> tuple[Refreshed, Kept]:
        organisation = read_organisation(snapshot.connection)
        today = local_day(organisation, self.now)
        known = heads.read(snapshot, self.kept.heads)
        teach(self.connection, organisation, today)
        done, columns = None, self.kept.state.marked
        # A database whose newest change is older than one already known is another one, or a backup.
        if not self.full and self.kept.heads and known.latest >= self.kept.heads.latest:
            try:
                done = self._increment(snapshot, self.kept.heads, organisation, today)
                found = marked.follow(self.connection, snapshot, self.kept.heads, columns)
                if found is not None:
                    done, columns = replace(done, changed=True), found
            except _Incomplete:
                log.warning("The copy had lost track of the CRM database. It is loaded anew.")
        if done is None:
            self.seen.clear()
            tables = changes.load_all(
                self.connection,
                self.source,
                snapshot,
                known,
                lambda share: self.progress(share * _READING),
            )
            many = sum(tables.values()) > changes.FEW
            teach(self.connection, organisation, today, many=many)
            columns = marked.load(self.connection, snapshot)
            done = Refreshed(True, "full", tables, self._rebuild_all(today))
        return done, self._after(done, organisation, known, today, columns)

    def _increment(
        self, snapshot: Snapshot, known: Heads, organisation: Organisation, today: date
    ) -> Refreshed:
        changed = changes.stage(self.connection, self.source, snapshot, known, self.seen)
        tables = changes.apply(self.connection, changed)
        if self.sweep and not changes.complete(self.connection, snapshot):
            raise _Incomplete
        was = self.kept.organisation
        if (was.time_zone, was.base_currency) != (organisation.time_zone, organisation.base_currency):
            return Refreshed(True, "incremental", tables, self._rebuild_all(today))
        for category in categories.new_words(self.connection, changed):
            categories.widen(self.connection, category, columns_of(category))
        reached = changed | changes.columns(self.connection, changed)
        if today != self.kept.state.today:
            changed.add("today")
        facts = self._update_all(reached | changed, today)
        return Refreshed(bool(changed) or was != organisation, "incremental", tables, facts)

    def _rebuild_all(self, today: date) -> dict[str, int]:
        old = list(categories.types(self.connection).values())
        types = categories.define(self.connection)
        counts = {}
        for n, build in enumerate(BUILDS):
            if build is CUSTOMER_SPELLS:
                silence.ensure(self.connection, self.source.engine, today)
            counts[build] = rebuild(self.connection, build, types)
            self.progress(_READING + (1 - _READING) * (n + 1) / len(BUILDS))
        categories.drop(self.connection, old)
        return {build.name: counts[build] for build in FACTS}

    def _update_all(self, changed: set[str], today: date) -> dict[str, int]:
        """`changed` grows by the derived tables that the changes reach."""
        if not changed:
            return {}
        types = categories.types(self.connection)
        counts: dict[str, int] = {}
        for build in BUILDS:
            if build is CUSTOMER_SPELLS:
                silence.ensure(self.connection, self.source.engine, today)
            rows = update(self.connection, build, changed, types)
            if rows is not None and build in FACTS:
                counts[build.name] = rows
        return counts

    def _after(
        self,
        done: Refreshed,
        organisation: Organisation,
        known: Heads,
        today: date,
        columns: tuple[Marked, ...],
    ) -> Kept:
        if not done.changed:
            return replace(self.kept, state=replace(self.kept.state, refreshed_at=self.now), heads=known)
        # The first in an order, because min and max would look at every row.
        newest, oldest = (
            ", ".join(
                f"(SELECT {day} FROM {fact} WHERE {day} <= today() ORDER BY {day} {order} LIMIT 1)"
                for fact, days in _EVENTS.items()
                for day in days
            )
            for order in ("DESC", "ASC")
        )
        counts = ", ".join(f"(SELECT count(*) FROM {build.name})" for build in FACTS)
        row = self.connection.execute(f"SELECT greatest({newest}), least({oldest}), {counts}").fetchone()
        assert row is not None
        after = State(
            version=self.kept.state.version + 1,
            refreshed_at=self.now,
            changed_at=datetime.fromisoformat(known.latest).replace(tzinfo=UTC) if known.latest else None,
            newest_day=row[0],
            today=today,
            loaded=done.loaded,
            rows={build.name: count for build, count in zip(FACTS, row[2:], strict=True)},
            oldest_day=row[1],
            marked=columns,
        )
        return Kept(after, organisation, known)


def local_day(organisation: Organisation, now: datetime) -> date:
    """The organisation's day at an instant. Raises CopyError for a time zone that does not exist."""
    try:
        return now.astimezone(organisation.zone).date()
    except (ZoneInfoNotFoundError, ValueError) as problem:
        raise CopyError(
            f"The organisation's time zone {organisation.time_zone!r} is unknown. Correct it in the settings."
        ) from problem
