"""An import in two steps: read now, load later or never, perhaps in another process."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from crm_data.importers.decisions import Decisions
from crm_data.importers.errors import Cancelled, ImportStopped
from crm_data.importers.prepared import Prepared, reopen
from crm_data.importers.run import load
from crm_data.schema.customers import accounts
from crm_data.schema.system import imports
from tests.importers.desk import Desk, counts

MAPPING = """
    source = "old"
    [[import]]
    object = "accounts"
    file = "a.csv"
    id = "Id"
    columns = { name = "Name" }
"""


def prepare(desk: Desk, rows: int = 5) -> Prepared:
    lines = "".join(f"{number},Firm {number}\n" for number in range(rows))
    desk.put("a.csv", f"Id,Name\n{lines}bad,\n")
    return desk.read(MAPPING, keep_in=desk.folder.parent / "waiting")


def number_of(desk: Desk) -> tuple[int | None, int | None]:
    with desk.crm.connect() as connection:
        return tuple(  # type: ignore[return-value]
            connection.scalar(select(func.count()).select_from(table)) for table in (accounts, imports)
        )


def test_reading_writes_nothing_and_loading_needs_no_files(desk: Desk) -> None:
    prepared = prepare(desk)
    assert number_of(desk) == (0, 0)
    assert prepared.path is not None
    prepared.stage.close()
    (desk.folder / "a.csv").unlink()
    again = reopen(prepared.path)
    outcome = desk.write(again)
    assert counts(outcome, "accounts") == (6, 5, 0, 0, 1, 0)
    assert desk.rejected(outcome)[0][1:4] == ["7", "accounts", "name"]
    again.close()
    again.close()
    assert not prepared.path.exists()
    with pytest.raises(ImportStopped, match="Give the files again"):
        reopen(prepared.path)


def test_a_cancelled_load_leaves_no_trace_and_can_be_done_later(desk: Desk) -> None:
    prepared = prepare(desk, 5000)

    def cancel(what: str, done: int, total: int) -> None:
        if what.startswith("Writing") and 0 < done < total:
            raise Cancelled

    with pytest.raises(Cancelled):
        load(desk.crm, prepared, Decisions(), desk.reports, cancel)
    assert number_of(desk) == (0, 0)
    assert list(desk.reports.glob("*")) == []
    outcome = desk.write(prepared)
    assert counts(outcome, "accounts") == (5001, 5000, 0, 0, 1, 0)
    prepared.close()


def test_a_cancelled_reading_keeps_no_file(desk: Desk) -> None:
    desk.put("a.csv", "Id,Name\n1,One\n")

    def cancel(*_: object) -> None:
        raise Cancelled

    folder: Path = desk.folder.parent / "waiting"
    with pytest.raises(Cancelled):
        desk.read(MAPPING, cancel, folder)
    assert list(folder.iterdir()) == []
