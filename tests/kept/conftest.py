"""A demo CRM whose sales report is kept; then deals are changed in ways that can be said without `kpis`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine, RowMapping, and_, delete, insert, select, update

from crm_data import kept as store
from crm_data.demo.make import make_demo
from crm_data.engine import connect, prepare
from crm_data.schema import metadata
from crm_data.warehouse import Copy, open_copy
from kpis import EVERYONE, Period, kept
from kpis.reports import Asked

TODAY = date(2026, 11, 21)
YEAR = Period(date(2026, 1, 1), date(2026, 11, 22))
RAISE = Decimal(1000)

T = metadata.tables
DEALS = T["opportunities"]


@dataclass(frozen=True)
class Edited:
    """Three deals as they were before: `raised` by RAISE, `closed` as won in the window, `deleted`."""

    raised: RowMapping
    closed: RowMapping
    deleted: RowMapping
    target: float  # what the year's target for revenue was; it is doubled

    @property
    def moved(self) -> dict[int, Decimal]:
        """What each adds to revenue won."""
        return {
            self.raised["id"]: RAISE,
            self.closed["id"]: self.closed["amount"],
            self.deleted["id"]: -self.deleted["amount"],
        }


@pytest.fixture(scope="session")
def crm_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = connect(f"sqlite:///{tmp_path_factory.mktemp('kept') / 'crm.db'}")
    prepare(engine)
    make_demo(engine, events=800, today=TODAY)
    with engine.begin() as crm:  # a deal that nothing refers to, so that it can be deleted
        won = select(DEALS).where(DEALS.c.status == "won").order_by(DEALS.c.id)
        same = crm.execute(won).mappings().first()
        assert same
        own = {name: same[name] for name in ("account_id", "owner_id", "stage", "status")}
        own |= {"opened_on": date(2026, 4, 1), "closed_on": date(2026, 5, 6), "name": "Gone soon"}
        crm.execute(insert(DEALS).values(**own, amount=Decimal("712.34"), currency="EUR"))
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def home(crm_engine: Engine) -> Path:
    return Path(str(crm_engine.url.database)).parent


@pytest.fixture(scope="session")
def kept_ids(crm_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    """All that is kept before anything is changed: two reports, and one of a region alone."""
    asked = {
        "sales": Asked("sales", YEAR, "year", TODAY),
        "segments": Asked("segments", YEAR, "none", TODAY),
        "emea": Asked("sales", YEAR, "none", TODAY, (("region", ("EMEA",)),)),
    }
    with open_copy(crm_engine, tmp_path_factory.mktemp("before") / "copy.duckdb") as copy:
        found = {name: kept.keep(copy, crm_engine, one, "olga").id for name, one in asked.items()}
        for key in found.values():
            assert _compared(copy, crm_engine, key).restated == (), "nothing was changed yet"
    return found


@pytest.fixture(scope="session")
def edited(crm_engine: Engine, kept_ids: dict[str, int]) -> Edited:
    """Deals in euros, so that what they count for is what stands in the CRM."""
    euros = and_(DEALS.c.currency == "EUR", DEALS.c.amount > 0)
    in_year = and_(DEALS.c.closed_on >= YEAR.start, DEALS.c.closed_on < YEAR.end)
    won = select(DEALS).where(euros, in_year, DEALS.c.status == "won").order_by(DEALS.c.id)
    waiting = select(DEALS).where(euros, DEALS.c.status == "open").order_by(DEALS.c.id)
    whole = and_(
        T["targets"].c.kpi == "revenue_won",
        T["targets"].c.dimension.is_(None),
        T["targets"].c.period_start == YEAR.start,
    )
    with crm_engine.begin() as crm:
        raised, closed = crm.execute(won).mappings().first(), crm.execute(waiting).mappings().first()
        assert raised
        assert closed
        deleted = crm.execute(select(DEALS).where(DEALS.c.name == "Gone soon")).mappings().first()
        assert deleted
        crm.execute(update(DEALS).where(DEALS.c.id == raised["id"]).values(amount=raised["amount"] + RAISE))
        crm.execute(
            update(DEALS).where(DEALS.c.id == closed["id"]).values(status="won", closed_on=date(2026, 11, 2))
        )
        crm.execute(delete(DEALS).where(DEALS.c.id == deleted["id"]))
        target = max(crm.scalars(select(T["targets"].c.target).where(whole)))
        doubled = update(T["targets"]).where(whole, T["targets"].c.target == target)
        crm.execute(doubled.values(target=target * 2))
    return Edited(raised, closed, deleted, target)


@pytest.fixture(scope="session")
def copy(crm_engine: Engine, edited: Edited, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    """The copy after the changes."""
    with open_copy(crm_engine, tmp_path_factory.mktemp("after") / "copy.duckdb") as opened:
        yield opened


def _compared(copy: Copy, engine: Engine, key: int) -> kept.Comparison:
    with engine.connect() as crm:
        return kept.compare(copy, kept.read(crm, key, EVERYONE), store.row_sets(crm, key))


@pytest.fixture(scope="session")
def compared(copy: Copy, crm_engine: Engine, kept_ids: dict[str, int]) -> dict[str, kept.Comparison]:
    return {name: _compared(copy, crm_engine, key) for name, key in kept_ids.items()}
