"""Undoing an import on its page, where rows have changed since."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select, update
from streamlit.testing.v1 import AppTest

from crm_data.engine import active_file, connect
from crm_data.schema.customers import accounts
from tests.pages.importing import MAPPING, drop, has, texts, until


def load_firms(page: AppTest, *firms: str) -> None:
    """A file of firms, read as MAPPING says, until it is in the own CRM."""
    lines = "".join(f"{number},{firm}\n" for number, firm in enumerate(firms, 1))
    drop(page, ("a.csv", f"No,Firm\n{lines}".encode()), ("my map.toml", MAPPING))
    page.button("load").click()
    until(page, lambda: has(page, "start-over"))
    page.button("start-over").click()
    until(page, lambda: not has(page, "start-over"))


def rename(home: Path, key: int, name: str) -> None:
    """As another program does."""
    engine = connect(f"sqlite:///{home / 'own.db'}")
    with engine.begin() as crm:
        crm.execute(update(accounts).where(accounts.c.id == key).values(name=name))
    engine.dispose()


def firms_in(home: Path) -> list[str]:
    engine = connect(f"sqlite:///{home / 'own.db'}")
    with engine.connect() as crm:
        found = list(crm.scalars(select(accounts.c.name).order_by(accounts.c.id)))
    engine.dispose()
    return found


def test_rows_that_were_changed_since_are_shown_and_can_be_left(page: AppTest, tmp_path: Path) -> None:
    load_firms(page, "One", "Two", "Three")
    rename(tmp_path, 2, "<b>Mine</b>")
    page.button("undo-1").click()
    until(page, lambda: has(page, "undo-skip"))
    shown = texts(page)
    assert "1 row was changed since" in shown
    assert "<td>no. 2</td>" in shown
    assert "no. 1<" not in shown
    assert "<b>Mine" not in "".join(box.value for box in page.markdown)
    assert not has(page, "undo-1"), "one thing at a time"

    page.button("undo-not").click().run()
    assert has(page, "undo-1")
    assert firms_in(tmp_path) == ["One", "<b>Mine</b>", "Three"]

    page.button("undo-1").click()
    until(page, lambda: has(page, "undo-skip"))
    page.button("undo-skip").click()
    until(page, lambda: "Import no. 1 is undone. 1 row stays as it is." in texts(page))
    assert firms_in(tmp_path) == ["<b>Mine</b>"]
    assert active_file().name == "own.db", "it is not empty"
    assert not has(page, "undo-1")


def test_what_was_changed_since_can_be_taken_back_too(page: AppTest, tmp_path: Path) -> None:
    load_firms(page, "One", "Two")
    load_firms(page, "Uno", "Two")
    rename(tmp_path, 1, "Mine")
    page.button("undo-1").click()
    until(page, lambda: has(page, "undo-not"))
    assert "Later imports of the same source build on this one (2): undo them first." in texts(page)
    assert not has(page, "undo-skip")
    assert not has(page, "undo-all")
    page.button("undo-not").click().run()

    page.button("undo-2").click()
    until(page, lambda: has(page, "undo-all"))
    assert "name: Mine, was One" in texts(page)
    page.button("undo-all").click()
    until(page, lambda: "Import no. 2 is undone." in texts(page))
    assert firms_in(tmp_path) == ["One", "Two"]

    page.button("undo-1").click()
    until(page, lambda: has(page, "undo-all"))  # somebody has touched the row, though it says the same again
    page.button("undo-all").click()
    until(page, lambda: "Your own CRM is empty again, so the demo is shown." in texts(page))
    assert firms_in(tmp_path) == []
