"""What the tests share: databases on both engines, and the published data."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import Engine, create_engine

from crm_data.engine import connect, prepare
from kpis.dimensions import DIMENSIONS
from tests import memory, postgres

memory.use()

PUBLISHED = Path(__file__).resolve().parent.parent.parent / "shared" / "data"

# On a continuous-integration machine the same examples each time: a failure there can be repeated.
settings.register_profile("suite", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("suite")

#: Folders whose tests share what takes long to make, such as a demo CRM with its copy.
TOGETHER = ("kpis", "pages", "reports")

#: Folders with tests of half a minute. They begin early, so that the last minutes are for short ones, which
#: pytest's processes can share.
SLOW = ("bench", "warehouse")

ENGINES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of such a folder runs in one of pytest's processes, where that is made once."""
    here = Path(__file__).parent
    items.sort(key=lambda item: item.path.relative_to(here).parts[0] not in SLOW)
    for item in items:
        folder = item.path.relative_to(here).parts[0]
        if folder in TOGETHER and not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(folder))


@pytest.fixture(autouse=True)
def no_marked_columns_are_left() -> Iterator[None]:
    """Those of the CRM that was asked last stay known until another one is asked."""
    yield
    DIMENSIONS.follow(())


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Engine]:
    """A running PostgreSQL server, with a database `template_crm` that new ones are copied from."""
    with postgres.server() as url:
        admin = create_engine(url, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.exec_driver_sql("CREATE DATABASE template_crm")
        template = connect(url.set(database="template_crm"))
        prepare(template)
        template.dispose()
        yield admin
        admin.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared CRM database in a file."""
    file = tmp_path_factory.mktemp("template") / "crm.db"
    engine = connect(f"sqlite:///{file}")
    prepare(engine)
    engine.dispose()  # the last connection folds the write-ahead log into the file
    return file


@pytest.fixture(params=ENGINES)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database with nothing in it, not even tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'crm.db'}"
    else:
        admin = request.getfixturevalue("postgres_server")
        with _database(admin, "template1") as url:
            yield url


@pytest.fixture(params=ENGINES)
def crm_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh CRM database, ready for use; for tests that start other processes."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "crm.db")
        yield f"sqlite:///{tmp_path / 'crm.db'}"
    else:
        admin = request.getfixturevalue("postgres_server")
        with _database(admin, "template_crm") as url:
            yield url


@pytest.fixture
def crm(crm_url: str) -> Iterator[Engine]:
    """A fresh CRM database, once on SQLite and once on PostgreSQL."""
    engine = connect(crm_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def published() -> Callable[[str], Path]:
    """The folder of a published data set beside the project; skips where it is absent."""

    def folder(name: str) -> Path:
        place = PUBLISHED / name
        if not place.exists():
            pytest.skip(f"needs the published data set {name} in {PUBLISHED}")
        return place

    return folder


@contextmanager
def _database(admin: Engine, template: str) -> Iterator[str]:
    name = f"crm_{uuid.uuid4().hex}"
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield admin.url.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
