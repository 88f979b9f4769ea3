"""What outlives a run of a page: the keeper of the copy, what tells pages of its news, and answers.

The only place with st.cache_*.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from threading import Lock
from typing import Any, TypeVar

import streamlit as st

import kpis
from crm_data import edits
from crm_data import kept as store
from crm_data.alerts import Event, Rule, open_events
from crm_data.custom import Column, Mark, columns, marks
from crm_data.engine import CrmUnavailable, connect, database_url, prepare, reported
from crm_data.progress import Progress
from crm_data.quality import Counted, counted
from crm_data.warehouse import Copy, Keeper, Shown
from kpis import OLDEST, Change, Explanation, Period, Question, Reading, Rows, Which, alerts, kept
from kpis.alerts import Backtest, Watch
from kpis.kept import Comparison
from kpis.question import Viewer
from kpis.reports import REPORTS, Asked, Found, gather
from ui.job import Job
from ui.push import Push

Answer = TypeVar("Answer")


#: A keeper that is no longer asked for serves the pages that still draw from it so many seconds.
_GRACE = 20.0
_keepers: dict[str, Keeper] = {}
_switching = Lock()


def keeper() -> Keeper:
    """The one keeper of the CRM's copy in this process. The first call starts it.

    Where another database has become the CRM, that one's starts, and the one before ends.
    """
    url = _url()
    with _switching:
        for other in [known for known in _keepers if known != url]:
            _keepers.pop(other).retire(_GRACE)
            _keeper.clear(other)
        if url not in _keepers:
            _keepers[url] = _keeper(url)
        return _keepers[url]


def push() -> Push:
    """What draws open pages again when the keeper has news, or another one is the keeper."""
    return _push()


def mark(of: Keeper, seen: Shown) -> tuple[object, ...]:
    """What a page that draws from this keeper depends on; another one means that there is news to it."""
    return id(of), *seen


def crm() -> Any:
    """The engine of the CRM database, to look up names."""
    return _crm(_url())


def make_ready() -> None:
    """Give a database that is not there yet its tables, and the keeper the time to see them.

    Whatever else keeps it from being read stays as it is; the keeper says what.
    """
    try:
        prepare(crm())
    except CrmUnavailable:
        return
    keeper().hurry()


def _url() -> str:
    return database_url().render_as_string(hide_password=False)


@st.cache_resource(show_spinner=False)
def _keeper(url: str) -> Keeper:
    started = Keeper(_crm(url), then=Watch(_crm(url)))
    started.listener = push().news
    started.start()
    return started


@st.cache_resource(show_spinner=False)
def _push() -> Push:
    return Push(lambda: mark(keeper(), keeper().shown))


@st.cache_resource(show_spinner=False)
def _crm(url: str) -> Any:
    return connect(url)


def ask(copy: Copy, *questions: Question) -> list[list[Reading]]:
    """The answers; those already given for the same data and rights are not computed again."""
    return _ask(copy, _key(copy, questions), questions)


def explain(copy: Copy, question: Question, compared: Period | None) -> Explanation:
    return _explain(copy, _key(copy, (question, compared)), question, compared)


def change(copy: Copy, question: Question, then: Period, by: str | None) -> Change:
    return _change(copy, _key(copy, ("change", question, then, by)), question, then, by)


def rows(
    copy: Copy, question: Question, which: Which, offset: int, limit: int, *, order: str = OLDEST
) -> Rows:
    key = _key(copy, (question, which, offset, limit, order))
    return _rows(copy, key, question, which, offset, limit, order)


def report(copy: Copy, asked: Asked) -> Found:
    """All that a report needs, names aside: those are looked up each time it is written."""
    return _report(copy, _key(copy, asked), asked)


def kept_compared(copy: Copy, key: int, viewer: Viewer) -> Comparison:
    """What has become of a kept report's figures. Raises NotKept, CrmUnavailable."""
    return _kept_compared(copy, _key(copy, ("kept", _url(), key, viewer)), key, viewer)


def backtest(copy: Copy, rule: Rule, today: date) -> Backtest:
    return _backtest(copy, _key(copy, (rule, today)), rule, today)


def open_alerts(copy: Copy) -> list[Event]:
    """The alerts that go on; none while the CRM database cannot be read.

    Anything that is committed there moves `refreshed_at`; the minute lets a snooze end.
    """
    sign = f"{_sign(copy)} {copy.state.refreshed_at} {keeper().news} {datetime.now(UTC):%H:%M}"
    return _open_alerts(_url(), sign)


def alerts_changed() -> None:
    """What was written just now shows in this very run."""
    _open_alerts.clear()


