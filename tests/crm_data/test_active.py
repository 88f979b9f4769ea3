"""The demo and the own CRM beside it: imports never mix them, and one can go back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert

from crm_data import active
from crm_data.engine import active_file, connect, database_url, prepare
from crm_data.schema.customers import accounts
from crm_data.schema.organisation import organisation, silence_thresholds


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("CRM_DATABASE_URL", raising=False)
    monkeypatch.setenv("CRM_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def demo(home: Path) -> Iterator[Engine]:
    engine = connect(active.file_url(own=False))
    prepare(engine)
    with engine.begin() as crm:
        crm.execute(insert(organisation).values(id=1, name="Invented", demo_seed=4))
    yield engine
    engine.dispose()


def add_account(engine: Engine) -> None:
    with engine.begin() as crm:
        crm.execute(insert(accounts).values(name="Real"))


def test_beside_a_demo_an_import_has_a_place_of_its_own(home: Path, demo: Engine) -> None:
    own = active.destination(demo)
    assert own.url.database == str(home / "own.db")
    assert active_file().name == "crm.db", "until something is there"
    assert active.active(demo) == active.Active(demo=True, own=False, other=None)

    add_account(own)
    active.use(own=True)
    assert str(database_url()) == active.file_url(own=True)
    assert active.active(own) == active.Active(demo=False, own=True, other="demo")
    assert active.destination(own) is own

    active.use(own=False)
    assert str(database_url()) == active.file_url(own=False)
    assert active.active(demo).other == "own"
    own.dispose()


def test_a_crm_that_is_no_demo_takes_imports_itself(home: Path) -> None:
    engine = connect()
    assert active.destination(engine) is engine
    assert active.active(engine) == active.Active(demo=False, own=False, other=None)
    assert not (home / "own.db").exists()
    with engine.begin() as crm:
        crm.execute(insert(silence_thresholds).values(days=90, basis="as long as data is young"))
    assert active.is_empty(engine), "the program wrote that row itself"
    add_account(engine)
    assert not active.is_empty(engine)
    engine.dispose()


def test_a_database_that_was_named_is_not_switched(
    home: Path, demo: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_account(active.destination(demo))
    active.use(own=True)
    monkeypatch.setenv("CRM_DATABASE_URL", active.file_url(own=False))
    assert str(database_url()) == active.file_url(own=False)
    assert active.destination(demo) is demo
    assert active.active(demo) == active.Active(demo=True, own=False, other=None)


@pytest.mark.parametrize("named", ["", "own.db", "../../etc/passwd", "crm.db", "\0", "own.db\nmore"])
def test_only_an_own_crm_that_is_there_is_taken(home: Path, named: str) -> None:
    (home / "active").write_bytes(named.encode())
    assert active_file() == home / "crm.db"


def test_a_marker_that_is_no_text_is_none(home: Path) -> None:
    (home / "own.db").touch()
    (home / "active").write_bytes(b"\xff\xfe\x00")
    assert active_file() == home / "crm.db"
