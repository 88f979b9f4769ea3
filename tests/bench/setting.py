"""On what the parts of the benchmark measure: demo CRMs that are made once and kept."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import URL

from crm_data.engine import connect
from crm_data.warehouse import Copy, open_copy
from crm_data.warehouse.store import path_for
from tests import postgres
from tests.bench.timing import memory

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2026, 11, 21)
NOON = datetime.combine(TODAY, time(12), UTC)


class Wrong(Exception):
    """Ways that should give the same do not. Its arguments are the differences, in words."""


@dataclass(frozen=True)
class Setting:
    """A demo CRM of so many e-mails in `folder`, and how often each thing is timed.

    `without`: databases that are left out, of "sqlite" and "postgresql".
    """

    folder: Path
    events: int
    runs: int
    without: frozenset[str] = frozenset()

    @property
    def home(self) -> Path:
        """The folder of the CRM of this size; CRM_HOME of a server that shows it."""
        return self.folder.resolve() / f"{self.events}"

    @property
    def sqlite_file(self) -> Path:
        """The CRM's SQLite file, which is made when it is not there."""
        file = self.home / "crm.db"
        if not file.exists():
            self._make(f"sqlite:///{file}")
        return file

    @contextmanager
    def on_sqlite(self) -> Iterator[Engine]:
        engine = connect(f"sqlite:///{self.sqlite_file}")
        yield engine
        engine.dispose()

    @contextmanager
    def on_postgresql(self) -> Iterator[Engine]:
        """The same CRM on a PostgreSQL server that runs until the end. One process at a time may use it."""
        with self._server() as url:
            engine = connect(self._database(url))
            yield engine
            engine.dispose()

    @contextmanager
    def two_on_postgresql(self) -> Iterator[tuple[str, str]]:
        """The addresses of two databases on the same server that are empty, and gone at the end."""
        with self._server() as url:
            admin = create_engine(url, isolation_level="AUTOCOMMIT")
            names = ("one", "other")
            with admin.connect() as connection:
                for name in names:
                    connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))  # of a run that was stopped
                    connection.execute(text(f"CREATE DATABASE {name}"))
                one, other = (url.set(database=name).render_as_string(hide_password=False) for name in names)
                yield one, other
                for name in names:
                    connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
            admin.dispose()

    @contextmanager
    def copy(self) -> Iterator[Copy]:
        """The copy of the CRM on SQLite, up to date: the file that the app in `home` works with, too."""
        with (
            self.on_sqlite() as engine,
            open_copy(engine, self.home / path_for(engine.url).name, refresh=False) as copy,
        ):
            copy.refresh(now=NOON)
            yield copy

    def _server(self) -> AbstractContextManager[URL]:
        return postgres.server(self.home / "postgres", _settings())

    def _database(self, server: URL) -> URL:
        """The address of the demo CRM there, which is made when it is not."""
        url = server.set(database="crm")
        admin = create_engine(server, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            there = connection.scalar(text("SELECT count(*) FROM pg_database WHERE datname = 'crm'"))
            if not there:
                connection.execute(text("DROP DATABASE IF EXISTS making"))  # of a run that was stopped
                connection.execute(text("CREATE DATABASE making"))
                self._make(url.set(database="making").render_as_string(hide_password=False))
                connection.execute(text("ALTER DATABASE making RENAME TO crm"))
        admin.dispose()
        return url

    def _make(self, address: str) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "crm_data", "demo", "--today", f"{TODAY}"]
        subprocess.run(
            [*command, "--events", f"{self.events}"],
            cwd=ROOT,
            env={**os.environ, "CRM_DATABASE_URL": address, "CRM_HOME": str(self.home)},
            check=True,
        )


def _settings() -> dict[str, str]:
    """What a good administrator would choose for this machine."""
    megabytes = memory() // 2**20
    return {
        "listen_addresses": "",
        "shared_buffers": f"{megabytes // 4}MB",
        "effective_cache_size": f"{megabytes * 3 // 4}MB",
        "work_mem": f"{megabytes // 64}MB",
        "maintenance_work_mem": f"{megabytes // 16}MB",
        "random_page_cost": "1.1",
        "max_wal_size": "8GB",
        "max_parallel_workers_per_gather": f"{os.cpu_count()}",
    }
