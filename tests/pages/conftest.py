"""The app's pages on a demo CRM, run as Streamlit runs them, without a browser."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import insert
from streamlit.testing.v1 import AppTest

from crm_data.demo.make import make_demo
from crm_data.engine import connect, prepare
from crm_data.schema.customers import accounts
from crm_data.schema.organisation import organisation
from crm_data.warehouse import Copy, Keeper
from ui import cache
from ui.pages import PAGES

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2026, 11, 21)
START = PAGES[0].name
PATIENCE = 60  # seconds until the copy must be there, or a page drawn

Open = Callable[..., AppTest]


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a small demo CRM."""
    home = tmp_path_factory.mktemp("crm")
    engine = connect(f"sqlite:///{home / 'crm.db'}")
    prepare(engine)
    make_demo(engine, events=3000, today=TODAY)
    engine.dispose()
    return home


@pytest.fixture
def home(demo_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Makes the demo the CRM of this process."""
    monkeypatch.delenv("CRM_DATABASE_URL", raising=False)
    monkeypatch.setenv("CRM_HOME", str(demo_home))
    return demo_home


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Makes an empty folder that of this process's CRM. Its keeper ends with the test."""
    monkeypatch.delenv("CRM_DATABASE_URL", raising=False)
    monkeypatch.setenv("CRM_HOME", str(tmp_path))
    yield tmp_path
    cache.keeper().stop()
    cache.crm().dispose()


@pytest.fixture
def page(sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """The Import page over a demo of one account."""
    engine = connect(f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'crm.db')}")
    with engine.begin() as crm:
        crm.execute(insert(organisation).values(id=1, name="Invented", demo_seed=4))
        crm.execute(insert(accounts).values(name="Nobody", created_on=date(2026, 11, 1)))
    engine.dispose()
    monkeypatch.delenv("CRM_DATABASE_URL", raising=False)
    monkeypatch.setenv("CRM_HOME", str(tmp_path))
    loaded()
    test = run_page("import")
    assert not test.exception
    yield test
    assert not test.exception


@pytest.fixture(scope="session", autouse=True)
def keepers_end() -> Iterator[None]:
    """Stop every keeper that a page has started."""
    started: list[Keeper] = []
    start = Keeper.start

    def starting(keeper: Keeper) -> None:
        started.append(keeper)
        start(keeper)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Keeper, "start", starting)
        yield
    for keeper in started:
        keeper.stop()


@pytest.fixture
def copy(home: Path) -> Copy:
    """The demo's copy, loaded."""
    return loaded()


def loaded() -> Copy:
    """The copy of this process's CRM, once it is there."""
    keeper = cache.keeper()
    deadline = time.monotonic() + PATIENCE
    while keeper.copy is None and time.monotonic() < deadline:
        time.sleep(0.05)
    assert keeper.copy is not None, keeper.error
    return keeper.copy


@pytest.fixture
def open_page(copy: Copy) -> Open:
    """`open_page("rows", kpi="csat", region=["EMEA"])` runs a page as a deep link does."""
    return run_page


def run_page(name: str = START, **query: str | list[str]) -> AppTest:
    test = AppTest.from_file(str(ROOT / "ui" / "main.py"), default_timeout=PATIENCE)
    for key, value in query.items():
        test.query_params[key] = value
    if name != START:
        test.switch_page(f"../pages/{name}.py")
    return test.run()
