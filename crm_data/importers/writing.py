"""The staged rows of one object into the CRM, with their references."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice

from sqlalchemy import Connection, Table, bindparam, update

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
    tally: Tally,
    progress: Callable[[int], None],
) -> None:
    """Write the rows, which `rows()` gives each time anew; what stays out goes to the stage.

    Where a row refers to another row of the same object that turns out to stay out, everything is
    written again without it: a row is never kept with a reference that it should not have lost.
    """
    orphans: dict[str, Rejected] = {}
    while True:
        stage.begin_object(table.name)
        connection.exec_driver_sql("SAVEPOINT object")
        attempt = _Attempt(connection, table, source, stage)
        attempt.write((row for row in rows() if row.source_id not in orphans), progress)
        found = attempt.link()
        if not found:
            break
        connection.exec_driver_sql("ROLLBACK TO SAVEPOINT object")
        orphans |= found
    connection.exec_driver_sql("RELEASE SAVEPOINT object")
    stage.reject(orphans.values())
    tally.add(attempt.tally)
    tally.counts.rejected += len(orphans)


class _Attempt:
    """One pass over the rows of an object."""

    def __init__(self, connection: Connection, table: Table, source: str, stage: Stage) -> None:
        self.tally = Tally()
        self._connection = connection
        self._table = table
        self._source = source
        self._stage = stage
        self._references = References(connection, table, source)
        self._upsert = Upsert(connection, table, source)

    def write(self, rows: Iterator[Staged], progress: Callable[[int], None]) -> None:
        done = 0
        while chunk := list(islice(rows, _CHUNK)):
            self._write_chunk(chunk)
            done += len(chunk)
            progress(done)

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
        alike: dict[tuple[str, bool], list[dict[str, object]]] = {}
        for pending in chunk:
            values: dict[str, object] = {"row_source": pending.source_id, "new": found.get(pending.wish)}
            alike.setdefault((pending.column, pending.written), []).append(values)
        for (name, written), group in alike.items():
            columns = self._table.c
            new = bindparam("new", type_=columns[name].type)
            statement = (
                update(self._table)
                .where(columns.source_system == self._source, columns.source_id == bindparam("row_source"))
                .where(columns[name].is_distinct_from(new))
                .values({name: new, "updated_at": utc_now(), "version": columns.version + int(not written)})
            )
            changed = self._connection.execute(statement, group).rowcount
            if not written:
                self.tally.counts.updated += changed
                self.tally.counts.unchanged -= changed

    def _rejected(self, row: Staged | Pending, column: str, text: str, reason: str) -> Rejected:
        return Rejected(self._table.name, row.file, row.line, column, text, reason)

    def _note_left_empty(self, column: str) -> None:
        self.tally.seen[column, "left empty, since there is no such row"] += 1
