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

import adbc_driver_sqlite.dbapi as adbc
import pyarrow as pa

_BATCH = 32768


def main(path: str) -> int:
    # Not in autocommit: the first SELECT opens the snapshot.
    with adbc.connect(Path(path).as_uri() + "?mode=rw") as connection, connection.cursor() as cursor:
        cursor.adbc_statement.set_options(**{"adbc.sqlite.query.batch_rows": _BATCH})
        for line in sys.stdin:
            cursor.execute(line)
            reader = cursor.fetch_record_batch()
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
