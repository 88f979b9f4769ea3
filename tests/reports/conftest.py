"""A demo CRM with names that spreadsheets, typesetters and browsers might run, and its reports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update

from crm_data.demo.make import make_demo
from crm_data.engine import connect, prepare
from crm_data.schema import metadata
from crm_data.warehouse import Copy, open_copy
from kpis import Period
from kpis.formats import Formats
from kpis.question import Where
from kpis.reports import REPORTS, Asked, Document, Names, gather, write

TODAY = date(2026, 11, 21)
YEAR = Period(date(2026, 1, 1), date(2026, 11, 22))

HOSTILE = (
    '=HYPERLINK("http://example.com","click")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    '#import "@preview/x:1.0.0": * #panic("run")',
    "$x$ *bold* _it_ `raw` <label> @ref // /* ] [ } { \\",
    "<img src=x onerror=alert(1)><script>alert(1)</script>",
    "![](http://example.com/a.png) [x](javascript:alert(1))",
    "مبيعات \u202e desrever",
    "🙂👩\u200d👩\u200d👧 漢字",
    'quote " comma , semicolon ;\nnew line',
    "W" * 200,
    "\x00\x07bell".replace("\x00", ""),
)

Written = Callable[..., Document]


@pytest.fixture(scope="session")
def crm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The customers with the largest deals have hostile names."""
    folder = tmp_path_factory.mktemp("reports")
    engine = connect(f"sqlite:///{folder / 'crm.db'}")
    prepare(engine)
    make_demo(engine, events=3000, today=TODAY)
    accounts, deals = metadata.tables["accounts"], metadata.tables["opportunities"]
    campaigns, users = metadata.tables["campaigns"], metadata.tables["users"]
    answers = metadata.tables["survey_answers"]
    with engine.begin() as connection:
        won = select(deals.c.account_id).where(deals.c.status == "won", deals.c.closed_on >= YEAR.start)
        largest = connection.execute(won.order_by(deals.c.amount.desc()).limit(60)).scalars()
        for name, key in zip(HOSTILE, dict.fromkeys(largest), strict=False):
            connection.execute(update(accounts).where(accounts.c.id == key).values(name=name))
        for table in (campaigns, users):
            keys = connection.execute(select(table.c.id).limit(len(HOSTILE))).scalars()
            for name, key in zip(HOSTILE, keys, strict=False):
                connection.execute(update(table).where(table.c.id == key).values(name=name[:190]))
        latest = select(answers.c.id).order_by(answers.c.answered_at.desc()).limit(200)
        for place, key in enumerate(connection.execute(latest).scalars()):
            words = HOSTILE[place % len(HOSTILE)]
            connection.execute(update(answers).where(answers.c.id == key).values(comment=words))
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def copy(crm: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    with open_copy(crm, tmp_path_factory.mktemp("copy") / "copy.duckdb") as opened:
        yield opened


@pytest.fixture(scope="session")
def written(crm: Engine, copy: Copy) -> Written:
    """Writes a report."""

    @cache
    def write_(name: str, period: Period = YEAR, compare: str = "year", where: Where = ()) -> Document:
        asked = Asked(name, period, compare, TODAY, where)
        found = gather(copy, asked, REPORTS[name])
        with crm.connect() as connection:
            return write(REPORTS[name], found, Names(connection, found.formats))

    return write_


@pytest.fixture(scope="session")
def formats(copy: Copy) -> Formats:
    return Formats.of(copy.organisation)


@pytest.fixture(scope="session")
def home(crm: Engine) -> Path:
    return Path(str(crm.url.database)).parent