def likely_pairs() -> Job[tuple[datetime, list[edits.LikelyPair]]]:
    """The search for contacts that are likely the same person, begun at most an hour ago. It gives when, and
    the pairs. Raises CrmUnavailable."""
    return _likely_pairs(_url())


def look_for_pairs_again() -> None:
    _likely_pairs.clear()


def quality(copy: Copy) -> list[Counted]:
    """What is wrong in the CRM's data. Raises CrmUnavailable."""
    return _quality(copy, f"{_sign(copy)} {copy.state.version} {copy.state.refreshed_at}")


def custom_columns(copy: Copy) -> list[tuple[Column, Mark | None]]:
    """The custom columns of the CRM's rows, and what each is marked as. Raises CrmUnavailable."""
    with reported(crm()), crm().connect() as connection:
        known = marks(connection)
    return _custom_columns(f"{_url()} {copy.latest} {known!r}")


def _key(copy: Copy, asked: object) -> str:
    """Data version and the whole question, which holds the viewer's rights."""
    return f"{_sign(copy)} {copy.state.version} {asked!r}"


def _sign(copy: Copy) -> str:
    """Of another CRM's copy another one, even where it has the place in memory of one that was closed."""
    return f"{copy.path} {id(copy)}"


@st.cache_data(max_entries=500, show_spinner=False)
def _ask(_copy: Copy, key: str, _questions: tuple[Question, ...]) -> list[list[Reading]]:
    return kpis.ask(_copy, *_questions)


@st.cache_data(max_entries=200, show_spinner=False)
def _explain(_copy: Copy, key: str, _question: Question, _compared: Period | None) -> Explanation:
    return kpis.explain(_copy, _question, _compared)


@st.cache_data(max_entries=200, show_spinner=False)
def _change(_copy: Copy, key: str, _question: Question, _then: Period, _by: str | None) -> Change:
    return kpis.change(_copy, _question, _then, _by)


@st.cache_data(max_entries=200, show_spinner=False)
def _rows(
    _copy: Copy, key: str, _question: Question, _which: Which, offset: int, limit: int, order: str
) -> Rows:
    return kpis.rows(_copy, _question, _which, offset=offset, limit=limit, order=order)


@st.cache_data(max_entries=100, show_spinner=False)
def _report(_copy: Copy, key: str, _asked: Asked) -> Found:
    return gather(_copy, _asked, REPORTS[_asked.name])


@st.cache_resource(max_entries=20, show_spinner=False)
def _kept_compared(_copy: Copy, key: str, _report: int, _viewer: Viewer) -> Comparison:
    with reported(crm()), crm().connect() as connection:
        found, sets = kept.read(connection, _report, _viewer), store.row_sets(connection, _report)
    return kept.compare(_copy, found, sets)


@st.cache_data(max_entries=50, show_spinner=False)
def _backtest(_copy: Copy, key: str, _rule: Rule, _today: date) -> Backtest:
    return alerts.backtest(_copy, _rule, _today)


@st.cache_data(max_entries=2, show_spinner=False)
def _quality(_copy: Copy, key: str) -> list[Counted]:
    with reported(crm()), crm().connect() as connection:
        return counted(_copy, connection)


@st.cache_data(max_entries=4, show_spinner=False)
def _custom_columns(key: str) -> list[tuple[Column, Mark | None]]:
    with reported(crm()), crm().connect() as connection:
        return columns(connection)


@st.cache_resource(max_entries=4, ttl=3600, show_spinner=False)
def _likely_pairs(url: str) -> Job[tuple[datetime, list[edits.LikelyPair]]]:
    return Job(partial(_look_for_pairs, _crm(url)))


def _look_for_pairs(engine: Any, progress: Progress) -> tuple[datetime, list[edits.LikelyPair]]:
    return datetime.now(UTC), edits.look_for_pairs(engine, progress)


@st.cache_data(max_entries=10, show_spinner=False)
def _open_alerts(url: str, sign: str) -> list[Event]:
    engine = _crm(url)
    try:
        with reported(engine), engine.connect() as crm:
            return open_events(crm)
    except CrmUnavailable:
        return []


def derived(copy: Copy, compute: Callable[..., Answer], *asked: object) -> Answer:
    """What a computation of `kpis` beside the KPIs makes of the copy. `asked` holds a Question, and with it
    the viewer's rights."""
    name = f"{compute.__module__}.{compute.__name__}"
    found: Answer = _derived(copy, _key(copy, (name, *asked)), compute, asked)
    return found


@st.cache_data(max_entries=100, show_spinner=False)
def _derived(_copy: Copy, key: str, _compute: Callable[..., Any], _asked: tuple[object, ...]) -> Any:
    with kpis.opened(_copy) as data:
        return _compute(data, *_asked)
