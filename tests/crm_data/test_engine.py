"""A database that cannot be used is named in one clear sentence, and left as it was."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from crm_data.engine import CrmUnavailable, connect, database_url, prepare, reported, writing


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear customer, " * 100)
    before = file.read_bytes()
    with pytest.raises(CrmUnavailable, match=r"letter\.txt is not an SQLite database"):
        prepare(connect(f"sqlite:///{file}"))
    assert file.read_bytes() == before


def test_a_database_of_something_else(tmp_path: Path) -> None:
    file = tmp_path / "photos.db"
    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE photos (id INTEGER)")
    with pytest.raises(CrmUnavailable, match=r"not a CRM database: it holds other tables \(photos\)"):
        prepare(connect(f"sqlite:///{file}"))
    with closing(sqlite3.connect(file)) as other:
        assert other.execute("SELECT count(*) FROM sqlite_master").fetchone() == (1,)


def test_a_newer_database(crm: Engine) -> None:
    with crm.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(CrmUnavailable, match=r"newer version of this program \(revision 9999\)"):
        prepare(crm)


def test_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(CrmUnavailable, match="Check that its folder exists"):
        prepare(connect(f"sqlite:///{tmp_path / 'nowhere' / 'crm.db'}"))


def test_a_server_that_is_down(tmp_path: Path) -> None:
    engine = connect(f"postgresql+psycopg://me:hunter2@/crm?host={tmp_path}")
    with pytest.raises(CrmUnavailable, match="cannot be used") as caught:
        prepare(engine)
    assert "hunter2" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_lost_tables(crm: Engine) -> None:
    with crm.begin() as connection:
        connection.exec_driver_sql("DROP TABLE payments")
    with (
        pytest.raises(CrmUnavailable, match="has lost its tables"),
        reported(crm),
        crm.connect() as connection,
    ):
        connection.execute(text("SELECT * FROM payments"))


@pytest.mark.parametrize("address", ["nonsense", "mysql://localhost/crm", "sqlite+nothing:///x"])
def test_an_address_of_another_kind(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("CRM_DATABASE_URL", address)
    with pytest.raises(CrmUnavailable):
        connect()


def test_the_default_is_a_file_in_the_data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("CRM_DATABASE_URL", raising=False)
    monkeypatch.setenv("CRM_HOME", str(tmp_path / "new"))
    assert database_url().database == str(tmp_path / "new" / "crm.db")


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_short_postgresql_addresses_get_the_driver(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    monkeypatch.setenv("CRM_DATABASE_URL", f"{scheme}://me@localhost/crm")
    assert database_url().drivername == "postgresql+psycopg"


def test_a_write_that_fails_leaves_nothing(crm: Engine) -> None:
    def write() -> None:
        with writing(crm) as connection:
            connection.exec_driver_sql("INSERT INTO products (name) VALUES ('One')")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write()
    with crm.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM products")) == 0
