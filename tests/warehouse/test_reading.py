"""Statements that are asked together, and those that are run again with other values."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from sqlalchemy import bindparam, column, func, select, table
from sqlalchemy.sql import ClauseElement

from crm_data.warehouse.query import Values, snapshot

PAIRS = table("pairs", column("number"))
Asked = list[tuple[ClauseElement, Values]]
MARK = "SELECT max(number) FROM pairs"


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    # Closed at the end: the next test may get a folder of the same name while the process has this file.
    with duckdb.connect(str(tmp_path / "pairs.duckdb")) as opened:
        opened.execute("CREATE TABLE pairs AS SELECT 0 AS number")
        yield opened


def test_both_connections_see_the_same_data_while_another_commits(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    asked: Asked = [(select(func.sum(PAIRS.c.number).label("sum")), {})] * 6
    over = threading.Event()

    def commit() -> None:
        with connection.cursor() as writer:
            while not over.is_set():
                writer.execute("INSERT INTO pairs SELECT max(number) + 1 FROM pairs")

    writing = threading.Thread(target=commit)
    writing.start()
    sums: set[int] = set()
    try:
        while len(sums) < 20:
            with snapshot(connection, MARK) as reader:
                answers = {table.column("sum")[0].as_py() for table in reader.run_all(asked)}
            assert len(answers) == 1
            sums |= answers
    finally:
        over.set()
        writing.join()


def test_answers_come_in_the_order_in_which_they_were_asked(connection: duckdb.DuckDBPyConnection) -> None:
    one = select((PAIRS.c.number + bindparam("more")).label("sum"))
    with snapshot(connection, MARK) as reader:
        answers = reader.run_all([(one, {"more": more}) for more in range(40)])
    assert [table.column("sum")[0].as_py() for table in answers] == list(range(40))


@pytest.mark.parametrize("place", [0, 1, 5])
def test_what_is_wrong_with_one_is_said(connection: duckdb.DuckDBPyConnection, place: int) -> None:
    asked: Asked = [(select(PAIRS.c.number), {}) for _ in range(6)]
    asked[place] = (select(table("nowhere", column("x")).c.x), {})
    with snapshot(connection, MARK) as reader, pytest.raises(duckdb.CatalogException, match="nowhere"):
        reader.run_all(asked)
    with snapshot(connection, MARK) as reader:
        assert len(reader.run_all([(select(PAIRS.c.number), {})])) == 1
