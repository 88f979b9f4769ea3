"""Reads a SQLite database in a process of its own and hands its rows on as Arrow streams.

A process of its own, because the Arrow driver carries a second SQLite library. Two of them in one
process undo each other's file locks when one closes the file, which can damage the database while
somebody writes (https://www.sqlite.org/howtocorrupt.html, 2.2.1).

    python -P sqlite_stream.py <path of the database>

Each line on stdin is a SELECT, each answer on stdout one Arrow stream. All see one snapshot.
"""

from __future__ import annotations

import sys
from pathlib import Path

# Not their dbapi modules, which load pandas: a third of a second, and half of the memory.
import adbc_driver_manager as adbc
import adbc_driver_sqlite
import pyarrow as pa

_BATCH = 32768


def main(path: str) -> int:
    with (
        adbc_driver_sqlite.connect(Path(path).as_uri() + "?mode=rw") as database,
        adbc.AdbcConnection(database) as connection,
        adbc.AdbcStatement(connection) as statement,
    ):
        connection.set_autocommit(False)  # the first SELECT opens the snapshot
        statement.set_options(**{"adbc.sqlite.query.batch_rows": _BATCH})
        for line in sys.stdin:
            statement.set_sql_query(line)
            stream, _ = statement.execute_query()
            reader = pa.RecordBatchReader.from_stream(stream)
            with pa.ipc.new_stream(sys.stdout.buffer, reader.schema) as out:
                for batch in reader:
                    out.write_batch(batch)
            sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1]))
    except Exception as problem:
        sys.exit(f"{type(problem).__name__}: {problem}")
