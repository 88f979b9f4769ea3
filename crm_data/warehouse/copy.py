"""The copy of the CRM database that answers every question."""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType

import duckdb
import pyarrow as pa
from sqlalchemy import Engine
from sqlalchemy.sql import ClauseElement

from crm_data.engine import prepare
from crm_data.organisation import Organisation
from crm_data.warehouse import query, state, store
from crm_data.warehouse.builds import FACTS
from crm_data.warehouse.changes import Seen
from crm_data.warehouse.errors import CopyError
from crm_data.warehouse.facts import CATEGORIES
from crm_data.warehouse.facts.base import KEYS
from crm_data.warehouse.heads import SETTLED
from crm_data.warehouse.publish import Snapshots
from crm_data.warehouse.refresh import Progress, Refresh, Refreshed, local_day
from crm_data.warehouse.source import Source
from crm_data.warehouse.state import State

_SWEEP_EVERY = timedelta(days=1)
_UNUSED = timedelta(days=1)

#: One refresh at a time for each file, however often this process has it open.
_locks: dict[Path, threading.RLock] = defaultdict(threading.RLock)


class Copy:
    """Answers while it is refreshed: each question sees the last published version, whole.

    `remade`: what was wrong with the file that was there, so that it is made anew; None where nothing was.
    """

    def __init__(self, source: Source, path: Path, *, private: bool) -> None:
        self.path = path
        self.source = source
        self.private = private
        self._lock = _locks[path]
        self._connection, self.remade = store.open_file(path)
        self._kept = state.load(self._connection)
        self._tried: object = None
        self._prepared = False
        self._seen: Seen = {}
        self._swept: datetime | None = None
        self._settles: datetime | None = None
        self._members: tuple[int, dict[str, list[object]]] = (-1, {})
        self._snapshots = None if private else Snapshots(path)

    @property
    def state(self) -> State:
        return self._kept.state

    @property
    def organisation(self) -> Organisation:
        return self._kept.organisation

    @property
    def latest(self) -> str:
        """The newest change of the CRM's rows that the last refresh saw, even one that the copy holds nothing
        of."""
        return self._kept.heads.latest if self._kept.heads else ""

    @property
    def counted(self) -> bool:
        """Whether this process has once compared the number of rows, or read them all."""
        return self._swept is not None

    @contextmanager
    def reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection of one's own to the copy, for SQL."""
        with self._connection.cursor() as cursor:
            yield cursor

    def run(self, statement: ClauseElement) -> pa.Table:
        return query.run(self._connection, statement)

    def snapshot(self) -> AbstractContextManager[query.Reader]:
        """For several statements that have to speak of the same version."""
        return query.snapshot(self._connection, state.MARK)

    def behind(self, now: datetime | None = None) -> bool:
        """Whether something has been committed since the last refresh was tried, or a day has begun; and once
        more after a while, when what was read last needs no second look from then on.

        Takes a few milliseconds. Raises CrmUnavailable.
        """
        now = now or datetime.now(UTC)
        settled = self._settles is not None and now >= self._settles
        return settled or self._sign(now) != self._tried

    def _sign(self, now: datetime) -> object:
        """Another value as soon as there may be something new."""
        return self.source.mark(), local_day(self.organisation, now)

    def refresh(
        self,
        *,
        full: bool = False,
        heal: bool = True,
        publish: bool = True,
        now: datetime | None = None,
        progress: Progress = lambda _share: None,
    ) -> Refreshed:
        """Take in what has changed. Raises CrmUnavailable, CopyError; the copy is then as it was.

        `heal`: once in a while also count the rows, and load everything where they are not as many.
        `publish`: also for other processes, now and then; else call `publish` when there is time.
        """
        now = now or datetime.now(UTC)
        if self._settles is not None and now >= self._settles:
            self._settles = None
        with self._lock, self._connection.cursor() as cursor:
            # Before reading, so that what is committed meanwhile counts as not yet seen.
            sign = self._sign(now)
            if not self._prepared:
                prepare(self.source.engine)  # an older or empty database gets its tables
                self._prepared = True
            kept = state.load(cursor)
            if kept.state.version == self._kept.state.version:
                kept = self._kept  # which has read on without finding anything
            sweep = heal and (self._swept is None or now - self._swept >= _SWEEP_EVERY)
            refresh = Refresh(cursor, self.source, kept, self._seen, now, full, sweep, progress)
            try:
                done = refresh.run()
            except CopyError:
                self._tried = sign  # trying again helps only once the CRM has changed
                raise
            self._tried, self._kept = sign, refresh.kept
            if done.changed:
                self._settles = now + SETTLED
            if sweep or done.loaded == "full":
                self._swept = now
            if done.changed and self._snapshots:
                self._snapshots.due = True
            if publish:
                self.publish()
            return done

    def publish(self) -> None:
        """Hand what has changed to other processes, if the last time is not too short ago.

        In a large copy this takes seconds, in which it answers and cannot be refreshed.
        """
        with self._lock:
            if self._snapshots and self.state.version:
                self._snapshots.publish_sometimes(self._connection)

    def members(self, dimension: str) -> list[object]:
        """The words that a dimension takes in any fact, in alphabetical order; of "owner" the keys. Of a
        marked column, those that any record has."""
        columns = {one.key for one in self.state.marked}
        if dimension not in (*CATEGORIES, "owner", *columns):
            raise ValueError(f"no category is called {dimension!r}; there are: {', '.join(CATEGORIES)}")
        version, known = self._members
        if version != self.state.version:
            version, known = self._members = (self.state.version, {})
        if dimension not in known:
            shown = "word" if dimension in KEYS else "CAST(word AS VARCHAR)"
            parts = [
                f"SELECT {shown} FROM (SELECT DISTINCT {dimension} AS word FROM {build.name})"
                for build in FACTS
                if dimension in build.table.columns
            ]
            values = []
            if dimension in columns:
                parts, values = ["SELECT DISTINCT word FROM marked WHERE dimension = ?"], [dimension]
            with self.reading() as cursor:
                found = cursor.execute(" UNION ".join(parts), values).fetchall() if parts else []
            known[dimension] = sorted(word for (word,) in found if word is not None)
        return known[dimension]

    def close(self) -> None:
        with self._lock:
            if self._snapshots:
                self._snapshots.publish_now(self._connection)
            self._connection.close()
            self.source.close()
            if self.private:
                shutil.rmtree(self.path.parent, ignore_errors=True)

    def __enter__(self) -> Copy:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_copy(engine: Engine, path: Path | None = None, *, refresh: bool = True) -> Copy:
    """The copy of a CRM database, brought up to date unless `refresh` is false.

    While another process has the file open (the app), this one works on a copy of its own, made from
    the last one published and thrown away at the end. Raises CrmUnavailable, CopyError.
    """
    source = Source(engine)
    path = (path or store.path_for(engine.url)).resolve()
    try:
        copy = Copy(source, path, private=False)
    except store.Held:
        copy = Copy(source, _private(path), private=True)
    if refresh:
        try:
            copy.refresh()
        except BaseException:
            copy.close()
            raise
    return copy


def _clear_left(parent: Path) -> None:
    """Throw away the private copies of processes that were killed: those not written to for a day."""
    for folder in parent.glob("private-*"):
        newest = max((file.stat().st_mtime for file in folder.iterdir()), default=0.0)
        if time.time() - newest > _UNUSED.total_seconds():
            shutil.rmtree(folder, ignore_errors=True)


def _private(path: Path) -> Path:
    """A file of this process alone, with the last published copy in it, if there is one."""
    _clear_left(path.parent)
    folder = Path(tempfile.mkdtemp(prefix="private-", dir=path.parent))
    try:
        shutil.copyfile(Snapshots(path).file, folder / path.name)
    except FileNotFoundError:
        pass
    except OSError as problem:
        shutil.rmtree(folder, ignore_errors=True)
        raise CopyError(f"There is no room for a copy in {path.parent}: {problem.strerror}.") from problem
    return folder / path.name
