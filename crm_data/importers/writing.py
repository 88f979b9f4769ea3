"""The staged rows of one object into the CRM, with their references."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice

from sqlalchemy import Connection, Table, bindparam, select, update

from crm_data.importers.changes import Changed, ChangeLog
from crm_data.importers.merging import Merging
from crm_data.importers.outcome import Tally
from crm_data.importers.references import Found, References
from crm_data.importers.stage import Pending, Rejected, Stage, Staged
from crm_data.importers.upsert import Upsert
from crm_data.schema.base import utc_now

_CHUNK = 2000


def write_object(
    connection: Connection,
    table: Table,
    source: str,
    stage: Stage,
    rows: Callable[[], Iterator[Staged]],
    merging: Merging,
    log: ChangeLog,
    tally: Tally,
    progress: Callable[[int], None],
    *,
    points_home: bool,
) -> None:
    """Write the rows, which `rows()` gives each time anew; what stays out goes to the stage.

    points_home: whether rows may refer to others of the same object. Where one refers to a row that turns out
    to stay out, everything is written again without it: a row is never kept with a reference that it should
    not have lost.
    """
    orphans: dict[str, Rejected] = {}
    while True:
        stage.begin_object(table.name)
        if points_home:
            connection.exec_driver_sql("SAVEPOINT object")
        attempt = _Attempt(connection, table, source, stage, log)
        attempt.write(merging.folded(row for row in rows() if row.source_id not in orphans), progress)
        attempt.merge(merging)
        found = attempt.link()
        if not found:
            break
        connection.exec_driver_sql("ROLLBACK TO SAVEPOINT object")
        orphans |= found
    if points_home:
        connection.exec_driver_sql("RELEASE SAVEPOINT object")
    stage.reject(orphans.values())
    tally.add(attempt.tally)
    tally.counts.rejected += len(orphans)


class _Attempt:
    """One pass over the rows of an object."""

    def __init__(
        self, connection: Connection, table: Table, source: str, stage: Stage, log: ChangeLog
    ) -> None:
        self.tally = Tally()
        self._connection = connection
        self._table = table
        self._source = source
        self._stage = stage
        self._references = References(connection, table, source)
        self._upsert = Upsert(connection, table, source, log)
        self._log = log

    def write(self, rows: Iterator[Staged], progress: Callable[[int], None]) -> None:
        done = 0
        while chunk := list(islice(rows, _CHUNK)):
            self._write_chunk(chunk)
            done += len(chunk)
            progress(done)

    def merge(self, merging: Merging) -> None:
        """Note which rows became part of others, and fill what those lack that are not in the files."""
        lost = merging.settle(self._references, self._log)
        self._stage.reject((self._rejected(row, "", "", reason) for row, reason in lost), late=True)
        self.tally.counts.rejected += len(lost)
        self.tally.counts.merged += len(merging) - len(lost)
        self._references = References(self._connection, self._table, self._source)

    def link(self) -> dict[str, Rejected]:
        """Fill in the references within the table that waited; gives the rows where one leads nowhere."""
        orphans: dict[str, Rejected] = {}
        waiting = self._stage.postponed()
        while chunk := list(islice(waiting, _CHUNK)):
            found = self._references.find({pending.wish for pending in chunk})
            for pending in chunk:
                if found.get(pending.wish) is not None:
                    continue
                if pending.keep:
                    self._note_left_empty(pending.column)
                else:
                    reason = self._references.reason(pending.wish, found)
                    orphans[pending.source_id] = self._rejected(pending, pending.column, pending.text, reason)
            self._fill_in(chunk, found)
        return orphans

    def _write_chunk(self, chunk: list[Staged]) -> None:
        pending, dangling = self._references.resolve(chunk)
        rejected: list[Rejected] = []
        out: set[str] = set()
        for row, (name, reference), reason in dangling:
            if reference.keep:
                self._note_left_empty(name)
            else:
                rejected.append(self._rejected(row, name, reference.text, reason))
                out.add(row.source_id)
        added, updated, unchanged = self._upsert.write([row for row in chunk if row.source_id not in out])
        for row, column, reason in self._upsert.refused:
            rejected.append(self._rejected(row, column, str(row.values.get(column, "")), reason))
            out.add(row.source_id)
        self._upsert.refused.clear()
        self._stage.reject(rejected, late=True)
        counts = self.tally.counts
        counts.added += len(added)
        counts.updated += len(updated)
        counts.unchanged += len(unchanged)
        counts.rejected += len(out)
        written = {row.source_id for row in (*added, *updated)}
        self._stage.postpone(
            replace(one, written=one.source_id in written) for one in pending if one.source_id not in out
        )

    def _fill_in(self, chunk: list[Pending], found: Found) -> None:
        """Rows that this import has just written keep their version: it is one change."""
        alike: dict[tuple[str, bool], list[Pending]] = {}
        for pending in chunk:
            alike.setdefault((pending.column, pending.written), []).append(pending)
        for (name, written), group in alike.items():
            columns = self._table.c
            there = {
                row.source_id: row
                for row in self._connection.execute(
                    select(columns.id, columns.source_id, columns.version, columns[name]).where(
                        columns.source_system == self._source,
                        columns.source_id.in_([pending.source_id for pending in group]),
                    )
                )
            }
            changed = []
            for pending in group:
                row, new = there.get(pending.source_id), found.get(pending.wish)
                if row is not None and row[3] != new:
                    became = row.version + int(not written)
                    changed.append(Changed(row.id, row.version, became, {name: row[3]}, {name: new}))
            if not changed:
                continue
            statement = (
                update(self._table)
                .where(columns.id == bindparam("row_key"))
                .values(
                    {
                        name: bindparam("new", type_=columns[name].type),
                        "updated_at": utc_now(),
                        "version": columns.version + int(not written),
                    }
                )
            )
            values = [{"row_key": one.key, "new": one.after[name]} for one in changed]
            self._connection.execute(statement, values)
            self._log.updated_again(self._table, changed)
            if not written:
                self.tally.counts.updated += len(changed)
                self.tally.counts.unchanged -= len(changed)

    def _rejected(self, row: Staged | Pending, column: str, text: str, reason: str) -> Rejected:
        return Rejected(self._table.name, row.file, row.line, column, text, reason)

    def _note_left_empty(self, column: str) -> None:
        self.tally.seen[column, "left empty, since there is no such row"] += 1
