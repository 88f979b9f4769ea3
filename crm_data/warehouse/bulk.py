"""Many rows of the CRM database as streams of Arrow batches: two readers of one state of it, side by side."""

from __future__ import annotations

import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import adbc_driver_postgresql.dbapi
import pyarrow as pa
from sqlalchemy import Engine

from crm_data.engine import CrmUnavailable
from crm_data.warehouse import mirror

#: Gives the rows of a mirrored table for which a condition holds, or all of them, as they travel.
Rows = Callable[[str, str | None], pa.RecordBatchReader]

#: Conditions of which each row of a table meets one.
Halves = tuple[str, str]

#: A first row whose values fix the types; SQLite has none, and the driver guesses from what comes first.
_TYPICAL = {pa.int64(): "0", pa.float64(): "0.5", pa.string(): "'x'"}

_TRIES = 5


def _side_by_side(readers: Sequence[Rows], table: str, halves: Halves) -> pa.RecordBatchReader:
    """All rows of a table, a half from each reader."""
    parts = [read(table, half) for read, half in zip(readers, halves, strict=True)]
    return pa.RecordBatchReader.from_batches(parts[0].schema, _merged(parts))


def _merged(streams: Sequence[pa.RecordBatchReader]) -> Iterator[pa.RecordBatch]:
    """The batches of all streams as they come, each read by a thread of its own."""
    arrived: queue.Queue[pa.RecordBatch | BaseException | None] = queue.Queue(maxsize=4)
    dropped = threading.Event()

    def read(stream: pa.RecordBatchReader) -> None:
        try:
            for batch in stream:
                if dropped.is_set():
                    break
                arrived.put(batch)
        except BaseException as problem:
            arrived.put(problem)
        arrived.put(None)

    for stream in streams:
        threading.Thread(target=read, args=(stream,), daemon=True).start()
    reading = len(streams)
    try:
        while reading:
            found = arrived.get()
            if found is None:
                reading -= 1
            elif isinstance(found, BaseException):
                raise found
            else:
                yield found
    finally:
        dropped.set()
        while reading:  # so that none waits for room in the queue for ever
            reading -= arrived.get() is None


def _rows(readers: Sequence[Rows], halves: Callable[[str], Halves]) -> Rows:
    def rows(table: str, where: str | None) -> pa.RecordBatchReader:
        if where is None and len(readers) > 1:
            return _side_by_side(readers, table, halves(table))
        return readers[0](table, where)

    return rows


@contextmanager
def postgresql(engine: Engine) -> Iterator[Rows]:
    """Raises CrmUnavailable, also while rows are read."""
    address = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        with ExitStack() as stack:
            readers, state = [], None
            for _ in range(2):
                connection = adbc_driver_postgresql.dbapi.connect(address, autocommit=True)
                cursor = stack.enter_context(stack.enter_context(connection).cursor())
                cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                if state is None:
                    cursor.execute("SELECT pg_export_snapshot()")
                    state = cursor.fetchone()[0]
                else:
                    cursor.execute(f"SET TRANSACTION SNAPSHOT '{state}'")
                readers.append(_postgresql_reader(cursor))
            yield _rows(readers, lambda table: _halves_of_file(cursor, table))
    except adbc_driver_postgresql.dbapi.Error as problem:
        where = engine.url.render_as_string()
        raise CrmUnavailable(f"{where} could not be read: {str(problem).splitlines()[0]}") from problem


def _halves_of_file(cursor: adbc_driver_postgresql.dbapi.Cursor, table: str) -> Halves:
    """By where the rows lie, so that each reader reads half of the table's file."""
    cursor.execute(f"SELECT pg_relation_size('{table}') / current_setting('block_size')::int / 2")
    middle = f"'({cursor.fetchone()[0]},0)'"
    return f"ctid < {middle}", f"ctid >= {middle}"


def _halves_of_keys(table: str) -> Halves:
    middle = f"(SELECT max(id) / 2 FROM {table})"
    return f"id <= {middle}", f"id > {middle}"


def _postgresql_reader(cursor: adbc_driver_postgresql.dbapi.Cursor) -> Rows:
    def rows(table: str, where: str | None) -> pa.RecordBatchReader:
        cursor.execute(mirror.select(table, "postgresql", where or "true"))
        return cursor.fetch_record_batch()

    return rows


@contextmanager
def sqlite(file: Path, mark: Callable[[], object]) -> Iterator[Rows]:
    """`mark`: another value when something was committed. Raises CrmUnavailable, also while rows are read."""
    processes: list[subprocess.Popen[bytes]] = []
    try:
        readers = _of_one_state(file, mark, processes)
        yield _rows(readers, _halves_of_keys)
    except Exception as problem:
        failed = next((process for process in processes if _failed(process)), None)
        if failed is None:
            raise
        assert failed.stderr is not None
        said = failed.stderr.read().decode(errors="replace").strip()
        raise CrmUnavailable(f"The CRM database {file} could not be read: {said}") from problem
    finally:
        _end(processes)


def _of_one_state(
    file: Path, mark: Callable[[], object], processes: list[subprocess.Popen[bytes]]
) -> list[Rows]:
    """Two readers that began while nothing was committed; one where somebody commits all the time."""
    for _ in range(_TRIES):
        _end(processes)
        processes += [_start(file), _start(file)]
        before = mark()
        for process in processes:
            _ask(process, "SELECT count(*) FROM organisation").read_all()
        if mark() == before:
            return [_sqlite_reader(process) for process in processes]
    return [_sqlite_reader(processes[0])]


def _end(processes: list[subprocess.Popen[bytes]]) -> None:
    while processes:
        with processes.pop() as process:
            process.kill()  # it only reads


def _start(file: Path) -> subprocess.Popen[bytes]:
    script = str(Path(__file__).with_name("sqlite_stream.py"))
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, "-P", script, str(file)], stdin=pipe, stdout=pipe, stderr=pipe)


def _ask(process: subprocess.Popen[bytes], sql: str) -> pa.RecordBatchReader:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(sql.encode() + b"\n")
    process.stdin.flush()
    return pa.ipc.open_stream(process.stdout)


def _sqlite_reader(process: subprocess.Popen[bytes]) -> Rows:
    def rows(table: str, where: str | None) -> pa.RecordBatchReader:
        schema = mirror.schema(table, "sqlite")
        typical = ", ".join(_TYPICAL[field.type] for field in schema)
        sql = f"SELECT {typical} UNION ALL {mirror.select(table, 'sqlite', where or 'true')}"
        return pa.RecordBatchReader.from_batches(schema, _without_first_row(_ask(process, sql), schema))

    return rows


def _failed(reader: subprocess.Popen[bytes]) -> bool:
    try:
        return reader.wait(1) != 0
    except subprocess.TimeoutExpired:
        return False


def _without_first_row(stream: pa.RecordBatchReader, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    skip = 1
    for batch in stream:
        yield pa.RecordBatch.from_arrays(batch.slice(skip).columns, schema=schema)
        skip = 0
