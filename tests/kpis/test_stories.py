"""The stories planted in the documented demo are recovered by asking for them, with their true figures."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from statistics import median

import pytest

from crm_data.demo.document import DOCUMENTED_DAY
from crm_data.demo.make import make_demo
from crm_data.demo.plan import DEFAULT_EVENTS, DEFAULT_SEED
from crm_data.demo.stories import Story, stories
from crm_data.engine import connect
from crm_data.warehouse import Copy
from kpis import COUNTED, Calendar, Cell, Period, Question, ask, rows
from tests.kpis.conftest import copy_of

pytestmark = pytest.mark.xdist_group("documented demo")  # made once

#: How the member of each story stands out among the others of its dimension.
EXTREME: dict[str, Callable[[Iterable[float]], float]] = {
    "churn_rate": max,
    "cac": max,
    "cases_opened": max,
    "csat": min,
    "sales_cycle": min,
}


@pytest.fixture(scope="module")
def told(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Copy, dict[str, Story]]]:
    """The copy of the documented demo, and its stories by KPI."""
    folder = tmp_path_factory.mktemp("documented")
    shutil.copy(sqlite_template, folder / "crm.db")
    engine = connect(f"sqlite:///{folder / 'crm.db'}")
    make_demo(engine, events=DEFAULT_EVENTS, today=DOCUMENTED_DAY, seed=DEFAULT_SEED)
    with copy_of(engine, folder) as copy:
        yield copy, {story.kpi: story for story in stories(engine)}
    engine.dispose()


def members(copy: Copy, story: Story, window: Period) -> dict[object, Cell]:
    (reading,) = ask(copy, Question((story.kpi,), window, DOCUMENTED_DAY, by=(story.dimension,)))[0]
    return {cell.at[story.dimension]: cell for cell in reading.cells if cell.value is not None and cell.n}


def test_each_story_is_looked_for(told: tuple[Copy, dict[str, Story]]) -> None:
    assert set(told[1]) == set(EXTREME)


@pytest.mark.parametrize("key", list(EXTREME))
def test_the_story_is_recovered(told: tuple[Copy, dict[str, Story]], key: str) -> None:
    copy, story = told[0], told[1][key]
    window = Period(story.start, story.end)
    cells = members(copy, story, window)
    found = cells[story.member]
    assert found.n == story.n
    assert found.value == pytest.approx(story.value)
    values = {
        member: cell.value for member, cell in cells.items() if member is not None and cell.value is not None
    }
    assert EXTREME[key](values.values()) == values.pop(story.member)
    assert median(values.values()) == pytest.approx(story.typical)


@pytest.mark.parametrize("key", list(EXTREME))
def test_it_is_news(told: tuple[Copy, dict[str, Story]], key: str) -> None:
    """A year before there was nothing of it."""
    copy, story = told[0], told[1][key]
    before = Calendar(copy.organisation).comparable(Period(story.start, story.end), "year", DOCUMENTED_DAY)
    assert before == Period(
        story.start.replace(year=story.start.year - 1), story.end.replace(year=story.end.year - 1)
    )
    earlier = members(copy, story, before)[story.member]
    assert earlier.value == pytest.approx(story.earlier)
    assert EXTREME[key]([story.value, story.earlier]) == story.value


@pytest.mark.parametrize("key", list(EXTREME))
def test_it_leads_to_its_rows(told: tuple[Copy, dict[str, Story]], key: str) -> None:
    copy, story = told[0], told[1][key]
    where = ((story.dimension, (story.member,)),)
    question = Question((key,), Period(story.start, story.end), DOCUMENTED_DAY, where=where)
    found = rows(copy, question, COUNTED, limit=None)
    place = {name: found.columns.index(name) for name in ("counts_for", "weight", story.dimension)}
    top, bottom = (sum(row[place[name]] or 0 for row in found.rows) for name in ("counts_for", "weight"))
    assert float(top) / float(bottom or 1) == pytest.approx(story.value)
    assert {row[place[story.dimension]] for row in found.rows} == {story.member}
